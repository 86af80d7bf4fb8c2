/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The tick of one CPU: who advances jiffies, and when an idle CPU stops ticking.
 *
 * Mirrors kernel/time/tick-sched.c (6.12, 7.3). All CPUs tick at the same
 * nominal instant, but their handlers run one after another; only the CPU that
 * holds tick_do_timer_cpu advances jiffies, so a handler that runs before the
 * holder's looks at its timers one jiffy too early and leaves them for another
 * tick. An idle CPU whose next timer is more than a jiffy away stops its tick,
 * gives the duty up if it has it, and refreshes jiffies when an interrupt
 * wakes it.
 */
#ifndef GS_TICK_H
#define GS_TICK_H

#include "sim/engine/engine.h"
#include "sim/engine/rng.h"

typedef struct GsCpu GsCpu;

/* tick_do_timer_cpu while nobody holds the duty. */
#define GS_TICK_DO_TIMER_NONE (-1)

/* Ticks without progress of jiffies after which any CPU advances them. */
#define GS_MAX_STALLED_JIFFIES 5

typedef struct {
	GsEvent event;        /* next tick, or the next timer's edge when stopped */
	GsEvent idle_loop;    /* end of the tick's interrupt on an idle CPU */
	bool stopped;         /* TS_FLAG_STOPPED */
	int64_t edge_ns;      /* nominal instant of the pending event */
	int64_t late_ns;      /* this run's delivery delay, with the skew */
	GsRng jitter;         /* per-tick delivery delay */
	int idle_tick_count;  /* ticks taken since the CPU last went idle */
	int stalled_jiffies;
	int64_t last_tick_jiffies;
} GsTickSched;

/* Start ticking at the first edge after now. */
void gs_tick_init(GsCpu *cpu);

/* The CPU has nothing to run, or has handled an interrupt while idle: stop the tick if it may. */
void gs_tick_nohz_idle_stop_tick(GsCpu *cpu);

/* The CPU leaves idle to run a task: tick_nohz_idle_exit(). */
void gs_tick_nohz_idle_exit(GsCpu *cpu);

/* An interrupt has come in: refresh jiffies if the tick was stopped (tick_nohz_irq_enter()). */
void gs_tick_irq_enter(GsCpu *cpu);

#endif
