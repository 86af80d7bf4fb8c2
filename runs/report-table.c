/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The report to read in a terminal and to paste into a mail: plain ASCII, one
 * block per call, policies down and tick rates across. Four tick rates fit
 * into 100 columns.
 */
#include <string.h>

#include "runs/report-phrase.h"
#include "runs/report-view.h"
#include "runs/report.h"

/* Between columns; a table that is wider than it should be makes do with the narrow one. */
#define GAP 2
#define NARROW_GAP 1
#define WIDTH_MAX 100

/* A cell is aligned on the unit of its median, so that "us" and "ms" stand out below each other. */
static size_t median_width(const char *cell)
{
	const char *range = strstr(cell, " (");

	return range ? (size_t)(range - cell) : strlen(cell);
}

typedef struct {
	size_t median, range;
} ColumnWidth;

/* The texts of a block, [policy][hz], and how wide its columns are. */
typedef struct {
	GPtrArray *texts; /* owned: char * */
	GArray *widths;   /* owned: ColumnWidth */
	size_t name_width, gap;
} Grid;

static void grid_clear(Grid *grid)
{
	g_ptr_array_unref(grid->texts);
	g_array_unref(grid->widths);
}

static size_t widest_policy(const GsReportView *view)
{
	size_t width = 0;

	for (unsigned int i = 0; i < view->policies->len; i++)
		width = MAX(width, strlen(gs_report_view_policy(view, i)->name));
	return width;
}

static char *column_heading(const GsReportView *view, unsigned int hz)
{
	return g_strdup_printf("HZ=%d", gs_report_view_hz(view, hz));
}

/* How wide all is at the gap chosen. */
static size_t grid_width(const Grid *grid)
{
	size_t sum = grid->name_width;

	for (unsigned int hz = 0; hz < grid->widths->len; hz++) {
		const ColumnWidth *width = &g_array_index(grid->widths, ColumnWidth, hz);

		sum += grid->gap + width->median + width->range;
	}
	return sum;
}

static void grid_init(Grid *grid, const GsReportView *view, const GsReportBlock *block)
{
	grid->gap = GAP;
	grid->name_width = widest_policy(view);
	grid->texts = g_ptr_array_new_with_free_func(g_free);
	grid->widths = g_array_new(FALSE, TRUE, sizeof(ColumnWidth));
	g_array_set_size(grid->widths, view->hz->len);
	for (unsigned int hz = 0; hz < view->hz->len; hz++) {
		g_autofree char *heading = column_heading(view, hz);

		g_array_index(grid->widths, ColumnWidth, hz).median = strlen(heading);
	}
	for (unsigned int policy = 0; policy < view->policies->len; policy++)
		for (unsigned int hz = 0; hz < view->hz->len; hz++) {
			ColumnWidth *width = &g_array_index(grid->widths, ColumnWidth, hz);
			const GsCallStats *stats =
				gs_report_view_stats(view, block->call, policy, hz);
			char *text = stats ? gs_report_phrase_cell(stats) : g_strdup("-");
			size_t median = median_width(text);

			g_ptr_array_add(grid->texts, text);
			width->median = MAX(width->median, median);
			width->range = MAX(width->range, strlen(text) - median);
		}
	if (grid_width(grid) > WIDTH_MAX)
		grid->gap = NARROW_GAP;
}

static void append_spaces(GString *out, size_t count)
{
	g_string_append_printf(out, "%*s", (int)count, "");
}

/* Lines end at their last letter, not at the column's edge. */
static void end_line(GString *out)
{
	while (out->len && out->str[out->len - 1] == ' ')
		g_string_truncate(out, out->len - 1);
	g_string_append_c(out, '\n');
}

static void append_column(GString *out, const Grid *grid, unsigned int hz, const char *text)
{
	const ColumnWidth *width = &g_array_index(grid->widths, ColumnWidth, hz);
	size_t median = median_width(text);

	append_spaces(out, grid->gap + width->median - median);
	g_string_append(out, text);
	append_spaces(out, width->range - (strlen(text) - median));
}

static void append_grid(GString *out, const GsReportView *view, const GsReportBlock *block)
{
	Grid grid;

	grid_init(&grid, view, block);
	append_spaces(out, grid.name_width);
	for (unsigned int hz = 0; hz < view->hz->len; hz++) {
		g_autofree char *heading = column_heading(view, hz);

		append_column(out, &grid, hz, heading);
	}
	end_line(out);
	for (unsigned int policy = 0; policy < view->policies->len; policy++) {
		g_string_append_printf(out, "%-*s", (int)grid.name_width,
				       gs_report_view_policy(view, policy)->name);
		for (unsigned int hz = 0; hz < view->hz->len; hz++)
			append_column(out, &grid, hz,
				      g_ptr_array_index(grid.texts, policy * view->hz->len + hz));
		end_line(out);
	}
	grid_clear(&grid);
}

static void append_block(GString *out, const GsReportView *view, const GsReportBlock *block)
{
	g_autofree char *title = gs_report_phrase_title(view, block);
	g_autofree char *observed = gs_report_phrase_observed(view, block);
	g_autofree char *best = gs_report_phrase_best(view, block);
	g_autoptr(GPtrArray) reasons = gs_report_phrase_reasons(view, block);

	g_string_append_printf(out, "\n%s: %s\n", title, observed);
	append_grid(out, view, block);
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
