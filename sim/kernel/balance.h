/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which CPU a thread runs on: where it wakes, where a new one begins, and what a
 * CPU that runs out of work takes over from another.
 *
 * Mirrors what kernel/sched/fair.c (6.12 .. 7.3) does on one cache domain of equal
 * CPUs. Load is the number of threads that run or wait; weights, groups and
 * averages are absent, and so is balancing at intervals between CPUs that are all
 * busy.
 */
#ifndef GS_BALANCE_H
#define GS_BALANCE_H

#include "sim/kernel/cpu.h"

/* Where @thread, about to be woken, goes: select_task_rq_fair(). */
GsCpu *gs_select_cpu(const GsThread *thread);

/*
 * @cpu has nothing to run: a thread that waits elsewhere, taken off its run queue;
 * NULL: there is none it may take. Mirrors sched_balance_newidle().
 */
GsThread *gs_balance_newidle(GsCpu *cpu);

#endif
