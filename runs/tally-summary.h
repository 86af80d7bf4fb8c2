/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From what is kept of a cell's runs to what a report of ioctls shows of them.
 */
#ifndef GS_TALLY_SUMMARY_H
#define GS_TALLY_SUMMARY_H

#include "runs/summary.h"
#include "runs/tally.h"

/* Take the figures of @cell of @summary from @tally, which is of the same calls. */
void gs_tally_summarise(const GsTally *tally, GsSummary *summary, unsigned int cell);

#endif
