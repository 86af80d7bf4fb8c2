/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What stands before an event in the text of tracers that print one a line.
 */
#ifndef GS_EVENT_PREFIX_H
#define GS_EVENT_PREFIX_H

#include "traces/trace-line.h"

typedef enum {
	GS_EVENT_STYLE_FTRACE,      /* "fc_vcpu 3-123 [002] ...1 5075.958079: " */
	GS_EVENT_STYLE_PERF_SCRIPT, /* "fc_vcpu 3 100/123 [002] 5075.958079: " */
} GsEventStyle;

/*
 * The prefix of @line, and what follows it, without surrounding blanks, in @event.
 * False: the line begins otherwise, and @prefix says nothing.
 */
bool gs_event_prefix(GsSpan line, GsEventStyle style, GsTracePrefix *prefix, GsSpan *event);

#endif
