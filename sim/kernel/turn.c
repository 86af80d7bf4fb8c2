/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/kernel/turn.h"

#include "sim/kernel/kernel.h"

static void hold(GsCpu *cpu)
{
	GsKernel *kernel = cpu->kernel;
	GsEvent *event = gs_event_is_pending(&cpu->run)	      ? &cpu->run :
			 gs_event_is_pending(&cpu->switch_to) ? &cpu->switch_to :
								NULL;

	/* It may be in an interrupt, with nothing to go on with behind it. */
	if (!event)
		return;
	cpu->turn.held = event;
	cpu->turn.held_ns = gs_engine_due_ns(kernel->engine, event) - gs_cpu_free_at_ns(cpu);
	gs_engine_cancel(kernel->engine, event);
	gs_list_append(&kernel->turn_queue, &cpu->turn.queue);
}

static void begin_turn(GsCpu *cpu)
{
	cpu->kernel->turn = cpu;
	cpu->turn.began_ns = gs_engine_now_ns(cpu->kernel->engine);
}

static void resume(GsCpu *cpu)
{
	GsEvent *event = cpu->turn.held;

	begin_turn(cpu);
	gs_list_remove(&cpu->turn.queue);
	cpu->turn.held = NULL;
	if (!event)
		return;
	gs_engine_schedule(cpu->kernel->engine, event,
			   gs_cpu_free_at_ns(cpu) + cpu->turn.held_ns);
	gs_cpu_preempt(cpu);
}

void gs_turn_init(GsCpu *cpu)
{
	cpu->turn = (GsTurn){ .held = NULL };
	gs_list_init(&cpu->turn.queue);
}

void gs_turn_request(GsCpu *cpu)
{
	GsKernel *kernel = cpu->kernel;

	if (!kernel->params->cpu_turns || kernel->turn == cpu)
		return;
	if (kernel->turn)
		hold(cpu);
	else
		begin_turn(cpu);
}

bool gs_turn_begin_interrupt(GsCpu *cpu, int64_t due_ns)
{
	GsKernel *kernel = cpu->kernel;

	if (!kernel->params->cpu_turns)
		return false;

	GsCpu *other = kernel->turn;
	if (other == cpu)
		return cpu->turn.began_ns < due_ns;

	const bool borrowed = other && cpu->turn.held && other->turn.began_ns >= due_ns;
	if (other)
		hold(other);
	if (borrowed && other->turn.held) {
		gs_list_remove(&other->turn.queue);
		gs_list_insert_before(kernel->turn_queue.next, &other->turn.queue);
	}
	resume(cpu);
	return borrowed;
}

static void pass_on(GsKernel *kernel)
{
	kernel->turn = NULL;
	if (!gs_list_is_empty(&kernel->turn_queue))
		resume(GS_CONTAINER_OF(kernel->turn_queue.next, GsCpu, turn.queue));
}

void gs_turn_end_interrupt(GsCpu *cpu, bool turn_over)
{
	GsKernel *kernel = cpu->kernel;

	gs_turn_release(cpu);
	if (!turn_over || kernel->turn != cpu || gs_list_is_empty(&kernel->turn_queue))
		return;
	hold(cpu);
	pass_on(kernel);
}

void gs_turn_release(GsCpu *cpu)
{
	if (cpu->kernel->turn == cpu && !cpu->current && gs_run_queue_is_empty(&cpu->run_queue))
		pass_on(cpu->kernel);
}
