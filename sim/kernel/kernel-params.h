/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The constants one simulated kernel runs with. Plain numbers, resolved by
 * models/machine-spec.c from a kernel profile, a host profile and --set;
 * immutable during a run, so runs in several threads share them.
 */
#ifndef GS_KERNEL_PARAMS_H
#define GS_KERNEL_PARAMS_H

#include "sim/kernel/costs.h"

#include <stdbool.h>
#include <stdint.h>

#define GS_HZ_MIN 24
#define GS_HZ_MAX 10000
#define GS_CPUS_MAX 1024

typedef struct {
	int hz;
	int cpus;

	/* kernel/time/tick-sched.c */
	bool nohz_idle;          /* nohz=on, CONFIG_NO_HZ_IDLE: idle CPUs may stop their tick */
	int tick_retain_count;   /* idle ticks before the tick is stopped: 0 with a governor that
	                            always asks to stop it, 1 without one (got_tick) */
	int rcu_gp_jiffies;      /* an RCU grace period, with two CPUs or more; 0: none is needed */
	bool skew_tick;          /* CPU i ticks i/N of half a jiffy later */
	int64_t tick_spread_ns;  /* per run and CPU: delivery of the tick is late by up to this */
	int64_t tick_jitter_ns;  /* per tick: and by up to this more */
	int tick_busy_cpus;      /* CPUs kept busy by others' load; -1: drawn per run */
	int tick_timekeeper;     /* CPU that holds the duty at the start; -1: drawn per run */

	/* kernel/time/timer_migration.c, since 6.9: an active CPU pulls the timers of idle ones */
	bool timer_pull;

	bool cpu_turns;          /* one host thread runs all CPUs: see turn.h */
	int cpu_pin;             /* CPU all VMM threads are pinned to; -1: none */
	int64_t base_slice_ns;   /* kernel/sched: how long a task runs before a tick preempts it */

	GsCosts costs;
} GsKernelParams;

#endif
