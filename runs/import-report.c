/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runs/import-report.h"

#include "runs/import-lines.h"
#include "runs/plain-table.h"
#include "traces/value-tally.h"

static const GsColumn call_columns[] = {
	{ "SERIES", "series", GS_CELL_NUMBER },
	{ "REQUEST", "request", GS_CELL_TEXT },
	{ "COUNT", "count", GS_CELL_NUMBER },
	{ "ERRORS", "errors", GS_CELL_NUMBER },
	{ "RESTARTED", "restarted", GS_CELL_NUMBER },
	{ "UNFINISHED", "unfinished", GS_CELL_NUMBER },
	{ "TOTAL", "total_ns", GS_CELL_TIME },
	{ "MEDIAN", "median_ns", GS_CELL_TIME },
	{ "MAX", "max_ns", GS_CELL_TIME },
};

static const GsColumn series_columns[] = {
	{ "SERIES", "series", GS_CELL_NUMBER },   { "TITLE", "title", GS_CELL_TEXT },
	{ "CALLS", "calls", GS_CELL_NUMBER },     { "THREADS", "threads", GS_CELL_NUMBER },
	{ "VMS", "vms", GS_CELL_NUMBER },         { "SPAN", "span_ns", GS_CELL_TIME },
};

/* People overlook what is there among zeros, programs count on them. */
static void add_count(GsPlainTable *table, uint64_t count, bool for_people)
{
	gs_plain_table_add_number(table, count || !for_people ? (int64_t)count : -1);
}

static GsPlainTable *list_series(const GsImport *import, const GPtrArray *all)
{
	GsPlainTable *table = gs_plain_table_new(series_columns, G_N_ELEMENTS(series_columns));

	for (unsigned int i = 0; i < all->len; i++) {
		const GsImportSeriesSummary *series = g_ptr_array_index(all, i);

		gs_plain_table_add_number(table, (int64_t)series->series + 1);
		gs_plain_table_add_text(
			table, gs_trace_reader_series_title(import->reader, series->series));
		gs_plain_table_add_number(table, (int64_t)series->records);
		add_count(table, series->thread_count, true); /* 0: the log names none */
		gs_plain_table_add_number(table, series->vm_count);
		gs_plain_table_add_number(table, series->span_ns);
	}
	return table;
}

static void add_call(GsPlainTable *table, int64_t series, const GsImportCallSummary *call,
		     bool for_people)
{
	gs_plain_table_add_number(table, series);
	gs_plain_table_add_text(table, call->name);
	gs_plain_table_add_number(table, (int64_t)call->count);
	add_count(table, call->errors, for_people);
	add_count(table, call->restarted, for_people);
	add_count(table, call->unfinished, for_people);
	gs_plain_table_add_number(table, call->timed_count ? call->total_ns : -1);
	gs_plain_table_add_number(table, call->median_ns);
	gs_plain_table_add_number(table, call->max_ns);
}

static GsPlainTable *list_calls(const GPtrArray *all, bool for_people)
{
	/* programs get the same columns whatever is in the log */
	bool number_series = !for_people || all->len > 1;
	GsPlainTable *table = gs_plain_table_new(call_columns, G_N_ELEMENTS(call_columns));

	for (unsigned int i = 0; i < all->len; i++) {
		const GsImportSeriesSummary *series = g_ptr_array_index(all, i);

		for (unsigned int j = 0; j < series->calls->len; j++)
			add_call(table, number_series ? (int64_t)series->series + 1 : -1,
				 g_ptr_array_index(series->calls, j), for_people);
	}
	return table;
}

void gs_import_report_summary(const GsImport *import, GsPlainForm form, GString *out)
{
	const GPtrArray *all = gs_import_summary_finish(import->summary);
	bool for_people = form == GS_PLAIN_TABLE;
	g_autoptr(GsPlainTable) series = list_series(import, all);
	g_autoptr(GsPlainTable) calls = list_calls(all, for_people);

	if (form == GS_PLAIN_CSV) {
		gs_plain_table_append(calls, form, "call", out);
		return;
	}
	gs_plain_table_append(series, form, "series", out);
	if (for_people)
		g_string_append_c(out, '\n');
	gs_plain_table_append(calls, form, "call", out);
	if (for_people)
		g_string_append_c(out, '\n');
	gs_import_lines_report(import->reader, form, out);
}

void gs_import_report_add_notes(const GsImport *import, GPtrArray *notes)
{
	const GPtrArray *all = gs_import_summary_finish(import->summary);

	for (unsigned int i = 0; i < all->len; i++) {
		const GsImportSeriesSummary *series = g_ptr_array_index(all, i);

		for (unsigned int j = 0; j < series->calls->len; j++) {
			const GsImportCallSummary *call = g_ptr_array_index(series->calls, j);

			if (call->rounded)
				g_ptr_array_add(notes, g_strdup_printf(
					"the median of %s is good to four digits: it has "
					"more than %d different latencies",
					call->name, GS_VALUE_TALLY_MAX));
		}
	}
}
