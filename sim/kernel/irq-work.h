/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * irq_work: run a function in hard interrupt context on this CPU, very soon.
 * Mirrors kernel/irq_work.c (7.3) where the architecture can send itself an IPI.
 */
#ifndef GS_IRQ_WORK_H
#define GS_IRQ_WORK_H

#include "sim/kernel/kernel.h"

typedef struct GsIrqWork GsIrqWork;
typedef void (*GsIrqWorkFunc)(GsIrqWork *irq_work);

struct GsIrqWork {
	GsEvent event;
	GsIrqWorkFunc func;
	GsKernel *kernel; /* borrowed */
	GsCpu *cpu;       /* it was queued on; borrowed */
};

void gs_irq_work_init(GsIrqWork *irq_work, GsKernel *kernel, const char *name, GsIrqWorkFunc func);

/* irq_work_queue() on the executing CPU: false if it was pending already. */
bool gs_irq_work_queue(GsIrqWork *irq_work);

#endif
