/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/kernel/timer-wheel.h"

#include "sim/kernel/kernel.h"

/* Geometry of the wheel: 64 buckets a level, each level 8 times as coarse. */
#define LEVEL_SIZE INT64_C(64)
#define LEVEL_CLK_SHIFT 3

static int64_t level_start(int level)
{
	return level == 0 ? 0 : (LEVEL_SIZE - 1) << ((level - 1) * LEVEL_CLK_SHIFT);
}

int64_t gs_timer_bucket(int64_t expires_jiffies, int64_t now_jiffies, int hz)
{
	const int depth = hz > 100 ? 9 : 8;
	const int64_t delta = expires_jiffies - now_jiffies;
	int level = 0;

	if (delta < 0)
		return now_jiffies;
	if (delta >= level_start(depth)) {
		level = depth - 1;
		expires_jiffies = now_jiffies + level_start(depth) -
				  (INT64_C(1) << (level * LEVEL_CLK_SHIFT));
	} else {
		while (delta >= level_start(level + 1))
			level++;
	}
	const int shift = level * LEVEL_CLK_SHIFT;
	return ((expires_jiffies >> shift) + 1) << shift;
}

static GsTimer *timer_of(GsListNode *entry)
{
	return GS_CONTAINER_OF(entry, GsTimer, entry);
}

void gs_timer_init(GsTimer *timer, const char *name, GsTimerFunc func)
{
	*timer = (GsTimer){ .func = func, .name = name };
	gs_list_init(&timer->entry);
}

void gs_timer_base_init(GsTimerBase *base)
{
	gs_list_init(&base->timers);
	base->youngest = NULL;
}

/*
 * Before every timer of its own or a later bucket: youngest first. Most go into the
 * bucket the one before them went into.
 */
static void enqueue(GsTimerBase *base, GsTimer *timer)
{
	GsListNode *place = base->timers.next;

	if (base->youngest && base->youngest->bucket_jiffies == timer->bucket_jiffies)
		place = &base->youngest->entry;
	while (place != &base->timers && timer_of(place)->bucket_jiffies < timer->bucket_jiffies)
		place = place->next;
	gs_list_insert_before(place, &timer->entry);
	base->youngest = timer;
}

static GsTimerBase *base_of(const GsTimer *timer)
{
	return timer->local ? &timer->cpu->base_local : &timer->cpu->base_global;
}

static void dequeue(GsTimerBase *base, GsTimer *timer)
{
	const GsListNode *next = timer->entry.next;

	/* The next of its bucket, if there is one, is the youngest there now. */
	if (base->youngest == timer)
		base->youngest = next == &base->timers ? NULL : timer_of(timer->entry.next);
	gs_list_remove(&timer->entry);
}

static void start(GsCpu *cpu, GsTimer *timer, int64_t expires_jiffies, bool local)
{
	const GsKernel *kernel = cpu->kernel;

	timer->cpu = cpu;
	timer->local = local || !kernel->params->timer_pull;
	timer->expires_jiffies = expires_jiffies;
	timer->bucket_jiffies =
		gs_timer_bucket(expires_jiffies, kernel->jiffies, kernel->params->hz);
	enqueue(base_of(timer), timer);
	gs_probe(kernel->engine, "timer_start", cpu->id, timer->name, expires_jiffies,
		 timer->bucket_jiffies);
}

void gs_timer_add(GsCpu *cpu, GsTimer *timer, int64_t expires_jiffies)
{
	start(cpu, timer, expires_jiffies, false);
}

void gs_timer_add_on(GsCpu *cpu, GsTimer *timer, int64_t expires_jiffies)
{
	start(cpu, timer, expires_jiffies, true);
}

void gs_timer_reduce(GsCpu *cpu, GsTimer *timer, int64_t expires_jiffies)
{
	if (gs_timer_is_pending(timer)) {
		if (expires_jiffies >= timer->expires_jiffies)
			return;
		gs_timer_delete(timer);
	}
	gs_timer_add(cpu, timer, expires_jiffies);
}

bool gs_timer_delete(GsTimer *timer)
{
	if (!gs_timer_is_pending(timer))
		return false;
	dequeue(base_of(timer), timer);
	return true;
}

unsigned int gs_timer_base_expire(GsTimerBase *base, GsCpu *cpu)
{
	GsKernel *kernel = cpu->kernel;
	unsigned int count = 0;

	while (gs_timer_base_next(base) <= kernel->jiffies) {
		GsTimer *timer = timer_of(base->timers.next);

		dequeue(base, timer);
		gs_probe(kernel->engine, "timer_expire_entry", cpu->id, timer->name,
			 kernel->jiffies, timer->bucket_jiffies);
		timer->func(timer, cpu);
		count++;
	}
	return count;
}
