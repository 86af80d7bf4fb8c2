/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runs/plain-table.h"

#include "runs/csv.h"
#include "runs/json-text.h"
#include "runs/time-text.h"

#define GAP 2

typedef struct {
	char *text; /* owned; NULL: a number */
	int64_t number;
} Cell;

struct GsPlainTable {
	const GsColumn *columns;
	unsigned int column_count;
	GArray *cells; /* owned: Cell, row by row */
};

static void cell_clear(gpointer cell)
{
	g_free(((Cell *)cell)->text);
}

GsPlainTable *gs_plain_table_new(const GsColumn *columns, unsigned int column_count)
{
	GsPlainTable *table = g_new(GsPlainTable, 1);

	table->columns = columns;
	table->column_count = column_count;
	table->cells = g_array_new(FALSE, FALSE, sizeof(Cell));
	g_array_set_clear_func(table->cells, cell_clear);
	return table;
}

void gs_plain_table_free(GsPlainTable *table)
{
	g_array_unref(table->cells);
	g_free(table);
}

void gs_plain_table_add_text(GsPlainTable *table, const char *text)
{
	Cell cell = { .text = g_strdup(text) };

	g_array_append_val(table->cells, cell);
}

void gs_plain_table_add_number(GsPlainTable *table, int64_t number)
{
	Cell cell = { .number = number };

	g_array_append_val(table->cells, cell);
}

static const GsColumn *column_of(const GsPlainTable *table, unsigned int cell)
{
	return &table->columns[cell % table->column_count];
}

static const Cell *get_cell(const GsPlainTable *table, unsigned int index)
{
	return &g_array_index(table->cells, Cell, index);
}

/* A cell as people read it; the caller frees it. */
static char *cell_text(const GsPlainTable *table, unsigned int index)
{
	const Cell *cell = get_cell(table, index);
	GString *text;

	if (cell->text)
		return g_strdup(cell->text);
	text = g_string_new(NULL);
	if (cell->number >= 0 && column_of(table, index)->kind == GS_CELL_TIME)
		gs_time_append_seconds(text, cell->number, gs_time_digits(cell->number, 1000));
	else if (cell->number >= 0)
		g_string_printf(text, "%" G_GINT64_FORMAT, cell->number);
	return g_string_free(text, FALSE);
}

static void append_padded(GString *line, const char *text, GsCellKind kind, size_t width)
{
	if (!width)
		return;
	if (line->len)
		g_string_append_printf(line, "%*s", GAP, "");
	g_string_append_printf(line, kind == GS_CELL_TEXT ? "%-*s" : "%*s", (int)width, text);
}

/* Lines end at their last letter, not at the column's edge. */
static void take_line(GString *out, GString *line)
{
	g_string_append(out, g_strchomp(line->str));
	g_string_append_c(out, '\n');
	g_string_truncate(line, 0);
}

static void append_aligned(const GsPlainTable *table, GString *out)
{
	g_autofree size_t *widths = g_new0(size_t, table->column_count);
	g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GString) line = g_string_new(NULL);

	for (unsigned int i = 0; i < table->cells->len; i++) {
		size_t *width = &widths[i % table->column_count];

		g_ptr_array_add(texts, cell_text(table, i));
		*width = MAX(*width, strlen(g_ptr_array_index(texts, i)));
	}
	for (unsigned int i = 0; i < table->column_count; i++) {
		const GsColumn *column = &table->columns[i];

		/* a column with nothing in it is left out, a table with nothing in it is not */
		if (widths[i] || !texts->len)
			widths[i] = MAX(widths[i], strlen(column->heading));
		append_padded(line, column->heading, column->kind, widths[i]);
	}
	take_line(out, line);
	for (unsigned int i = 0; i < texts->len; i++) {
		append_padded(line, g_ptr_array_index(texts, i), column_of(table, i)->kind,
			      widths[i % table->column_count]);
		if ((i + 1) % table->column_count == 0)
			take_line(out, line);
	}
}

static void append_csv(const GsPlainTable *table, GString *out)
{
	for (unsigned int i = 0; i < table->column_count; i++)
		gs_csv_append_text(out, table->columns[i].name,
				   i + 1 < table->column_count ? ',' : '\n');
	for (unsigned int i = 0; i < table->cells->len; i++) {
		char separator = (i + 1) % table->column_count ? ',' : '\n';
		const Cell *cell = get_cell(table, i);

		if (cell->text)
			gs_csv_append_text(out, cell->text, separator);
		else if (cell->number >= 0)
			gs_csv_append_number(out, cell->number, separator);
		else
			g_string_append_c(out, separator);
	}
}

static void append_jsonl(const GsPlainTable *table, const char *type, GString *out)
{
	for (unsigned int i = 0; i < table->cells->len; i++) {
		const char *name = column_of(table, i)->name;
		const Cell *cell = get_cell(table, i);

		if (i % table->column_count == 0) {
			g_string_append_c(out, '{');
			gs_json_append_text(out, "type", gs_span_string(type));
		}
		if (cell->text)
			gs_json_append_text_or_null(out, name, gs_span_string(cell->text));
		else
			gs_json_append_number_or_null(out, name, cell->number, 0);
		if ((i + 1) % table->column_count == 0)
			g_string_append(out, "}\n");
	}
}

void gs_plain_table_append(const GsPlainTable *table, GsPlainForm form, const char *type,
			   GString *out)
{
	switch (form) {
	case GS_PLAIN_TABLE:
		append_aligned(table, out);
		break;
	case GS_PLAIN_CSV:
		append_csv(table, out);
		break;
	case GS_PLAIN_JSONL:
		append_jsonl(table, type, out);
		break;
	}
}
