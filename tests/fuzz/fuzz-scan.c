/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any lines to every scanner: what one makes of a line lies in the line or in the
 * scratch buffer, and its numbers are in bounds.
 */
#include "tests/fuzz/fuzz-check.h"
#include "tests/fuzz/fuzz.h"
#include "traces/trace-scanner.h"

static bool lies_in(GsSpan span, const char *text, size_t length)
{
	return span.text >= text && span.length <= length &&
	       (size_t)(span.text - text) <= length - span.length;
}

static void check_spans(const GsTraceLine *line, GsSpan text, const GString *scratch)
{
	const GsSpan spans[] = {
		line->name,   line->args,    line->head,  line->tail,
		line->result, line->outcome, line->error,
	};

	for (size_t i = 0; i < G_N_ELEMENTS(spans); i++)
		FUZZ_CHECK(spans[i].length == 0 || lies_in(spans[i], text.text, text.length) ||
			   lies_in(spans[i], scratch->str, scratch->len));
}

static void check_prefix(const GsTracePrefix *prefix)
{
	FUZZ_CHECK(prefix->tid >= -1);
	FUZZ_CHECK(prefix->gap_ns >= -1 && prefix->gap_ns <= GS_TRACE_TIME_MAX_NS);
	FUZZ_CHECK(prefix->stamp_ns >= 0 && prefix->stamp_ns <= GS_TRACE_TIME_MAX_NS);
	FUZZ_CHECK(prefix->resolution_ns >= 0 && prefix->resolution_ns <= 1000000000);
	FUZZ_CHECK(prefix->stamp == GS_STAMP_NONE || prefix->resolution_ns > 0);
}

static void check_line(const GsTraceLine *line)
{
	FUZZ_CHECK(line->duration_ns >= -1 && line->duration_ns <= GS_TRACE_TIME_MAX_NS);
	FUZZ_CHECK(line->other_tid >= 0);
	FUZZ_CHECK(!gs_trace_line_is_call(line) || line->name.length > 0);
	switch (line->kind) {
	case GS_LINE_COMPLETE:
		FUZZ_CHECK(line->result.length > 0);
		FUZZ_CHECK(line->has_ret || gs_span_equals(line->result, "?"));
		break;
	case GS_LINE_UNFINISHED:
	case GS_LINE_CUT:
		FUZZ_CHECK(line->head.length > line->name.length);
		FUZZ_CHECK(line->head.text[line->name.length] == '(');
		break;
	default:
		break;
	}
}

static void scan_line(const GsTraceScanner *scanner, GsSpan text)
{
	g_autoptr(GString) scratch = g_string_new(NULL);
	GsTracePrefix prefix;
	GsTraceLine line;
	GsLineKind kind = scanner->scan(text, &prefix, &line, scratch);

	FUZZ_CHECK(kind == line.kind && kind <= GS_LINE_UNKNOWN);
	check_spans(&line, text, scratch);
	check_prefix(&prefix);
	check_line(&line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *at = (const char *)data, *end = at + size;

	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		size_t length = (size_t)((newline ? newline : end) - at);
		/* of exactly its size, so that a look beyond the line is found out */
		g_autofree char *copy = g_malloc(length ? length : 1);

		memcpy(copy, at, length);
		for (unsigned int i = 0; gs_trace_scanners[i]; i++)
			scan_line(gs_trace_scanners[i], gs_span(copy, copy + length));
		at = newline ? newline + 1 : end;
	}
	return 0;
}
