/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/engine/distribution.h"

#include <glib.h>
#include <stdlib.h>

#define DRAWS 100000

static GsDistribution parse(const char *text)
{
	GsDistribution distribution;

	g_assert_true(gs_distribution_parse(text, &distribution));
	return distribution;
}

static void test_parse(void)
{
	g_assert_cmpint(parse("3us").ns, ==, 3000);
	g_assert_cmpint(parse("3us").kind, ==, GS_DISTRIBUTION_CONSTANT);
	g_assert_cmpint(parse("0s").ns, ==, 0);
	g_assert_cmpint(parse("uniform:1us,5us").kind, ==, GS_DISTRIBUTION_UNIFORM);
	g_assert_cmpint(parse("uniform:1us,5us").most_ns, ==, 5000);
	g_assert_cmpint(parse("exponential:2.5ms").kind, ==, GS_DISTRIBUTION_EXPONENTIAL);
	g_assert_cmpint(parse("exponential:2.5ms").ns, ==, 2500000);
	g_assert_cmpint(parse("lognormal:3us,0.8").kind, ==, GS_DISTRIBUTION_LOGNORMAL);
	g_assert_cmpint(parse("lognormal:3us,0.8").sigma_ppm, ==, 800000);
	g_assert_cmpint(parse("lognormal:3us,1.25").sigma_ppm, ==, 1250000);
	g_assert_cmpint(parse("lognormal:3us,4").sigma_ppm, ==, 4000000);
}

static void test_parse_errors(void)
{
	static const char *const texts[] = {
		"", "3", "us", "-1us", "3us,4us",
		"exponential", "exponential:", "exponential:3us,1",
		"lognormal:3us", "lognormal:3us,", "lognormal:3us,x", "lognormal:3us,-1",
		"lognormal:3us,4.1", "lognormal:3us,1.", "lognormal:3us,0.1234567", "lognormal:,1",
		"uniform:1us", "uniform:5us,1us", "uniform:1us,5us,9us", "normal:3us,1", "1001s",
	};
	GsDistribution distribution = { .ns = 42 };

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		g_assert_false(gs_distribution_parse(texts[i], &distribution));
	g_assert_cmpint(distribution.ns, ==, 42);
}

/* On every machine the same, to the nanosecond. */
static void test_reproducible(void)
{
	static const struct {
		const char *text;
		int64_t ns[5];
	} rows[] = {
		{ "1s", { 1000000000, 1000000000, 1000000000, 1000000000, 1000000000 } },
		{ "exponential:1s",
		  { 1846520577, 3042488427, 171198016, 1455702358, 1143052042 } },
		{ "lognormal:1s,0.8", { 407070836, 421311736, 2583451140, 524012400, 370881773 } },
		{ "uniform:1s,3s", { 2045126533, 1315570427, 2436227090, 1095432007, 1990947127 } },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const GsDistribution distribution = parse(rows[i].text);
		GsRng rng;

		gs_rng_init(&rng, 1, 0, "x", 0);
		for (size_t k = 0; k < G_N_ELEMENTS(rows[i].ns); k++)
			g_assert_cmpint(gs_distribution_draw(&distribution, &rng), ==,
					rows[i].ns[k]);
	}
}

static int compare(const void *a, const void *b)
{
	const int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

	return (left > right) - (left < right);
}

/* Quantiles of the textbook, which 100000 draws meet within 2 %, 5 % far out. */
static void test_quantiles(void)
{
	static const struct {
		const char *text;
		double median, at_90, at_99;
	} rows[] = {
		{ "uniform:1s,3s", 2, 2.8, 2.98 },
		{ "exponential:1s", 0.6931, 2.3026, 4.6052 },
		{ "lognormal:1s,0.8", 1, 2.7878, 6.4303 },
		{ "lognormal:10ms,2", 0.01, 0.12977, 1.0486 },
	};
	g_autofree int64_t *draws = g_new(int64_t, DRAWS);

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const GsDistribution distribution = parse(rows[i].text);
		GsRng rng;

		gs_rng_init(&rng, 7, 0, "x", 0);
		for (int k = 0; k < DRAWS; k++)
			draws[k] = gs_distribution_draw(&distribution, &rng);
		qsort(draws, DRAWS, sizeof(draws[0]), compare);
		g_assert_cmpfloat_with_epsilon((double)draws[DRAWS / 2] / 1e9, rows[i].median,
					       rows[i].median * 0.02);
		g_assert_cmpfloat_with_epsilon((double)draws[DRAWS / 10 * 9] / 1e9, rows[i].at_90,
					       rows[i].at_90 * 0.03);
		g_assert_cmpfloat_with_epsilon((double)draws[DRAWS / 100 * 99] / 1e9,
					       rows[i].at_99, rows[i].at_99 * 0.05);
	}
}

/* The widest there is: never negative, never beyond the limit, which it reaches. */
static void test_limits(void)
{
	const GsDistribution distribution = parse("lognormal:1000s,4");
	int64_t least = GS_DISTRIBUTION_MAX_NS, most = 0;
	GsRng rng;

	gs_rng_init(&rng, 3, 0, "x", 0);
	for (int i = 0; i < DRAWS; i++) {
		const int64_t ns = gs_distribution_draw(&distribution, &rng);

		least = MIN(least, ns);
		most = MAX(most, ns);
	}
	g_assert_cmpint(least, >, 0);
	g_assert_cmpint(least, <, 100 * GS_NSEC_PER_MSEC);
	g_assert_cmpint(most, ==, GS_DISTRIBUTION_MAX_NS);
}

static void test_text(void)
{
	static const char *const texts[][2] = {
		{ "3000ns", "3us" },
		{ "uniform:0s,1.5ms", "uniform:0s,1500us" },
		{ "exponential:0.38ms", "exponential:380us" },
		{ "lognormal:3us,0.800000", "lognormal:3us,0.8" },
		{ "lognormal:3us,2.0", "lognormal:3us,2" },
		{ "lognormal:3us,0.000001", "lognormal:3us,0.000001" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		const GsDistribution distribution = parse(texts[i][0]);
		g_autofree char *text = gs_distribution_text(&distribution);
		const GsDistribution again = parse(text);

		g_assert_cmpstr(text, ==, texts[i][1]);
		g_assert_true(gs_distribution_equal(&again, &distribution));
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/distribution/parse", test_parse);
	g_test_add_func("/distribution/parse/errors", test_parse_errors);
	g_test_add_func("/distribution/text", test_text);
	g_test_add_func("/distribution/reproducible", test_reproducible);
	g_test_add_func("/distribution/quantiles", test_quantiles);
	g_test_add_func("/distribution/limits", test_limits);
	return g_test_run();
}
