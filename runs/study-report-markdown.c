/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of a study once more, for a wiki or a pull request. */
#include "runs/markdown-text.h"
#include "runs/study-phrase.h"
#include "runs/study-report.h"

static void append_block(GString *out, const GsStudyView *view, const GsStudyBlock *block)
{
	g_autofree char *title = gs_study_phrase_title(view, block);
	g_autoptr(GPtrArray) grids = gs_study_phrase_grids(view, block);
	g_autoptr(GPtrArray) reasons = gs_study_phrase_reasons(view, block);

	g_string_append(out, "\n### ");
	gs_markdown_append_text(out, title);
	g_string_append_c(out, '\n');
	for (unsigned int i = 0; i < grids->len; i++) {
		const GsStudyGrid *grid = g_ptr_array_index(grids, i);

		g_string_append_printf(out, "\n%s:\n\n", grid->caption);
		gs_text_grid_append_markdown(grid->grid, "cell", out);
	}
	for (unsigned int i = 0; i < reasons->len; i++) {
		g_string_append_printf(out, "%s- waits for: ", i ? "" : "\n");
		gs_markdown_append_text(out, g_ptr_array_index(reasons, i));
		g_string_append_c(out, '\n');
	}
}

void gs_study_report_markdown(const GsStudyReport *report, GString *out)
{
	g_autoptr(GsStudyView) view = gs_study_phrase_view(report);
	g_autoptr(GPtrArray) provenance = gs_study_phrase_provenance(report);

	g_string_append(out, "## Predicted ioctl latencies of a study\n\n");
	for (unsigned int i = 0; i < provenance->len; i += 2) {
		g_string_append_printf(out, "- %s: ",
				       (const char *)g_ptr_array_index(provenance, i));
		gs_markdown_append_text(out, g_ptr_array_index(provenance, i + 1));
		g_string_append_c(out, '\n');
	}
	for (unsigned int i = 0; i < view->blocks->len; i++)
		append_block(out, view, &g_array_index(view->blocks, GsStudyBlock, i));
	if (report->inputs->precision_ppm) {
		g_autoptr(GsTextGrid) runs = gs_study_phrase_runs(view);

		g_string_append(out, "\n### Runs of each cell\n\n");
		gs_text_grid_append_markdown(runs, "cell", out);
	}
}
