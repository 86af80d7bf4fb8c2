/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runs/text-grid.h"

#include <string.h>

#include "runs/markdown-text.h"

/* Between columns; a grid that is wider than it should be makes do with the narrow one. */
#define GAP 2
#define NARROW_GAP 1
GsTextGrid *gs_text_grid_new(void)
{
	GsTextGrid *grid = g_new0(GsTextGrid, 1);

	grid->headings = g_ptr_array_new_with_free_func(g_free);
	grid->labels = g_ptr_array_new_with_free_func(g_free);
	grid->texts = g_ptr_array_new_with_free_func(g_free);
	return grid;
}

void gs_text_grid_free(GsTextGrid *grid)
{
	g_ptr_array_unref(grid->headings);
	g_ptr_array_unref(grid->labels);
	g_ptr_array_unref(grid->texts);
	g_free(grid);
}

void gs_text_grid_add_heading(GsTextGrid *grid, char *heading)
{
	g_ptr_array_add(grid->headings, heading);
}

void gs_text_grid_add_label(GsTextGrid *grid, char *label)
{
	g_ptr_array_add(grid->labels, label);
}

void gs_text_grid_add_text(GsTextGrid *grid, char *text)
{
	g_ptr_array_add(grid->texts, text);
}

/* How much of a text is its figure. */
static size_t figure_width(const char *text)
{
	const char *more = strstr(text, " (");

	return more ? (size_t)(more - text) : strlen(text);
}

typedef struct {
	size_t figure, more;
} ColumnWidth;

static const char *text_at(const GsTextGrid *grid, unsigned int row, unsigned int column)
{
	return g_ptr_array_index(grid->texts, row * grid->headings->len + column);
}

static void measure(const GsTextGrid *grid, ColumnWidth *widths)
{
	for (unsigned int column = 0; column < grid->headings->len; column++) {
		ColumnWidth *width = &widths[column];
		size_t heading;

		for (unsigned int row = 0; row < grid->labels->len; row++) {
			const char *text = text_at(grid, row, column);
			const size_t figure = figure_width(text);

			width->figure = MAX(width->figure, figure);
			width->more = MAX(width->more, strlen(text) - figure);
		}
		/* a heading may reach over what is more */
		heading = strlen(g_ptr_array_index(grid->headings, column));
		if (heading > width->figure + width->more)
			width->figure = heading - width->more;
	}
}

static size_t label_width(const GsTextGrid *grid)
{
	size_t width = 0;

	for (unsigned int row = 0; row < grid->labels->len; row++)
		width = MAX(width, strlen(g_ptr_array_index(grid->labels, row)));
	return width;
}

static size_t width_with(const GsTextGrid *grid, const ColumnWidth *widths, size_t gap)
{
	size_t sum = label_width(grid);

	for (unsigned int column = 0; column < grid->headings->len; column++)
		sum += gap + widths[column].figure + widths[column].more;
	return sum;
}

bool gs_text_grid_fits(const GsTextGrid *grid)
{
	g_autofree ColumnWidth *widths = g_new0(ColumnWidth, MAX(grid->headings->len, 1));

	measure(grid, widths);
	return width_with(grid, widths, NARROW_GAP) <= GS_TEXT_GRID_WIDTH;
}

static void append_spaces(GString *out, size_t count)
{
	g_string_append_printf(out, "%*s", (int)count, "");
}

static void append_text(GString *out, const char *text, const ColumnWidth *width, size_t gap)
{
	const size_t figure = MIN(figure_width(text), width->figure);

	append_spaces(out, gap + width->figure - figure);
	g_string_append(out, text);
	append_spaces(out, width->more - (strlen(text) - figure));
}

/* Lines end at their last letter, not at the column's edge. */
static void end_line(GString *out)
{
	while (out->len && out->str[out->len - 1] == ' ')
		g_string_truncate(out, out->len - 1);
	g_string_append_c(out, '\n');
}

void gs_text_grid_append_plain(const GsTextGrid *grid, GString *out)
{
	g_autofree ColumnWidth *widths = g_new0(ColumnWidth, MAX(grid->headings->len, 1));
	const size_t label = label_width(grid);
	size_t gap;

	measure(grid, widths);
	gap = width_with(grid, widths, GAP) > GS_TEXT_GRID_WIDTH ? NARROW_GAP : GAP;
	append_spaces(out, label);
	for (unsigned int column = 0; column < grid->headings->len; column++)
		append_text(out, g_ptr_array_index(grid->headings, column), &widths[column], gap);
	end_line(out);
	for (unsigned int row = 0; row < grid->labels->len; row++) {
		g_string_append_printf(out, "%-*s", (int)label,
				       (const char *)g_ptr_array_index(grid->labels, row));
		for (unsigned int column = 0; column < grid->headings->len; column++)
			append_text(out, text_at(grid, row, column), &widths[column], gap);
		end_line(out);
	}
}

static void append_markdown_cell(GString *out, const char *text)
{
	g_string_append_c(out, ' ');
	gs_markdown_append_text(out, text);
	g_string_append(out, " |");
}

void gs_text_grid_append_markdown(const GsTextGrid *grid, const char *corner, GString *out)
{
	g_string_append_c(out, '|');
	append_markdown_cell(out, corner);
	for (unsigned int column = 0; column < grid->headings->len; column++)
		append_markdown_cell(out, g_ptr_array_index(grid->headings, column));
	g_string_append(out, "\n|---|");
	for (unsigned int column = 0; column < grid->headings->len; column++)
		g_string_append(out, "--:|");
	for (unsigned int row = 0; row < grid->labels->len; row++) {
		g_string_append(out, "\n|");
		append_markdown_cell(out, g_ptr_array_index(grid->labels, row));
		for (unsigned int column = 0; column < grid->headings->len; column++)
			append_markdown_cell(out, text_at(grid, row, column));
	}
	g_string_append_c(out, '\n');
}
