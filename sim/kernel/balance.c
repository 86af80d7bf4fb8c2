/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/kernel/balance.h"

#include "sim/kernel/fair.h"
#include "sim/kernel/kernel.h"

/* sysctl_sched_migration_cost: who ran less long ago has its data in that CPU's cache. */
#define MIGRATION_COST_NS (500 * GS_NSEC_PER_USEC)

static bool is_free(const GsCpu *cpu)
{
	return gs_cpu_mask_test(&cpu->kernel->free_cpus, cpu->id);
}

/*
 * A kworker that has nothing else to run on its CPU is about to sleep: the thread
 * it wakes may as well wait for it there (select_idle_sibling()).
 */
static bool stacks_on_kworker(const GsThread *thread)
{
	const GsCpu *cpu = thread->cpu;

	return cpu == cpu->kernel->this_cpu && cpu->current && cpu->current->bound &&
	       cpu->current->task.state == GS_TASK_RUNNING &&
	       gs_run_queue_is_empty(&cpu->run_queue);
}

/* Threads that run on @cpu or wait for it; the first to wait has it, between two that run. */
static int load_of(const GsCpu *cpu)
{
	return cpu->run_queue.count + (cpu->current != NULL);
}

/* Mirrors sched_balance_find_dst_cpu() where no CPU is idle; among equals @near comes first. */
static GsCpu *find_idlest(GsCpu *near)
{
	GsKernel *kernel = near->kernel;
	GsCpu *idlest = near;

	for (int i = 0; i < kernel->params->cpus; i++) {
		if (load_of(&kernel->cpus[i]) < load_of(idlest))
			idlest = &kernel->cpus[i];
	}
	return idlest;
}

GsCpu *gs_select_cpu(const GsThread *thread)
{
	GsKernel *kernel = thread->kernel;

	if (thread->bound || is_free(thread->cpu) || stacks_on_kworker(thread))
		return thread->cpu;

	const int free_cpu = gs_cpu_mask_next_wrap(&kernel->free_cpus, thread->cpu->id);
	if (free_cpu >= 0)
		return &kernel->cpus[free_cpu];
	return thread->has_run ? thread->cpu : find_idlest(thread->cpu);
}

/* Mirrors task_hot(). */
static bool is_hot(const GsThread *thread)
{
	return thread->has_run &&
	       gs_engine_now_ns(thread->kernel->engine) - thread->off_cpu_at_ns < MIGRATION_COST_NS;
}

/* Mirrors detach_one_task(). Between two threads the next one cannot be had any more. */
static GsThread *detach_one(const GsCpu *busiest)
{
	const GsRunQueue *queue = &busiest->run_queue;
	GsThread *thread = gs_run_queue_first(queue);

	if (thread && !busiest->current)
		thread = gs_run_queue_next(queue, thread);
	while (thread && (thread->bound || is_hot(thread)))
		thread = gs_run_queue_next(queue, thread);
	return thread;
}

static GsCpu *find_busiest(const GsKernel *kernel)
{
	GsCpu *busiest = &kernel->cpus[0];

	for (int i = 1; i < kernel->params->cpus; i++) {
		if (load_of(&kernel->cpus[i]) > load_of(busiest))
			busiest = &kernel->cpus[i];
	}
	return busiest;
}

GsThread *gs_balance_newidle(GsCpu *cpu)
{
	GsKernel *kernel = cpu->kernel;
	GsCpu *busiest;
	GsThread *thread;

	/* Where threads run a trace fixes. */
	if (kernel->surplus_count == 0 || kernel->oracle)
		return NULL;
	busiest = find_busiest(kernel);
	thread = detach_one(busiest);
	if (!thread)
		return NULL;
	gs_fair_leave(busiest, thread);
	gs_run_queue_remove(&busiest->run_queue, thread);
	kernel->surplus_count--;
	thread->cpu = cpu;
	return thread;
}
