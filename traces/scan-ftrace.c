/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The kernel's own trace text, as /sys/kernel/tracing/trace has it and as
 * trace-cmd report prints it: "fc_vcpu 3-123 [002] ...1 5075.958079: sys_ioctl -> 0x1c".
 */
#include "traces/event-prefix.h"
#include "traces/span-take.h"
#include "traces/syscall-event.h"
#include "traces/trace-scanner.h"

static bool is_number(GsSpan text)
{
	unsigned int count;
	int64_t number;

	return gs_span_take_digits(&text, &number, &count) && text.length == 0;
}

/*
 * Headings, gaps and stacks. Of the lines that begin with a '#' only those that
 * ftrace prints: a root shell's prompt begins so, too.
 */
static bool is_not_an_event(GsSpan text)
{
	if (gs_span_take_byte(&text, '#'))
		return text.length == 0 || gs_span_has_prefix(text, "  ") ||
		       gs_span_has_prefix(text, " tracer: ") ||
		       gs_span_has_prefix(text, " entries-in-buffer/") ||
		       gs_span_has_prefix(text, "#### CPU ");
	if (gs_span_take_word(&text, "version = ") || gs_span_take_word(&text, "cpus="))
		return is_number(text);
	if (gs_span_take_word(&text, "CPU:"))
		return g_strstr_len(text.text, (gssize)text.length, " EVENTS") != NULL;
	if (gs_span_take_word(&text, "CPU "))
		return gs_span_take_blanks(&text) == 0 &&
		       g_strstr_len(text.text, (gssize)text.length, " is empty") != NULL;
	return gs_span_has_prefix(text, " => ") || gs_span_has_prefix(text, "=> ");
}

static GsLineKind scan(GsSpan text, GsTracePrefix *prefix, GsTraceLine *line, GString *scratch)
{
	GsSpan event;

	if (gs_event_prefix(text, GS_EVENT_STYLE_FTRACE, prefix, &event))
		return gs_syscall_event_scan(event, line, scratch);
	gs_trace_line_init(line);
	return line->kind = is_not_an_event(text) ? GS_LINE_OTHER : GS_LINE_UNKNOWN;
}

const GsTraceScanner gs_scan_ftrace = { .name = "ftrace", .scan = scan };
