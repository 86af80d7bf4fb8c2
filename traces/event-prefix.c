/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/event-prefix.h"

#include "traces/span-take.h"

#include <glib.h>

#define NS_PER_SECOND INT64_C(1000000000)

/* Stamps from here on count from 1970: no machine is up for so many seconds. */
#define EPOCH_SECONDS_MIN INT64_C(100000000)

/* No prefix is longer: a name, two pids, a CPU and a stamp. */
#define PREFIX_BYTES_MAX 128

static GsSpan drop_blanks_behind(GsSpan text)
{
	while (text.length && text.text[text.length - 1] == ' ')
		text.length--;
	return text;
}

/* Take a byte, or decimal digits, off the end of @text. */
static bool take_last_byte(GsSpan *text, char byte)
{
	if (!text->length || text->text[text->length - 1] != byte)
		return false;
	text->length--;
	return true;
}

static bool take_last_digits(GsSpan *text, GsSpan *digits)
{
	size_t rest = text->length;

	while (rest && g_ascii_isdigit(text->text[rest - 1]))
		rest--;
	*digits = gs_span_drop(*text, rest);
	text->length = rest;
	return digits->length > 0;
}

/* "[002]" */
static bool take_last_cpu(GsSpan *text)
{
	GsSpan at = *text, digits;

	if (!take_last_byte(&at, ']') || !take_last_digits(&at, &digits) ||
	    !take_last_byte(&at, '['))
		return false;
	*text = drop_blanks_behind(at);
	return true;
}

/* "( 123)" or "(-------)", the process of the thread: ftrace's option record-tgid */
static void take_last_tgid(GsSpan *text)
{
	GsSpan at = *text, digits;

	if (!take_last_byte(&at, ')'))
		return;
	if (!take_last_digits(&at, &digits)) {
		while (take_last_byte(&at, '-'))
			;
	}
	at = drop_blanks_behind(at);
	if (take_last_byte(&at, '('))
		*text = drop_blanks_behind(at);
}

static bool read_tid(GsSpan digits, GsTracePrefix *prefix)
{
	unsigned int count;
	int64_t tid;

	if (!gs_span_take_digits(&digits, &tid, &count) || digits.length || tid > INT32_MAX)
		return false;
	prefix->tid = (int32_t)tid;
	return true;
}

/* "fc_vcpu 3-123 [002] ...1", "<...>-123 ( 100) [002]" */
static bool take_ftrace_thread(GsSpan text, GsTracePrefix *prefix)
{
	size_t flags = 0;
	GsSpan tid;

	if (!take_last_cpu(&text)) {
		/* interrupts off, need to reschedule and so on, a character each */
		while (flags < text.length && text.text[text.length - 1 - flags] != ' ')
			flags++;
		if (flags < 4 || flags > 6)
			return false;
		text.length -= flags;
		text = drop_blanks_behind(text);
		if (!take_last_cpu(&text))
			return false;
	}
	take_last_tgid(&text);
	return take_last_digits(&text, &tid) && take_last_byte(&text, '-') && text.length &&
	       text.text[text.length - 1] != ' ' && read_tid(tid, prefix);
}

/* "fc_vcpu 3 100/123 [002]", "fc_vcpu 3 123", "123" */
static bool take_perf_thread(GsSpan text, GsTracePrefix *prefix)
{
	GsSpan tid, pid;

	take_last_cpu(&text);
	if (!take_last_digits(&text, &tid))
		return false;
	/* threads that have ended go by -1 */
	if (take_last_byte(&text, '-'))
		return gs_span_equals(tid, "1") && take_last_byte(&text, ' ');
	if (take_last_byte(&text, '/') && !take_last_digits(&text, &pid))
		return false;
	return (!text.length || take_last_byte(&text, ' ')) && read_tid(tid, prefix);
}

/* A thread's name may look like a stamp: the first that has a thread before it counts. */
bool gs_event_prefix(GsSpan line, GsEventStyle style, GsTracePrefix *prefix, GsSpan *event)
{
	const char *end = line.text + MIN(line.length, PREFIX_BYTES_MAX), *dot = line.text;
	int64_t ns, resolution_ns;

	*prefix = (GsTracePrefix){ .tid = -1, .gap_ns = -1 };
	while ((dot = memchr(dot, '.', (size_t)(end - dot)))) {
		GsSpan before = gs_span(line.text, dot), seconds, stamp, thread;

		dot++;
		if (!take_last_digits(&before, &seconds))
			continue;
		stamp = gs_span(seconds.text, line.text + line.length);
		if (!gs_span_take_time(&stamp, NS_PER_SECOND, &ns, &resolution_ns) ||
		    resolution_ns > 1000 || !gs_span_take_byte(&stamp, ':') ||
		    !take_last_byte(&before, ' '))
			continue;
		thread = drop_blanks_behind(before);
		if (style == GS_EVENT_STYLE_FTRACE ? !take_ftrace_thread(thread, prefix)
						   : !take_perf_thread(thread, prefix))
			continue;
		prefix->stamp =
			ns < EPOCH_SECONDS_MIN * NS_PER_SECOND ? GS_STAMP_UPTIME : GS_STAMP_EPOCH;
		prefix->stamp_ns = ns;
		prefix->resolution_ns = resolution_ns;
		*event = gs_span_trim(stamp);
		return true;
	}
	return false;
}
