/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>

#include "sim/kernel/jiffies.h"
#include "tests/lib/gs-test.h"

/* TICK_NSEC is a second over HZ, rounded to the nearest nanosecond. */
static void test_tick_nsec(void)
{
	g_assert_cmpint(gs_tick_nsec(100), ==, 10000000);
	g_assert_cmpint(gs_tick_nsec(250), ==, 4000000);
	g_assert_cmpint(gs_tick_nsec(1000), ==, 1000000);
	g_assert_cmpint(gs_tick_nsec(300), ==, 3333333);
	g_assert_cmpint(gs_tick_nsec(24), ==, 41666667);
	g_assert_cmpint(gs_tick_nsec(10000), ==, 100000);
}

/* At HZ=300 edges are 3333333 ns apart, so second 1 lies 100 ns behind edge 300. */
static void test_edges_hz300(void)
{
	const int64_t tick_nsec = gs_tick_nsec(300);

	g_assert_cmpint(gs_jiffies_at(3333332, tick_nsec), ==, 0);
	g_assert_cmpint(gs_jiffies_at(3333333, tick_nsec), ==, 1);
	g_assert_cmpint(gs_jiffies_at(GS_NSEC_PER_SEC, tick_nsec), ==, 300);
	g_assert_cmpint(GS_NSEC_PER_SEC - 300 * tick_nsec, ==, 100);
	/* An hour: 3600 * 100 ns have made up no whole jiffy yet. */
	g_assert_cmpint(gs_jiffies_at(3600 * GS_NSEC_PER_SEC, tick_nsec), ==, 3600 * 300);
	/* 33334 s of 100 ns each have. */
	g_assert_cmpint(gs_jiffies_at(33334 * GS_NSEC_PER_SEC, tick_nsec), ==, 33334 * 300 + 1);
}

/* jiffies is what somebody made of it last: late, never early, never back. */
static void test_update(void)
{
	g_autoptr(GsTestBed) bed = gs_test_bed_new_simple(100, 1);

	/* All CPUs are idle, their ticks stopped: nobody counts. */
	gs_test_run_until(&bed->engine, gs_test_edge_ns(bed, 7, 500));
	g_assert_cmpint(bed->kernel.jiffies, ==, GS_TEST_J0);
	gs_tick_do_update_jiffies64(&bed->kernel);
	g_assert_cmpint(bed->kernel.jiffies, ==, GS_TEST_J0 + 7);
	gs_tick_do_update_jiffies64(&bed->kernel);
	g_assert_cmpint(bed->kernel.jiffies, ==, GS_TEST_J0 + 7);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/jiffies/tick-nsec", test_tick_nsec);
	g_test_add_func("/jiffies/edges-hz300", test_edges_hz300);
	g_test_add_func("/jiffies/update", test_update);
	return g_test_run();
}
