/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/kernel/timer-migration.h"

#include "sim/kernel/kernel.h"

void gs_tmigr_init(GsKernel *kernel)
{
	kernel->tmigr = (GsTmigr){ .active_count = 0, .migrator = -1, .last_idle = -1 };
}

void gs_tmigr_cpu_activate(GsCpu *cpu)
{
	GsTmigr *tmigr = &cpu->kernel->tmigr;

	tmigr->active_count++;
	if (tmigr->migrator < 0)
		tmigr->migrator = cpu->id;
}

/* The duty goes to the lowest numbered active CPU, as the kernel's child masks give it. */
static int next_migrator(const GsKernel *kernel)
{
	for (int i = 0; i < kernel->params->cpus; i++) {
		if (!kernel->cpus[i].tick.stopped && i != kernel->tmigr.migrator)
			return i;
	}
	return -1;
}

void gs_tmigr_cpu_deactivate(GsCpu *cpu)
{
	GsTmigr *tmigr = &cpu->kernel->tmigr;

	tmigr->active_count--;
	tmigr->last_idle = cpu->id;
	if (tmigr->migrator == cpu->id)
		tmigr->migrator = tmigr->active_count > 0 ? next_migrator(cpu->kernel) : -1;
}

int64_t gs_tmigr_next(const GsCpu *cpu)
{
	const GsKernel *kernel = cpu->kernel;

	if (kernel->tmigr.active_count > 0)
		return GS_JIFFIES_NEVER;
	if (kernel->tmigr.last_idle != cpu->id)
		return gs_timer_base_next(&cpu->base_global);

	int64_t next = GS_JIFFIES_NEVER;
	for (int i = 0; i < kernel->params->cpus; i++)
		next = MIN(next, gs_timer_base_next(&kernel->cpus[i].base_global));
	return next;
}

unsigned int gs_tmigr_handle_remote(GsCpu *cpu)
{
	GsKernel *kernel = cpu->kernel;
	const GsTmigr *tmigr = &kernel->tmigr;
	unsigned int count = 0;

	/* While nobody is active the duty is with the CPU that was so last. */
	if (cpu->id != (tmigr->active_count > 0 ? tmigr->migrator : tmigr->last_idle))
		return 0;
	for (int i = 0; i < kernel->params->cpus; i++) {
		GsCpu *other = &kernel->cpus[i];

		if (other != cpu && other->tick.stopped)
			count += gs_timer_base_expire(&other->base_global, cpu);
	}
	return count;
}
