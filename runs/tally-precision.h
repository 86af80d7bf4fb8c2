/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether enough runs were done: how wide the confidence intervals of a tally's medians are. */
#ifndef GS_TALLY_PRECISION_H
#define GS_TALLY_PRECISION_H

#include <stdbool.h>

#include "runs/tally.h"

/*
 * Whether the 95 % confidence interval of the median of every call that waited,
 * and of GS_TALLY_START, is within @ppm millionths of the median to either side.
 *
 * The interval lies between two order statistics, so it assumes no distribution;
 * the VMs of a run are taken to be as alike as can be, so a run counts once. In
 * integers: the same tally always gets the same answer.
 */
bool gs_tally_is_precise(const GsTally *tally, unsigned int ppm);

#endif
