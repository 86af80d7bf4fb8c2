/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/kvm/kvm-run.h"

#include "sim/srcu/srcu-read.h"

#define PPM 1000000

static void vcpu_enter_guest(GsTask *task);

static int64_t now_ns(const GsKvmRun *run)
{
	return gs_engine_now_ns(run->thread->task.engine);
}

static void probe(const GsKvmRun *run, const char *name)
{
	gs_probe(run->thread->task.engine, name, run->thread->cpu->id, run->thread->task.name,
		 run->idx, 0);
}

/* The exit is handled: drop the lock and go back. */
static void handled(GsTask *task)
{
	GsKvmRun *run = task->call;

	gs_srcu_read_unlock(gs_kvm_srcu(run->kvm), run->idx);
	vcpu_enter_guest(task);
}

static void handle_exit(GsTask *task)
{
	GsKvmRun *run = task->call;

	gs_task_spend(task, gs_distribution_draw(&run->params->hold, &run->rng), handled);
}

/* Exits of both kinds come at random, so each is of the one or the other by their rates. */
static bool draw_sleeps(GsKvmRun *run)
{
	const GsReaderParams *params = run->params;

	return gs_rng_below(&run->rng, params->exit_rate_hz + params->sleep_rate_hz) <
	       params->sleep_rate_hz;
}

static void vm_exit(GsTask *task)
{
	GsKvmRun *run = task->call;

	if (now_ns(run) >= run->until_ns) {
		run->then(task);
		return;
	}
	run->thread->user = false;
	run->idx = gs_srcu_read_lock(gs_kvm_srcu(run->kvm));
	probe(run, "kvm_exit");
	if (draw_sleeps(run))
		gs_thread_sleep(run->thread,
				gs_distribution_draw(&run->params->sleep, &run->rng), handle_exit);
	else
		handle_exit(task);
}

static void vcpu_enter_guest(GsTask *task)
{
	GsKvmRun *run = task->call;
	const GsDistribution guest = {
		.kind = GS_DISTRIBUTION_EXPONENTIAL,
		.ns = GS_NSEC_PER_SEC / (run->params->exit_rate_hz + run->params->sleep_rate_hz),
	};
	/* Never nothing: time has to go on. */
	const int64_t guest_ns = MAX(gs_distribution_draw(&guest, &run->rng), 1);

	probe(run, "kvm_entry");
	run->thread->user = true;
	gs_task_spend(task, MIN(guest_ns, MAX(run->until_ns - now_ns(run), 0)), vm_exit);
}

void gs_kvm_run_init(GsKvmRun *run, GsThread *thread, const GsReaderParams *params, uint32_t index)
{
	const GsEngine *engine = thread->task.engine;
	GsRng halted;

	*run = (GsKvmRun){ .thread = thread, .params = params };
	gs_rng_init(&halted, engine->seed, engine->run, "reader.halted", index);
	gs_rng_init(&run->rng, engine->seed, engine->run, "reader.exits", index);
	run->halted = gs_rng_below(&halted, PPM) < params->halted_ppm;
}

void gs_kvm_run(GsKvmRun *run, GsKvm *kvm, int64_t until_ns, GsTaskStep then)
{
	run->kvm = kvm;
	run->until_ns = until_ns;
	run->then = then;
	run->thread->task.call = run;
	vcpu_enter_guest(&run->thread->task);
}
