/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A study's report to read in a terminal and to paste into a mail. */
#include <string.h>

#include "runs/study-phrase.h"
#include "runs/study-report.h"

#define NAME_WIDTH 10

/* A name, and its value beside it, in several lines if there are words for it. */
static void append_pair(GString *out, const char *name, const char *value)
{
	g_auto(GStrv) words = g_strsplit(value, " ", -1);
	size_t width = NAME_WIDTH;

	g_string_append_printf(out, "%-*s", NAME_WIDTH, name);
	for (char **word = words; *word; word++) {
		const size_t length = strlen(*word);

		if (width > NAME_WIDTH && width + 1 + length > GS_TEXT_GRID_WIDTH) {
			g_string_append_printf(out, "\n%*s", NAME_WIDTH, "");
			width = NAME_WIDTH;
		} else if (width > NAME_WIDTH) {
			g_string_append_c(out, ' ');
			width++;
		}
		g_string_append(out, *word);
		width += length;
	}
	g_string_append_c(out, '\n');
}

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
	g_autoptr(GsStudyView) view = gs_study_phrase_view(report);
	g_autoptr(GPtrArray) provenance = gs_study_phrase_provenance(report);

	for (unsigned int i = 0; i < provenance->len; i += 2)
		append_pair(out, g_ptr_array_index(provenance, i),
			    g_ptr_array_index(provenance, i + 1));
	for (unsigned int i = 0; i < view->blocks->len; i++)
		append_block(out, view, &g_array_index(view->blocks, GsStudyBlock, i));
	if (report->inputs->precision_ppm) {
		g_autoptr(GsTextGrid) runs = gs_study_phrase_runs(view);

		g_string_append(out, "\nRuns of each cell\n");
		gs_text_grid_append_plain(runs, out);
	}
}
