/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/trace-scanner.h"

const GsTraceScanner *const gs_trace_scanners[] = {
	&gs_scan_strace, &gs_scan_perf_trace, &gs_scan_ftrace, &gs_scan_perf_script, NULL,
};

void gs_trace_line_init(GsTraceLine *line)
{
	const GsSpan empty = gs_span_string("");

	*line = (GsTraceLine){
		.name = empty,
		.args = empty,
		.head = empty,
		.tail = empty,
		.result = empty,
		.outcome = empty,
		.error = empty,
		.duration_ns = -1,
	};
}
