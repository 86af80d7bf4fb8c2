/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/kernel/fair.h"

#include "sim/kernel/kernel.h"

static int64_t slice_ns(const GsThread *thread)
{
	return thread->kernel->params->base_slice_ns;
}

/* How many threads have a share of @cpu. */
static int share_count(const GsCpu *cpu)
{
	return cpu->run_queue.count + (cpu->current != NULL);
}

/* Mirrors avg_vruntime(); where nobody is, time stands still. */
static int64_t average_vruntime_ns(GsCpu *cpu)
{
	const int count = share_count(cpu);
	int64_t sum_ns = cpu->run_queue.vruntime_sum_ns;

	if (!count)
		return cpu->run_queue.last_vruntime_ns;
	gs_fair_charge(cpu);
	if (cpu->current)
		sum_ns += cpu->current->vruntime_ns;
	return sum_ns / count;
}

void gs_fair_charge(GsCpu *cpu)
{
	const int64_t now_ns = gs_engine_now_ns(cpu->kernel->engine);

	if (!cpu->current)
		return;
	cpu->current->vruntime_ns += now_ns - cpu->current->charged_at_ns;
	cpu->current->charged_at_ns = now_ns;
}

/*
 * Where to begin. What @thread was short of, it is to be after it moved the average,
 * too. What it had beyond its share lasts until the others have had as much, as if
 * it were on the queue all the while (DELAY_DEQUEUE).
 */
static int64_t placement_ns(GsCpu *cpu, const GsThread *thread)
{
	const int64_t average_ns = average_vruntime_ns(cpu);
	const int count = share_count(cpu);

	if (thread->lag_ns > 0 && count)
		return average_ns - thread->lag_ns * (count + 1) / count;
	return thread->shared_cpu == cpu ? MAX(average_ns, thread->vruntime_ns) : average_ns;
}

void gs_fair_place(GsCpu *cpu, GsThread *thread)
{
	thread->vruntime_ns = placement_ns(cpu, thread);
	thread->shared_cpu = cpu;
	/* PLACE_DEADLINE_INITIAL: a new thread begins with half a slice. */
	thread->deadline_ns =
		thread->vruntime_ns + (thread->has_run ? slice_ns(thread) : slice_ns(thread) / 2);
}

void gs_fair_yield(GsThread *thread)
{
	thread->deadline_ns = thread->vruntime_ns + 2 * slice_ns(thread);
}

void gs_fair_leave(GsCpu *cpu, GsThread *thread)
{
	const int64_t limit_ns = MAX(2 * slice_ns(thread), thread->kernel->tick_nsec);

	cpu->run_queue.last_vruntime_ns = average_vruntime_ns(cpu);
	thread->lag_ns = MIN(cpu->run_queue.last_vruntime_ns - thread->vruntime_ns, limit_ns);
}
