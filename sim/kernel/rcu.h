/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * RCU, as far as the tick and rcu_barrier() can tell: who has callbacks, and at
 * which tick they run.
 *
 * A callback waits for a grace period that begins after it was queued. Its CPU's
 * tick notices it and has one started, unless one runs: then it waits for the
 * next, which begins where that ends. A grace period ends once every CPU has
 * noticed it at one tick and reported a quiescent state at the next, so it takes
 * a number of jiffies that does not depend on HZ; and callbacks run from the
 * softirq of their own CPU's tick. So all of RCU's waits end at tick edges, and a
 * CPU whose tick comes before the timekeeper's is an edge behind.
 *
 * Mirrors call_rcu(), rcu_barrier(), rcu_sched_clock_irq(), rcu_core(), the grace
 * periods of rcu_gp_kthread(), and rcu_needs_cpu() of kernel/rcu/tree.c (6.12).
 */
#ifndef GS_RCU_H
#define GS_RCU_H

#include "sim/kernel/completion.h"
#include "sim/kernel/mutex.h"

typedef struct GsCpu GsCpu;
typedef struct GsKernel GsKernel;

/* One CPU's share: struct rcu_data. Grace periods are numbered from 1. */
typedef struct {
	uint64_t needed;         /* the one its last callback waits for; 0: it has none */
	uint64_t barrier_needed; /* the one rcu_barrier()'s callback here waits for; 0: likewise */
} GsRcuData;

/* The kernel's: struct rcu_state. */
typedef struct {
	uint64_t completed;   /* the last grace period that has ended */
	bool in_progress;     /* the one after it runs */
	int64_t end_jiffies;  /* until then */
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

/* The same while others' callbacks, which are not simulated, have RCU at work: it just misses. */
void gs_call_rcu_late(GsCpu *cpu);

/* Must @cpu go on ticking for its callbacks? */
bool gs_rcu_needs_cpu(const GsCpu *cpu);

/* From @cpu's tick: end and begin grace periods, and run the callbacks whose time has come. */
void gs_rcu_sched_clock_irq(GsCpu *cpu);

/*
 * From a step of @task, last: wait until every callback queued so far on any CPU
 * has run, then do @then.
 */
void gs_rcu_barrier(GsRcuBarrier *barrier, GsKernel *kernel, GsTask *task, GsTaskStep then);

#endif
