/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/span-take.h"
#include "traces/strace-scan.h"
#include "traces/strace-text.h"

#include <glib.h>

#define NS_PER_SECOND INT64_C(1000000000)

/* Seconds since the epoch from here on; below, a number is a pid or a gap. */
#define EPOCH_SECONDS_MIN INT64_C(100000000)

/* "<name>" behind a pid, as -Y prints it, if it is there. */
static void take_comm(GsSpan *text)
{
	const char *end = text->text + text->length;
	const char *behind = gs_strace_skip_decoration(text->text, end);

	if (behind)
		*text = gs_span(behind, end);
}

/* "[pid  8344<name>] " */
static bool take_bracketed_tid(GsSpan *text, GsTracePrefix *prefix)
{
	GsSpan at = *text;
	unsigned int count;
	int64_t tid;

	if (!gs_span_take_word(&at, "[pid "))
		return false;
	gs_span_take_blanks(&at);
	if (!gs_span_take_digits(&at, &tid, &count) || tid > INT32_MAX)
		return false;
	take_comm(&at);
	if (!gs_span_take_word(&at, "] "))
		return false;
	prefix->tid = (int32_t)tid;
	prefix->bracketed = true;
	*text = at;
	return true;
}

/*
 * What -n, -i and --secontext print: "[  16] ", "[00007f3b5d0a1c2e] ", "[????????] ",
 * "[unconfined_u:unconfined_r:unconfined_t:s0] ". Others print brackets too: a
 * guest's kernel its "[    0.123456] ".
 */
static bool take_bracketed_other(GsSpan *text)
{
	size_t hex = 0, unknown = 0, digits = 0, colons = 0, others = 0, length;
	bool is_type;
	const char *close;
	GsSpan at = *text;

	if (!gs_span_take_byte(&at, '['))
		return false;
	close = memchr(at.text, ']', at.length);
	if (!close)
		return false;
	while (close > at.text && *at.text == ' ')
		at = gs_span_drop(at, 1);
	length = (size_t)(close - at.text);
	for (size_t i = 0; i < length; i++) {
		char byte = at.text[i];

		digits += g_ascii_isdigit(byte) ? 1 : 0;
		hex += g_ascii_isxdigit(byte) ? 1 : 0;
		unknown += byte == '?' ? 1 : 0;
		colons += byte == ':' ? 1 : 0;
		others += byte == ' ' ? 1 : 0;
	}
	/* without --secontext=full only the type is printed, which by custom ends so */
	is_type = length > 2 && memcmp(at.text + length - 2, "_t", 2) == 0;
	if (length == 0 || others ||
	    !(digits == length || unknown == length || hex == length || colons > 1 || is_type))
		return false;
	at = gs_span_drop(at, length + 1);
	if (!gs_span_take_byte(&at, ' '))
		return false;
	*text = at;
	return true;
}

/* "(+     0.000040) ": the gap of -r beside another stamp. */
static bool take_bracketed_gap(GsSpan *text, GsTracePrefix *prefix)
{
	int64_t gap_ns, resolution_ns;
	GsSpan at = *text;

	if (!gs_span_take_word(&at, "(+"))
		return false;
	gs_span_take_blanks(&at);
	if (!gs_span_take_time(&at, NS_PER_SECOND, &gap_ns, &resolution_ns) ||
	    !gs_span_take_word(&at, ") "))
		return false;
	prefix->gap_ns = gap_ns;
	prefix->gap_resolution_ns = resolution_ns;
	if (!prefix->resolution_ns)
		prefix->resolution_ns = resolution_ns;
	*text = at;
	return true;
}

/* "14:45:32.914330 " */
static bool take_clock(GsSpan *text, GsTracePrefix *prefix)
{
	int64_t hours, minutes, seconds_ns, resolution_ns;
	unsigned int hour_digits, minute_digits;
	GsSpan at = *text;

	if (!gs_span_take_digits(&at, &hours, &hour_digits) || !gs_span_take_byte(&at, ':') ||
	    !gs_span_take_digits(&at, &minutes, &minute_digits) || !gs_span_take_byte(&at, ':') ||
	    at.length < 2 || !g_ascii_isdigit(at.text[1]) ||
	    !gs_span_take_time(&at, NS_PER_SECOND, &seconds_ns, &resolution_ns) ||
	    !gs_span_take_byte(&at, ' '))
		return false;
	/* a leap second is the 60th */
	if (hour_digits != 2 || minute_digits != 2 || hours > 23 || minutes > 59 ||
	    seconds_ns >= 61 * NS_PER_SECOND)
		return false;
	prefix->stamp = GS_STAMP_CLOCK;
	prefix->stamp_ns = (hours * 60 + minutes) * 60 * NS_PER_SECOND + seconds_ns;
	prefix->resolution_ns = resolution_ns;
	*text = at;
	return true;
}

/* "8344 ", "8344<name> ": in the first column, so not a gap, which is padded in front. */
static const char *skip_tid(const char *at, const char *end, GsTracePrefix *prefix)
{
	const char *behind;
	int64_t tid;

	at = gs_skip_digits(at, end, &tid);
	if (!at || at == end || tid > INT32_MAX)
		return NULL;
	if (*at == '<') {
		behind = gs_strace_skip_decoration(at, end);
		at = behind ? behind : at;
	} else if (tid >= EPOCH_SECONDS_MIN) {
		return NULL;
	}
	if (at == end || *at != ' ')
		return NULL;
	prefix->tid = (int32_t)tid;
	return at + 1;
}

/* How runs/import-strace.c writes what strace has no stamps for. */
#define UPTIME_DIGITS 10

static bool is_uptime(const char *at, const char *end)
{
	int64_t number;
	const char *behind = *at == '0' ? gs_skip_digits(at, end, &number) : NULL;

	return behind && behind - at == UPTIME_DIGITS;
}

/*
 * "1795363520.597620 " or, if it cannot be that, the gap "0.000040 ". Ten digits
 * that begin with zeros are what `gracesim import --format=strace` makes of stamps
 * since the machine started.
 */
static const char *skip_seconds(const char *at, const char *end, GsTracePrefix *prefix)
{
	int64_t ns, resolution_ns;
	const char *behind = gs_skip_time(at, end, NS_PER_SECOND, &ns, &resolution_ns);

	if (!behind || behind == end || *behind != ' ')
		return NULL;
	if (is_uptime(at, end)) {
		prefix->stamp = GS_STAMP_UPTIME;
		prefix->stamp_ns = ns;
	} else if (ns >= EPOCH_SECONDS_MIN * NS_PER_SECOND) {
		prefix->stamp = GS_STAMP_EPOCH;
		prefix->stamp_ns = ns;
	} else {
		prefix->gap_ns = ns;
		prefix->gap_resolution_ns = resolution_ns;
	}
	prefix->resolution_ns = resolution_ns;
	return behind + 1;
}

/* Behind the token that begins with the bracket at @at; NULL: it is none of the prefix. */
static const char *skip_brackets(const char *at, const char *end, GsTracePrefix *prefix)
{
	GsSpan text = gs_span(at, end);

	return (*at == '[' ? take_bracketed_other(&text) : take_bracketed_gap(&text, prefix))
		       ? text.text
		       : NULL;
}

/* Likewise with the digit at @at. */
static const char *skip_number(const char *at, const char *end, bool indented,
			       GsTracePrefix *prefix)
{
	GsSpan text = gs_span(at, end);
	const char *behind = NULL;

	if (text.length > 2 && at[2] == ':' && take_clock(&text, prefix))
		return text.text;
	if (prefix->tid < 0 && !indented)
		behind = skip_tid(at, end, prefix);
	return behind ? behind : skip_seconds(at, end, prefix);
}

GsSpan gs_strace_scan_prefix(GsSpan line, GsTracePrefix *prefix)
{
	const char *end = line.text + line.length, *body;

	*prefix = (GsTracePrefix){ .tid = -1, .gap_ns = -1 };
	take_bracketed_tid(&line, prefix);
	for (body = line.text;;) {
		const bool has_time = prefix->stamp != GS_STAMP_NONE || prefix->gap_ns >= 0;
		const bool first = prefix->tid < 0 && !has_time;
		/* behind a token blanks are padding; in front of the first only a gap has them */
		const char *at = gs_skip_blanks(body, end);
		const char *behind = NULL;

		if (at < end && gs_is_digit(*at))
			behind = has_time ? NULL : skip_number(at, end, first && at > body, prefix);
		else if (at < end && (*at == '[' || *at == '('))
			behind = skip_brackets(at, end, prefix);
		if (!behind)
			return gs_span(first ? body : at, end);
		body = behind;
	}
}
