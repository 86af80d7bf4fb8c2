/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/kernel/rcu.h"

#include "sim/kernel/kernel.h"

/*
 * With one CPU nobody else has to be heard. Calibrated: the lab's files with one
 * CPU, where it is two edges in all of 1800 VMs.
 */
#define LONE_CPU_TICKS 2

void gs_rcu_init(GsKernel *kernel)
{
	GsRcuState *rcu = &kernel->rcu;

	*rcu = (GsRcuState){ 0 };
	gs_rng_init(&rcu->rng, kernel->engine->seed, kernel->engine->run, "rcu.gp", 0);
	gs_mutex_init(&rcu->barrier_mutex, "rcu_state.barrier_mutex");
}

bool gs_rcu_needs_cpu(const GsCpu *cpu)
{
	return cpu->rcu.ticks_left > 0;
}

static bool other_cpu_has_callbacks(const GsCpu *cpu)
{
	const GsKernel *kernel = cpu->kernel;

	for (int i = 0; i < kernel->params->cpus; i++) {
		if (i != cpu->id && gs_rcu_needs_cpu(&kernel->cpus[i]))
			return true;
	}
	return false;
}

/* How many ticks a callback takes that is queued on @cpu now. */
static int gp_ticks(const GsCpu *cpu)
{
	const GsKernelParams *params = cpu->kernel->params;
	const int min = params->rcu_gp_min_jiffies, max = params->rcu_gp_max_jiffies;

	if (params->cpus == 1)
		return LONE_CPU_TICKS;
	/* The grace period that other CPU's callbacks start may just miss these. */
	if (max > min && other_cpu_has_callbacks(cpu))
		return min + (int)gs_rng_below(&cpu->kernel->rcu.rng, max - min + 1);
	/* One that began at this CPU's last tick does, and has all of its length to go. */
	return min + (gs_rcu_needs_cpu(cpu) && cpu->rcu.ticks_taken == 1);
}

static void queue(GsCpu *cpu, int ticks)
{
	cpu->rcu.ticks_left = ticks;
	cpu->rcu.ticks_taken = 0;
	/* Whoever queued it there has just been running there. */
	if (cpu->tick.stopped)
		gs_tick_nohz_idle_exit(cpu);
}

void gs_call_rcu(GsCpu *cpu)
{
	queue(cpu, gp_ticks(cpu));
}

void gs_call_rcu_many(GsCpu *cpu)
{
	const GsKernelParams *params = cpu->kernel->params;
	const int min = params->rcu_gp_min_jiffies, max = params->rcu_gp_max_jiffies;
	int ticks = LONE_CPU_TICKS;

	if (params->cpus > 1)
		ticks = min + (int)gs_rng_below(&cpu->kernel->rcu.rng, MAX(max - min, 0) + 1);
	queue(cpu, ticks);
}

static void barrier_count_down(GsRcuState *rcu)
{
	if (--rcu->barrier_cpu_count == 0)
		gs_complete(&rcu->barrier_completion);
}

void gs_rcu_sched_clock_irq(GsCpu *cpu)
{
	GsRcuData *rdp = &cpu->rcu;

	rdp->ticks_taken++;
	if (rdp->ticks_left > 0)
		rdp->ticks_left--;
	if (rdp->barrier_ticks_left > 0 && --rdp->barrier_ticks_left == 0) {
		gs_probe(cpu->kernel->engine, "rcu_barrier_callback", cpu->id, "", 0, 0);
		barrier_count_down(&cpu->kernel->rcu);
	}
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
		rdp->barrier_ticks_left = rdp->ticks_left;
		rcu->barrier_cpu_count += rdp->ticks_left > 0;
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
