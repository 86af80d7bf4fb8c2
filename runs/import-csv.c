/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows as CSV, one a record, empty where the log does not say. */
#include "runs/csv.h"
#include "runs/import-format.h"

static const char header[] = "tid,start_ns,call,request,latency_ns,result,status,error,args,fd,"
			     "role,vm,series,file,line\n";

static gpointer csv_open(const GsTraceReader *reader)
{
	return (gpointer)reader;
}

static void csv_close(gpointer state)
{
	(void)state;
}

static void csv_begin(gpointer state, GString *out)
{
	(void)state;
	g_string_append(out, header);
}

static void append_span(GString *out, GsSpan span)
{
	gs_csv_append_bytes(out, span.text, span.length, ',');
}

/* Nothing for numbers below @min. */
static void append_number(GString *out, int64_t number, int64_t min)
{
	if (number < min)
		g_string_append_c(out, ',');
	else
		gs_csv_append_number(out, number, ',');
}

static void csv_row(gpointer state, const GsImportRow *row, GString *out)
{
	const GsTraceReader *reader = state;

	append_number(out, row->tid, 1);
	append_number(out, row->start_ns, 0);
	append_span(out, row->call);
	append_span(out, row->request);
	append_number(out, row->latency_ns, 0);
	append_span(out, row->result.length ? row->result : gs_span_string("?"));
	gs_csv_append_text(out, gs_import_status_name(row->status), ',');
	append_span(out, row->error);
	append_span(out, row->args);
	append_number(out, row->fd, 0);
	gs_csv_append_text(out, gs_import_role_name(row->role), ',');
	append_number(out, row->vm, 0);
	gs_csv_append_number(out, (int64_t)row->series + 1, ',');
	gs_csv_append_text(out, gs_trace_reader_file_name(reader, row->file), ',');
	gs_csv_append_number(out, (int64_t)row->line, '\n');
}

const GsImportFormat gs_import_csv = {
	.open = csv_open,
	.begin = csv_begin,
	.row = csv_row,
	.close = csv_close,
};
