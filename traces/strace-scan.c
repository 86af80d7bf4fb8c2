/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/strace-scan.h"

#include "traces/span-take.h"
#include "traces/strace-text.h"
#include "traces/trace-scanner.h"

#include <glib.h>

#define NS_PER_SECOND INT64_C(1000000000)

/* How long the name of a call is that @text begins with; "???": strace could not learn it. */
static size_t name_length(GsSpan text)
{
	size_t length = 0;

	while (length < text.length && gs_is_name_byte(text.text[length]))
		length++;
	if (length == 0)
		return gs_span_has_prefix(text, "???") ? strlen("???") : 0;
	return gs_is_digit(*text.text) ? 0 : length;
}

/* Behind "<0.000137>"; NULL: it is not that. */
static const char *skip_duration(const char *at, const char *end, int64_t *duration_ns)
{
	int64_t ns, resolution_ns;

	if (at == end || *at != '<')
		return NULL;
	at = gs_skip_time(at + 1, end, NS_PER_SECOND, &ns, &resolution_ns);
	if (!at || at == end || *at != '>')
		return NULL;
	*duration_ns = ns;
	return at + 1;
}

/* Behind the number at @at, if it is decimal and without a sign, as most are; else NULL. */
static const char *skip_plain_number(const char *at, const char *end, int64_t *number)
{
	int64_t value;
	const char *behind = gs_skip_digits(at, end, &value);

	if (!behind || (*at == '0' && behind > at + 1) ||
	    (behind < end && g_ascii_isalnum(*behind)))
		return NULL;
	*number = value;
	return behind;
}

/* Behind the returned value itself and its decoration; NULL: there is none. */
static const char *skip_value(const char *begin, const char *end, GsTraceLine *line)
{
	const char *at = skip_plain_number(begin, end, &line->ret), *behind;

	if (at) {
		line->result = gs_span(begin, at);
		line->has_ret = true;
	} else {
		at = begin;
		if (at < end && (*at == '?' || *at == '-'))
			at++;
		while (at < end && *begin != '?' && g_ascii_isalnum(*at))
			at++;
		line->result = gs_span(begin, at);
		line->has_ret = gs_strace_number(line->result, &line->ret);
		if (!line->has_ret && !gs_span_equals(line->result, "?"))
			return NULL;
	}
	behind = at < end && *at == '<' ? gs_strace_skip_decoration(at, end) : NULL;
	at = behind ? behind : at;
	if (at < end && *at == '(' && gs_span_has_prefix(gs_span(at, end), "(deleted)"))
		at += strlen("(deleted)");
	return at;
}

/* "EINTR (Interrupted system call)": the name; the text in brackets is a note like others. */
static bool take_error(GsSpan *text, GsTraceLine *line)
{
	size_t length = 0;

	while (length < text->length &&
	       (g_ascii_isupper(text->text[length]) || g_ascii_isdigit(text->text[length]) ||
		text->text[length] == '_'))
		length++;
	if (length < 2 || *text->text != 'E' || line->error.length)
		return false;
	line->error = gs_span(text->text, text->text + length);
	*text = gs_span_drop(*text, length);
	return true;
}

/* "(Interrupted system call)", "(in [3])", "(DELAYED)" ... */
static bool take_note(GsSpan *text, GsTraceLine *line)
{
	const char *end = text->text + text->length, *stop;

	if (!text->length || *text->text != '(' ||
	    gs_strace_walk_list(text->text + 1, end, false, &stop) != GS_LIST_CLOSED ||
	    *stop != ')')
		return false;
	if (!line->error.length && gs_span_has_prefix(*text, "(errno "))
		line->error = gs_span(text->text + 1, stop);
	*text = gs_span(stop + 1, end);
	return true;
}

/* "[system_u:object_r:kvm_device_t:s0]", the context of a returned descriptor */
static bool take_context(GsSpan *text)
{
	const char *end = text->text + text->length, *close;
	GsSpan inside;

	if (!text->length || *text->text != '[')
		return false;
	close = memchr(text->text, ']', text->length);
	if (!close)
		return false;
	inside = gs_span(text->text + 1, close);
	if (memchr(inside.text, ' ', inside.length) ||
	    !(memchr(inside.text, ':', inside.length) ||
	      (inside.length > 2 && memcmp(close - 2, "_t", 2) == 0)))
		return false;
	*text = gs_span(close + 1, end);
	return true;
}

/* the pid "8 in strace's PID NS", as a comment behind another */
static bool take_comment(GsSpan *text)
{
	const char *close;

	if (!gs_span_has_prefix(*text, "/*"))
		return false;
	close = g_strstr_len(text->text, (gssize)text->length, "*/");
	if (!close)
		return false;
	*text = gs_span(close + 2, text->text + text->length);
	return true;
}

/*
 * What stands behind the closing bracket, "  = -1 EINTR (...) (note) <0.000137>",
 * as far as it goes. False if there is not even a value.
 */
static bool take_result(GsSpan *text, GsTraceLine *line)
{
	const char *end = text->text + text->length;
	const char *equals = gs_skip_blanks(text->text, end), *value, *behind, *at;

	if (equals == text->text || equals == end || *equals != '=')
		return false;
	value = gs_skip_blanks(equals + 1, end);
	if (value == equals + 1)
		return false;
	behind = skip_value(value, end, line);
	if (!behind)
		return false;
	for (;;) {
		GsSpan rest;

		*text = gs_span(behind, end);
		line->outcome = gs_span(value, behind);
		at = gs_skip_blanks(behind, end);
		if (at == behind)
			return true;
		behind = skip_duration(at, end, &line->duration_ns);
		if (behind) {
			*text = gs_span(behind, end);
			return true;
		}
		rest = gs_span(at, end);
		if (!gs_span_take_word(&rest, "<unavailable>") && !take_note(&rest, line) &&
		    !take_context(&rest) && !take_comment(&rest) && !take_error(&rest, line))
			return true;
		behind = rest.text;
	}
}

/* As above, with nothing behind it. */
static bool scan_result(GsSpan text, GsTraceLine *line)
{
	return take_result(&text, line) && gs_span_is_blank(text);
}

/* What is known of arguments that end inside a string: those before it. */
static GsSpan without_last_item(GsSpan args)
{
	const char *end = args.text + args.length, *stop;
	GsSpan known = gs_span(args.text, args.text);

	for (const char *at = args.text; gs_strace_walk_list(at, end, true, &stop) == GS_LIST_COMMA;
	     at = stop + 1)
		known = gs_span(args.text, stop);
	return known;
}

/* The arguments of a call from behind its opening bracket, and its result. */
static GsLineKind scan_arguments(GsSpan body, const char *args, GsTraceLine *line)
{
	const char *end = body.text + body.length, *stop, *behind, *last;

	switch (gs_strace_walk_list(args, end, false, &stop)) {
	case GS_LIST_CLOSED:
		if (*stop != ')')
			return GS_LINE_UNKNOWN;
		line->args = gs_span(args, stop);
		if (scan_result(gs_span(stop + 1, end), line))
			return GS_LINE_COMPLETE;
		line->head = body;
		return GS_LINE_CUT;
	case GS_LIST_INTERRUPTED:
		last = stop > args && stop[-1] == ' ' ? stop - 1 : stop;
		line->args = gs_span(args, last);
		line->head = gs_span(body.text, last);
		behind = memchr(stop, '>', (size_t)(end - stop));
		if (!behind)
			return GS_LINE_CUT;
		behind++;
		line->moved = gs_span_has_prefix(gs_span(stop, end), "<pid changed to ");
		if (gs_span_trim(gs_span(behind, end)).length == 0)
			return GS_LINE_UNFINISHED;
		/* killed inside the call: "<unfinished ...>) = ?" */
		if (*behind == ')' && scan_result(gs_span(behind + 1, end), line))
			return GS_LINE_COMPLETE;
		return GS_LINE_UNKNOWN;
	case GS_LIST_ENDED:
		line->args = gs_span(args, end);
		line->head = body;
		return GS_LINE_CUT;
	case GS_LIST_ENDED_IN_STRING:
		line->args = without_last_item(gs_span(args, end));
		line->head = body;
		return GS_LINE_CUT;
	default:
		return GS_LINE_UNKNOWN;
	}
}

bool gs_strace_scan_tail(GsSpan tail, GsTraceLine *line)
{
	const char *end = tail.text + tail.length, *at = tail.text, *stop;

	/* closing brackets whose opening ones are in the lost half */
	while (gs_strace_walk_list(at, end, false, &stop) == GS_LIST_CLOSED && *stop != ')')
		at = stop + 1;
	return scan_arguments(tail, at, line) == GS_LINE_COMPLETE;
}

/*
 * "<... ioctl resumed>, 0) = 0"; before strace 5.0 with a blank behind the '>'.
 * The blank of " => " is the call's own.
 */
static GsLineKind scan_resumed(GsSpan body, GsTraceLine *line)
{
	const char *end = body.text + body.length;
	GsSpan at = gs_span_drop(body, strlen("<... "));
	size_t length = 0;

	while (length < at.length && at.text[length] != ' ')
		length++;
	line->name = gs_span(at.text, at.text + length);
	at = gs_span_drop(at, length);
	if (length == 0 || !gs_span_take_word(&at, " resumed>"))
		return GS_LINE_UNKNOWN;
	if (!gs_span_has_prefix(at, " => "))
		gs_span_take_byte(&at, ' ');
	line->tail = gs_span(at.text, end);
	return GS_LINE_RESUMED;
}

static GsLineKind scan_exit(GsSpan body, GsTraceLine *line)
{
	unsigned int count;
	int64_t tid;

	if (gs_span_has_prefix(body, "+++ exited with ") ||
	    gs_span_has_prefix(body, "+++ killed by "))
		return GS_LINE_EXIT;
	if (!gs_span_take_word(&body, "+++ superseded by execve in pid ") ||
	    !gs_span_take_digits(&body, &tid, &count) || tid > INT32_MAX)
		return GS_LINE_UNKNOWN;
	line->other_tid = (int32_t)tid;
	return GS_LINE_SUPERSEDED;
}

/* "strace: Process 123 attached with 4 threads"; any program name, and none in old releases. */
static GsLineKind scan_diagnostic(GsSpan body, GsTraceLine *line)
{
	size_t length = 0;
	unsigned int count;
	int64_t tid;

	if (!gs_span_take_word(&body, "Process ")) {
		while (length < body.length &&
		       (gs_is_name_byte(body.text[length]) || memchr("./-+", body.text[length], 4)))
			length++;
		body = gs_span_drop(body, length);
		if (length == 0 || !gs_span_take_word(&body, ": Process "))
			return GS_LINE_UNKNOWN;
	}
	if (!gs_span_take_digits(&body, &tid, &count) || tid > INT32_MAX)
		return GS_LINE_UNKNOWN;
	line->other_tid = (int32_t)tid;
	if (gs_span_take_word(&body, " attached"))
		return GS_LINE_ATTACHED;
	return gs_span_take_word(&body, " detached") || gs_span_take_word(&body, " resumed") ||
			       gs_span_take_word(&body, " suspended")
		       ? GS_LINE_OTHER
		       : GS_LINE_UNKNOWN;
}

static GsLineKind scan_kind(GsSpan body, GsTraceLine *line)
{
	size_t length = 0;

	line->is_blank = gs_span_is_blank(body);
	if (line->is_blank)
		return GS_LINE_OTHER;
	length = name_length(body);
	if (length > 0 && length < body.length && body.text[length] == '(') {
		line->name = gs_span(body.text, body.text + length);
		return scan_arguments(body, body.text + length + 1, line);
	}
	switch (*body.text) {
	case '<':
		return gs_span_has_prefix(body, "<... ") ? scan_resumed(body, line)
							 : GS_LINE_UNKNOWN;
	case '-':
		return gs_span_has_prefix(body, "--- ") ? GS_LINE_OTHER : GS_LINE_UNKNOWN;
	case '+':
		return scan_exit(body, line);
	case '[':
		return gs_span_has_prefix(body, "[ Process PID=") ? GS_LINE_OTHER : GS_LINE_UNKNOWN;
	case ' ': /* stacks of -k, dumps of -e read/write, registers of -e kvm=vcpu+ */
		return gs_span_has_prefix(body, " > ") || gs_span_has_prefix(body, " | ") ||
				       gs_span_has_prefix(body, " VCPU") ||
				       gs_span_trim(body).length == 0
			       ? GS_LINE_OTHER
			       : GS_LINE_UNKNOWN;
	default:
		if (gs_span_has_prefix(body, "strace: ") &&
		    scan_diagnostic(body, line) == GS_LINE_UNKNOWN)
			return GS_LINE_OTHER;
		return scan_diagnostic(body, line);
	}
}

GsLineKind gs_strace_scan_body(GsSpan body, GsTraceLine *line)
{
	gs_trace_line_init(line);
	line->kind = scan_kind(body, line);
	return line->kind;
}

bool gs_strace_scan_extent(GsSpan text, size_t *length)
{
	const char *end = text.text + text.length, *stop;
	GsTracePrefix prefix;
	GsTraceLine line;
	GsSpan rest = gs_strace_scan_prefix(text, &prefix);
	size_t name_bytes = name_length(rest);

	gs_trace_line_init(&line);
	rest = gs_span_drop(rest, name_bytes);
	if (name_bytes == 0 || !gs_span_take_byte(&rest, '(') ||
	    gs_strace_walk_list(rest.text, end, false, &stop) != GS_LIST_CLOSED || *stop != ')')
		return false;
	rest = gs_span(stop + 1, end);
	if (!take_result(&rest, &line))
		return false;
	*length = (size_t)(rest.text - text.text);
	return true;
}

/*
 * A row of the tables of -c and -C: numbers, then the name of a call or "total"; or
 * the dashes between; or one of their headings.
 */
static bool is_summary_row(GsSpan text)
{
	unsigned int numbers = 0, dashes = 0, words = 0;

	if (gs_span_has_prefix(text, "% time ") ||
	    gs_span_has_prefix(text, "System call usage summary for "))
		return true;
	while ((text = gs_span_trim(text)).length) {
		size_t length = 0, digits = 0, dash = 0;

		while (length < text.length && text.text[length] != ' ') {
			digits += g_ascii_isdigit(text.text[length]) || text.text[length] == '.';
			dash += text.text[length] == '-';
			length++;
		}
		numbers += digits == length;
		dashes += dash == length;
		words += digits != length && dash != length;
		text = gs_span_drop(text, length);
	}
	return (numbers >= 3 && words == 1) || (dashes >= 3 && words + numbers == 0);
}

static GsLineKind scan(GsSpan text, GsTracePrefix *prefix, GsTraceLine *line, GString *scratch)
{
	(void)scratch;
	gs_strace_scan_body(gs_strace_scan_prefix(text, prefix), line);
	if (line->kind == GS_LINE_UNKNOWN && is_summary_row(text)) {
		*prefix = (GsTracePrefix){ .tid = -1, .gap_ns = -1 };
		line->kind = GS_LINE_OTHER;
	}
	return line->kind;
}

const GsTraceScanner gs_scan_strace = { .name = "strace", .scan = scan };
