/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A study's report to read in a terminal and to paste into a mail. */
#include "runs/study-phrase.h"
#include "runs/study-report.h"

static void append_block(GString *out, const GsStudyView *view, const GsStudyBlock *block)
{
	g_autofree char *title = gs_study_phrase_title(view, block);
	g_autoptr(GPtrArray) grids = gs_study_phrase_grids(view, block);
	g_autoptr(GPtrArray) reasons = gs_study_phrase_reasons(view, block);

	for (unsigned int i = 0; i < grids->len; i++) {
		const GsStudyGrid *grid = g_ptr_array_index(grids, i);

		g_string_append_printf(out, "\n%s: %s\n", title, grid->caption);
		gs_text_grid_append_plain(grid->grid, out);
	}
	for (unsigned int i = 0; i < reasons->len; i++)
		g_string_append_printf(out, "  %s %s\n", i ? "          " : "waits for:",
				       (const char *)g_ptr_array_index(reasons, i));
}

void gs_study_report_table(const GsStudyReport *report, GString *out)
{
	g_autoptr(GsStudyView) view = gs_study_view_new(report);
	g_autoptr(GPtrArray) provenance = gs_study_phrase_provenance(report);

	for (unsigned int i = 0; i < provenance->len; i += 2)
		g_string_append_printf(out, "%-8s  %s\n",
				       (const char *)g_ptr_array_index(provenance, i),
				       (const char *)g_ptr_array_index(provenance, i + 1));
	for (unsigned int i = 0; i < view->blocks->len; i++)
		append_block(out, view, &g_array_index(view->blocks, GsStudyBlock, i));
}
