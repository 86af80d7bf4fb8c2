/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/trace-scanner.h"

const GsTraceScanner *const gs_trace_scanners[] = {
	&gs_scan_strace, &gs_scan_perf_trace, &gs_scan_ftrace, &gs_scan_perf_script, NULL,
};

/* One by one: for a literal compilers clear all of it first, in the slowest of ways. */
void gs_trace_line_init(GsTraceLine *line)
{
	const GsSpan empty = gs_span_string("");

	line->kind = GS_LINE_COMPLETE;
	line->name = empty;
	line->args = empty;
	line->head = empty;
	line->tail = empty;
	line->result = empty;
	line->outcome = empty;
	line->has_ret = false;
	line->ret = 0;
	line->error = empty;
	line->duration_ns = -1;
	line->stamps_are_exact = false;
	line->moved = false;
	line->is_blank = false;
	line->layer = 0;
	line->other_tid = 0;
}
