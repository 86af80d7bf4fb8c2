/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The time of a log's lines, from whichever stamps it has.
 */
#ifndef GS_TRACE_CLOCK_H
#define GS_TRACE_CLOCK_H

#include "traces/trace-line.h"

typedef struct {
	int64_t now_ns;         /* of the last line that tells; -1: none yet */
	int64_t steady_ns;      /* by the gaps beside the stamps; -1: the last line has none */
	int64_t day;            /* midnights passed */
	int64_t time_of_day_ns; /* of the last line with a clock */
	bool call_seen;
	bool gaps_only; /* times are sums of the gaps that strace -r prints */
} GsTraceClock;

void gs_trace_clock_init(GsTraceClock *clock);

/*
 * The time of a line with @prefix, as GsTraceRecord.start_ns says it; -1: it has
 * none. Every line of the log counts; @is_call tells those of calls, the first
 * of which is where gaps count from.
 */
int64_t gs_trace_clock_advance(GsTraceClock *clock, const GsTracePrefix *prefix, bool is_call);

#endif
