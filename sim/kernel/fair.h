/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fair shares of a CPU: as much of EEVDF (kernel/sched/fair.c, 6.6 on) as keeps
 * anybody from starving, for threads of equal weight.
 *
 * A thread's vruntime is the CPU time it has had, its deadline that plus a slice;
 * the earliest deadline is next. Who wakes begins at the average of all, or where it
 * left off if that is later, and ahead by what it was short of the average when it
 * went to sleep, its lag. Eligibility is absent: with slices of one length the
 * deadlines alone share the CPU out.
 */
#ifndef GS_FAIR_H
#define GS_FAIR_H

#include "sim/kernel/cpu.h"

/* The time that the current thread has had goes into its vruntime: update_curr(). */
void gs_fair_charge(GsCpu *cpu);

/* @thread, which has no share of @cpu yet, is about to wait for it: place_entity(). */
void gs_fair_place(GsCpu *cpu, GsThread *thread);

/*
 * @thread gives way and waits again: as in yield_task_fair(), it is behind by a
 * slice more. Here a woken thread preempts at once, while the kernel lets a slice
 * be used up (protect_slice()): so woken ones go first until they had that much.
 */
void gs_fair_yield(GsThread *thread);

/* @thread is about to leave @cpu, to sleep or for another: update_entity_lag(). */
void gs_fair_leave(GsCpu *cpu, GsThread *thread);

#endif
