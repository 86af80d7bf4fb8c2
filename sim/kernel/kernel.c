/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/kernel/kernel.h"

/* How long a busy CPU's load runs before it asks for more: beyond the end of any run. */
#define LOAD_CHUNK_NS (5 * 365 * 24 * 3600 * GS_NSEC_PER_SEC)

static void load_step(GsTask *task)
{
	gs_thread_of(task)->user = true;
	gs_task_spend(task, LOAD_CHUNK_NS, load_step);
}

void gs_kernel_init(GsKernel *kernel, GsEngine *engine, const GsKernelParams *params)
{
	*kernel = (GsKernel){
		.engine = engine,
		.params = params,
		.tick_nsec = gs_tick_nsec(params->hz),
		.cpus = g_new0(GsCpu, params->cpus),
		.pools = g_new0(GsWorkerPool, params->cpus),
		.load = g_new0(GsThread, params->cpus),
	};
}

void gs_kernel_clear(GsKernel *kernel)
{
	g_free(kernel->cpus);
	g_free(kernel->pools);
	g_free(kernel->load);
}

static void start_load(GsKernel *kernel, GsCpu *cpu)
{
	GsThread *load = &kernel->load[cpu->id];

	gs_thread_init(load, kernel, cpu, "load");
	load->bound = true;
	load->endless = true;
	kernel->this_cpu = cpu;
	gs_task_start(&load->task, load_step);
}

/*
 * Others' load: as many CPUs as were asked for, else any number, all equally
 * likely; which ones is drawn. Who ticks has held the timekeeper's duty for
 * long: it is with one of the busy CPUs, all equally likely, if there is any.
 */
static void draw_load(GsKernel *kernel)
{
	const GsKernelParams *params = kernel->params;
	GsRng rng;

	gs_rng_init(&rng, kernel->engine->seed, kernel->engine->run, "kernel.load", 0);
	const int asked = params->tick_busy_cpus;
	const int busy = MIN(asked >= 0 ? asked : (int)gs_rng_below(&rng, params->cpus),
			     params->cpus);
	int timekeeper = busy > 0 ? (int)gs_rng_below(&rng, busy) : -1;

	for (int cpu = 0, left = busy; left > 0; cpu++) {
		if (gs_rng_below(&rng, params->cpus - cpu) >= left)
			continue;
		left--;
		start_load(kernel, &kernel->cpus[cpu]);
		if (timekeeper-- == 0)
			kernel->tick_do_timer_cpu = cpu;
	}
}

void gs_kernel_reset(GsKernel *kernel)
{
	const GsKernelParams *params = kernel->params;

	kernel->jiffies =
		gs_jiffies_at(gs_engine_now_ns(kernel->engine), kernel->tick_nsec);
	kernel->tick_do_timer_cpu = GS_TICK_DO_TIMER_NONE;
	gs_tmigr_init(kernel);
	kernel->turn = NULL;
	gs_list_init(&kernel->turn_queue);
	gs_rcu_init(kernel);
	kernel->free_cpus = (GsCpuMask){ 0 };
	kernel->surplus_count = 0;
	for (int i = 0; i < params->cpus; i++)
		gs_cpu_init(&kernel->cpus[i], kernel, i);
	draw_load(kernel);
	if (params->tick_timekeeper >= 0)
		kernel->tick_do_timer_cpu = params->tick_timekeeper;

	/* Nobody has touched an idle CPU for long: its tick is stopped. */
	for (int i = 0; i < params->cpus; i++) {
		GsCpu *cpu = &kernel->cpus[i];

		if (!cpu->is_idle)
			continue;
		cpu->tick.idle_tick_count = params->tick_retain_count;
		gs_tick_nohz_idle_stop_tick(cpu);
	}
	kernel->this_cpu = &kernel->cpus[0];
}
