/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the machinery costs on a host, in nanoseconds of processor time.
 *
 * Every value comes from a host profile (models/profile/host-*.ini), which says
 * whether it was calibrated or taken from a measurement of others. The list is
 * the one place that knows the names: the struct, the profile reader and --set
 * are all made from it.
 */
#ifndef GS_COSTS_H
#define GS_COSTS_H

#include <stdint.h>

/* X(field, what it pays for) */
#define GS_COST_LIST(X) \
	X(tick_ns, "tick interrupt, without the timers it expires") \
	X(timer_ns, "timer softirq, per run that expires something") \
	X(irq_work_ns, "irq_work: self-IPI to the end of its handler") \
	X(idle_wake_ns, "wake-up of a task on an idle CPU, from the same CPU") \
	X(ipi_ns, "added when the waker is another CPU") \
	X(switch_ns, "context switch from one task to the next") \
	X(work_dispatch_ns, "kworker: from one item, or from waking, to the next item's function") \
	X(srcu_request_ns, "srcu_gp_start_if_needed(), on the caller's side") \
	X(sync_sleep_ns, "synchronize, from its request until the caller sleeps") \
	X(srcu_check_ns, "one scan of the reader counters") \
	X(srcu_gp_end_ns, "srcu_gp_end() and srcu_reschedule()") \
	X(srcu_invoke_ns, "srcu_invoke_callbacks(), without the callbacks") \
	X(callback_ns, "one callback") \
	X(sync_return_ns, "a waiter, switched to again, until synchronize returns")

typedef struct {
#define X(field, help) int64_t field;
	GS_COST_LIST(X)
#undef X
} GsCosts;

#endif
