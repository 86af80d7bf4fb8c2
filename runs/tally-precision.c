/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runs/tally-precision.h"

#include <string.h>

/* The 97.5 % quantile of the normal distribution, 1.96, halved, squared, in 1/10000. */
#define HALF_Z_SQUARED 9604
#define HALF_Z_SCALE 100

static uint64_t square_root_rounded_up(uint64_t square)
{
	uint64_t root = 0;

	for (uint64_t bit = UINT64_C(1) << 31; bit; bit >>= 1)
		if ((root + bit) * (root + bit) <= square)
			root += bit;
	return root + (root * root < square);
}

static bool is_within(int64_t apart_ns, int64_t of_ns, unsigned int ppm)
{
	return apart_ns <= of_ns / 1000000 * ppm + of_ns % 1000000 * ppm / 1000000;
}

/*
 * Of n values the places n/2 -+ z sqrt(n)/2 of the sorted ones bound the median.
 * Here n is the number of runs, each of which has @per_run places.
 */
static bool is_median_precise(const GsHistogram *histogram, uint64_t run_count, unsigned int ppm)
{
	const uint64_t per_run = (histogram->count + run_count - 1) / run_count;
	const uint64_t half = (per_run * square_root_rounded_up(HALF_Z_SQUARED * run_count) +
			       HALF_Z_SCALE - 1) / HALF_Z_SCALE;
	const uint64_t below = (histogram->count - 1) / 2, above = histogram->count / 2;
	const int64_t median_ns = gs_histogram_quantile_ns(histogram, 500);
	int64_t low_ns, high_ns;

	if (half > below)
		return histogram->min_ns == histogram->max_ns;
	low_ns = gs_histogram_at_ns(histogram, below - half);
	high_ns = gs_histogram_at_ns(histogram, above + half);
	return is_within(median_ns - low_ns, median_ns, ppm) &&
	       is_within(high_ns - median_ns, median_ns, ppm);
}

bool gs_tally_is_precise(const GsTally *tally, unsigned int ppm)
{
	for (unsigned int n = 0; n < tally->calls->len; n++) {
		const GsTallyCall *call = gs_tally_call(tally, n);
		const bool counts = call->wait_sum_ns ? strcmp(call->name, GS_TALLY_WAITS) :
							!strcmp(call->name, GS_TALLY_START);

		if (counts && call->latency.count &&
		    !is_median_precise(&call->latency, tally->run_count, ppm))
			return false;
	}
	return true;
}
