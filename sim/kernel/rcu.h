/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * RCU, as far as the tick and rcu_barrier() can tell: who has callbacks, and at
 * which tick they run.
 *
 * A callback is noticed by its CPU's tick, which has a grace period started; that
 * ends when every other CPU has noticed it at one of its ticks and reported a
 * quiescent state at the next; and callbacks run from the softirq of their own
 * CPU's tick. So RCU's waits end at tick edges, after a number of ticks that does
 * not depend on HZ, nor on the timer that looks after slow CPUs. Grace periods
 * themselves are not simulated: that number is a calibrated constant.
 *
 * Mirrors call_rcu(), rcu_barrier(), rcu_sched_clock_irq() and rcu_needs_cpu() of
 * kernel/rcu/tree.c (6.12).
 */
#ifndef GS_RCU_H
#define GS_RCU_H

#include "sim/engine/rng.h"
#include "sim/kernel/completion.h"
#include "sim/kernel/mutex.h"

typedef struct GsCpu GsCpu;
typedef struct GsKernel GsKernel;

/* One CPU's share: struct rcu_data. */
typedef struct {
	int ticks_left;         /* of this CPU, until all its callbacks have run; 0: it has none */
	int ticks_taken;        /* since the last of these was queued */
	int barrier_ticks_left; /* until the one of rcu_barrier() has; 0: it has none */
} GsRcuData;

/* The kernel's: struct rcu_state. */
typedef struct {
	GsRng rng;
	GsMutex barrier_mutex;
	GsCompletion barrier_completion;
	int barrier_cpu_count;
} GsRcuState;

/* One rcu_barrier() of one task; belongs to it. */
typedef struct {
	GsKernel *kernel;
	GsTaskStep then;
} GsRcuBarrier;

void gs_rcu_init(GsKernel *kernel);

/* A callback is queued on @cpu: it ticks until that has run. */
void gs_call_rcu(GsCpu *cpu);

/* Many are, over a time that is not simulated: the last of them miss a grace period. */
void gs_call_rcu_many(GsCpu *cpu);

/* Must @cpu go on ticking for its callbacks? */
bool gs_rcu_needs_cpu(const GsCpu *cpu);

/* From @cpu's tick: run the callbacks whose time has come. */
void gs_rcu_sched_clock_irq(GsCpu *cpu);

/*
 * From a step of @task, last: wait until every callback queued so far on any CPU
 * has run, then do @then.
 */
void gs_rcu_barrier(GsRcuBarrier *barrier, GsKernel *kernel, GsTask *task, GsTaskStep then);

#endif
