/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/kernel/kthread.h"

#include "sim/kernel/kernel.h"

/* The new thread's first act; what it is for has no part in the simulation. */
static void kthread_started(GsTask *task)
{
	GsKthreadCreate *create = GS_CONTAINER_OF(gs_thread_of(task), GsKthreadCreate, kthread);

	/* Its CPU is still its own when the caller is woken: that is what moves the caller. */
	gs_complete(&create->created);
	gs_task_exit(task);
}

static void forked(GsTask *task)
{
	GsKthreadCreate *create = GS_CONTAINER_OF(gs_thread_of(task), GsKthreadCreate, kthreadd);

	/* What copy_process() replaces on the way is freed by RCU. */
	gs_call_rcu(create->kthreadd.cpu);
	gs_thread_init(&create->kthread, create->kthreadd.kernel, create->kthreadd.cpu, "kthread");
	gs_task_start(&create->kthread.task, kthread_started);
	gs_task_exit(task);
}

static void kthreadd_runs(GsTask *task)
{
	const GsKthreadCreate *create =
		GS_CONTAINER_OF(gs_thread_of(task), GsKthreadCreate, kthreadd);

	gs_task_spend(task, create->fork_ns, forked);
}

void gs_kthread_create(GsKthreadCreate *create, GsThread *caller, int64_t fork_ns, GsTaskStep step)
{
	create->fork_ns = fork_ns;
	gs_completion_init(&create->created);
	gs_thread_init(&create->kthreadd, caller->kernel, caller->cpu, "kthreadd");
	gs_task_start(&create->kthreadd.task, kthreadd_runs);
	gs_wait_for_completion(&create->created, &caller->task, step);
}
