/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runs/import-lines.h"

static const GsColumn line_columns[] = {
	{ "FILE", "file", GS_CELL_TEXT },
	{ "LINES", "lines", GS_CELL_NUMBER },
	{ "USED", "used", GS_CELL_NUMBER },
	{ "CALLS", "calls", GS_CELL_NUMBER },
	{ "FOREIGN", "foreign", GS_CELL_NUMBER },
	{ "FIRST", "first_foreign", GS_CELL_TEXT },
	{ "SKIPPED", "skipped", GS_CELL_NUMBER },
	{ "FIRST", "first_skipped", GS_CELL_TEXT },
	{ "CUT", "cut", GS_CELL_NUMBER },
};

/* "boot.strace:17", or "" */
static char *place(const GsTraceReader *reader, unsigned int file, const GsLineCount *lines)
{
	if (!lines->count)
		return g_strdup("");
	return g_strdup_printf("%s:%" G_GUINT64_FORMAT,
			       gs_trace_reader_file_name(reader, file), lines->first);
}

/* The lines of all files, with the first place of each kind. */
typedef struct {
	uint64_t lines, records, foreign, skipped;
	char *first_foreign, *first_skipped; /* owned; "": there is none */
	unsigned int cut_count;
	const char *first_cut; /* the file's name */
} Total;

static void total_clear(Total *total)
{
	g_free(total->first_foreign);
	g_free(total->first_skipped);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Total, total_clear)

static void add_lines(const GsTraceReader *reader, unsigned int file, const GsLineCount *lines,
		      uint64_t *count, char **first)
{
	*count += lines->count;
	if (*first && **first)
		return;
	g_free(*first);
	*first = place(reader, file, lines);
}

static void sum_up(const GsTraceReader *reader, Total *total)
{
	for (unsigned int i = 0; i < gs_trace_reader_file_count(reader); i++) {
		const GsTraceStats *stats = gs_trace_reader_file_stats(reader, i);

		total->lines += stats->lines;
		total->records += stats->records;
		add_lines(reader, i, &stats->foreign, &total->foreign, &total->first_foreign);
		add_lines(reader, i, &stats->skipped, &total->skipped, &total->first_skipped);
		if (stats->cut && !total->cut_count++)
			total->first_cut = gs_trace_reader_file_name(reader, i);
	}
}

static void add_line_row(GsPlainTable *table, const char *file, const Total *total)
{
	gs_plain_table_add_text(table, file);
	gs_plain_table_add_number(table, (int64_t)total->lines);
	gs_plain_table_add_number(table,
				  (int64_t)(total->lines - total->foreign - total->skipped));
	gs_plain_table_add_number(table, (int64_t)total->records);
	gs_plain_table_add_number(table, (int64_t)total->foreign);
	gs_plain_table_add_text(table, total->first_foreign);
	gs_plain_table_add_number(table, (int64_t)total->skipped);
	gs_plain_table_add_text(table, total->first_skipped);
	gs_plain_table_add_number(table, total->cut_count);
}

void gs_import_lines_report(const GsTraceReader *reader, GsPlainForm form, GString *out)
{
	g_autoptr(GsPlainTable) table =
		gs_plain_table_new(line_columns, G_N_ELEMENTS(line_columns));
	unsigned int file_count = gs_trace_reader_file_count(reader);
	g_auto(Total) total = { 0 };

	for (unsigned int i = 0; i < file_count; i++) {
		const GsTraceStats *stats = gs_trace_reader_file_stats(reader, i);
		g_auto(Total) file = {
			.lines = stats->lines,
			.records = stats->records,
			.foreign = stats->foreign.count,
			.skipped = stats->skipped.count,
			.first_foreign = place(reader, i, &stats->foreign),
			.first_skipped = place(reader, i, &stats->skipped),
			.cut_count = stats->cut,
		};

		add_line_row(table, gs_trace_reader_file_name(reader, i), &file);
	}
	sum_up(reader, &total);
	if (file_count > 1)
		add_line_row(table, form == GS_PLAIN_TABLE ? "total" : "", &total);
	gs_plain_table_append(table, form, "file", out);
}

char *gs_import_lines_missing(const GsTraceReader *reader)
{
	g_auto(Total) total = { 0 };
	const char *first;
	uint64_t count;

	sum_up(reader, &total);
	count = total.skipped + total.foreign;
	first = total.skipped ? total.first_skipped : total.first_foreign;
	if (count == 1)
		return g_strdup_printf("%s: this line is in no row", first);
	if (count)
		return g_strdup_printf("%s: this and %" G_GUINT64_FORMAT
				       " more lines are in no row", first, count - 1);
	if (total.cut_count)
		return g_strdup_printf("'%s' is cut off at its end", total.first_cut);
	return NULL;
}
