/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rows as a table to read in a terminal. Stamps and latencies stand there as the
 * log has them, so that a search for one finds it in both. Columns of which the
 * log says nothing are left out.
 */
#include "runs/import-format.h"
#include "runs/time-text.h"

#define GAP 2

/* One long request does not push all others aside. */
#define WIDTH_MAX 48

typedef enum {
	TID,
	START,
	CALL,
	REQUEST,
	LATENCY,
	RESULT,
	STATUS,
	VM,
	PLACE,
	COLUMNS
} Column;

static const struct {
	const char *heading;
	bool right; /* aligned at the right */
} columns[COLUMNS] = {
	[TID] = { "TID", true },         [START] = { "START", true },
	[CALL] = { "CALL", false },      [REQUEST] = { "REQUEST", false },
	[LATENCY] = { "LATENCY", true }, [RESULT] = { "RESULT", false },
	[STATUS] = { "STATUS", false },  [VM] = { "VM", true },
	[PLACE] = { "LINE", false },
};

typedef struct {
	const GsTraceReader *reader; /* borrowed */
	size_t widths[COLUMNS];      /* 0: the column stays empty */
	GString *cells[COLUMNS];     /* owned: of a row */
	uint32_t series;             /* of the row before */
	bool begun;
	bool several_files, several_series;
} Table;

static gpointer table_open(const GsTraceReader *reader)
{
	Table *table = g_new0(Table, 1);

	table->reader = reader;
	table->several_files = gs_trace_reader_file_count(reader) > 1;
	for (int i = 0; i < COLUMNS; i++)
		table->cells[i] = g_string_new(NULL);
	return table;
}

static void table_close(gpointer state)
{
	Table *table = state;

	for (int i = 0; i < COLUMNS; i++)
		g_string_free(table->cells[i], TRUE);
	g_free(table);
}

static void append_span(GString *out, GsSpan span)
{
	g_string_append_len(out, span.text, (gssize)span.length);
}

static void append_start(GString *cell, const GsImportRow *row)
{
	unsigned int digits;

	if (row->start_ns < 0)
		return;
	digits = gs_time_digits(row->start_ns, row->resolution_ns);
	if (row->stamp == GS_STAMP_CLOCK)
		gs_time_append_clock(cell, row->start_ns, digits);
	else
		gs_time_append_seconds(cell, row->start_ns, digits);
}

static void fill_cells(Table *table, const GsImportRow *row)
{
	GString **cells = table->cells;

	for (int i = 0; i < COLUMNS; i++)
		g_string_truncate(cells[i], 0);
	if (row->tid)
		g_string_printf(cells[TID], "%d", row->tid);
	append_start(cells[START], row);
	append_span(cells[CALL], row->call);
	append_span(cells[REQUEST], row->request);
	if (row->latency_ns >= 0)
		gs_time_append_seconds(cells[LATENCY], row->latency_ns,
				       gs_time_digits(row->latency_ns, 1000));
	append_span(cells[RESULT], row->result.length ? row->result : gs_span_string("?"));
	if (row->error.length) {
		g_string_append_c(cells[RESULT], ' ');
		append_span(cells[RESULT], row->error);
	}
	g_string_append(cells[STATUS], gs_import_status_name(row->status));
	if (row->vm != GS_VM_NONE)
		g_string_printf(cells[VM], "%d", row->vm);
	if (table->several_files)
		g_string_append_printf(cells[PLACE],
				       "%s:", gs_trace_reader_file_name(table->reader, row->file));
	g_string_append_printf(cells[PLACE], "%" G_GUINT64_FORMAT, row->line);
}

static void widen(Table *table, Column column, size_t width)
{
	table->widths[column] = MAX(table->widths[column], MIN(width, WIDTH_MAX));
}

static bool table_look(gpointer state, const GsImportRow *row, uint32_t clock, GError **error)
{
	Table *table = state;

	(void)clock;
	(void)error;
	fill_cells(table, row);
	for (int i = 0; i < COLUMNS; i++)
		widen(table, (Column)i, table->cells[i]->len);
	table->several_series |= table->begun && row->series != table->series;
	table->series = row->series;
	table->begun = true;
	return true;
}

static void append_cell(const Table *table, GString *out, Column column, const char *text)
{
	int width = (int)table->widths[column];

	if (columns[column].right)
		g_string_append_printf(out, "%*s%*s", width, text, GAP, "");
	else
		g_string_append_printf(out, "%-*s%*s", width, text, GAP, "");
}

/* Lines end at their last letter, not at the column's edge. */
static void end_line(GString *out)
{
	while (out->len && out->str[out->len - 1] == ' ')
		g_string_truncate(out, out->len - 1);
	g_string_append_c(out, '\n');
}

static void append_headings(const Table *table, GString *out)
{
	for (int i = 0; i < COLUMNS; i++)
		if (table->widths[i])
			append_cell(table, out, (Column)i, columns[i].heading);
	end_line(out);
}

static void table_begin(gpointer state, GString *out)
{
	Table *table = state;

	for (unsigned int i = 0; i < gs_trace_reader_file_count(table->reader); i++) {
		int32_t tid = gs_trace_reader_main_tid(table->reader, i);

		if (tid)
			widen(table, TID, (size_t)g_snprintf(NULL, 0, "%d", tid));
	}
	for (int i = 0; i < COLUMNS; i++)
		if (table->widths[i])
			widen(table, (Column)i, strlen(columns[i].heading));
	table->begun = false;
	if (!table->several_series)
		append_headings(table, out);
}

static void begin_series(Table *table, uint32_t series, GString *out)
{
	const char *title = gs_trace_reader_series_title(table->reader, series);

	if (table->begun)
		g_string_append_c(out, '\n');
	g_string_append_printf(out, "Series %u%s%s\n", series + 1, *title ? ": " : "", title);
	append_headings(table, out);
}

static void table_row(gpointer state, const GsImportRow *row, GString *out)
{
	Table *table = state;

	if (table->several_series && (!table->begun || row->series != table->series))
		begin_series(table, row->series, out);
	table->series = row->series;
	table->begun = true;
	fill_cells(table, row);
	for (int i = 0; i < COLUMNS; i++)
		if (table->widths[i])
			append_cell(table, out, (Column)i, table->cells[i]->str);
	end_line(out);
}

const GsImportFormat gs_import_table = {
	.open = table_open,
	.look = table_look,
	.begin = table_begin,
	.row = table_row,
	.close = table_close,
};
