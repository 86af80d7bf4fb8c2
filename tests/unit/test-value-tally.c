/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/value-tally.h"

static void test_none(void)
{
	g_autoptr(GsValueTally) tally = gs_value_tally_new(10);

	g_assert_cmpuint(gs_value_tally_count(tally), ==, 0);
	g_assert_cmpint(gs_value_tally_median(tally), ==, -1);
}

static void test_odd_and_even(void)
{
	g_autoptr(GsValueTally) tally = gs_value_tally_new(10);

	gs_value_tally_add(tally, 9);
	g_assert_cmpint(gs_value_tally_median(tally), ==, 9);
	gs_value_tally_add(tally, 2);
	g_assert_cmpint(gs_value_tally_median(tally), ==, 6); /* half-way, as in reports */
	gs_value_tally_add(tally, 2);
	g_assert_cmpint(gs_value_tally_median(tally), ==, 2);
	g_assert_false(gs_value_tally_is_rounded(tally));
}

static gint compare_values(gconstpointer a, gconstpointer b)
{
	int64_t first = *(const int64_t *)a, second = *(const int64_t *)b;

	return (first > second) - (first < second);
}

/* As sorting them all gives it. */
static void test_many(void)
{
	g_autoptr(GsValueTally) tally = gs_value_tally_new(100000);
	g_autoptr(GArray) values = g_array_new(FALSE, FALSE, sizeof(int64_t));

	for (int i = 0; i < 20001; i++) {
		int64_t value = g_test_rand_int_range(0, 30000);

		g_array_append_val(values, value);
		gs_value_tally_add(tally, value);
	}
	g_array_sort(values, compare_values);
	g_assert_cmpuint(gs_value_tally_count(tally), ==, 20001);
	g_assert_cmpint(gs_value_tally_median(tally), ==, g_array_index(values, int64_t, 10000));
	g_assert_false(gs_value_tally_is_rounded(tally));
}

/* Too many different values: four digits stay. */
static void test_rounded(void)
{
	g_autoptr(GsValueTally) tally = gs_value_tally_new(100);

	for (int64_t i = 0; i < 20001; i++)
		gs_value_tally_add(tally, 12340000 + i);
	g_assert_cmpint(gs_value_tally_median(tally), ==, 12350000);
	g_assert_true(gs_value_tally_is_rounded(tally));
	g_assert_cmpuint(gs_value_tally_count(tally), ==, 20001);
}

static void test_largest(void)
{
	g_autoptr(GsValueTally) tally = gs_value_tally_new(1);

	gs_value_tally_add(tally, INT64_C(4000000000000000000));
	gs_value_tally_add(tally, 0);
	g_assert_cmpint(gs_value_tally_median(tally), ==, INT64_C(2000000000000000000));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/value-tally/none", test_none);
	g_test_add_func("/value-tally/odd-and-even", test_odd_and_even);
	g_test_add_func("/value-tally/many", test_many);
	g_test_add_func("/value-tally/rounded", test_rounded);
	g_test_add_func("/value-tally/largest", test_largest);
	return g_test_run();
}
