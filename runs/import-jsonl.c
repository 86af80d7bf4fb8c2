/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows as JSON, one object a line, with the names of the CSV's columns as keys. */
#include "runs/import-format.h"
#include "runs/json-text.h"
#include "traces/strace-text.h"

static gpointer jsonl_open(const GsTraceReader *reader)
{
	return (gpointer)reader;
}

static void jsonl_close(gpointer state)
{
	(void)state;
}

/* A result in decimal is a number; one in another base is kept as the tracer prints it. */
static void append_result(GString *out, GsSpan result)
{
	bool is_decimal = result.length > 0 && result.text[0] != '0';
	int64_t number;

	if (gs_span_equals(result, "0") || (is_decimal && gs_strace_number(result, &number)))
		gs_json_append_number(out, "result", *result.text == '0' ? 0 : number);
	else
		gs_json_append_text(out, "result", result.length ? result : gs_span_string("?"));
}

static void jsonl_row(gpointer state, const GsImportRow *row, GString *out)
{
	const GsTraceReader *reader = state;
	const char *file = gs_trace_reader_file_name(reader, row->file);

	g_string_append_c(out, '{');
	gs_json_append_number_or_null(out, "tid", row->tid, 1);
	gs_json_append_number_or_null(out, "start_ns", row->start_ns, 0);
	gs_json_append_text(out, "call", row->call);
	gs_json_append_text_or_null(out, "request", row->request);
	gs_json_append_number_or_null(out, "latency_ns", row->latency_ns, 0);
	append_result(out, row->result);
	gs_json_append_text(out, "status", gs_span_string(gs_import_status_name(row->status)));
	gs_json_append_text_or_null(out, "error", row->error);
	gs_json_append_text(out, "args", row->args);
	gs_json_append_number_or_null(out, "fd", row->fd, 0);
	gs_json_append_text_or_null(out, "role", gs_span_string(gs_import_role_name(row->role)));
	gs_json_append_number_or_null(out, "vm", row->vm, 0);
	gs_json_append_number(out, "series", (int64_t)row->series + 1);
	gs_json_append_text(out, "file", gs_span_string(file));
	gs_json_append_number(out, "line", (int64_t)row->line);
	g_string_append(out, "}\n");
}

const GsImportFormat gs_import_jsonl = {
	.open = jsonl_open,
	.row = jsonl_row,
	.close = jsonl_close,
};
