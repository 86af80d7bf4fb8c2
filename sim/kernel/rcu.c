/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/kernel/rcu.h"

#include "sim/kernel/kernel.h"

/* With one CPU nobody else has to be heard: the tick after the one that began it ends it. */
#define LONE_CPU_GP_JIFFIES 1

void gs_rcu_init(GsKernel *kernel)
{
	kernel->rcu = (GsRcuState){ 0 };
	gs_mutex_init(&kernel->rcu.barrier_mutex, "rcu_state.barrier_mutex");
}

bool gs_rcu_needs_cpu(const GsCpu *cpu)
{
	return cpu->rcu.needed > 0;
}

void gs_call_rcu(GsCpu *cpu)
{
	const GsRcuState *rcu = &cpu->kernel->rcu;

	if (cpu->kernel->params->rcu_gp_jiffies == 0)
		return;
	/* rcu_seq_snap(): one that runs already does not count. */
	cpu->rcu.needed = rcu->completed + (rcu->in_progress ? 2 : 1);
	/* Whoever queued it there has just been running there. */
	if (cpu->tick.stopped)
		gs_tick_nohz_idle_exit(cpu);
}

/* Mirrors rcu_gp_init(). A grace period counts ticks, so the edge, not who read jiffies when. */
static void gp_start(GsKernel *kernel)
{
	const GsKernelParams *params = kernel->params;
	const int64_t edge = gs_jiffies_at(gs_engine_now_ns(kernel->engine), kernel->tick_nsec);

	kernel->rcu.in_progress = true;
	kernel->rcu.end_jiffies =
		edge + (params->cpus > 1 ? params->rcu_gp_jiffies : LONE_CPU_GP_JIFFIES);
}

void gs_call_rcu_late(GsCpu *cpu)
{
	const GsKernel *kernel = cpu->kernel;

	if (!kernel->rcu.in_progress && kernel->params->rcu_gp_jiffies > 0)
		gp_start(cpu->kernel);
	gs_call_rcu(cpu);
}

static bool anybody_waits(const GsKernel *kernel)
{
	for (int i = 0; i < kernel->params->cpus; i++) {
		if (kernel->cpus[i].rcu.needed > kernel->rcu.completed)
			return true;
	}
	return false;
}

/* Mirrors rcu_gp_cleanup(): whoever waits for another one has it begin at once. */
static void gp_end(GsKernel *kernel)
{
	kernel->rcu.completed++;
	kernel->rcu.in_progress = false;
	if (anybody_waits(kernel))
		gp_start(kernel);
}

static void barrier_count_down(GsRcuState *rcu)
{
	if (--rcu->barrier_cpu_count == 0)
		gs_complete(&rcu->barrier_completion);
}

void gs_rcu_sched_clock_irq(GsCpu *cpu)
{
	GsKernel *kernel = cpu->kernel;
	GsRcuState *rcu = &kernel->rcu;
	GsRcuData *rdp = &cpu->rcu;

	if (rcu->in_progress && kernel->jiffies >= rcu->end_jiffies)
		gp_end(kernel);
	if (rdp->needed > 0 && rdp->needed <= rcu->completed)
		rdp->needed = 0;
	if (rdp->barrier_needed > 0 && rdp->barrier_needed <= rcu->completed) {
		rdp->barrier_needed = 0;
		gs_probe(kernel->engine, "rcu_barrier_callback", cpu->id, "", 0, 0);
		barrier_count_down(rcu);
	}
	if (rdp->needed > 0 && !rcu->in_progress)
		gp_start(kernel);
}

static void barrier_over(GsTask *task)
{
	const GsRcuBarrier *barrier = task->call;

	gs_mutex_unlock(&barrier->kernel->rcu.barrier_mutex, task);
	barrier->then(task);
}

static void barrier_locked(GsTask *task)
{
	GsKernel *kernel = ((const GsRcuBarrier *)task->call)->kernel;
	GsRcuState *rcu = &kernel->rcu;

	gs_completion_init(&rcu->barrier_completion);
	rcu->barrier_cpu_count = 1;
	for (int i = 0; i < kernel->params->cpus; i++) {
		GsRcuData *rdp = &kernel->cpus[i].rcu;

		/* Behind the CPU's own, as rcu_segcblist_entrain() puts it. */
		rdp->barrier_needed = rdp->needed;
		rcu->barrier_cpu_count += rdp->needed > 0;
	}
	barrier_count_down(rcu);
	gs_wait_for_completion(&rcu->barrier_completion, task, barrier_over);
}

void gs_rcu_barrier(GsRcuBarrier *barrier, GsKernel *kernel, GsTask *task, GsTaskStep then)
{
	*barrier = (GsRcuBarrier){ .kernel = kernel, .then = then };
	task->call = barrier;
	gs_probe(kernel->engine, "rcu_barrier", kernel->this_cpu->id, "", 0, 0);
	if (gs_mutex_lock(&kernel->rcu.barrier_mutex, task, barrier_locked))
		barrier_locked(task);
}
