/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/kernel/cpu.h"

#include "sim/engine/bug.h"
#include "sim/kernel/balance.h"
#include "sim/kernel/fair.h"
#include "sim/kernel/kernel.h"

int64_t gs_cpu_free_at_ns(const GsCpu *cpu)
{
	return MAX(cpu->irq_until_ns, gs_engine_now_ns(cpu->kernel->engine));
}

static void enqueue(GsCpu *cpu, GsThread *thread)
{
	GsKernel *kernel = cpu->kernel;

	gs_run_queue_add(&cpu->run_queue, thread);
	if (gs_cpu_mask_test(&kernel->free_cpus, cpu->id))
		gs_cpu_mask_clear(&kernel->free_cpus, cpu->id);
	else
		kernel->surplus_count++;
}

static void schedule_switch(GsCpu *cpu, int64_t cost_ns)
{
	gs_engine_schedule_next(cpu->kernel->engine, &cpu->switch_to,
				gs_cpu_free_at_ns(cpu) + cost_ns);
	gs_turn_request(cpu);
}

static void schedule_run(GsCpu *cpu, int64_t ns)
{
	gs_engine_schedule_next(cpu->kernel->engine, &cpu->run, gs_cpu_free_at_ns(cpu) + ns);
}

static void run_current(GsCpu *cpu)
{
	cpu->kernel->this_cpu = cpu;
	gs_task_run_step(&cpu->current->task);
}

static void time_spent(GsEngine *engine, GsEvent *event)
{
	(void)engine;
	run_current(GS_CONTAINER_OF(event, GsCpu, run));
}

/* The current thread gives @cpu up: switch to the next, here or elsewhere, or go idle. */
static void schedule_next(GsCpu *cpu)
{
	GsKernel *kernel = cpu->kernel;
	GsThread *pulled;

	cpu->current->off_cpu_at_ns = gs_engine_now_ns(cpu->kernel->engine);
	cpu->current = NULL;
	cpu->need_resched = false;
	if (!gs_run_queue_is_empty(&cpu->run_queue)) {
		kernel->surplus_count--;
		schedule_switch(cpu, kernel->params->costs.switch_ns);
		return;
	}
	gs_cpu_mask_set(&kernel->free_cpus, cpu->id);
	pulled = gs_balance_newidle(cpu);
	if (pulled) {
		gs_fair_place(cpu, pulled);
		enqueue(cpu, pulled);
		schedule_switch(cpu, kernel->params->costs.switch_ns);
		return;
	}
	cpu->is_idle = true;
	gs_tick_nohz_idle_stop_tick(cpu);
	gs_turn_release(cpu);
}

/* The current thread, with @remaining_ns still to run, has had its turn. */
static void requeue_current(GsCpu *cpu, int64_t remaining_ns)
{
	GsThread *thread = cpu->current;

	thread->remaining_ns = remaining_ns;
	gs_fair_charge(cpu);
	gs_fair_yield(thread);
	enqueue(cpu, thread);
	schedule_next(cpu);
}

/* Take the thread off the run queue that runs next: pick_next_task(). */
static GsThread *pick_next(GsCpu *cpu)
{
	const GsOracle *oracle = cpu->kernel->oracle;
	const GsRunQueue *queue = &cpu->run_queue;
	GsThread *next = gs_run_queue_first(queue), *thread = next;

	while (oracle && (thread = gs_run_queue_next(queue, thread))) {
		if (oracle->precedes(oracle->data, cpu, thread, next))
			next = thread;
	}
	gs_run_queue_remove(&cpu->run_queue, next);
	return next;
}

/* Mirrors the end of __schedule(): the first of the run queue has the CPU. */
static void switch_to(GsEngine *engine, GsEvent *event)
{
	GsCpu *cpu = GS_CONTAINER_OF(event, GsCpu, switch_to);
	GsThread *thread = pick_next(cpu);
	const int64_t remaining_ns = thread->remaining_ns;

	cpu->kernel->this_cpu = cpu;
	if (cpu->is_idle) {
		cpu->is_idle = false;
		gs_tick_nohz_idle_exit(cpu);
	}
	cpu->current = thread;
	thread->remaining_ns = 0;
	thread->has_run = true;
	thread->on_cpu_at_ns = thread->charged_at_ns = gs_engine_now_ns(engine);
	gs_probe(engine, "sched_switch", cpu->id, thread->task.name, 0, 0);
	if (remaining_ns == 0)
		run_current(cpu);
	else if (thread->user && cpu->need_resched)
		requeue_current(cpu, remaining_ns); /* somebody was woken during the switch */
	else
		schedule_run(cpu, remaining_ns);
}

static void preempt_current(GsCpu *cpu)
{
	GsEngine *engine = cpu->kernel->engine;
	const int64_t remaining_ns = gs_engine_due_ns(engine, &cpu->run) - gs_cpu_free_at_ns(cpu);

	gs_engine_cancel(engine, &cpu->run);
	requeue_current(cpu, remaining_ns);
}

/* Another thread is to have @cpu as soon as its current one can be made to give way. */
static void resched(GsCpu *cpu)
{
	cpu->need_resched = true;
	gs_cpu_preempt(cpu);
}

void gs_cpu_preempt(GsCpu *cpu)
{
	if (cpu->need_resched && cpu->current && cpu->current->user &&
	    gs_event_is_pending(&cpu->run))
		preempt_current(cpu);
}

static void thread_spend(GsTask *task, int64_t ns)
{
	GsThread *thread = gs_thread_of(task);
	GsCpu *cpu = thread->cpu;
	const GsOracle *oracle = cpu->kernel->oracle;
	const bool gives_way = thread->user || thread->yields;

	if (oracle)
		ns = oracle->spend_ns(oracle->data, thread, ns);

	/* Returning to user space is where a lazily preempted thread gives way. */
	thread->yields = false;
	if (gives_way && cpu->need_resched && !gs_run_queue_is_empty(&cpu->run_queue))
		requeue_current(cpu, ns);
	else
		schedule_run(cpu, ns);
}

static void thread_block(GsTask *task)
{
	GsCpu *cpu = gs_thread_of(task)->cpu;

	GS_CHECK(task->engine, cpu->current == gs_thread_of(task), "cpu-current",
		 "task '%s' blocks on a CPU it does not run on", task->name);
	gs_fair_leave(cpu, cpu->current);
	schedule_next(cpu);
}

/* Has @thread, just woken on @cpu, a claim to it before what runs there? */
static bool preempts(const GsCpu *cpu, const GsThread *thread)
{
	const GsOracle *oracle = cpu->kernel->oracle;

	return !oracle || oracle->preempts(oracle->data, cpu, thread);
}

/* Mirrors try_to_wake_up(). */
static void thread_wake(GsTask *task)
{
	GsThread *thread = gs_thread_of(task);
	GsKernel *kernel = thread->kernel;
	const GsCosts *costs = &kernel->params->costs;
	const GsOracle *oracle = kernel->oracle;
	GsCpu *cpu = gs_select_cpu(thread);

	if (oracle && !thread->bound)
		cpu = &kernel->cpus[oracle->wake_cpu(oracle->data, thread, cpu->id)];
	thread->cpu = cpu;
	thread->remaining_ns = 0;
	gs_fair_place(cpu, thread);
	enqueue(cpu, thread);
	gs_probe(kernel->engine, "sched_wakeup", kernel->this_cpu->id, task->name, cpu->id, 0);
	if (cpu->current) {
		if (preempts(cpu, thread))
			resched(cpu);
	} else if (gs_event_is_pending(&cpu->switch_to) || cpu->turn.held) {
		cpu->need_resched |= preempts(cpu, thread);
	} else {
		if (cpu == kernel->this_cpu) {
			schedule_switch(cpu, costs->idle_wake_ns);
		} else {
			gs_tick_irq_enter(cpu);
			schedule_switch(cpu, costs->ipi_ns + costs->idle_wake_ns);
		}
	}
}

static const GsTaskSched thread_sched = {
	.spend = thread_spend,
	.block = thread_block,
	.wake = thread_wake,
};

void gs_cpu_init(GsCpu *cpu, GsKernel *kernel, int id)
{
	*cpu = (GsCpu){ .kernel = kernel, .id = id, .is_idle = true, .pool = &kernel->pools[id] };
	gs_run_queue_init(&cpu->run_queue);
	gs_cpu_mask_set(&kernel->free_cpus, id);
	gs_event_init(&cpu->switch_to, "switch_to", GS_EVENT_TASK, switch_to);
	gs_event_init(&cpu->run, "run", GS_EVENT_TASK, time_spent);
	gs_timer_base_init(&cpu->base_local);
	gs_timer_base_init(&cpu->base_global);
	gs_worker_pool_init(cpu->pool, cpu);
	gs_turn_init(cpu);
	gs_tick_init(cpu);
}

void gs_cpu_steal(GsCpu *cpu, int64_t ns)
{
	GsEngine *engine = cpu->kernel->engine;

	cpu->irq_until_ns = gs_cpu_free_at_ns(cpu) + ns;
	if (gs_event_is_pending(&cpu->run) && !cpu->current->endless)
		gs_engine_reschedule(engine, &cpu->run, gs_engine_due_ns(engine, &cpu->run) + ns);
	if (gs_event_is_pending(&cpu->switch_to))
		gs_engine_reschedule(engine, &cpu->switch_to,
				     gs_engine_due_ns(engine, &cpu->switch_to) + ns);
}

static bool slice_is_over(const GsThread *thread)
{
	return gs_engine_now_ns(thread->kernel->engine) - thread->on_cpu_at_ns >=
	       thread->kernel->params->base_slice_ns;
}

void gs_cpu_scheduler_tick(GsCpu *cpu)
{
	const GsThread *current = cpu->current;

	if (current && !gs_run_queue_is_empty(&cpu->run_queue) && slice_is_over(current))
		resched(cpu);
}

static void alarm_rings(GsEngine *engine, GsEvent *event)
{
	GsThread *thread = GS_CONTAINER_OF(event, GsThread, alarm);
	GsCpu *cpu = thread->cpu;

	cpu->kernel->this_cpu = cpu;
	const bool turn_over = gs_turn_begin_interrupt(cpu, gs_engine_now_ns(engine));

	gs_tick_irq_enter(cpu);
	gs_task_wake(&thread->task);
	gs_turn_end_interrupt(cpu, turn_over);
}

static void begin(GsEngine *engine, GsEvent *event)
{
	GsThread *thread = GS_CONTAINER_OF(event, GsThread, begin);

	(void)engine;
	thread->kernel->this_cpu = thread->cpu;
	gs_task_start(&thread->task, thread->begin_step);
}

void gs_thread_init(GsThread *thread, GsKernel *kernel, GsCpu *cpu, const char *name)
{
	*thread = (GsThread){ .kernel = kernel, .cpu = cpu };
	gs_task_init(&thread->task, kernel->engine, &thread_sched, name);
	gs_event_init(&thread->alarm, "hrtimer", GS_EVENT_INTERRUPT, alarm_rings);
	gs_event_init(&thread->begin, "thread", GS_EVENT_TASK, begin);
	gs_wait_queue_init(&thread->sleeping);
}

void gs_thread_start_after(GsThread *thread, int64_t ns, GsTaskStep step)
{
	thread->begin_step = step;
	gs_engine_schedule_after(thread->kernel->engine, &thread->begin, ns);
}

void gs_thread_cond_resched(GsThread *thread, int64_t ns, GsTaskStep step)
{
	thread->yields = slice_is_over(thread);
	gs_task_spend(&thread->task, ns, step);
}

void gs_thread_sleep(GsThread *thread, int64_t ns, GsTaskStep step)
{
	gs_engine_schedule_after(thread->kernel->engine, &thread->alarm, ns);
	gs_task_wait(&thread->task, &thread->sleeping, step);
}
