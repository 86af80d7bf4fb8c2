/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A histogram of durations whose buckets grow with the value: 2^10 to the octave,
 * so that none is wider than 0.1 % of what it holds; below 2048 ns each
 * nanosecond has its own.
 *
 * Everything in it is a sum, a minimum or a maximum of integers, so histograms
 * merge to the same bytes in any order and grouping. Memory is one block of
 * counts per octave that has a value.
 */
#ifndef GS_HISTOGRAM_H
#define GS_HISTOGRAM_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define GS_HISTOGRAM_BLOCK_BITS 10
#define GS_HISTOGRAM_BLOCK_COUNT (1u << GS_HISTOGRAM_BLOCK_BITS)

/* Block 0 holds what is below 2^10, block 1 the octave from there, ... block 53 that to 2^63. */
#define GS_HISTOGRAM_BLOCKS (64 - GS_HISTOGRAM_BLOCK_BITS)

typedef struct {
	uint64_t *blocks[GS_HISTOGRAM_BLOCKS + 1]; /* owned; the last, of no duration, is NULL */
	uint64_t count;
	int64_t min_ns, max_ns; /* exact; of none: INT64_MAX and 0 */
	int64_t sum_ns;         /* exact, or INT64_MAX: too much */
} GsHistogram;

void gs_histogram_init(GsHistogram *histogram);
void gs_histogram_clear(GsHistogram *histogram); /* gives the memory back; empty afterwards */

/* For gs_histogram_add() alone: the first value of an octave. */
uint64_t *gs_histogram_add_block(GsHistogram *histogram, unsigned int block);

static inline unsigned int gs_histogram_block_of(int64_t value_ns)
{
	const uint64_t value = (uint64_t)value_ns | (GS_HISTOGRAM_BLOCK_COUNT - 1);

	return 64 - GS_HISTOGRAM_BLOCK_BITS - (unsigned int)__builtin_clzll(value);
}

/* How many bits of a value in @block its bucket does not tell. */
static inline unsigned int gs_histogram_shift(unsigned int block)
{
	return block - (block > 0);
}

/* Add a duration, 0 or more. */
static inline void gs_histogram_add(GsHistogram *histogram, int64_t value_ns)
{
	const unsigned int block = gs_histogram_block_of(value_ns);
	const uint64_t bucket = (uint64_t)value_ns >> gs_histogram_shift(block);
	uint64_t *counts = histogram->blocks[block];

	if (G_UNLIKELY(!counts))
		counts = gs_histogram_add_block(histogram, block);
	counts[bucket & (GS_HISTOGRAM_BLOCK_COUNT - 1)]++;
	histogram->count++;
	histogram->min_ns = MIN(histogram->min_ns, value_ns);
	histogram->max_ns = MAX(histogram->max_ns, value_ns);
	if (G_UNLIKELY(__builtin_add_overflow(histogram->sum_ns, value_ns, &histogram->sum_ns)))
		histogram->sum_ns = INT64_MAX;
}

/* Add all of @from to @into. */
void gs_histogram_merge(GsHistogram *into, const GsHistogram *from);

/*
 * For what was written down with gs_histogram_next(): add @count values of the
 * bucket that begins at @low_ns, then say once what they were exactly. False: no
 * bucket begins there, or there are no such values.
 */
bool gs_histogram_add_count(GsHistogram *histogram, int64_t low_ns, uint64_t count);
bool gs_histogram_set_exact(GsHistogram *histogram, int64_t min_ns, int64_t max_ns, int64_t sum_ns);

/*
 * The value at place @rank of the sorted values, from 0: the middle of its
 * bucket, but not beyond the least and the most. 0 if there are none.
 */
int64_t gs_histogram_at_ns(const GsHistogram *histogram, uint64_t rank);

/* The value below which @per_mille of all are: that at the nearest place. */
int64_t gs_histogram_quantile_ns(const GsHistogram *histogram, unsigned int per_mille);

/* Rounded to the nearest; 0 if there are no values. */
int64_t gs_histogram_mean_ns(const GsHistogram *histogram);

/* Values greater than @value_ns; those in its own bucket do not count unless all are greater. */
uint64_t gs_histogram_count_above(const GsHistogram *histogram, int64_t value_ns);

/* A bucket that has values. To begin, all zero. */
typedef struct {
	int64_t low_ns, last_ns; /* the least and the greatest value it takes */
	uint64_t count;
	unsigned int next; /* internal */
} GsHistogramBucket;

/* Go to the next bucket that has values, in ascending order; false behind the last. */
bool gs_histogram_next(const GsHistogram *histogram, GsHistogramBucket *bucket);

#endif
