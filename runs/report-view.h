/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What of a replayed log is shown to people: the grid of its cells, and blocks
 * of calls that wait, those that are alike together.
 */
#ifndef GS_REPORT_VIEW_H
#define GS_REPORT_VIEW_H

#include <glib.h>
#include <stdint.h>

#include "runs/report.h"

/*
 * The occurrences @first_occurrence to @last_occurrence of a call, alike in
 * every cell; the figures shown are those of the first. The last block, whose
 * call is one past the last of the summary, is the sum of all waits of a VM.
 */
typedef struct {
	unsigned int call; /* of the first; index into the summary's calls */
	uint32_t first_occurrence, last_occurrence;
} GsReportBlock;

typedef struct {
	const GsReportTrace *trace; /* borrowed */
	GArray *hz;                 /* owned: int, in the order of the cells */
	GPtrArray *policies;        /* owned: const GsPolicy *, in the order of the cells */
	GArray *blocks;             /* owned: GsReportBlock, in the order of the log */
} GsReportView;

GsReportView *gs_report_view_new(const GsReport *report, const GsReportTrace *trace);
void gs_report_view_free(GsReportView *view);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsReportView, gs_report_view_free)

/*
 * Of @call, or of the sum of waits if it is one past the last call, under the
 * @policy-th policy at the @hz-th tick rate. NULL: there is no such cell.
 */
const GsCallStats *gs_report_view_stats(const GsReportView *view, unsigned int call,
					unsigned int policy, unsigned int hz);

/* Whether the figures shown differ by little, and what was waited for not at all. */
bool gs_call_stats_are_alike(const GsCallStats *a, const GsCallStats *b);

static inline const GsReportBlock *gs_report_view_block(const GsReportView *view, unsigned int i)
{
	return &g_array_index(view->blocks, GsReportBlock, i);
}

static inline const GsPolicy *gs_report_view_policy(const GsReportView *view, unsigned int i)
{
	return g_ptr_array_index(view->policies, i);
}

static inline int gs_report_view_hz(const GsReportView *view, unsigned int i)
{
	return g_array_index(view->hz, int, i);
}

#endif
