/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table once more, for a wiki or a pull request. */
#include "runs/markdown-text.h"
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

	g_string_append(out, "\n### ");
	gs_markdown_append_text(out, title);
	g_string_append_printf(out, "\n\n%s\n\n", observed);
	gs_text_grid_append_markdown(grid, "policy", out);
	if (reasons->len || best)
		g_string_append_c(out, '\n');
	for (unsigned int i = 0; i < reasons->len; i++) {
		g_string_append(out, "- waits for: ");
		gs_markdown_append_text(out, g_ptr_array_index(reasons, i));
		g_string_append_c(out, '\n');
	}
	if (best)
		g_string_append_printf(out, "- best: %s\n", best);
}

void gs_report_markdown(const GsReport *report, GString *out)
{
	for (unsigned int t = 0; t < report->trace_count; t++) {
		const GsReportTrace *trace = &report->traces[t];
		g_autoptr(GsReportView) view = gs_report_view_new(report, trace);
		g_autoptr(GPtrArray) provenance = gs_report_phrase_provenance(report, trace);

		g_string_append_printf(out, "%s## Predicted ioctl latencies\n\n", t ? "\n" : "");
		for (unsigned int i = 0; i < provenance->len; i += 2) {
			g_string_append_printf(out, "- %s: ",
					       (const char *)g_ptr_array_index(provenance, i));
			gs_markdown_append_text(out, g_ptr_array_index(provenance, i + 1));
			g_string_append_c(out, '\n');
		}
		for (unsigned int i = 0; i < view->blocks->len; i++)
			append_block(out, view, gs_report_view_block(view, i));
	}
}
