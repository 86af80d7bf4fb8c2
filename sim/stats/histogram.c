/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/stats/histogram.h"

#include "sim/engine/bug.h"

void gs_histogram_init(GsHistogram *histogram)
{
	*histogram = (GsHistogram){ .min_ns = INT64_MAX };
}

void gs_histogram_clear(GsHistogram *histogram)
{
	for (unsigned int block = 0; block < GS_HISTOGRAM_BLOCKS; block++)
		g_free(histogram->blocks[block]);
	gs_histogram_init(histogram);
}

uint64_t *gs_histogram_add_block(GsHistogram *histogram, unsigned int block)
{
	GS_CHECK(NULL, block < GS_HISTOGRAM_BLOCKS, "histogram-negative",
		 "a negative duration was added to a histogram");
	histogram->blocks[block] = g_new0(uint64_t, GS_HISTOGRAM_BLOCK_COUNT);
	return histogram->blocks[block];
}

/* The least value of the @i-th bucket of @block. */
static int64_t low_ns(unsigned int block, unsigned int i)
{
	const uint64_t leading = block ? GS_HISTOGRAM_BLOCK_COUNT : 0;

	return (int64_t)((leading | i) << gs_histogram_shift(block));
}

/* The greatest value of the bucket that begins at @low. */
static int64_t last_ns(int64_t low)
{
	return low + (int64_t)((UINT64_C(1) << gs_histogram_shift(gs_histogram_block_of(low))) - 1);
}

static int64_t saturating_add_ns(int64_t a_ns, int64_t b_ns)
{
	return a_ns > INT64_MAX - b_ns ? INT64_MAX : a_ns + b_ns;
}

void gs_histogram_merge(GsHistogram *into, const GsHistogram *from)
{
	for (unsigned int block = 0; block < GS_HISTOGRAM_BLOCKS; block++) {
		const uint64_t *added = from->blocks[block];
		uint64_t *counts = into->blocks[block];

		if (!added)
			continue;
		if (!counts)
			counts = gs_histogram_add_block(into, block);
		for (unsigned int i = 0; i < GS_HISTOGRAM_BLOCK_COUNT; i++)
			counts[i] += added[i];
	}
	into->count += from->count;
	into->min_ns = MIN(into->min_ns, from->min_ns);
	into->max_ns = MAX(into->max_ns, from->max_ns);
	into->sum_ns = saturating_add_ns(into->sum_ns, from->sum_ns);
}

bool gs_histogram_add_count(GsHistogram *histogram, int64_t low, uint64_t count)
{
	unsigned int block, i;

	if (low < 0 || !count || count > UINT64_MAX - histogram->count)
		return false;
	block = gs_histogram_block_of(low);
	i = (unsigned int)(low >> gs_histogram_shift(block)) & (GS_HISTOGRAM_BLOCK_COUNT - 1);
	if (low_ns(block, i) != low)
		return false;
	if (!histogram->blocks[block])
		gs_histogram_add_block(histogram, block);
	histogram->blocks[block][i] += count;
	histogram->count += count;
	return true;
}

bool gs_histogram_set_exact(GsHistogram *histogram, int64_t min_ns, int64_t max_ns, int64_t sum_ns)
{
	GsHistogramBucket bucket = { 0 };
	int64_t first_low = INT64_MAX, final_low = 0;

	while (gs_histogram_next(histogram, &bucket)) {
		first_low = MIN(first_low, bucket.low_ns);
		final_low = bucket.low_ns;
	}
	if (!histogram->count || min_ns > max_ns || sum_ns < max_ns || min_ns < first_low ||
	    min_ns > last_ns(first_low) || max_ns < final_low || max_ns > last_ns(final_low))
		return false;
	histogram->min_ns = min_ns;
	histogram->max_ns = max_ns;
	histogram->sum_ns = sum_ns;
	return true;
}

int64_t gs_histogram_at_ns(const GsHistogram *histogram, uint64_t rank)
{
	GsHistogramBucket bucket = { 0 };
	uint64_t before = 0;

	if (!histogram->count)
		return 0;
	while (gs_histogram_next(histogram, &bucket)) {
		before += bucket.count;
		if (before > rank)
			return CLAMP(bucket.low_ns + (bucket.last_ns - bucket.low_ns) / 2,
				     histogram->min_ns, histogram->max_ns);
	}
	return histogram->max_ns;
}

int64_t gs_histogram_quantile_ns(const GsHistogram *histogram, unsigned int per_mille)
{
	const uint64_t places = histogram->count ? histogram->count - 1 : 0;

	/* in two parts: a thousand times all places may be too much for 64 bits */
	return gs_histogram_at_ns(histogram, places / 1000 * per_mille +
						     (places % 1000 * per_mille + 500) / 1000);
}

int64_t gs_histogram_mean_ns(const GsHistogram *histogram)
{
	const uint64_t sum_ns = (uint64_t)histogram->sum_ns;

	if (!histogram->count)
		return 0;
	return (int64_t)((sum_ns + histogram->count / 2) / histogram->count);
}

uint64_t gs_histogram_count_above(const GsHistogram *histogram, int64_t value_ns)
{
	GsHistogramBucket bucket = { 0 };
	uint64_t count = 0;

	if (histogram->min_ns > value_ns)
		return histogram->count;
	while (gs_histogram_next(histogram, &bucket))
		if (bucket.low_ns > value_ns)
			count += bucket.count;
	return count;
}

bool gs_histogram_next(const GsHistogram *histogram, GsHistogramBucket *bucket)
{
	unsigned int block = bucket->next / GS_HISTOGRAM_BLOCK_COUNT;
	unsigned int i = bucket->next % GS_HISTOGRAM_BLOCK_COUNT;

	for (; block < GS_HISTOGRAM_BLOCKS; block++, i = 0) {
		const uint64_t *counts = histogram->blocks[block];

		while (counts && i < GS_HISTOGRAM_BLOCK_COUNT && !counts[i])
			i++;
		if (!counts || i == GS_HISTOGRAM_BLOCK_COUNT)
			continue;
		bucket->low_ns = low_ns(block, i);
		bucket->last_ns = last_ns(bucket->low_ns);
		bucket->count = counts[i];
		bucket->next = block * GS_HISTOGRAM_BLOCK_COUNT + i + 1;
		return true;
	}
	bucket->next = GS_HISTOGRAM_BLOCKS * GS_HISTOGRAM_BLOCK_COUNT;
	return false;
}
