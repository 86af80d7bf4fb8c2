/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One simulated kernel: its CPUs, its jiffies and the CPU that is executing.
 *
 * Everything here belongs to one engine. Initialise once for a set of
 * parameters, then gs_kernel_reset() for every run.
 */
#ifndef GS_KERNEL_H
#define GS_KERNEL_H

#include "sim/kernel/cpu-mask.h"
#include "sim/kernel/cpu.h"
#include "sim/kernel/jiffies.h"
#include "sim/kernel/kernel-params.h"
#include "sim/kernel/oracle.h"
#include "sim/kernel/timer-migration.h"
#include "sim/kernel/workqueue.h"

struct GsKernel {
	GsEngine *engine;             /* borrowed */
	const GsKernelParams *params; /* borrowed */
	int64_t tick_nsec;
	int64_t jiffies;
	int tick_do_timer_cpu;        /* GS_TICK_DO_TIMER_NONE: nobody */
	GsCpu *this_cpu;              /* smp_processor_id(): whose context an event runs in */
	GsCpu *turn;                  /* whose turn it is; NULL: all are idle, or cpu.turns=0 */
	GsListNode turn_queue;        /* GsCpu.turn.queue */
	GsCpuMask free_cpus;          /* nobody runs there or waits to */
	int surplus_count;            /* threads beyond one for each of the other CPUs */
	GsCpu *cpus;                  /* owned: params->cpus of them */
	GsWorkerPool *pools;          /* owned: one a CPU */
	GsThread *load;               /* owned: one a CPU; others' work on busy CPUs */
	GsTmigr tmigr;
	const GsOracle *oracle;       /* borrowed; NULL: none */
	GsRcuState rcu;
};

void gs_kernel_init(GsKernel *kernel, GsEngine *engine, const GsKernelParams *params);
void gs_kernel_clear(GsKernel *kernel);

/*
 * Put every CPU to where a run starts, drawing from the engine's streams what
 * the parameters leave open: which CPUs are busy, the timekeeper, how late each
 * CPU's tick is delivered. The engine's clock must stand at the start of the run.
 */
void gs_kernel_reset(GsKernel *kernel);

#endif
