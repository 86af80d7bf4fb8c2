/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/kernel/tick.h"

#include "sim/kernel/kernel.h"

void gs_tick_do_update_jiffies64(GsKernel *kernel)
{
	const int64_t now_ns = gs_engine_now_ns(kernel->engine), tick_nsec = kernel->tick_nsec;

	/* Mostly somebody has done it already: that shall not cost a division. */
	if (now_ns < (kernel->jiffies + 1) * tick_nsec)
		return;
	kernel->jiffies = gs_jiffies_at(now_ns, tick_nsec);
	gs_probe(kernel->engine, "tick_do_update_jiffies64", kernel->this_cpu->id, "",
		 kernel->jiffies, 0);
}

/* skew_tick=1 spreads the CPUs' ticks over half a jiffy (tick_setup_sched_timer()). */
static int64_t skew_ns(const GsCpu *cpu)
{
	const GsKernel *kernel = cpu->kernel;

	if (!kernel->params->skew_tick)
		return 0;
	return kernel->tick_nsec / 2 / kernel->params->cpus * cpu->id;
}

/* How late the interrupt for @edge_ns is delivered: drawn, unless the oracle knows. */
static int64_t delivery_ns(GsCpu *cpu, int64_t edge_ns)
{
	const GsOracle *oracle = cpu->kernel->oracle;
	const int64_t jitter_max_ns = cpu->kernel->params->tick_jitter_ns;

	if (oracle)
		return oracle->tick_late_ns(oracle->data, cpu, edge_ns);
	return cpu->tick.late_ns + gs_rng_below(&cpu->tick.jitter, jitter_max_ns + 1);
}

/* Mirrors rcu_needs_cpu(). */
static bool rcu_needs_cpu(const GsCpu *cpu)
{
	const GsOracle *oracle = cpu->kernel->oracle;

	return oracle ? oracle->needs_tick(oracle->data, cpu) :
			gs_rcu_needs_cpu(cpu);
}

/* Program the clock event device for @edge_ns; the interrupt is delivered a little later. */
static void program_event(GsCpu *cpu, int64_t edge_ns)
{
	GsEngine *engine = cpu->kernel->engine;
	const int64_t at_ns = edge_ns + delivery_ns(cpu, edge_ns);

	cpu->tick.edge_ns = edge_ns;
	gs_engine_reschedule(engine, &cpu->tick.event, MAX(at_ns, gs_engine_now_ns(engine)));
}

/* The next edge after now. */
static void program_next_tick(GsCpu *cpu)
{
	const GsKernel *kernel = cpu->kernel;
	const int64_t now_ns = gs_engine_now_ns(kernel->engine), skew = skew_ns(cpu);
	const int64_t edge = gs_jiffies_at(now_ns - skew, kernel->tick_nsec) + 1;

	program_event(cpu, edge * kernel->tick_nsec + skew);
}

/* hrtimer_forward() of the tick, whose edge was a moment ago: no division finds the next. */
static void forward_tick(GsCpu *cpu)
{
	const GsKernel *kernel = cpu->kernel;
	const int64_t next_ns = cpu->tick.edge_ns + kernel->tick_nsec;

	if (next_ns > gs_engine_now_ns(kernel->engine))
		program_event(cpu, next_ns);
	else
		program_next_tick(cpu);
}

/* Mirrors tick_sched_do_timer(): take the duty if it was dropped, advance jiffies if it is ours. */
static void tick_sched_do_timer(GsCpu *cpu)
{
	GsKernel *kernel = cpu->kernel;
	GsTickSched *ts = &cpu->tick;

	if (kernel->tick_do_timer_cpu == GS_TICK_DO_TIMER_NONE)
		kernel->tick_do_timer_cpu = cpu->id;
	if (kernel->tick_do_timer_cpu == cpu->id)
		gs_tick_do_update_jiffies64(kernel);

	if (ts->last_tick_jiffies != kernel->jiffies) {
		ts->stalled_jiffies = 0;
	} else if (++ts->stalled_jiffies == GS_MAX_STALLED_JIFFIES) {
		gs_tick_do_update_jiffies64(kernel);
		ts->stalled_jiffies = 0;
	}
	ts->last_tick_jiffies = kernel->jiffies;
}

/* Mirrors run_local_timers() and run_timer_softirq(). */
static void run_timers(GsCpu *cpu)
{
	const GsKernel *kernel = cpu->kernel;
	unsigned int count = gs_timer_base_expire(&cpu->base_local, cpu);

	count += gs_timer_base_expire(&cpu->base_global, cpu);
	if (kernel->params->timer_pull)
		count += gs_tmigr_handle_remote(cpu);
	if (count > 0)
		gs_cpu_steal(cpu, kernel->params->costs.timer_ns);
}

/* Mirrors tick_nohz_handler(). */
static void tick_nohz_handler(GsEngine *engine, GsEvent *event)
{
	GsCpu *cpu = GS_CONTAINER_OF(event, GsCpu, tick.event);
	GsKernel *kernel = cpu->kernel;

	kernel->this_cpu = cpu;
	const bool turn_over = gs_turn_begin_interrupt(cpu, cpu->tick.edge_ns);

	gs_tick_irq_enter(cpu);
	gs_probe(engine, "tick_nohz_handler", cpu->id, "", kernel->jiffies,
		 cpu->tick.edge_ns / kernel->tick_nsec);
	gs_cpu_steal(cpu, kernel->params->costs.tick_ns);
	tick_sched_do_timer(cpu);
	if (cpu->is_idle)
		cpu->tick.idle_tick_count++;
	if (!cpu->tick.stopped)
		forward_tick(cpu);
	gs_cpu_scheduler_tick(cpu);
	run_timers(cpu);
	gs_rcu_sched_clock_irq(cpu);
	/* The idle loop goes on when the interrupt and its softirqs are over. */
	if (cpu->is_idle)
		gs_engine_reschedule(engine, &cpu->tick.idle_loop, gs_cpu_free_at_ns(cpu));
	gs_turn_end_interrupt(cpu, turn_over);
}

/* Mirrors do_idle() after an interrupt. */
static void idle_loop(GsEngine *engine, GsEvent *event)
{
	GsCpu *cpu = GS_CONTAINER_OF(event, GsCpu, tick.idle_loop);

	(void)engine;
	cpu->kernel->this_cpu = cpu;
	if (cpu->is_idle)
		gs_tick_nohz_idle_stop_tick(cpu);
}

void gs_tick_init(GsCpu *cpu)
{
	const GsKernel *kernel = cpu->kernel;
	const GsEngine *engine = kernel->engine;
	GsTickSched *ts = &cpu->tick;
	GsRng spread;

	*ts = (GsTickSched){ .last_tick_jiffies = kernel->jiffies };
	gs_event_init(&ts->event, "tick", GS_EVENT_CLOCK, tick_nohz_handler);
	gs_event_init(&ts->idle_loop, "idle_loop", GS_EVENT_TASK, idle_loop);
	gs_rng_init(&spread, engine->seed, engine->run, "tick.spread", (uint32_t)cpu->id);
	gs_rng_init(&ts->jitter, engine->seed, engine->run, "tick.jitter", (uint32_t)cpu->id);
	ts->late_ns = gs_rng_below(&spread, kernel->params->tick_spread_ns + 1);
	if (kernel->params->timer_pull)
		gs_tmigr_cpu_activate(cpu);
	program_next_tick(cpu);
}

/* Mirrors tick_nohz_stop_tick() once it is decided that @cpu may sleep until @next_jiffies. */
static void stop_tick(GsCpu *cpu, int64_t next_jiffies)
{
	GsKernel *kernel = cpu->kernel;

	if (kernel->tick_do_timer_cpu == cpu->id)
		kernel->tick_do_timer_cpu = GS_TICK_DO_TIMER_NONE;
	if (!cpu->tick.stopped)
		gs_probe(kernel->engine, "tick_stop", cpu->id, "", next_jiffies, 0);
	cpu->tick.stopped = true;
	if (next_jiffies == GS_JIFFIES_NEVER)
		gs_engine_cancel(kernel->engine, &cpu->tick.event);
	else
		program_event(cpu, next_jiffies * kernel->tick_nsec);
}

void gs_tick_nohz_idle_stop_tick(GsCpu *cpu)
{
	const GsKernel *kernel = cpu->kernel;
	const bool pull = kernel->params->timer_pull, was_stopped = cpu->tick.stopped;
	const int64_t local = gs_timer_base_next(&cpu->base_local);
	int64_t next = MIN(local, gs_timer_base_next(&cpu->base_global));

	if (!kernel->params->nohz_idle || !gs_run_queue_is_empty(&cpu->run_queue))
		return;
	if (!was_stopped && (cpu->tick.idle_tick_count < kernel->params->tick_retain_count ||
			     rcu_needs_cpu(cpu) || next <= kernel->jiffies + 1))
		return;
	if (pull) {
		if (!was_stopped)
			gs_tmigr_cpu_deactivate(cpu);
		next = MIN(local, gs_tmigr_next(cpu));
		if (!was_stopped && next <= kernel->jiffies + 1) {
			gs_tmigr_cpu_activate(cpu);
			return;
		}
	}
	stop_tick(cpu, next);
}

void gs_tick_nohz_idle_exit(GsCpu *cpu)
{
	cpu->tick.idle_tick_count = 0;
	if (!cpu->tick.stopped)
		return;
	gs_tick_do_update_jiffies64(cpu->kernel);
	cpu->tick.stopped = false;
	if (cpu->kernel->params->timer_pull)
		gs_tmigr_cpu_activate(cpu);
	program_next_tick(cpu);
}

void gs_tick_irq_enter(GsCpu *cpu)
{
	if (cpu->tick.stopped)
		gs_tick_do_update_jiffies64(cpu->kernel);
}
