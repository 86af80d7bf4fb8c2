/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Histograms of random durations against the sorted durations themselves, and
 * of parts of them against one of the whole.
 */
#include <glib.h>
#include <stdlib.h>

#include "sim/stats/histogram.h"
#include "tests/lib/gs-test.h"

#define CASES 200
#define VALUES_MAX 2000
#define PARTS_MAX 5

static int compare_ns(const void *a, const void *b)
{
	const int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

	return (left > right) - (left < right);
}

/* Of any size, small ones as likely as large ones. */
static int64_t draw_ns(GRand *rand)
{
	const int bits = g_rand_int_range(rand, 0, 64);
	const uint64_t value = (uint64_t)g_rand_int(rand) << 32 | g_rand_int(rand);

	return bits ? (int64_t)(value >> 1 >> (63 - bits)) : 0;
}

static GsHistogramBucket bucket_of(int64_t value_ns)
{
	GsHistogramBucket bucket = { 0 };
	GsHistogram one;

	gs_histogram_init(&one);
	gs_histogram_add(&one, value_ns);
	g_assert_true(gs_histogram_next(&one, &bucket));
	gs_histogram_clear(&one);
	return bucket;
}

static void assert_equal(const GsHistogram *a, const GsHistogram *b)
{
	GsHistogramBucket left = { 0 }, right = { 0 };
	bool more;

	g_assert_cmpuint(a->count, ==, b->count);
	g_assert_cmpint(a->min_ns, ==, b->min_ns);
	g_assert_cmpint(a->max_ns, ==, b->max_ns);
	g_assert_cmpint(a->sum_ns, ==, b->sum_ns);
	do {
		more = gs_histogram_next(a, &left);
		g_assert_true(more == gs_histogram_next(b, &right));
		if (!more)
			break;
		g_assert_cmpint(left.low_ns, ==, right.low_ns);
		g_assert_cmpuint(left.count, ==, right.count);
	} while (more);
}

/* A bucket holds its value, and is no wider than a thousandth of it. */
static void buckets(GRand *rand)
{
	const int64_t value_ns = draw_ns(rand);
	const GsHistogramBucket bucket = bucket_of(value_ns);

	g_assert_cmpint(bucket.low_ns, <=, value_ns);
	g_assert_cmpint(bucket.last_ns, >=, value_ns);
	g_assert_cmpint(bucket.last_ns - bucket.low_ns, <=, bucket.low_ns / 1000);
	/* and its neighbours begin where it ends */
	if (bucket.low_ns)
		g_assert_cmpint(bucket_of(bucket.low_ns - 1).last_ns, ==, bucket.low_ns - 1);
	if (bucket.last_ns < INT64_MAX)
		g_assert_cmpint(bucket_of(bucket.last_ns + 1).low_ns, ==, bucket.last_ns + 1);
}

/* Any split of the values, merged in any order, is the histogram of them all. */
static void merging(GRand *rand)
{
	const int count = g_rand_int_range(rand, 0, VALUES_MAX);
	const int part_count = g_rand_int_range(rand, 1, PARTS_MAX + 1);
	GsHistogram whole, merged, parts[PARTS_MAX];

	gs_histogram_init(&whole);
	gs_histogram_init(&merged);
	for (int i = 0; i < part_count; i++)
		gs_histogram_init(&parts[i]);
	for (int i = 0; i < count; i++) {
		const int64_t value_ns = draw_ns(rand);

		gs_histogram_add(&whole, value_ns);
		gs_histogram_add(&parts[g_rand_int_range(rand, 0, part_count)], value_ns);
	}
	for (int first = g_rand_int_range(rand, 0, part_count), i = 0; i < part_count; i++)
		gs_histogram_merge(&merged, &parts[(first + i) % part_count]);
	assert_equal(&merged, &whole);
	gs_histogram_clear(&whole);
	gs_histogram_clear(&merged);
	for (int i = 0; i < part_count; i++)
		gs_histogram_clear(&parts[i]);
}

/* A quantile is in the bucket of the exact one; counts above are exact between buckets. */
static void quantiles(GRand *rand)
{
	const int count = g_rand_int_range(rand, 1, VALUES_MAX);
	g_autofree int64_t *values = g_new(int64_t, count);
	const unsigned int per_mille = (unsigned int)g_rand_int_range(rand, 0, 1001);
	GsHistogram histogram;
	uint64_t above = 0;
	int64_t limit_ns;

	gs_histogram_init(&histogram);
	for (int i = 0; i < count; i++) {
		values[i] = draw_ns(rand);
		gs_histogram_add(&histogram, values[i]);
	}
	qsort(values, (size_t)count, sizeof(*values), compare_ns);

	const int64_t exact_ns = values[((count - 1) * (int64_t)per_mille + 500) / 1000];
	const GsHistogramBucket bucket = bucket_of(exact_ns);
	const int64_t quantile_ns = gs_histogram_quantile_ns(&histogram, per_mille);

	g_assert_cmpint(quantile_ns, >=, MAX(bucket.low_ns, values[0]));
	g_assert_cmpint(quantile_ns, <=, MIN(bucket.last_ns, values[count - 1]));
	g_assert_cmpint(histogram.min_ns, ==, values[0]);
	g_assert_cmpint(histogram.max_ns, ==, values[count - 1]);

	limit_ns = bucket_of(draw_ns(rand)).last_ns;
	for (int i = 0; i < count; i++)
		above += values[i] > limit_ns;
	g_assert_cmpuint(gs_histogram_count_above(&histogram, limit_ns), ==, above);
	gs_histogram_clear(&histogram);
}

/* What gs_histogram_next() tells is enough to have the histogram again. */
static void writing_down(GRand *rand)
{
	const int count = g_rand_int_range(rand, 1, VALUES_MAX);
	GsHistogramBucket bucket = { 0 };
	GsHistogram histogram, again;

	gs_histogram_init(&histogram);
	gs_histogram_init(&again);
	for (int i = 0; i < count; i++)
		gs_histogram_add(&histogram, draw_ns(rand) >> 12);
	while (gs_histogram_next(&histogram, &bucket))
		g_assert_true(gs_histogram_add_count(&again, bucket.low_ns, bucket.count));
	g_assert_true(gs_histogram_set_exact(&again, histogram.min_ns, histogram.max_ns,
					     histogram.sum_ns));
	assert_equal(&again, &histogram);
	gs_histogram_clear(&histogram);
	gs_histogram_clear(&again);
}

static void test_buckets(void)
{
	gs_test_property(CASES, buckets);
}

static void test_merging(void)
{
	gs_test_property(CASES, merging);
}

static void test_quantiles(void)
{
	gs_test_property(CASES, quantiles);
}

static void test_writing_down(void)
{
	gs_test_property(CASES, writing_down);
}

/* What no histogram can have is refused. */
static void test_refusals(void)
{
	GsHistogram histogram;

	gs_histogram_init(&histogram);
	g_assert_false(gs_histogram_add_count(&histogram, -1, 1));
	g_assert_false(gs_histogram_add_count(&histogram, 2049, 1)); /* in the bucket of 2048 */
	g_assert_false(gs_histogram_add_count(&histogram, 2048, 0));
	g_assert_true(gs_histogram_add_count(&histogram, 2048, UINT64_MAX));
	g_assert_false(gs_histogram_add_count(&histogram, 2050, 1));
	g_assert_false(gs_histogram_set_exact(&histogram, 2047, 2048, 9000));
	g_assert_false(gs_histogram_set_exact(&histogram, 2048, 2050, 9000));
	g_assert_false(gs_histogram_set_exact(&histogram, 2049, 2048, 9000));
	g_assert_false(gs_histogram_set_exact(&histogram, 2048, 2049, 2000));
	g_assert_true(gs_histogram_set_exact(&histogram, 2048, 2049, 9000));
	gs_histogram_clear(&histogram);
}

/* Sums that 64 bits do not hold stay at the most, in whatever order they are added. */
static void test_saturation(void)
{
	GsHistogram a, b;

	gs_histogram_init(&a);
	gs_histogram_init(&b);
	gs_histogram_add(&a, INT64_MAX);
	gs_histogram_add(&a, 5);
	gs_histogram_add(&b, INT64_MAX - 1);
	gs_histogram_merge(&b, &a);
	g_assert_cmpint(a.sum_ns, ==, INT64_MAX);
	g_assert_cmpint(b.sum_ns, ==, INT64_MAX);
	g_assert_cmpuint(b.count, ==, 3);
	gs_histogram_clear(&a);
	gs_histogram_clear(&b);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/stats/histogram/buckets", test_buckets);
	g_test_add_func("/stats/histogram/merging", test_merging);
	g_test_add_func("/stats/histogram/quantiles", test_quantiles);
	g_test_add_func("/stats/histogram/writing-down", test_writing_down);
	g_test_add_func("/stats/histogram/refusals", test_refusals);
	g_test_add_func("/stats/histogram/saturation", test_saturation);
	return g_test_run();
}
