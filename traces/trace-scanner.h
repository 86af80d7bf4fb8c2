/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The tracers whose text gracesim reads. Each knows the grammar of one tracer's
 * lines and nothing of its neighbours: joining halves, telling threads and
 * unwrapping clocks is the reader's work, and the same for all.
 *
 * To add one: write traces/scan-NAME.c, declare its scanner below, add it to the
 * table in traces/trace-scanner.c, a test in tests/unit and a fuzz target.
 */
#ifndef GS_TRACE_SCANNER_H
#define GS_TRACE_SCANNER_H

#include "traces/trace-line.h"

#include <glib.h>

typedef struct {
	const char *name; /* "strace" */
	/*
	 * Take @text apart. What the tracer prints in its own way is put in strace's
	 * words, in @scratch: "fd: 0x19, cmd: 0xae41" becomes "25, 0xae41". Spans of
	 * @line point into @text or @scratch, whose owner empties it before.
	 * Returns @line->kind; GS_LINE_UNKNOWN: not a line of this tracer.
	 */
	GsLineKind (*scan)(GsSpan text, GsTracePrefix *prefix, GsTraceLine *line, GString *scratch);
} GsTraceScanner;

extern const GsTraceScanner gs_scan_strace;
extern const GsTraceScanner gs_scan_perf_trace;  /* perf trace */
extern const GsTraceScanner gs_scan_ftrace;      /* ftrace, trace-cmd report */
extern const GsTraceScanner gs_scan_perf_script; /* perf script */

/* All of them, ended by NULL. */
extern const GsTraceScanner *const gs_trace_scanners[];

/* @line with nothing in it. */
void gs_trace_line_init(GsTraceLine *line);

#endif
