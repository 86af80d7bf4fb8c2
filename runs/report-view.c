/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runs/report-view.h"

#include <stdlib.h>
#include <string.h>

#include "sim/engine/sim-time.h"

/* Two figures are alike if they differ by no more than one of these. */
#define ALIKE_PERCENT 10
#define ALIKE_NS (5 * GS_NSEC_PER_USEC)

bool gs_report_includes(const GsReport *report, const GsCallSummary *call)
{
	if (!report->call)
		return true;
	return !strcmp(report->call, call->name) &&
	       (report->occurrence < 0 || report->occurrence == call->occurrence);
}

static bool are_alike_ns(int64_t a_ns, int64_t b_ns)
{
	int64_t apart_ns = llabs(a_ns - b_ns);

	return apart_ns <= ALIKE_NS || apart_ns <= MIN(a_ns, b_ns) / 100 * ALIKE_PERCENT;
}

bool gs_call_stats_are_alike(const GsCallStats *a, const GsCallStats *b)
{
	if (!are_alike_ns(a->median_ns, b->median_ns) || !are_alike_ns(a->p05_ns, b->p05_ns) ||
	    !are_alike_ns(a->p95_ns, b->p95_ns))
		return false;
	return (!a->stall_count && !b->stall_count) || a->cause == b->cause;
}

static bool are_alike(const GsSummary *summary, unsigned int a, unsigned int b)
{
	for (unsigned int cell = 0; cell < summary->cell_count; cell++)
		if (!gs_call_stats_are_alike(gs_summary_stats(summary, cell, a),
					     gs_summary_stats(summary, cell, b)))
			return false;
	return true;
}

/* Put the call into the last block of its name, if it continues that, or into one of its own. */
static void add_call(GArray *blocks, const GsSummary *summary, unsigned int n)
{
	const GsCallSummary *call = gs_summary_call(summary, n);
	GsReportBlock fresh = { n, call->occurrence, call->occurrence };

	for (unsigned int i = blocks->len; i-- > 0;) {
		GsReportBlock *block = &g_array_index(blocks, GsReportBlock, i);

		if (strcmp(gs_summary_call(summary, block->call)->name, call->name))
			continue;
		if (block->last_occurrence + 1 != call->occurrence ||
		    !are_alike(summary, block->call, n))
			break;
		block->last_occurrence = call->occurrence;
		return;
	}
	g_array_append_val(blocks, fresh);
}

static void add_cell_to_grid(GsReportView *view, const GsReplayCell *cell)
{
	bool has_hz = false;

	for (unsigned int i = 0; i < view->hz->len; i++)
		has_hz |= gs_report_view_hz(view, i) == cell->hz;
	if (!has_hz)
		g_array_append_val(view->hz, cell->hz);
	if (!g_ptr_array_find(view->policies, cell->policy, NULL))
		g_ptr_array_add(view->policies, (void *)cell->policy);
}

GsReportView *gs_report_view_new(const GsReport *report, const GsReportTrace *trace)
{
	GsReportView *view = g_new0(GsReportView, 1);
	const GsSummary *summary = trace->summary;

	view->trace = trace;
	view->hz = g_array_new(FALSE, FALSE, sizeof(int));
	view->policies = g_ptr_array_new();
	view->blocks = g_array_new(FALSE, FALSE, sizeof(GsReportBlock));
	for (unsigned int i = 0; i < trace->spec->cell_count; i++)
		add_cell_to_grid(view, &trace->spec->cells[i]);
	for (unsigned int n = 0; n < summary->calls->len; n++) {
		const GsCallSummary *call = gs_summary_call(summary, n);

		if (gs_report_includes(report, call) && (call->waits || report->call))
			add_call(view->blocks, summary, n);
	}
	if (view->blocks->len > 1 && !report->call) {
		GsReportBlock sum = { .call = summary->calls->len };

		g_array_append_val(view->blocks, sum);
	}
	return view;
}

void gs_report_view_free(GsReportView *view)
{
	g_array_unref(view->hz);
	g_ptr_array_unref(view->policies);
	g_array_unref(view->blocks);
	g_free(view);
}

const GsCallStats *gs_report_view_stats(const GsReportView *view, unsigned int call,
					unsigned int policy, unsigned int hz)
{
	const GsReplaySpec *spec = view->trace->spec;

	for (unsigned int cell = 0; cell < spec->cell_count; cell++)
		if (spec->cells[cell].policy == gs_report_view_policy(view, policy) &&
		    spec->cells[cell].hz == gs_report_view_hz(view, hz))
			return gs_summary_stats(view->trace->summary, cell, call);
	return NULL;
}
