/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Timers in jiffies, with the rounding of the timer wheel.
 *
 * Mirrors kernel/time/timer.c (4.8 .. 7.3): a timer is put into the bucket its
 * expiry falls in, rounded up by one granule of its level, so that it never
 * runs early: one jiffy from now is the second edge from now. Level n has a
 * granularity of 8^n jiffies. A base is one CPU's; since 6.9 a CPU has two, one
 * for timers that must run on it and one for timers any CPU may run
 * (BASE_GLOBAL, see timer-migration.h).
 *
 * The buckets are kept as one sorted list a base: only when timers expire matters,
 * not how they are found. Within a bucket the youngest timer runs first, as in the
 * kernel's hlists.
 */
#ifndef GS_TIMER_WHEEL_H
#define GS_TIMER_WHEEL_H

#include "sim/engine/engine.h"
#include "sim/engine/list.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct GsCpu GsCpu;
typedef struct GsTimer GsTimer;

/* Runs in the softirq of @cpu, the CPU that expires the timer. */
typedef void (*GsTimerFunc)(GsTimer *timer, GsCpu *cpu);

/* Earlier than no bucket. */
#define GS_JIFFIES_NEVER INT64_MAX

struct GsTimer {
	GsTimerFunc func;
	const char *name;        /* borrowed */
	GsListNode entry;        /* in its base's list */
	GsCpu *cpu;              /* whose base it is on; borrowed */
	bool local;              /* must run on that CPU */
	int64_t expires_jiffies; /* asked for */
	int64_t bucket_jiffies;  /* the edge it runs at */
};

typedef struct {
	GsListNode timers; /* by bucket, youngest first within one */
	GsTimer *youngest; /* on it: the first of its bucket; NULL: not known */
} GsTimerBase;

void gs_timer_init(GsTimer *timer, const char *name, GsTimerFunc func);

static inline bool gs_timer_is_pending(const GsTimer *timer)
{
	return !gs_list_is_empty(&timer->entry);
}

/*
 * The edge a timer for @expires_jiffies runs at, armed at @now_jiffies
 * (calc_wheel_index()). @hz: the wheel has nine levels above HZ=100, else eight.
 */
int64_t gs_timer_bucket(int64_t expires_jiffies, int64_t now_jiffies, int hz);

void gs_timer_base_init(GsTimerBase *base);

/* The bucket of @base that runs next, GS_JIFFIES_NEVER if it has no timer. */
static inline int64_t gs_timer_base_next(const GsTimerBase *base)
{
	return gs_list_is_empty(&base->timers) ?
		GS_JIFFIES_NEVER :
		GS_CONTAINER_OF(base->timers.next, GsTimer, entry)->bucket_jiffies;
}

/* Arm @timer, not pending, on the CPU that is executing: add_timer_global(), add_timer(). */
void gs_timer_add(GsCpu *cpu, GsTimer *timer, int64_t expires_jiffies);

/* Arm @timer, not pending, for @cpu alone: add_timer_on(). */
void gs_timer_add_on(GsCpu *cpu, GsTimer *timer, int64_t expires_jiffies);

/* timer_reduce(): arm, or make an armed timer run earlier; never later. */
void gs_timer_reduce(GsCpu *cpu, GsTimer *timer, int64_t expires_jiffies);

/* Returns whether the timer was pending. */
bool gs_timer_delete(GsTimer *timer);

/* Run every timer of @base whose bucket has come, on @cpu. Returns how many. */
unsigned int gs_timer_base_expire(GsTimerBase *base, GsCpu *cpu);

#endif
