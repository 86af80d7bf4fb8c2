/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table once more, for a wiki or a pull request. */
#include <string.h>

#include "runs/report-phrase.h"
#include "runs/report-view.h"
#include "runs/report.h"

/* File names may hold what Markdown gives a meaning to. */
static void append_escaped(GString *out, const char *text)
{
	for (; *text; text++) {
		if (strchr("\\`*_{}[]<>#|~", *text))
			g_string_append_c(out, '\\');
		g_string_append_c(out, *text);
	}
}

static void append_block(GString *out, const GsReportView *view, const GsReportBlock *block)
{
	g_autofree char *title = gs_report_phrase_title(view, block);
	g_autofree char *observed = gs_report_phrase_observed(view, block);
	g_autofree char *best = gs_report_phrase_best(view, block);
	g_autoptr(GPtrArray) reasons = gs_report_phrase_reasons(view, block);

	g_string_append(out, "\n### ");
	append_escaped(out, title);
	g_string_append_printf(out, "\n\n%s\n\n| policy |", observed);
	for (unsigned int hz = 0; hz < view->hz->len; hz++)
		g_string_append_printf(out, " HZ=%d |", gs_report_view_hz(view, hz));
	g_string_append(out, "\n|---|");
	for (unsigned int hz = 0; hz < view->hz->len; hz++)
		g_string_append(out, "--:|");
	for (unsigned int policy = 0; policy < view->policies->len; policy++) {
		g_string_append_printf(out, "\n| %s |", gs_report_view_policy(view, policy)->name);
		for (unsigned int hz = 0; hz < view->hz->len; hz++) {
			const GsCallStats *stats =
				gs_report_view_stats(view, block->call, policy, hz);
			g_autofree char *text = stats ? gs_report_phrase_cell(stats) :
							g_strdup("-");

			g_string_append_printf(out, " %s |", text);
		}
	}
	g_string_append_c(out, '\n');
	if (reasons->len || best)
		g_string_append_c(out, '\n');
	for (unsigned int i = 0; i < reasons->len; i++) {
		g_string_append(out, "- waits for: ");
		append_escaped(out, g_ptr_array_index(reasons, i));
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
			append_escaped(out, g_ptr_array_index(provenance, i + 1));
			g_string_append_c(out, '\n');
		}
		for (unsigned int i = 0; i < view->blocks->len; i++)
			append_block(out, view, gs_report_view_block(view, i));
	}
}
