/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>
#include <string.h>

#include "sim/engine/sim-time.h"

static void test_parse(void)
{
	static const struct {
		const char *text;
		int64_t ns;
	} cases[] = {
		{ "0s", 0 },
		{ "0ns", 0 },
		{ "1ns", 1 },
		{ "25us", 25000 },
		{ "1.5 ms", 1500000 },
		{ "  10 s ", 10 * GS_NSEC_PER_SEC },
		{ "0.000137s", 137000 },
		{ "25.182ms", 25182000 },
		{ "007us", 7000 },
		{ "0.000000001s", 1 },
		/* Zeros below a nanosecond lose nothing. */
		{ "3.0ns", 3 },
		{ "0.1000000000000000000000000s", 100 * GS_NSEC_PER_MSEC },
		/* No double holds these. */
		{ "9007199.254740993s", INT64_C(9007199254740993) },
		{ "0.000000003s", 3 },
		{ "9223372036854775807ns", INT64_MAX },
		{ "9223372036.854775807s", INT64_MAX },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;
		int64_t ns = -1;

		g_test_message("'%s'", cases[i].text);
		g_assert_true(gs_duration_parse(cases[i].text, &ns, &error));
		g_assert_no_error(error);
		g_assert_cmpint(ns, ==, cases[i].ns);
	}
}

static void test_parse_errors(void)
{
	static const struct {
		const char *text;
		GsTimeError code;
	} cases[] = {
		{ "", GS_TIME_ERROR_NUMBER },
		{ "  ", GS_TIME_ERROR_NUMBER },
		{ "abc", GS_TIME_ERROR_NUMBER },
		{ "ms", GS_TIME_ERROR_NUMBER },
		{ "-", GS_TIME_ERROR_NUMBER },
		{ "+5ms", GS_TIME_ERROR_NUMBER },
		{ ".5ms", GS_TIME_ERROR_NUMBER },
		{ "5.ms", GS_TIME_ERROR_NUMBER },
		{ "nans", GS_TIME_ERROR_NUMBER },
		{ "infs", GS_TIME_ERROR_NUMBER },
		{ "5", GS_TIME_ERROR_UNIT },
		{ "0", GS_TIME_ERROR_UNIT },
		{ "1.5 ", GS_TIME_ERROR_UNIT },
		{ "5m", GS_TIME_ERROR_UNIT },
		{ "5MS", GS_TIME_ERROR_UNIT },
		{ "5min", GS_TIME_ERROR_UNIT },
		{ "1e3s", GS_TIME_ERROR_UNIT },
		{ "0x10s", GS_TIME_ERROR_UNIT },
		{ "1,5ms", GS_TIME_ERROR_UNIT },
		{ "1.2.3ms", GS_TIME_ERROR_UNIT },
		{ "5 ms 3 us", GS_TIME_ERROR_UNIT },
		{ "5ms;", GS_TIME_ERROR_UNIT },
		{ "-5ms", GS_TIME_ERROR_RANGE },
		{ "1.5ns", GS_TIME_ERROR_RANGE },
		{ "0.0001us", GS_TIME_ERROR_RANGE },
		{ "9223372036854775808ns", GS_TIME_ERROR_RANGE },
		{ "9223372036.854775808s", GS_TIME_ERROR_RANGE },
		{ "9223372037s", GS_TIME_ERROR_RANGE },
		{ "99999999999999999999999s", GS_TIME_ERROR_RANGE },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *quoted = g_strdup_printf("'%s'", cases[i].text);
		int64_t ns = 42;

		g_test_message("%s", quoted);
		g_assert_false(gs_duration_parse(cases[i].text, &ns, &error));
		g_assert_error(error, GS_TIME_ERROR, (int)cases[i].code);
		g_assert_nonnull(strstr(error->message, quoted));
		g_assert_cmpint(ns, ==, 42);
	}
}

static void test_format(void)
{
	static const struct {
		int64_t ns;
		const char *text;
	} cases[] = {
		{ 0, "0 ns" },
		{ 1, "1 ns" },
		{ 999, "999 ns" },
		{ 1000, "1.00 us" },
		{ 1004, "1.00 us" },
		{ 1005, "1.01 us" },
		{ 25182, "25.18 us" },
		{ 99994, "99.99 us" },
		{ 99995, "100 us" },
		{ 100499, "100 us" },
		{ 100500, "101 us" },
		{ 137000, "137 us" },
		{ 999499, "999 us" },
		{ 999500, "1.00 ms" },
		{ 1500000, "1.50 ms" },
		{ 25182000, "25.18 ms" },
		{ 999499999, "999 ms" },
		{ 999500000, "1.00 s" },
		{ 2 * GS_NSEC_PER_SEC, "2.00 s" },
		{ 3600 * GS_NSEC_PER_SEC, "3600 s" },
		{ INT64_MAX, "9223372037 s" },
		{ -1, "-1 ns" },
		{ -25182000, "-25.18 ms" },
		{ INT64_MIN, "-9223372037 s" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text = gs_duration_format(cases[i].ns);

		g_assert_cmpstr(text, ==, cases[i].text);
	}
}

/* What is shown can be typed back in, and is off by half of its last digit at most. */
static void test_round_trip(void)
{
	for (int i = 0; i < 10000; i++) {
		int shift = g_test_rand_int_range(0, 63);
		int64_t ns = (int64_t)((((uint64_t)(uint32_t)g_test_rand_int() << 32 |
					 (uint32_t)g_test_rand_int()) &
					INT64_MAX) >>
				       shift);
		g_autofree char *text = gs_duration_format(ns);
		g_autoptr(GError) error = NULL;
		int64_t back_ns;

		if (ns > INT64_MAX - GS_NSEC_PER_SEC)
			continue;
		gs_duration_parse(text, &back_ns, &error);
		g_assert_no_error(error);
		g_assert_cmpint(ABS(back_ns - ns), <=, ns / 200);
	}
}

/* Exactly, in the largest unit that needs no fraction. */
static void test_text(void)
{
	static const struct {
		int64_t ns;
		const char *text;
	} cases[] = {
		{ 0, "0s" },
		{ 1, "1ns" },
		{ 25000, "25us" },
		{ 1500000, "1500us" },
		{ 2 * GS_NSEC_PER_SEC, "2s" },
		{ INT64_MAX, "9223372036854775807ns" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text = gs_duration_text(cases[i].ns);
		g_autoptr(GError) error = NULL;
		int64_t back_ns;

		g_assert_cmpstr(text, ==, cases[i].text);
		gs_duration_parse(text, &back_ns, &error);
		g_assert_no_error(error);
		g_assert_cmpint(back_ns, ==, cases[i].ns);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/sim-time/parse", test_parse);
	g_test_add_func("/sim-time/parse-errors", test_parse_errors);
	g_test_add_func("/sim-time/format", test_format);
	g_test_add_func("/sim-time/round-trip", test_round_trip);
	g_test_add_func("/sim-time/text", test_text);
	return g_test_run();
}
