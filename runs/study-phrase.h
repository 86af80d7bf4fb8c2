/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The words and figures that a study's reports for people are made of. The
 * caller frees what is returned.
 */
#ifndef GS_STUDY_PHRASE_H
#define GS_STUDY_PHRASE_H

#include <glib.h>

#include "runs/study-view.h"
#include "runs/text-grid.h"

/*
 * The first of gs_study_view_pivots() across with which all grids fit the width of
 * a line, or do with one figure in a cell; if there is none, a row for each cell.
 */
GsStudyView *gs_study_phrase_view(const GsStudyReport *report);

/* "KVM_IOEVENTFD 0", "KVM_IOEVENTFD 1..7", "Whole start". */
char *gs_study_phrase_title(const GsStudyView *view, const GsStudyBlock *block);

/* Figures of a block: one grid, or more where an axis goes across and it has a tail. */
typedef struct {
	char *caption;    /* what the figures are */
	GsTextGrid *grid;
} GsStudyGrid;

/* A GPtrArray of GsStudyGrid *, which it owns. */
GPtrArray *gs_study_phrase_grids(const GsStudyView *view, const GsStudyBlock *block);

/* How many runs each cell took: --precision ends them early. */
GsTextGrid *gs_study_phrase_runs(const GsStudyView *view);

/*
 * What the call waits for, one line per cause, as gs_report_phrase_reasons() has
 * it, for the rows in which more than 5 % of the samples stall, or, where policies
 * go across, for these. A GPtrArray of char *.
 */
GPtrArray *gs_study_phrase_reasons(const GsStudyView *view, const GsStudyBlock *block);

/* What was asked: a name, its value, the next name, ... */
GPtrArray *gs_study_phrase_provenance(const GsStudyReport *report);

/* The scenario @text on one line: "vmm=firecracker hz=100 ...", without the keys in @left_out. */
char *gs_study_phrase_scenario(const char *text, char **left_out);

/* @ppm as it is asked for: "1%", "0.25%". */
char *gs_study_phrase_percent(unsigned int ppm);

#endif
