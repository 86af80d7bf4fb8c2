/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gracesim import: read logs of any kind, write what they say in one.
 */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/options.h"
#include "cli/output.h"
#include "runs/import-lines.h"
#include "runs/import-model.h"
#include "runs/import-report.h"
#include "runs/import.h"
#include "traces/ioeventfd-infer.h"
#include "traces/trace-coverage.h"

static const char description[] =
	"FILE is a log of strace, perf trace, perf script or ftrace, or a mail with such\n"
	"lines in it, compressed or not; '-' is standard input. Of strace -ff, name the\n"
	"files or what stands before their pids. Rows of several files are merged by time.";

/* The options as they stand on the command line; owned. */
typedef struct {
	char *format, *series, *vm, *ioeventfd, *output;
	char **files;
	gboolean summary, check, strict, quiet;
} Words;

static void words_clear(Words *words)
{
	g_free(words->format);
	g_free(words->series);
	g_free(words->vm);
	g_free(words->ioeventfd);
	g_free(words->output);
	g_strfreev(words->files);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Words, words_clear)

static const char *const format_names[] = { "table", "csv",   "jsonl",
					    "strace", "model", NULL };

enum {
	TABLE,
	CSV,
	JSONL,
	STRACE,
	MODEL
};

static bool parse_words(Words *words, const GsInvocation *invocation, bool *ret_helped,
			GError **error)
{
	const GOptionEntry entries[] = {
		{ "format", 0, 0, G_OPTION_ARG_STRING, &words->format,
		  "table, csv, jsonl, strace, or model: a VMM model (table)", "FORMAT" },
		{ "series", 0, 0, G_OPTION_ARG_STRING, &words->series,
		  "only the N-th series of a mail, from 1", "N" },
		{ "vm", 0, 0, G_OPTION_ARG_STRING, &words->vm,
		  "model: of the N-th VM, from 0 (the first that is used)", "N" },
		{ "summary", 0, 0, G_OPTION_ARG_NONE, &words->summary,
		  "calls by request, threads and VMs, not a row for each call", NULL },
		{ "check", 0, 0, G_OPTION_ARG_NONE, &words->check,
		  "only tell how many lines were understood", NULL },
		{ "strict", 0, 0, G_OPTION_ARG_NONE, &words->strict,
		  "exit with 3 if a line was not understood or the log is cut", NULL },
		{ "ioeventfd", 0, 0, G_OPTION_ARG_STRING, &words->ioeventfd,
		  "assign, deassign or infer: of those that show but a pointer (infer)", "WHAT" },
		{ "output", 'o', 0, G_OPTION_ARG_FILENAME, &words->output,
		  "write to FILE, not to stdout", "FILE" },
		GS_QUIET_ENTRY(&words->quiet),
		GS_ARGUMENTS_ENTRY(&words->files),
		{ 0 }
	};

	return gs_command_parse(invocation, entries, description, ret_helped, error);
}

/* What the options ask for. */
typedef struct {
	int format;
	GsImportSpec rows;
	GsImportModelOptions model;
} Request;

static bool check_format(const Words *words, int format, GError **error)
{
	if (words->summary && words->check)
		return gs_usage_error(error, "--check is part of --summary; say one of them");
	if (format < STRACE || !(words->summary || words->check))
		return format == MODEL || !words->vm ||
		       gs_usage_error(error, "--vm is for --format=model");
	return gs_usage_error(error, "--%s has no format '%s'", words->check ? "check" : "summary",
			      format_names[format]);
}

static bool resolve(const Words *words, Request *request, GError **error)
{
	static const GsImportFormat *const formats[] = { &gs_import_table, &gs_import_csv,
							 &gs_import_jsonl, &gs_import_strace,
							 NULL };
	uint64_t series = 0, vm = 0;
	int format = TABLE, ioeventfd = GS_IOEVENTFD_INFER;

	if (!words->files)
		return gs_usage_error(error, "no FILE given; '-' is standard input");
	if (words->format)
		format = gs_option_parse_word("--format", words->format, format_names, error);
	if (format < 0 || !check_format(words, format, error))
		return false;
	if (words->ioeventfd)
		ioeventfd = gs_option_parse_word("--ioeventfd", words->ioeventfd,
						 gs_ioeventfd_mode_names, error);
	if (ioeventfd < 0)
		return false;
	if (words->series &&
	    !gs_option_parse_number("--series", words->series, 1, UINT32_MAX, &series, error))
		return false;
	if (words->vm && !gs_option_parse_number("--vm", words->vm, 0, UINT32_MAX, &vm, error))
		return false;
	*request = (Request){
		.format = format,
		.rows = {
			.paths = (const char *const *)words->files,
			.series = (uint32_t)series,
			.format = words->summary || words->check ? NULL : formats[format],
			.summarise = words->summary,
			.budget_bytes = GS_IMPORT_BUDGET_BYTES,
		},
		.model = {
			.script = { .ioeventfd = (GsIoeventfdMode)ioeventfd,
				    .series = (uint32_t)series },
			.vm = words->vm ? (int64_t)vm : -1,
		},
	};
	return true;
}

static bool write_rows(GsImport *import, const Words *words, int format, FILE *stream,
		       GError **error)
{
	static const GsPlainForm forms[] = { GS_PLAIN_TABLE, GS_PLAIN_CSV, GS_PLAIN_JSONL };
	g_autoptr(GString) text = NULL;

	if (import->spec.format)
		return gs_import_write(import, stream, error);
	text = g_string_new(NULL);
	if (words->check)
		gs_import_lines_report(import->reader, forms[format], text);
	else
		gs_import_report_summary(import, forms[format], text);
	fwrite(text->str, 1, text->len, stream);
	return true;
}

static void add_ioeventfd_note(const GsImport *import, GPtrArray *notes)
{
	const GsImportMeaning *meaning = &import->meaning;
	const char *file;

	if (!meaning->hidden_ioeventfds.count)
		return;
	file = gs_trace_reader_file_name(import->reader, meaning->hidden_file);
	g_ptr_array_add(notes,
			g_strdup_printf("%s:%" G_GUINT64_FORMAT ": %" G_GUINT64_FORMAT
					" KVM_IOEVENTFD show but a pointer, the first is this one; "
					"gracesim replay infers which of them deassign",
					file, meaning->hidden_ioeventfds.first,
					meaning->hidden_ioeventfds.count));
}

static void add_notes(const GsImport *import, const Words *words, GPtrArray *notes)
{
	gs_trace_coverage_add_notes(import->reader, notes);
	if (!words->ioeventfd || !strcmp(words->ioeventfd, "infer"))
		add_ioeventfd_note(import, notes);
	if (import->summary)
		gs_import_report_add_notes(import, notes);
}

/* With --strict, what is missing is the command's failure. */
static bool check_strict(const GsTraceReader *reader, const Words *words, GError **error)
{
	g_autofree char *missing = words->strict ? gs_import_lines_missing(reader) : NULL;

	if (missing)
		g_set_error_literal(error, GS_CLI_ERROR, GS_CLI_ERROR_INCOMPLETE, missing);
	return !missing;
}

static bool write_model(const Request *request, const Words *words, GsOutput *output,
			GError **error)
{
	g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GsTraceReader) reader = gs_trace_reader_new(request->rows.paths, error);
	g_autofree char *text = NULL;

	if (!reader)
		return false;
	text = gs_import_model(reader, words->files[0], &request->model, notes, error);
	if (!text)
		return false;
	fputs(text, gs_output_stream(output));
	if (!gs_output_commit(output, error))
		return false;
	if (!words->quiet)
		gs_print_notes(notes);
	return check_strict(reader, words, error);
}

static bool import(const Request *request, const Words *words, GsOutput *output, GError **error)
{
	g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GsImport) import = gs_import_read(&request->rows, error);

	if (!import || (!words->check && !gs_trace_coverage_check(import->reader, words->files[0],
								  request->rows.series, error)))
		return false;
	if (!write_rows(import, words, request->format, gs_output_stream(output), error) ||
	    !gs_output_commit(output, error))
		return false;
	if (!words->quiet && !words->check)
		add_notes(import, words, notes);
	gs_print_notes(notes);
	return check_strict(import->reader, words, error);
}

bool gs_cmd_import(const GsInvocation *invocation, GError **error)
{
	g_auto(Words) words = { 0 };
	g_autoptr(GsOutput) output = NULL;
	Request request;
	bool helped = false;

	if (!parse_words(&words, invocation, &helped, error))
		return false;
	if (helped)
		return true;
	if (!resolve(&words, &request, error))
		return false;
	output = gs_output_open(words.output ? words.output : "-", error);
	if (!output)
		return false;
	return request.format == MODEL ? write_model(&request, &words, output, error) :
					 import(&request, &words, output, error);
}
