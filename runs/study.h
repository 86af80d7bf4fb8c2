/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Run the points of a plan: each is a cell, many runs of one case.
 *
 * Workers take chunks of runs from the first cell that has any left, and tally
 * them apart; tallies add up, so results do not depend on the number of workers
 * or who ran what. Memory does not grow with the runs (unless their samples are
 * wanted), nor with cells beyond the few that are begun.
 */
#ifndef GS_STUDY_H
#define GS_STUDY_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "runs/case-maker.h"
#include "runs/cell-result.h"
#include "runs/study-plan.h"

/* All functions are called from the thread that called gs_study_run(), with its user_data. */
typedef struct {
	const GsStudyPlan *plan;    /* borrowed */
	unsigned int jobs;          /* threads */
	/*
	 * 0: do all runs. Else end a cell once the 95 % interval of the median of every
	 * call that waits, and of the start, is within this of it to either side; looked
	 * at after 64, 128, 256, ... runs and never else.
	 */
	unsigned int precision_ppm;
	bool keep_samples;
	const int *stop;            /* atomic; not 0: end soon. Or NULL */
	/*
	 * Whether the cell of the point with @index is known already and need not be run.
	 * Returns false, with @error set, to end the study. Or NULL.
	 */
	bool (*skip)(unsigned int index, const GsCase *ready, bool *ret_skip, void *user_data,
		     GError **error);
	/* How many of the runs that are to be done are. Or NULL. */
	void (*progress)(uint64_t done, uint64_t total, void *user_data);
} GsStudySpec;

/*
 * One finished cell. @samples, if they are kept, is [run * calls + call], for the
 * runs of the tally. All is valid during the call. Cells arrive in the order of
 * the plan. Returns false, with @error set, to end the study.
 */
typedef bool (*GsStudyCellFunc)(const GsCase *ready, const GsCellResult *result,
				const GsSample *samples, void *user_data, GError **error);

/*
 * Make the @i-th point of @plan ready, as gs_case_maker_make() does; an error says
 * which point it is of. The caller frees the case.
 */
GsCase *gs_study_case_new(const GsStudyPlan *plan, unsigned int i, GsCaseMaker *maker,
			  GPtrArray *notes, GError **error);

/*
 * Run every cell. Adds to @notes (char *, owned by it; or NULL) what the user
 * should know, once. An error names the scenario of its cell. If stopped, cells
 * that were finished have been delivered.
 */
bool gs_study_run(const GsStudySpec *spec, GPtrArray *notes, GsStudyCellFunc func, void *user_data,
		  GError **error);

#endif
