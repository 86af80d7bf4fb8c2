/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Per-CPU bound workqueues, such as rcu_gp.
 *
 * Mirrors kernel/workqueue.c (6.12, 7.3) as far as the works simulated here can
 * tell: each CPU has one pool, its items run first in, first out, one at a time
 * (none of them sleeps), on a kworker of normal priority. An item is pending
 * from being queued until its function starts, and queueing a pending item does
 * nothing; an item queued while it runs elsewhere goes to the pool it runs on.
 */
#ifndef GS_WORKQUEUE_H
#define GS_WORKQUEUE_H

#include "sim/kernel/cpu.h"
#include "sim/kernel/timer-wheel.h"

typedef struct GsWork GsWork;
typedef struct GsWorkerPool GsWorkerPool;

/*
 * A work item's function, called on the kworker when the item starts. It and
 * the steps it goes on with run as @worker; the last one calls gs_work_done().
 */
typedef void (*GsWorkFunc)(GsWork *work, GsTask *worker);

struct GsWork {
	GsWorkFunc func;
	const char *name;     /* borrowed */
	GsListNode entry;     /* in its pool's list */
	GsWorkerPool *pool;   /* it is running on; NULL: it is not running */
	bool pending;         /* WORK_STRUCT_PENDING */
};

struct GsWorkerPool {
	GsThread worker;
	GsListNode worklist;
	char name[24];
	GsWork *current;      /* borrowed */
	GsWaitQueue idle;     /* where the worker sleeps */
};

typedef struct {
	GsWork work;
	GsTimer timer;
} GsDelayedWork;

/* @pool must be zero the first time, and is @cpu's for good. */
void gs_worker_pool_init(GsWorkerPool *pool, GsCpu *cpu);

void gs_work_init(GsWork *work, const char *name, GsWorkFunc func);
void gs_delayed_work_init(GsDelayedWork *dwork, const char *name, GsWorkFunc func);

/* queue_work_on(): returns false if @work was pending already. */
bool gs_queue_work_on(GsCpu *cpu, GsWork *work);

/*
 * queue_delayed_work() on the CPU that is executing: after @delay_jiffies (0: at
 * once) on whichever CPU expires the timer. Returns false if already pending.
 */
bool gs_queue_delayed_work(GsKernel *kernel, GsDelayedWork *dwork, int64_t delay_jiffies);

/* mod_delayed_work(): as above, but re-times a pending item. */
void gs_mod_delayed_work(GsKernel *kernel, GsDelayedWork *dwork, int64_t delay_jiffies);

/* From the last step of a work item: the worker takes the next one. */
void gs_work_done(GsTask *worker);

/* The item @worker is running. */
GsWork *gs_worker_current(GsTask *worker);

#endif
