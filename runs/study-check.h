/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What only making points ready finds: parameters that do not go together, or
 * that no VM makes the call that is asked for.
 */
#ifndef GS_STUDY_CHECK_H
#define GS_STUDY_CHECK_H

#include <glib.h>
#include <stdbool.h>

#include "runs/study-plan.h"
#include "runs/study-report.h"

/* Of more points than these the rest is checked when its turn comes. */
#define GS_STUDY_CHECK_MAX 1000

/*
 * Make the points of @plan ready, of those that differ in tick rate, policy and
 * seed alone one, and check that what the options of @report ask for is there.
 */
bool gs_study_check(const GsStudyPlan *plan, const GsStudyReport *report, GError **error);

#endif
