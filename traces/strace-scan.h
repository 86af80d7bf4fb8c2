/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One line of strace output, taken apart. Knows the grammar of a line and
 * nothing of its neighbours: joining halves and unwrapping clocks is the
 * reader's work (trace-reader.h).
 */
#ifndef GS_STRACE_SCAN_H
#define GS_STRACE_SCAN_H

#include "traces/trace-line.h"

/* The prefix of @line; returns what follows it. */
GsSpan gs_strace_scan_prefix(GsSpan line, GsTracePrefix *prefix);

/* What follows the prefix, or a call whose halves were put together. */
GsLineKind gs_strace_scan_body(GsSpan body, GsTraceLine *line);

/* The tail of a resumed call whose beginning is not in the log. */
bool gs_strace_scan_tail(GsSpan tail, GsTraceLine *line);

/*
 * How long the complete call is that @text begins with, prefix included, when
 * something else follows it on the same line. False: it begins with none.
 */
bool gs_strace_scan_extent(GsSpan text, size_t *length);

#endif
