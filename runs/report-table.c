/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The report to read in a terminal and to paste into a mail: plain ASCII, one
 * block per call, policies down and tick rates across. Four tick rates fit
 * into 100 columns.
 */
#include "runs/report-phrase.h"
#include "runs/report-view.h"
#include "runs/report.h"

static void append_block(GString *out, const GsReportView *view, const GsReportBlock *block)
{
	g_autofree char *title = gs_report_phrase_title(view, block);
	g_autofree char *observed = gs_report_phrase_observed(view, block);
	g_autofree char *best = gs_report_phrase_best(view, block);
	g_autoptr(GsTextGrid) grid = gs_report_phrase_grid(view, block);
	g_autoptr(GPtrArray) reasons = gs_report_phrase_reasons(view, block);

	g_string_append_printf(out, "\n%s: %s\n", title, observed);
	gs_text_grid_append_plain(grid, out);
	for (unsigned int i = 0; i < reasons->len; i++)
		g_string_append_printf(out, "  %s %s\n", i ? "          " : "waits for:",
				       (const char *)g_ptr_array_index(reasons, i));
	if (best)
		g_string_append_printf(out, "  best:      %s\n", best);
}

static void append_trace(GString *out, const GsReport *report, const GsReportTrace *trace)
{
	g_autoptr(GsReportView) view = gs_report_view_new(report, trace);
	g_autoptr(GPtrArray) provenance = gs_report_phrase_provenance(report, trace);

	for (unsigned int i = 0; i < provenance->len; i += 2)
		g_string_append_printf(out, "%-8s  %s\n",
				       (const char *)g_ptr_array_index(provenance, i),
				       (const char *)g_ptr_array_index(provenance, i + 1));
	if (!view->blocks->len) {
		g_string_append(out, "\nNo ioctl waits, under no policy and at no tick rate.\n");
		return;
	}
	for (unsigned int i = 0; i < view->blocks->len; i++)
		append_block(out, view, gs_report_view_block(view, i));
}

void gs_report_table(const GsReport *report, GString *out)
{
	for (unsigned int i = 0; i < report->trace_count; i++) {
		if (i)
			g_string_append_c(out, '\n');
		append_trace(out, report, &report->traces[i]);
	}
}
