/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What perf script prints of what perf record recorded:
 * "fc_vcpu 3  100/123 [002]  5075.958079:  1 syscalls:sys_exit_ioctl: 0x1c".
 */
#include "traces/event-prefix.h"
#include "traces/perf-frame.h"
#include "traces/span-take.h"
#include "traces/syscall-event.h"
#include "traces/trace-scanner.h"

/* How many events the line stands for, if it says so. */
static void take_period(GsSpan *event)
{
	unsigned int count;
	GsSpan at = *event;
	int64_t period;

	if (gs_span_take_digits(&at, &period, &count) && gs_span_take_blanks(&at) > 0)
		*event = at;
}

/* "\t   fdd6b __GI___ioctl+0x3b (/usr/lib/libc.so.6)": where the event happened */
static bool is_stack(GsSpan text)
{
	size_t digits = 0;

	if (!gs_span_take_byte(&text, '\t') && gs_span_take_blanks(&text) == 0)
		return false;
	gs_span_take_blanks(&text);
	while (digits < text.length && g_ascii_isxdigit(text.text[digits]))
		digits++;
	return digits > 0 && digits <= 16 && gs_perf_is_frame(gs_span_drop(text, digits));
}

static GsLineKind scan(GsSpan text, GsTracePrefix *prefix, GsTraceLine *line, GString *scratch)
{
	GsSpan event;

	if (gs_event_prefix(text, GS_EVENT_STYLE_PERF_SCRIPT, prefix, &event)) {
		take_period(&event);
		return gs_syscall_event_scan(event, line, scratch);
	}
	gs_trace_line_init(line);
	return line->kind = is_stack(text) ? GS_LINE_OTHER : GS_LINE_UNKNOWN;
}

const GsTraceScanner gs_scan_perf_script = { .name = "perf script", .scan = scan };
