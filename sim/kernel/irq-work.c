/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/kernel/irq-work.h"

static void self_ipi(GsEngine *engine, GsEvent *event)
{
	GsIrqWork *irq_work = GS_CONTAINER_OF(event, GsIrqWork, event);
	GsCpu *cpu = irq_work->cpu;

	(void)engine;
	irq_work->kernel->this_cpu = cpu;
	gs_tick_irq_enter(cpu);
	irq_work->func(irq_work);
	/* The CPU may be idle by now: it must not sleep past a timer armed here. */
	if (cpu->is_idle)
		gs_tick_nohz_idle_stop_tick(cpu);
}

void gs_irq_work_init(GsIrqWork *irq_work, GsKernel *kernel, const char *name, GsIrqWorkFunc func)
{
	*irq_work = (GsIrqWork){ .func = func, .kernel = kernel };
	gs_event_init(&irq_work->event, name, GS_EVENT_INTERRUPT, self_ipi);
}

bool gs_irq_work_queue(GsIrqWork *irq_work)
{
	GsKernel *kernel = irq_work->kernel;

	if (gs_event_is_pending(&irq_work->event))
		return false;
	irq_work->cpu = kernel->this_cpu;
	gs_cpu_steal(kernel->this_cpu, kernel->params->costs.irq_work_ns);
	gs_engine_schedule(kernel->engine, &irq_work->event, kernel->this_cpu->irq_until_ns);
	return true;
}
