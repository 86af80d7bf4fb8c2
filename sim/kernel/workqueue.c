/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/kernel/workqueue.h"

#include "sim/engine/bug.h"
#include "sim/kernel/kernel.h"

#include <stdio.h>

static GsWorkerPool *pool_of(GsTask *worker)
{
	return GS_CONTAINER_OF(worker, GsWorkerPool, worker.task);
}

static void next_item(GsTask *worker);

/* Mirrors process_one_work(). */
static void start_item(GsTask *worker)
{
	GsWorkerPool *pool = pool_of(worker);
	GsListNode *first = gs_list_take_first(&pool->worklist);

	/* mod_delayed_work() may have taken the item away while the worker was on its way to it. */
	if (!first) {
		next_item(worker);
		return;
	}

	GsWork *work = GS_CONTAINER_OF(first, GsWork, entry);

	pool->current = work;
	work->pool = pool;
	work->pending = false;
	gs_probe(worker->engine, "workqueue_execute_start", pool->worker.cpu->id, work->name, 0, 0);
	work->func(work, worker);
}

/*
 * Mirrors worker_thread(): the next item, or sleep. A grace period that polls for
 * readers queues its item again and again, and must not keep the CPU for ever.
 */
static void next_item(GsTask *worker)
{
	GsWorkerPool *pool = pool_of(worker);
	const GsCosts *costs = &pool->worker.kernel->params->costs;

	if (gs_list_is_empty(&pool->worklist))
		gs_task_wait(worker, &pool->idle, next_item);
	else
		gs_thread_cond_resched(&pool->worker, costs->work_dispatch_ns, start_item);
}

void gs_worker_pool_init(GsWorkerPool *pool, GsCpu *cpu)
{
	/* Printing is slow, and a pool is the same CPU's in every run. */
	if (!*pool->name)
		snprintf(pool->name, sizeof(pool->name), "kworker/%d", cpu->id);
	pool->current = NULL;
	gs_thread_init(&pool->worker, cpu->kernel, cpu, pool->name);
	pool->worker.bound = true;
	gs_list_init(&pool->worklist);
	gs_wait_queue_init(&pool->idle);
}

void gs_work_init(GsWork *work, const char *name, GsWorkFunc func)
{
	*work = (GsWork){ .func = func, .name = name };
	gs_list_init(&work->entry);
}

/* Mirrors the end of __queue_work(). @work's pending bit is set already. */
static void insert_work(GsCpu *cpu, GsWork *work)
{
	GsWorkerPool *pool = work->pool ? work->pool : cpu->pool;
	GsTask *worker = &pool->worker.task;

	gs_list_append(&pool->worklist, &work->entry);
	gs_probe(cpu->kernel->engine, "workqueue_queue_work", cpu->kernel->this_cpu->id, work->name,
		 pool->worker.cpu->id, 0);
	if (worker->state == GS_TASK_NEW)
		gs_task_start(worker, next_item);
	else
		gs_wait_queue_wake_one(&pool->idle);
}

bool gs_queue_work_on(GsCpu *cpu, GsWork *work)
{
	if (work->pending)
		return false;
	work->pending = true;
	insert_work(cpu, work);
	return true;
}

/* Mirrors delayed_work_timer_fn(). */
static void delayed_work_timer_fn(GsTimer *timer, GsCpu *cpu)
{
	GsDelayedWork *dwork = GS_CONTAINER_OF(timer, GsDelayedWork, timer);

	insert_work(cpu, &dwork->work);
}

void gs_delayed_work_init(GsDelayedWork *dwork, const char *name, GsWorkFunc func)
{
	gs_work_init(&dwork->work, name, func);
	gs_timer_init(&dwork->timer, "delayed_work_timer_fn", delayed_work_timer_fn);
}

bool gs_queue_delayed_work(GsKernel *kernel, GsDelayedWork *dwork, int64_t delay_jiffies)
{
	if (dwork->work.pending)
		return false;
	dwork->work.pending = true;
	if (delay_jiffies == 0)
		insert_work(kernel->this_cpu, &dwork->work);
	else
		gs_timer_add(kernel->this_cpu, &dwork->timer, kernel->jiffies + delay_jiffies);
	return true;
}

void gs_mod_delayed_work(GsKernel *kernel, GsDelayedWork *dwork, int64_t delay_jiffies)
{
	gs_timer_delete(&dwork->timer);
	gs_list_remove(&dwork->work.entry);
	dwork->work.pending = false;
	gs_queue_delayed_work(kernel, dwork, delay_jiffies);
}

void gs_work_done(GsTask *worker)
{
	GsWorkerPool *pool = pool_of(worker);

	GS_CHECK(worker->engine, pool->current, "work-done", "'%s' ends an item it does not run",
		 worker->name);
	pool->current->pool = NULL;
	pool->current = NULL;
	next_item(worker);
}

GsWork *gs_worker_current(GsTask *worker)
{
	return pool_of(worker)->current;
}
