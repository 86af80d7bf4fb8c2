/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/lib/gs-test-scan.h"

#include <inttypes.h>

#include "traces/trace-reader.h"

static void append(GString *out, GsSpan span)
{
	g_string_append_len(out, span.text, (gssize)span.length);
}

static void append_outcome(GString *out, GsSpan outcome, int64_t duration_ns)
{
	g_string_append(out, " = ");
	append(out, outcome);
	if (duration_ns >= 0)
		g_string_append_printf(out, " <%" PRId64 ">", duration_ns);
}

static void append_prefix(GString *out, const GsTracePrefix *prefix)
{
	static const char *const stamps[] = {
		[GS_STAMP_CLOCK] = "clock",
		[GS_STAMP_EPOCH] = "epoch",
		[GS_STAMP_UPTIME] = "up",
	};

	if (prefix->tid >= 0)
		g_string_append_printf(out, " tid=%d", prefix->tid);
	if (prefix->stamp != GS_STAMP_NONE)
		g_string_append_printf(out, " %s=%" PRId64, stamps[prefix->stamp],
				       prefix->stamp_ns);
}

char *gs_test_scan(const GsTraceScanner *scanner, const char *text)
{
	static const char *const kinds[] = {
		[GS_LINE_COMPLETE] = "complete", [GS_LINE_UNFINISHED] = "unfinished",
		[GS_LINE_RESUMED] = "resumed",   [GS_LINE_CUT] = "cut",
		[GS_LINE_EXIT] = "exit",         [GS_LINE_SUPERSEDED] = "superseded",
		[GS_LINE_ATTACHED] = "attached", [GS_LINE_OTHER] = "other",
		[GS_LINE_UNKNOWN] = "unknown",
	};
	g_autoptr(GString) scratch = g_string_new(NULL);
	GString *out = g_string_new(NULL);
	GsTracePrefix prefix;
	GsTraceLine line;
	GsLineKind kind = scanner->scan(gs_span_string(text), &prefix, &line, scratch);

	g_assert_cmpint(kind, ==, line.kind);
	g_string_append(out, kinds[kind]);
	if (!gs_trace_line_is_call(&line))
		return g_string_free(out, FALSE);
	append_prefix(out, &prefix);
	g_string_append_c(out, ' ');
	if (kind == GS_LINE_UNFINISHED || kind == GS_LINE_CUT) {
		append(out, line.head);
		return g_string_free(out, FALSE);
	}
	append(out, line.name);
	if (kind == GS_LINE_RESUMED) {
		g_string_append(out, "...");
		append(out, line.tail);
		return g_string_free(out, FALSE);
	}
	g_string_append_c(out, '(');
	append(out, line.args);
	g_string_append_c(out, ')');
	append_outcome(out, line.outcome, line.duration_ns);
	return g_string_free(out, FALSE);
}

char *gs_test_read_log(const char *log)
{
	static const char *const statuses[] = {
		[GS_CALL_OK] = "ok",
		[GS_CALL_ERROR] = "error",
		[GS_CALL_UNFINISHED] = "unfinished",
		[GS_CALL_RESTARTED] = "restarted",
	};
	g_autoptr(GInputStream) stream =
		g_memory_input_stream_new_from_data(log, (gssize)strlen(log), NULL);
	g_autoptr(GsTraceReader) reader = gs_trace_reader_new_for_stream(stream, "log");
	GString *out = g_string_new(NULL);
	g_autoptr(GError) error = NULL;
	GsTraceRecord record;

	while (gs_trace_reader_next(reader, &record, &error)) {
		g_string_append_printf(out, "%d ", record.tid);
		if (record.start_ns >= 0)
			g_string_append_printf(out, "%" PRId64 " ", record.start_ns);
		else
			g_string_append(out, "- ");
		append(out, record.name);
		g_string_append_c(out, '(');
		append(out, record.args);
		g_string_append_c(out, ')');
		append_outcome(out, record.outcome, record.duration_ns);
		g_string_append_printf(out, " %s\n", statuses[record.status]);
	}
	g_assert_no_error(error);
	return g_string_free(out, FALSE);
}

void gs_test_assert_scans(const GsTraceScanner *scanner, const GsTestScan *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		g_autofree char *says = gs_test_scan(scanner, cases[i].line);

		g_test_message("%s", cases[i].line);
		g_assert_cmpstr(says, ==, cases[i].expected);
	}
}

void gs_test_assert_unknown(const GsTraceScanner *scanner, const char *const *lines, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		g_autofree char *says = gs_test_scan(scanner, lines[i]);

		g_test_message("%s", lines[i]);
		g_assert_cmpstr(says, ==, "unknown");
	}
}
