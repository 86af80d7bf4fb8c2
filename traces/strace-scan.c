/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/strace-scan.h"

#include "traces/strace-text.h"
#include "traces/trace-scanner.h"

#include <glib.h>

#define NS_PER_SECOND INT64_C(1000000000)

/* Seconds since the epoch from here on; below, a number is a pid or a gap. */
#define EPOCH_SECONDS_MIN INT64_C(100000000)

#define SECONDS_MAX (GS_TRACE_TIME_MAX_NS / NS_PER_SECOND - 1)

static bool is_name_byte(char byte)
{
	return g_ascii_isalnum(byte) || byte == '_';
}

/* Take decimal digits off @text; false if there are none or too many. */
static bool take_digits(GsSpan *text, int64_t *number, unsigned int *count)
{
	int64_t sum = 0;
	size_t at = 0;

	for (; at < text->length && g_ascii_isdigit(text->text[at]); at++) {
		if (at == 10)
			return false;
		sum = sum * 10 + (text->text[at] - '0');
	}
	if (at == 0)
		return false;
	*text = gs_span_drop(*text, at);
	*number = sum;
	*count = (unsigned int)at;
	return true;
}

/* Take an optional ".frac" of up to nine digits off @text, as nanoseconds. */
static bool take_fraction(GsSpan *text, int64_t *ns, int64_t *resolution_ns)
{
	unsigned int count;

	*ns = 0;
	*resolution_ns = NS_PER_SECOND;
	if (!text->length || *text->text != '.')
		return true;
	*text = gs_span_drop(*text, 1);
	if (!take_digits(text, ns, &count) || count > 9)
		return false;
	for (*resolution_ns = 1; count < 9; count++) {
		*ns *= 10;
		*resolution_ns *= 10;
	}
	return true;
}

static bool take_byte(GsSpan *text, char byte)
{
	if (!text->length || *text->text != byte)
		return false;
	*text = gs_span_drop(*text, 1);
	return true;
}

static bool take_word(GsSpan *text, const char *word)
{
	if (!gs_span_has_prefix(*text, word))
		return false;
	*text = gs_span_drop(*text, strlen(word));
	return true;
}

static size_t take_blanks(GsSpan *text)
{
	size_t count = 0;

	while (count < text->length && text->text[count] == ' ')
		count++;
	*text = gs_span_drop(*text, count);
	return count;
}

/* "[pid  8344<name>] " */
static bool take_bracketed_tid(GsSpan *text, GsTracePrefix *prefix)
{
	GsSpan at = *text;
	unsigned int count;
	const char *behind;
	int64_t tid;

	if (!take_word(&at, "[pid "))
		return false;
	take_blanks(&at);
	if (!take_digits(&at, &tid, &count) || tid > INT32_MAX)
		return false;
	behind = gs_strace_skip_decoration(at.text, at.text + at.length);
	if (behind)
		at = gs_span(behind, at.text + at.length);
	if (!take_word(&at, "] "))
		return false;
	prefix->tid = (int32_t)tid;
	prefix->bracketed = true;
	*text = at;
	return true;
}

/* "[  16] ", "[00007f3b5d0] ", "[unconfined_u:...] ": printed by -n, -i, --secontext. */
static bool take_bracketed_other(GsSpan *text)
{
	const char *end = text->text + text->length, *close;

	if (!text->length || *text->text != '[' || gs_span_has_prefix(*text, "[ Process "))
		return false;
	close = memchr(text->text, ']', text->length);
	if (!close || close + 1 >= end || close[1] != ' ')
		return false;
	*text = gs_span(close + 2, end);
	return true;
}

/* "(+     0.000040) ": the gap of -r beside another stamp. */
static bool take_bracketed_gap(GsSpan *text, GsTracePrefix *prefix)
{
	int64_t seconds, ns, resolution_ns;
	GsSpan at = *text;
	unsigned int count;

	if (!take_word(&at, "(+"))
		return false;
	take_blanks(&at);
	if (!take_digits(&at, &seconds, &count) || !take_fraction(&at, &ns, &resolution_ns) ||
	    !take_word(&at, ") ") || seconds > SECONDS_MAX)
		return false;
	prefix->gap_ns = seconds * NS_PER_SECOND + ns;
	if (!prefix->resolution_ns)
		prefix->resolution_ns = resolution_ns;
	*text = at;
	return true;
}

/* The ":MM:SS[.frac] " behind the hours of a clock. */
static bool take_clock(GsSpan *text, int64_t hours, GsTracePrefix *prefix)
{
	int64_t minutes, seconds, ns, resolution_ns;
	unsigned int minute_digits, second_digits;
	GsSpan at = *text;

	if (!take_byte(&at, ':') || !take_digits(&at, &minutes, &minute_digits) ||
	    !take_byte(&at, ':') || !take_digits(&at, &seconds, &second_digits) ||
	    !take_fraction(&at, &ns, &resolution_ns) || !take_byte(&at, ' '))
		return false;
	if (hours > 23 || minutes > 59 || seconds > 60 || minute_digits != 2 || second_digits != 2)
		return false;
	prefix->stamp = GS_STAMP_CLOCK;
	prefix->stamp_ns = ((hours * 60 + minutes) * 60 + seconds) * NS_PER_SECOND + ns;
	prefix->resolution_ns = resolution_ns;
	*text = at;
	return true;
}

/* A number: pid, clock, seconds since the epoch or gap, by its shape. */
static bool take_number(GsSpan *text, bool indented, GsTracePrefix *prefix)
{
	bool has_time = prefix->stamp != GS_STAMP_NONE || prefix->gap_ns >= 0;
	int64_t number, ns, resolution_ns;
	const char *behind;
	unsigned int count;
	GsSpan at = *text;
	bool fraction;

	if (!take_digits(&at, &number, &count))
		return false;
	if (!has_time && count == 2 && take_clock(&at, number, prefix)) {
		*text = at;
		return true;
	}
	if (prefix->tid < 0 && !has_time && number <= INT32_MAX && !indented) {
		behind = gs_strace_skip_decoration(at.text, at.text + at.length);
		if (behind) {
			at = gs_span(behind, at.text + at.length);
			if (!take_byte(&at, ' '))
				return false;
			prefix->tid = (int32_t)number;
			*text = at;
			return true;
		}
	}
	fraction = at.length && *at.text == '.';
	if (!take_fraction(&at, &ns, &resolution_ns) || !take_byte(&at, ' ') ||
	    number > SECONDS_MAX)
		return false;
	if (number >= EPOCH_SECONDS_MIN) {
		if (has_time)
			return false;
		prefix->stamp = GS_STAMP_EPOCH;
		prefix->stamp_ns = number * NS_PER_SECOND + ns;
		prefix->resolution_ns = resolution_ns;
	} else if (!fraction && !indented && prefix->tid < 0 && !has_time) {
		prefix->tid = (int32_t)number;
	} else {
		if (has_time)
			return false;
		prefix->gap_ns = number * NS_PER_SECOND + ns;
		prefix->resolution_ns = resolution_ns;
	}
	*text = at;
	return true;
}

GsSpan gs_strace_scan_prefix(GsSpan line, GsTracePrefix *prefix)
{
	*prefix = (GsTracePrefix){ .tid = -1, .gap_ns = -1 };
	take_bracketed_tid(&line, prefix);
	for (;;) {
		GsSpan at = line;
		size_t blanks = take_blanks(&at);
		/* a pid is padded behind, to five; a gap in front, to six */
		bool indented = blanks > 0 && prefix->tid < 0;

		if (take_bracketed_other(&at) || take_bracketed_gap(&at, prefix) ||
		    take_number(&at, indented, prefix)) {
			line = at;
			continue;
		}
		/* blanks behind a token are padding, before the first they mean something */
		return prefix->tid >= 0 || prefix->resolution_ns ? at : line;
	}
}

/* "<0.000137>" up to the end of the line. */
static bool scan_duration(GsSpan text, int64_t *duration_ns)
{
	int64_t seconds, ns, resolution_ns;
	unsigned int count;

	if (!take_byte(&text, '<') || !take_digits(&text, &seconds, &count) ||
	    !take_fraction(&text, &ns, &resolution_ns) || !take_byte(&text, '>') ||
	    seconds > SECONDS_MAX)
		return false;
	*duration_ns = seconds * NS_PER_SECOND + ns;
	return gs_span_trim(text).length == 0;
}

/* The returned value itself and the decoration behind it. */
static bool take_value(GsSpan *text, GsTraceLine *line)
{
	const char *begin = text->text, *end = begin + text->length, *at = begin, *behind;

	if (at < end && *at == '?') {
		at++;
	} else {
		if (at < end && *at == '-')
			at++;
		while (at < end && g_ascii_isalnum(*at))
			at++;
	}
	line->result = gs_span(begin, at);
	line->has_ret = gs_strace_number(line->result, &line->ret);
	if (!line->has_ret && !gs_span_equals(line->result, "?"))
		return false;
	behind = gs_strace_skip_decoration(at, end);
	*text = gs_span(behind ? behind : at, end);
	take_word(text, "(deleted)");
	return true;
}

/* "EINTR (Interrupted system call)": the name; the text in brackets is a note like others. */
static void take_error(GsSpan *text, GsTraceLine *line)
{
	size_t length = 0;

	while (length < text->length && is_name_byte(text->text[length]))
		length++;
	if (length == 0 || *text->text != 'E')
		return;
	line->error = gs_span(text->text, text->text + length);
	*text = gs_span_drop(*text, length);
}

/* What stands behind the closing bracket: "  = -1 EINTR (...) (note) <0.000137>". */
static bool scan_result(GsSpan text, GsTraceLine *line)
{
	const char *stop, *begin;

	if (take_blanks(&text) == 0 || !take_byte(&text, '=') || take_blanks(&text) == 0)
		return false;
	begin = text.text;
	if (!take_value(&text, line))
		return false;
	for (;;) {
		const char *end = text.text + text.length;
		size_t blanks;

		line->outcome = gs_span(begin, text.text);
		blanks = take_blanks(&text);
		if (text.length == 0)
			return true;
		if (blanks == 0)
			return false;
		switch (*text.text) {
		case '<':
			if (take_word(&text, "<unavailable>"))
				break;
			return scan_duration(text, &line->duration_ns);
		case '(':
		case '[':
			if (gs_strace_walk_list(text.text + 1, end, false, &stop) != GS_LIST_CLOSED)
				return false;
			if (!line->error.length && gs_span_has_prefix(text, "(errno "))
				line->error = gs_span(text.text + 1, stop);
			text = gs_span(stop + 1, end);
			break;
		default:
			if (line->error.length)
				return false;
			take_error(&text, line);
			if (!line->error.length)
				return false;
		}
	}
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
		behind = (const char *)memchr(stop, '>', (size_t)(end - stop)) + 1;
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
	if (length == 0 || !take_word(&at, " resumed>"))
		return GS_LINE_UNKNOWN;
	if (!gs_span_has_prefix(at, " => "))
		take_byte(&at, ' ');
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
	if (!take_word(&body, "+++ superseded by execve in pid ") ||
	    !take_digits(&body, &tid, &count) || tid > INT32_MAX)
		return GS_LINE_UNKNOWN;
	line->other_tid = (int32_t)tid;
	return GS_LINE_SUPERSEDED;
}

/* "strace: Process 123 attached with 4 threads"; any program name. */
static GsLineKind scan_diagnostic(GsSpan body, GsTraceLine *line)
{
	size_t length = 0;
	unsigned int count;
	int64_t tid;

	while (length < body.length &&
	       (is_name_byte(body.text[length]) || memchr("./-+", body.text[length], 4)))
		length++;
	body = gs_span_drop(body, length);
	if (length == 0 || !take_word(&body, ": Process ") || !take_digits(&body, &tid, &count) ||
	    tid > INT32_MAX)
		return GS_LINE_UNKNOWN;
	line->other_tid = (int32_t)tid;
	if (take_word(&body, " attached"))
		return GS_LINE_ATTACHED;
	return take_word(&body, " detached") ? GS_LINE_OTHER : GS_LINE_UNKNOWN;
}

static GsLineKind scan_kind(GsSpan body, GsTraceLine *line)
{
	size_t length = 0;

	if (body.length == 0)
		return GS_LINE_OTHER;
	while (length < body.length && is_name_byte(body.text[length]))
		length++;
	if (length > 0 && length < body.length && body.text[length] == '(' &&
	    !g_ascii_isdigit(*body.text)) {
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

static GsLineKind scan(GsSpan text, GsTracePrefix *prefix, GsTraceLine *line, GString *scratch)
{
	(void)scratch;
	return gs_strace_scan_body(gs_strace_scan_prefix(text, prefix), line);
}

const GsTraceScanner gs_scan_strace = { .name = "strace", .scan = scan };
