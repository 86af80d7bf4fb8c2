/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a simulated kernel cannot know and a record of a real one shows: when the
 * host delivers interrupts, and what depends on all that is not simulated.
 *
 * A kernel without an oracle draws these, takes constants, or decides by the
 * simple rule named here. Tests that follow a trace have one.
 */
#ifndef GS_ORACLE_H
#define GS_ORACLE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct GsCpu GsCpu;
typedef struct GsThread GsThread;

typedef struct {
	/* By how much @cpu's tick of the edge at @edge_ns is late; else drawn. */
	int64_t (*tick_late_ns)(void *data, const GsCpu *cpu, int64_t edge_ns);
	/* Does RCU, or another, keep @cpu's tick (rcu_needs_cpu())? Else for a drawn while. */
	bool (*needs_tick)(void *data, const GsCpu *cpu);
	/* How long what takes @thread, on its CPU, @ns really takes; else @ns. */
	int64_t (*spend_ns)(void *data, const GsThread *thread, int64_t ns);
	/* Which CPU @thread is woken on; else @chosen. */
	int (*wake_cpu)(void *data, const GsThread *thread, int chosen);
	/* Has @thread, just woken, a claim to @cpu before what runs there? Else it has. */
	bool (*preempts)(void *data, const GsCpu *cpu, const GsThread *thread);
	/* Of two threads that wait for @cpu, does @a run before @b? Else whoever came first. */
	bool (*precedes)(void *data, const GsCpu *cpu, const GsThread *a, const GsThread *b);
	void *data; /* borrowed */
} GsOracle;

#endif
