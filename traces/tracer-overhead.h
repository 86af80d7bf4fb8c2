/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What tracing adds to a log's times, told from the log itself, and taken out of
 * them, so that what is predicted is the start nobody traced.
 *
 * A tracer stops the thread at both ends of each system call. Part of that lies
 * inside the measured duration, the rest between it and the next call's.
 */
#ifndef GS_TRACER_OVERHEAD_H
#define GS_TRACER_OVERHEAD_H

#include "traces/script.h"

/* No tracer takes longer than this over a call. */
#define GS_TRACER_OVERHEAD_MAX_NS INT64_C(1000000000)

/* Fewer cheap calls, or gaps between two of them, tell nothing. */
#define GS_TRACER_SAMPLES_MIN 10

typedef struct {
	int64_t inside_ns;  /* in the duration of each call */
	int64_t between_ns; /* in the gap before each call */
} GsTracerOverhead;

typedef struct {
	GsTracerOverhead overhead; /* 0 what cannot be told */
	unsigned int calls;        /* cheap ones with a duration: what inside_ns rests on */
	unsigned int gaps;         /* from one to the next: what between_ns rests on */
} GsTracerEstimate;

/*
 * Calls that do next to nothing in the kernel, such as KVM_CHECK_EXTENSION, take
 * @trivial_ns there if nobody traces them, and programs make them one right after
 * the other. What the fastest tenth of them takes longer in @script is the
 * tracer's, and what lies between them is; so it takes no less, and often more.
 */
void gs_tracer_overhead_estimate(const GsScript *script, int64_t trivial_ns,
				 GsTracerEstimate *ret_estimate);

/* What was taken away; less than the overhead where there was less. */
typedef struct {
	unsigned int durations, gaps;
	int64_t durations_ns, gaps_ns; /* in all */
} GsTracerShare;

/*
 * Take @overhead, each part up to GS_TRACER_OVERHEAD_MAX_NS, from the recorded
 * durations and the think times of @script, but from no call a model supplied. A
 * gap with other system calls in it (GsScriptCall.others) has theirs as well.
 */
void gs_tracer_overhead_subtract(GsScript *script, const GsTracerOverhead *overhead,
				 GsTracerShare *ret_share);

#endif
