/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The points of a study, and what is varied there: sweep --list. */
#ifndef GS_SWEEP_LIST_H
#define GS_SWEEP_LIST_H

#include <stdbool.h>
#include <stdio.h>

#include "runs/study-plan.h"

/* Written line by line: a plan may have a million points. Else than @csv it is a table. */
void gs_sweep_list(const GsStudyPlan *plan, bool csv, FILE *stream);

#endif
