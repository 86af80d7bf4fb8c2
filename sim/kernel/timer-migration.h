/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who runs the global timers of idle CPUs (6.9 and later).
 *
 * Mirrors kernel/time/timer_migration.c as one group of all CPUs: a CPU that
 * stops its tick leaves its global timers to the group; an active CPU, the
 * migrator, expires them in its own tick; if none is active, the last CPU to
 * stop takes the group's first event as its own. The kernel's tree of groups of
 * eight only decides which active CPU that is, not whether one does.
 */
#ifndef GS_TIMER_MIGRATION_H
#define GS_TIMER_MIGRATION_H

#include <stdbool.h>
#include <stdint.h>

typedef struct GsCpu GsCpu;
typedef struct GsKernel GsKernel;

typedef struct {
	int active_count; /* CPUs whose tick runs */
	int migrator;     /* one of them; -1: none is active */
	int last_idle;    /* the CPU that stopped its tick last; -1: none has yet */
} GsTmigr;

void gs_tmigr_init(GsKernel *kernel);

/* @cpu ticks again. */
void gs_tmigr_cpu_activate(GsCpu *cpu);

/* @cpu stops its tick. */
void gs_tmigr_cpu_deactivate(GsCpu *cpu);

/*
 * The edge @cpu, whose tick is stopped, must wake for on account of global
 * timers; GS_JIFFIES_NEVER while an active CPU takes care of them.
 */
int64_t gs_tmigr_next(const GsCpu *cpu);

/*
 * From @cpu's tick: expire what is due of idle CPUs' global timers, if that
 * falls to @cpu. Returns how many timers ran.
 */
unsigned int gs_tmigr_handle_remote(GsCpu *cpu);

#endif
