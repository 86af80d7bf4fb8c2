/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>
#include <string.h>

#include "tests/lib/gs-test.h"

/* Level 0, one jiffy a bucket: d jiffies are d + 1 edges, so that none is too early. */
static void test_bucket_level0(void)
{
	for (int64_t d = 0; d < 63; d++)
		g_assert_cmpint(gs_timer_bucket(1000 + d, 1000, 250), ==, 1000 + d + 1);
}

/* Level 1 from 63 jiffies on, eight a bucket: (1063 / 8 + 1) * 8 = 1064. */
static void test_bucket_level1(void)
{
	g_assert_cmpint(gs_timer_bucket(1063, 1000, 250), ==, 1064);
	g_assert_cmpint(gs_timer_bucket(1064, 1000, 250), ==, 1072);
	g_assert_cmpint(gs_timer_bucket(1071, 1000, 250), ==, 1072);
	/* Level 2 from 63 * 8 = 504 jiffies on, 64 a bucket: (1504 / 64 + 1) * 64 = 1536. */
	g_assert_cmpint(gs_timer_bucket(1503, 1000, 250), ==, 1504);
	g_assert_cmpint(gs_timer_bucket(1504, 1000, 250), ==, 1536);
}

/* What is over already goes to the next run of the wheel. */
static void test_bucket_past(void)
{
	g_assert_cmpint(gs_timer_bucket(990, 1000, 250), ==, 1000);
}

/*
 * The wheel holds 63 * 8^(depth - 1) jiffies; what is later is cut to one
 * granule less. HZ <= 100 has eight levels: 63 * 8^7 - 8^7 = 62 * 8^7 from now,
 * plus one granule: 63 * 8^7.
 */
static void test_bucket_cutoff(void)
{
	const int64_t granule = INT64_C(1) << 21;

	g_assert_cmpint(gs_timer_bucket(INT64_C(1) << 40, 0, 100), ==, 63 * granule);
	g_assert_cmpint(gs_timer_bucket(INT64_C(1) << 40, 0, 101), ==, 63 * granule * 8);
}

typedef struct {
	GsTimer timer;
	GString *log; /* borrowed */
	char letter;
} Letter;

static void on_timer(GsTimer *timer, GsCpu *cpu)
{
	const Letter *letter = GS_CONTAINER_OF(timer, Letter, timer);

	(void)cpu;
	g_string_append_c(letter->log, letter->letter);
}

typedef struct {
	GsTestBed *bed;
	GsCpu *cpu;
	GString *log;
	Letter a, b, c;
} Fixture;

static void set_up(Fixture *fixture, const void *data)
{
	(void)data;
	fixture->bed = gs_test_bed_new_simple(250, 1);
	fixture->cpu = &fixture->bed->kernel.cpus[0];
	fixture->log = g_string_new(NULL);
	fixture->a = (Letter){ .log = fixture->log, .letter = 'a' };
	fixture->b = (Letter){ .log = fixture->log, .letter = 'b' };
	fixture->c = (Letter){ .log = fixture->log, .letter = 'c' };
	gs_timer_init(&fixture->a.timer, "a", on_timer);
	gs_timer_init(&fixture->b.timer, "b", on_timer);
	gs_timer_init(&fixture->c.timer, "c", on_timer);
}

static void tear_down(Fixture *fixture, const void *data)
{
	(void)data;
	g_string_free(fixture->log, TRUE);
	gs_test_bed_free(fixture->bed);
}

/* Run what @base has due @jiffies after J0; @expected is what ran. */
static void assert_expire(Fixture *fixture, GsTimerBase *base, int64_t jiffies,
			  const char *expected)
{
	g_string_truncate(fixture->log, 0);
	fixture->bed->kernel.jiffies = GS_TEST_J0 + jiffies;
	g_assert_cmpuint(gs_timer_base_expire(base, fixture->cpu), ==, strlen(expected));
	g_assert_cmpstr(fixture->log->str, ==, expected);
}

/* One jiffy from now is the second edge; in a bucket the youngest goes first. */
static void test_expire(Fixture *fixture, const void *data)
{
	GsTimerBase *base = &fixture->cpu->base_global;

	(void)data;
	gs_timer_add(fixture->cpu, &fixture->a.timer, GS_TEST_J0 + 1);
	gs_timer_add(fixture->cpu, &fixture->b.timer, GS_TEST_J0 + 3);
	gs_timer_add(fixture->cpu, &fixture->c.timer, GS_TEST_J0 + 1);
	g_assert_cmpint(gs_timer_base_next(base), ==, GS_TEST_J0 + 2);
	assert_expire(fixture, base, 1, "");
	assert_expire(fixture, base, 2, "ca");
	g_assert_false(gs_timer_is_pending(&fixture->a.timer));
	assert_expire(fixture, base, 9, "b");
	g_assert_cmpint(gs_timer_base_next(base), ==, GS_JIFFIES_NEVER);
}

/* timer_reduce() arms, brings forward, and never puts off. */
static void test_reduce(Fixture *fixture, const void *data)
{
	GsTimer *timer = &fixture->a.timer;

	(void)data;
	gs_timer_reduce(fixture->cpu, timer, GS_TEST_J0 + 5);
	g_assert_cmpint(timer->bucket_jiffies, ==, GS_TEST_J0 + 6);
	gs_timer_reduce(fixture->cpu, timer, GS_TEST_J0 + 7);
	g_assert_cmpint(timer->bucket_jiffies, ==, GS_TEST_J0 + 6);
	gs_timer_reduce(fixture->cpu, timer, GS_TEST_J0 + 1);
	g_assert_cmpint(timer->bucket_jiffies, ==, GS_TEST_J0 + 2);
	assert_expire(fixture, &fixture->cpu->base_global, 2, "a");
}

static void test_delete(Fixture *fixture, const void *data)
{
	(void)data;
	g_assert_false(gs_timer_delete(&fixture->a.timer));
	gs_timer_add(fixture->cpu, &fixture->a.timer, GS_TEST_J0 + 1);
	g_assert_true(gs_timer_delete(&fixture->a.timer));
	g_assert_false(gs_timer_delete(&fixture->a.timer));
	assert_expire(fixture, &fixture->cpu->base_global, 9, "");
}

/* add_timer_on() ties the timer to its CPU, others may take the rest. */
static void test_bases(Fixture *fixture, const void *data)
{
	(void)data;
	gs_timer_add(fixture->cpu, &fixture->a.timer, GS_TEST_J0 + 1);
	gs_timer_add_on(fixture->cpu, &fixture->b.timer, GS_TEST_J0 + 1);
	assert_expire(fixture, &fixture->cpu->base_local, 2, "b");
	assert_expire(fixture, &fixture->cpu->base_global, 2, "a");
}

/* Before 6.9 there is one base, its CPU's own. */
static void test_bases_before_pull(Fixture *fixture, const void *data)
{
	(void)data;
	fixture->bed->params.timer_pull = false;
	gs_timer_add(fixture->cpu, &fixture->a.timer, GS_TEST_J0 + 1);
	assert_expire(fixture, &fixture->cpu->base_local, 2, "a");
}

int main(int argc, char **argv)
{
	static const struct {
		const char *path;
		void (*test)(Fixture *fixture, const void *data);
	} tests[] = {
		{ "/timer-wheel/expire", test_expire },
		{ "/timer-wheel/reduce", test_reduce },
		{ "/timer-wheel/delete", test_delete },
		{ "/timer-wheel/bases", test_bases },
		{ "/timer-wheel/bases/before-pull", test_bases_before_pull },
	};

	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/timer-wheel/bucket/level0", test_bucket_level0);
	g_test_add_func("/timer-wheel/bucket/level1", test_bucket_level1);
	g_test_add_func("/timer-wheel/bucket/past", test_bucket_past);
	g_test_add_func("/timer-wheel/bucket/cutoff", test_bucket_cutoff);
	for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
	return g_test_run();
}
