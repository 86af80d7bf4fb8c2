/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a cell of a study came to, and what the cells of a study have in common:
 * all a report is made of. From a study that has just run or from a store, the
 * bytes are the same.
 */
#ifndef GS_CELL_RESULT_H
#define GS_CELL_RESULT_H

#include <glib.h>
#include <stdbool.h>

#include "runs/case.h"
#include "runs/study-plan.h"
#include "runs/tally.h"

/* Everything is owned by it. */
typedef struct {
	char *version;       /* of the program that ran it */
	char *title;         /* of the scenario, or NULL */
	char *scenario;      /* canonical text of what the axes vary */
	char **keys;         /* as in GsStudyPlan, these three NULL-terminated */
	char **axes;
	char **constraints;
	unsigned int point_count;   /* of all shards */
	unsigned int precision_ppm; /* 0: all runs were done */
} GsStudyInputs;

GsStudyInputs *gs_study_inputs_new(const GsStudyPlan *plan, unsigned int precision_ppm);
void gs_study_inputs_free(GsStudyInputs *inputs);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsStudyInputs, gs_study_inputs_free)

/* Everything is owned by it. */
typedef struct {
	unsigned int index;  /* of the point in the plan */
	char **values;       /* of each key of the study; NULL-terminated */
	char *scenario;      /* canonical text: gracesim run takes it */
	char *digest;        /* GsCase.digest */
	unsigned int runs;   /* that the scenario asks for; the tally has fewer if it ended early */
	GsTally *tally;
} GsCellResult;

/* Of the @point-th point of @plan, with a tally of no runs. */
GsCellResult *gs_cell_result_new(const GsStudyPlan *plan, unsigned int point, const GsCase *ready);
void gs_cell_result_free(GsCellResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsCellResult, gs_cell_result_free)

#endif
