/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What of a study is shown to people: blocks of calls that wait, those that are
 * alike together, and how the cells are laid out: the values of one axis may go
 * across, everything else goes down.
 */
#ifndef GS_STUDY_VIEW_H
#define GS_STUDY_VIEW_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "runs/study-report.h"

/* Occurrences of a call that are alike in every cell; the figures shown are those of the first. */
typedef struct {
	unsigned int call; /* of the first; index into GsStudyReport.calls */
	uint32_t first_occurrence, last_occurrence;
} GsStudyBlock;

typedef struct {
	const GsStudyReport *report; /* borrowed */
	GArray *blocks;      /* owned: GsStudyBlock, in the order of the calls */
	GPtrArray *labels;   /* owned: char *, of the rows: the values that go down */
	GPtrArray *columns;  /* owned: char *, the values that go across; NULL: none do */
	const char *pivot;   /* borrowed: the key they are of; NULL: none */
	bool is_terse;       /* so many go across that each cell is one figure */
	GHashTable *places;  /* owned: row and column -> index of the cell, plus 1 */
} GsStudyView;

/*
 * The keys that may go across, the best first, then -1; the caller frees them.
 * These are axes of 2 to 8 values, beside others and not in lockstep with them: the
 * tick rate, then from the last axis to the first.
 */
int *gs_study_view_pivots(const GsStudyReport *report);

/* @pivot: one of these. */
GsStudyView *gs_study_view_new(const GsStudyReport *report, int pivot);
void gs_study_view_free(GsStudyView *view);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsStudyView, gs_study_view_free)

static inline unsigned int gs_study_view_columns(const GsStudyView *view)
{
	return view->columns ? view->columns->len : 1;
}

/* The cell at a place; NULL: there is none. */
const GsStudyCell *gs_study_view_cell(const GsStudyView *view, unsigned int row,
				      unsigned int column);

/* @call in the cell at a place; NULL: there is no such cell, or the VMM makes no such call. */
const GsStudyRow *gs_study_view_row(const GsStudyView *view, unsigned int call, unsigned int row,
				    unsigned int column);

#endif
