/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What bench-engine measures: a queue under one load. */
#ifndef GS_BENCH_SUBJECT_H
#define GS_BENCH_SUBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum { GS_LOAD_HOLD, GS_LOAD_BIMODAL, GS_LOAD_TIMER, GS_LOAD_REARM, GS_LOAD_CHURN } GsLoad;

/* A kind of subject. */
typedef struct {
	/* Set up with @pending events; NULL: it is not there, or not up to that. */
	void *(*start)(const char *argument, GsLoad load, size_t pending);
	/* CPU time per event of a round of about so many events. */
	double (*round_ns)(void *state, uint64_t events);
	void (*stop)(void *state);
} GsBenchKind;

/* gracesim's engine */
extern const GsBenchKind gs_bench_engine;

/* A plain engine: the same callbacks on a 4-ary heap that knows each event's position. */
extern const GsBenchKind gs_bench_heap;

/* Another program, see bench-peer.c; @argument: its name, and what comes before the load. */
extern const GsBenchKind gs_bench_peer;

/* Zeroed memory in large pages, for any alignment. To be freed with free(). */
void *gs_bench_alloc(size_t size);

#endif
