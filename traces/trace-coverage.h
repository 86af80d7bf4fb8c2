/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How much of a trace was understood, in words for its user.
 */
#ifndef GS_TRACE_COVERAGE_H
#define GS_TRACE_COVERAGE_H

#include "traces/trace-reader.h"

/* Add to @notes (of char *, owned) what was not, with file:line of the first of each kind. */
void gs_trace_coverage_add_notes(const GsTraceReader *reader, GPtrArray *notes);

/*
 * Whether a trace that was read to its end has calls, and a series @series (from
 * 1; 0: no matter). @source is what to call it.
 */
bool gs_trace_coverage_check(const GsTraceReader *reader, const char *source, uint32_t series,
			     GError **error);

#endif
