/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Jiffies: the kernel's clock of tick edges.
 *
 * Edge k is the instant k * TICK_NSEC of CLOCK_MONOTONIC, with TICK_NSEC rounded
 * to whole nanoseconds as in the kernel: 3333333 at HZ=300, where a second is
 * therefore 300.00003 jiffies. jiffies itself is only ever late: it becomes k
 * when somebody advances it (tick_do_update_jiffies64()), at or after edge k.
 *
 * Mirrors kernel/time/tick-sched.c, include/linux/jiffies.h (7.3).
 */
#ifndef GS_JIFFIES_H
#define GS_JIFFIES_H

#include "sim/engine/sim-time.h"

typedef struct GsKernel GsKernel;

/* TICK_NSEC of @hz. */
static inline int64_t gs_tick_nsec(int hz)
{
	return (GS_NSEC_PER_SEC + hz / 2) / hz;
}

/* The jiffy that @at_ns lies in: the number of the last edge at or before it. */
static inline int64_t gs_jiffies_at(int64_t at_ns, int64_t tick_nsec)
{
	return at_ns / tick_nsec;
}

/* Mirrors tick_do_update_jiffies64(): bring jiffies up to now. */
void gs_tick_do_update_jiffies64(GsKernel *kernel);

#endif
