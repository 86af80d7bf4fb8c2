/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What happened on each CPU, in order: the form in which a trace and a
 * simulated run are compared.
 */
#ifndef GS_SEQUENCE_H
#define GS_SEQUENCE_H

#include "sim/engine/engine.h"
#include "sim/srcu/rcu-seq.h"
#include "tests/conformance/ftrace.h"
#include "tests/conformance/pin.h"

#define GS_SEQUENCE_CPUS 2

typedef struct {
	int64_t at_ns; /* on the simulated clock */
	int64_t edge;  /* the jiffy it lies in, counted from the one the trace begins in */
	char *what;    /* owned */
} GsSequenceEvent;

typedef struct {
	GArray *cpus[GS_SEQUENCE_CPUS]; /* owned: GsSequenceEvent */
	const char *caller; /* of srcu_gp_start_if_needed(), if the last probe was its; borrowed */
} GsSequence;

GsSequence *gs_sequence_new(void);
void gs_sequence_free(GsSequence *sequence);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsSequence, gs_sequence_free)

/* What @ftrace says happened up to the end of @pin's VM start. */
GsSequence *gs_sequence_from_ftrace(const GsFtrace *ftrace, const GsPin *pin);

/* Add what a probe tells. */
void gs_sequence_probe(GsSequence *sequence, const GsPin *pin, const GsProbe *probe);

/* Where the two part first, with what leads there; NULL if nowhere. The caller frees it. */
char *gs_sequence_difference(const GsSequence *traced, const GsSequence *simulated);

#endif
