/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/kernel/kernel.h"

/* How long a busy CPU's load runs before it asks for more; no meaning but the event it costs. */
#define LOAD_CHUNK_NS GS_NSEC_PER_SEC

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

/* Make @count CPUs, drawn without replacement, busy with others' work. */
static void start_load(GsKernel *kernel, GsRng *rng, int count)
{
	int left = kernel->params->cpus;

	for (int i = 0; count > 0; i++, left--) {
		GsThread *load = &kernel->load[i];

		if (gs_rng_below(rng, left) >= count)
			continue;
		count--;
		gs_thread_init(load, kernel, &kernel->cpus[i], "load");
		load->bound = true;
		kernel->this_cpu = &kernel->cpus[i];
		gs_task_start(&load->task, load_step);
	}
}

void gs_kernel_reset(GsKernel *kernel)
{
	const GsKernelParams *params = kernel->params;
	const GsEngine *engine = kernel->engine;
	GsRng rng;

	gs_rng_init(&rng, engine->seed, engine->run, "kernel.load", 0);
	kernel->jiffies = gs_jiffies_at(gs_engine_now_ns(engine), kernel->tick_nsec);
	gs_tmigr_init(kernel);
	for (int i = 0; i < params->cpus; i++)
		gs_cpu_init(&kernel->cpus[i], kernel, i);
	kernel->this_cpu = &kernel->cpus[0];
	kernel->tick_do_timer_cpu = params->tick_timekeeper >= 0 ?
		params->tick_timekeeper : (int)gs_rng_below(&rng, params->cpus);

	/* Others' load: as many CPUs as were asked for, or any number, all equally likely. */
	const int busy = params->tick_busy_cpus >= 0 ? params->tick_busy_cpus :
						       (int)gs_rng_below(&rng, params->cpus);
	start_load(kernel, &rng, MIN(busy, params->cpus));

	for (int i = 0; i < params->cpus; i++) {
		GsCpu *cpu = &kernel->cpus[i];

		/* Nobody has touched an idle CPU for long: its tick is stopped. */
		if (cpu->is_idle)
			gs_tick_nohz_idle_stop_tick(cpu);
	}
}
