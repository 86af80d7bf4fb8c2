/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A CPU: what it runs, who waits for it, and what interrupts cost it.
 *
 * Threads are tasks that need a CPU. The scheduler is as much of kernel/sched
 * (6.12 .. 7.3) as grace periods can tell: a woken thread goes to the CPU it ran
 * on last if that is idle, else to an idle one, else waits there (balance.h); it
 * preempts a thread in user mode at once and one in the kernel when that returns
 * to user space or sleeps (lazy preemption); a tick rotates threads that used up
 * their slice; a CPU that runs out of threads takes one that waits for another.
 * Interrupts steal time from whatever runs.
 */
#ifndef GS_CPU_H
#define GS_CPU_H

#include "sim/engine/task.h"
#include "sim/kernel/rcu.h"
#include "sim/kernel/run-queue.h"
#include "sim/kernel/tick.h"
#include "sim/kernel/timer-wheel.h"
#include "sim/kernel/turn.h"

typedef struct GsCpu GsCpu;
typedef struct GsKernel GsKernel;
typedef struct GsWorkerPool GsWorkerPool;

/* A task that runs on CPUs. */
struct GsThread {
	GsTask task;
	GsKernel *kernel;      /* borrowed */
	GsCpu *cpu;            /* runs on, or ran on last; borrowed */
	bool bound;            /* never leaves @cpu */
	bool user;             /* in user mode: may be preempted at any instant */
	bool endless;          /* its work outlasts the run, so that nobody sees how much is left */
	bool yields;           /* about to spend time, and at a point where it may be preempted */
	int64_t remaining_ns;  /* of the time it asked for, when it was preempted */
	bool has_run;          /* been on a CPU, last */
	int64_t on_cpu_at_ns;  /* from here */
	int64_t charged_at_ns; /* vruntime_ns has its time until here, while it runs */
	GsCpu *shared_cpu;     /* which has given it, see fair.h */
	int64_t vruntime_ns;
	int64_t deadline_ns;
	int64_t lag_ns;        /* while it has no share of a CPU */
	int64_t off_cpu_at_ns; /* to here, if it is not there still */
	GsEvent begin;         /* of a thread that was made: gs_thread_start_after() */
	GsTaskStep begin_step;
	GsEvent alarm;         /* ends gs_thread_sleep() */
	GsWaitQueue sleeping;
};

struct GsCpu {
	GsKernel *kernel;      /* borrowed */
	int id;
	GsThread *current;     /* NULL: idle, or switching */
	GsRunQueue run_queue;
	GsEvent switch_to;     /* the first of the run queue gets the CPU */
	GsEvent run;           /* end of the time the current thread asked for */
	int64_t irq_until_ns;  /* interrupts keep the CPU until then */
	bool need_resched;
	bool is_idle;          /* in the idle loop, so an interrupt re-evaluates the tick */
	GsTurn turn;
	GsTickSched tick;
	GsRcuData rcu;
	GsTimerBase base_local, base_global;
	GsWorkerPool *pool;    /* owned by the kernel */
};

void gs_cpu_init(GsCpu *cpu, GsKernel *kernel, int id);

/* When @cpu can next turn to anything but interrupts. */
int64_t gs_cpu_free_at_ns(const GsCpu *cpu);

/* Let the current thread give way now, if it is to and may: it is in user mode. */
void gs_cpu_preempt(GsCpu *cpu);

/* Interrupt time: delays what the CPU runs, or is about to run, by @ns. */
void gs_cpu_steal(GsCpu *cpu, int64_t ns);

/* From the tick: rotate the run queue if the current thread has used up its slice. */
void gs_cpu_scheduler_tick(GsCpu *cpu);

void gs_thread_init(GsThread *thread, GsKernel *kernel, GsCpu *cpu, const char *name);

/* The thread @task is part of. */
static inline GsThread *gs_thread_of(GsTask *task)
{
	return GS_CONTAINER_OF(task, GsThread, task);
}

/* Not from one of its steps: @thread, which is new, does @step @ns from now. */
void gs_thread_start_after(GsThread *thread, int64_t ns, GsTaskStep step);

/*
 * From a step, instead of gs_task_spend(): cond_resched() first. A kernel thread
 * that has used up its slice lets those who wait for its CPU go first.
 */
void gs_thread_cond_resched(GsThread *thread, int64_t ns, GsTaskStep step);

/* From a step: off the CPU for @ns (an hrtimer, so to the nanosecond), then do @step. */
void gs_thread_sleep(GsThread *thread, int64_t ns, GsTaskStep step);

#endif
