/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From the stamps of a log to a clock nobody sets.
 *
 * What strace -t, -tt and -ttt print is the wall clock: it may be set back or
 * forward while the log is recorded. Durations and the gaps of -r are of a clock
 * that is not. Where both are printed the gaps count; else a step shows where a
 * stamp and what came before it cannot both be right. Other stamps are left alone.
 */
#ifndef GS_STEADY_TIME_H
#define GS_STEADY_TIME_H

#include "traces/trace-record.h"

#include <glib.h>

typedef struct GsSteadyTime GsSteadyTime;

GsSteadyTime *gs_steady_time_new(void);
void gs_steady_time_free(GsSteadyTime *time);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsSteadyTime, gs_steady_time_free)

/*
 * Put @record, the log's next, on the steady clock: its start_ns, end_ns and
 * resolution_ns. Where the clock was set back, the call begins as long after its
 * thread's previous one as is usual for the thread, or at once if it made too few
 * to tell; later calls keep their distance from it.
 */
void gs_steady_time_apply(GsSteadyTime *time, GsTraceRecord *record);

typedef struct {
	unsigned int back, forward; /* steps */
	uint64_t first_line;        /* of the call before or in which the first was; 0: none */
} GsClockSteps;

const GsClockSteps *gs_steady_time_steps(const GsSteadyTime *time);

#endif
