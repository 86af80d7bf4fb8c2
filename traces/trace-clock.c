/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/trace-clock.h"

#include <glib.h>

#define NS_PER_DAY (INT64_C(86400) * 1000000000)
#define DAYS_MAX (GS_TRACE_TIME_MAX_NS / NS_PER_DAY - 1)

void gs_trace_clock_init(GsTraceClock *clock)
{
	*clock = (GsTraceClock){ .now_ns = -1, .steady_ns = -1 };
}

/*
 * A clock goes back by seconds when somebody sets it or when strace prints calls
 * as they end, and by most of a day at midnight.
 */
static int64_t unwrap_midnight(GsTraceClock *clock, int64_t time_of_day_ns)
{
	int64_t step = time_of_day_ns - clock->time_of_day_ns;

	if (clock->now_ns >= 0 && step < -NS_PER_DAY / 2 && clock->day < DAYS_MAX)
		clock->day++;
	else if (clock->now_ns >= 0 && step > NS_PER_DAY / 2 && clock->day > 0)
		clock->day--;
	clock->time_of_day_ns = time_of_day_ns;
	return clock->day * NS_PER_DAY + time_of_day_ns;
}

static int64_t add_gap(GsTraceClock *clock, int64_t gap_ns, bool is_call)
{
	clock->gaps_only = true;
	if (clock->now_ns < 0 || !clock->call_seen)
		clock->now_ns = 0;
	else
		clock->now_ns = MIN(clock->now_ns + gap_ns, GS_TRACE_TIME_MAX_NS);
	clock->call_seen |= is_call;
	return clock->now_ns;
}

/* A gap that is coarser than the stamp beside it says less than that. */
static void advance_steady(GsTraceClock *clock, const GsTracePrefix *prefix)
{
	if (prefix->gap_ns < 0 || prefix->gap_resolution_ns > prefix->resolution_ns)
		clock->steady_ns = -1;
	else if (clock->steady_ns < 0)
		clock->steady_ns = clock->now_ns;
	else
		clock->steady_ns = MIN(clock->steady_ns + prefix->gap_ns, GS_TRACE_TIME_MAX_NS);
}

int64_t gs_trace_clock_advance(GsTraceClock *clock, const GsTracePrefix *prefix, bool is_call)
{
	switch (prefix->stamp) {
	case GS_STAMP_CLOCK:
		clock->now_ns = unwrap_midnight(clock, prefix->stamp_ns);
		advance_steady(clock, prefix);
		return clock->now_ns;
	case GS_STAMP_EPOCH:
	case GS_STAMP_UPTIME:
		clock->now_ns = prefix->stamp_ns;
		advance_steady(clock, prefix);
		return clock->now_ns;
	case GS_STAMP_NONE:
		break;
	}
	return prefix->gap_ns < 0 ? -1 : add_gap(clock, prefix->gap_ns, is_call);
}
