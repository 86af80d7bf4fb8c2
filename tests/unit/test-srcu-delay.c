/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>

#include "sim/srcu/srcu-delay.h"
#include "tests/lib/gs-test.h"

/* clamp(2 s / HZ / 5 us, 3, 1000) and at least 100. */
static void test_params(void)
{
	static const struct {
		int hz, nodelay_phase, nodelay;
	} rows[] = {
		{ 24, 1000, 1000 },  { 100, 1000, 1000 }, { 250, 1000, 1000 }, { 300, 1000, 1000 },
		{ 1000, 400, 400 },  { 5000, 80, 100 },	  { 10000, 40, 100 },
	};
	GsSrcuParams params;

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		gs_srcu_params_init(&params, rows[i].hz);
		g_assert_cmpint(params.srcu_max_nodelay_phase, ==, rows[i].nodelay_phase);
		g_assert_cmpint(params.srcu_max_nodelay, ==, rows[i].nodelay);
	}
	g_assert_cmpint(params.exp_holdoff_ns, ==, 25000);
	g_assert_cmpint(params.srcu_retry_check_delay_ns, ==, 5000);
}

typedef struct {
	GsTestBed *bed;
	GsSrcuStruct *ssp;
} Fixture;

static void set_up(Fixture *fixture, const void *data)
{
	(void)data;
	fixture->bed = gs_test_bed_new_simple(100, 1);
	fixture->ssp = &fixture->bed->srcu;
}

static void tear_down(Fixture *fixture, const void *data)
{
	(void)data;
	gs_test_bed_free(fixture->bed);
}

/* A grace period that began in J0 is in progress, wanted expedited or not. */
static void in_progress(Fixture *fixture, bool expedited)
{
	fixture->ssp->srcu_gp_start_jiffies = GS_TEST_J0;
	fixture->ssp->srcu_gp_seq = 41;
	fixture->ssp->srcu_gp_seq_needed = 44;
	fixture->ssp->srcu_gp_seq_needed_exp = expedited ? 44 : 40;
}

static void assert_delay(Fixture *fixture, int64_t jiffies, int64_t delay)
{
	fixture->bed->kernel.jiffies = GS_TEST_J0 + jiffies;
	g_assert_cmpint(gs_srcu_get_delay(fixture->ssp), ==, delay);
}

/* Idle: SRCU_INTERVAL, or nothing if somebody wants it expedited; age does not count. */
static void test_idle(Fixture *fixture, const void *data)
{
	(void)data;
	fixture->ssp->srcu_gp_seq = fixture->ssp->srcu_gp_seq_needed_exp = 40;
	assert_delay(fixture, 99, 1);
	fixture->ssp->srcu_gp_seq_needed_exp = 44;
	assert_delay(fixture, 99, 0);
	g_assert_cmpint(fixture->ssp->srcu_n_exp_nodelay, ==, 0);
}

/* 1 + age, age being jiffies - 1 - start where that is positive; 10 at most. */
static void test_age_normal(Fixture *fixture, const void *data)
{
	(void)data;
	in_progress(fixture, false);
	assert_delay(fixture, 0, 1);
	assert_delay(fixture, 1, 1);
	assert_delay(fixture, 2, 2);
	assert_delay(fixture, 5, 5);
	assert_delay(fixture, 10, 10);
	assert_delay(fixture, 11, 10);
	assert_delay(fixture, 1000, 10);
}

static void test_age_expedited(Fixture *fixture, const void *data)
{
	(void)data;
	in_progress(fixture, true);
	assert_delay(fixture, 0, 0);
	assert_delay(fixture, 1, 0);
	assert_delay(fixture, 2, 1);
	assert_delay(fixture, 4, 3);
	assert_delay(fixture, 11, 10);
	assert_delay(fixture, 12, 10);
}

/* A request for the next grace period, 48, makes the current one expedited too. */
static void test_next_counts(Fixture *fixture, const void *data)
{
	(void)data;
	in_progress(fixture, false);
	g_assert_false(gs_srcu_gp_is_expedited(fixture->ssp));
	fixture->ssp->srcu_gp_seq_needed_exp = 48;
	g_assert_true(gs_srcu_gp_is_expedited(fixture->ssp));
	assert_delay(fixture, 0, 0);
}

/* srcu_max_nodelay_phase times no delay, then one jiffy. */
static void test_budget(Fixture *fixture, const void *data)
{
	(void)data;
	fixture->bed->srcu_params.srcu_max_nodelay_phase = 3;
	in_progress(fixture, true);
	for (int i = 0; i < 3; i++)
		assert_delay(fixture, 0, 0);
	assert_delay(fixture, 0, 1);
	fixture->ssp->srcu_n_exp_nodelay = 0;
	assert_delay(fixture, 0, 0);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *path;
		void (*test)(Fixture *fixture, const void *data);
	} tests[] = {
		{ "/srcu-delay/idle", test_idle },
		{ "/srcu-delay/age/normal", test_age_normal },
		{ "/srcu-delay/age/expedited", test_age_expedited },
		{ "/srcu-delay/next-counts", test_next_counts },
		{ "/srcu-delay/budget", test_budget },
	};

	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/srcu-delay/params", test_params);
	for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
	return g_test_run();
}
