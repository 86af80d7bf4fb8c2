/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The loads under which an event queue is measured, for C and C++:
 *
 *   hold     N pending; every event schedules its successor an exponential
 *            delay from now. Time per event.
 *   bimodal  The same with Jones's bimodal delays: nine of ten are short.
 *   timer    N/2 processes with a timeout each; every event cancels its timeout,
 *            which never fires, schedules it again, and schedules the next
 *            event. Time per event: one pop, two pushes, one cancel.
 *   rearm    The same where a timeout is moved, if there is such a thing.
 *   churn    One run after the other: reset, 32 pending, 256 events. Time per
 *            event.
 */
#ifndef GS_BENCH_LOADS_H
#define GS_BENCH_LOADS_H

#include <math.h>
#include <stdint.h>
#include <time.h>

#define MEAN_DELAY_NS 1000000000
#define CHURN_PENDING 32
#define CHURN_EVENTS 256

/*
 * Delays cheap enough not to drown the queue: xoshiro256++, and a table of
 * quantiles. The state is no array, or compilers would make vectors of it, at
 * three times the cost. Every source file has its own: delays_init().
 */
#define QUANTILES 1024

static uint64_t delay_a = 1, delay_b = 2, delay_c = 3, delay_d = 4;
static int64_t delay_quantiles_ns[QUANTILES + 1];

static inline void delays_init(void)
{
	for (int i = 0; i < QUANTILES; i++)
		delay_quantiles_ns[i] = (int64_t)(-log1p(-(double)i / QUANTILES) * MEAN_DELAY_NS);
	delay_quantiles_ns[QUANTILES] = (int64_t)(log(8.0 * QUANTILES) * MEAN_DELAY_NS);
}

static inline uint64_t delay_rotate(uint64_t word, int bits)
{
	return word << bits | word >> (64 - bits);
}

static inline uint64_t delay_draw(void)
{
	const uint64_t draw = delay_rotate(delay_a + delay_d, 23) + delay_a;
	const uint64_t shifted = delay_b << 17;

	delay_c ^= delay_a;
	delay_d ^= delay_b;
	delay_b ^= delay_c;
	delay_a ^= delay_d;
	delay_c ^= shifted;
	delay_d = delay_rotate(delay_d, 45);
	return draw;
}

/* A quantile picked by the upper bits and interpolated by the next. */
static inline int64_t delay_exponential_ns(void)
{
	const uint64_t draw = delay_draw();
	const int64_t *quantile = &delay_quantiles_ns[draw >> 54];

	return quantile[0] + ((quantile[1] - quantile[0]) * (int64_t)(draw >> 34 & 0xfffff) >> 20);
}

/* 0.95238 U, and 9.5238 more for one in ten. */
static inline int64_t delay_bimodal_ns(void)
{
	const uint64_t draw = delay_draw();
	const int64_t mode = -(int64_t)((draw & 0xffff) < 0x10000 / 10);

	return (int64_t)(draw >> 34) * (int64_t)(0.95238 * MEAN_DELAY_NS) / (1 << 30) +
	       (mode & (int64_t)(9.5238 * MEAN_DELAY_NS));
}

static inline double cpu_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

#endif
