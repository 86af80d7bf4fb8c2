/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stamps of a clock that somebody sets while the log is recorded. */
#include <glib.h>

#include "traces/steady-time.h"

#define US INT64_C(1000)
#define MS INT64_C(1000000)
#define SEC INT64_C(1000000000)

/* Noon of some day. */
#define NOON (INT64_C(12) * 3600 * SEC)

static GsTraceRecord record_of(int32_t tid, uint64_t line, int64_t start_ns, int64_t duration_ns)
{
	return (GsTraceRecord){
		.tid = tid,
		.line = line,
		.stamp = GS_STAMP_CLOCK,
		.start_ns = NOON + start_ns,
		.end_ns = -1,
		.steady_ns = -1,
		.duration_ns = duration_ns,
		.resolution_ns = US,
	};
}

/* When it began, counted from noon. */
static int64_t apply(GsSteadyTime *time, int32_t tid, uint64_t line, int64_t start_ns,
		     int64_t duration_ns)
{
	GsTraceRecord record = record_of(tid, line, start_ns, duration_ns);

	gs_steady_time_apply(time, &record);
	return record.start_ns - NOON;
}

static void assert_steps(const GsSteadyTime *time, unsigned int back, unsigned int forward,
			 uint64_t first_line)
{
	const GsClockSteps *steps = gs_steady_time_steps(time);

	g_assert_cmpuint(steps->back, ==, back);
	g_assert_cmpuint(steps->forward, ==, forward);
	g_assert_cmpuint(steps->first_line, ==, first_line);
}

/* Rounding lets calls begin a little before the end of the one before: no step. */
static void test_untouched(void)
{
	g_autoptr(GsSteadyTime) time = gs_steady_time_new();

	g_assert_cmpint(apply(time, 1, 1, 0, 100 * US), ==, 0);
	g_assert_cmpint(apply(time, 1, 2, 99 * US, 10 * US), ==, 99 * US);
	g_assert_cmpint(apply(time, 2, 3, 50 * US, 10 * US), ==, 50 * US);
	g_assert_cmpint(apply(time, 1, 4, 5 * SEC, 10 * US), ==, 5 * SEC);
	assert_steps(time, 0, 0, 0);
}

/* Ten calls, 20 us apart; then the clock is set back by a minute. */
static void make_calls(GsSteadyTime *time)
{
	for (unsigned int i = 0; i < 10; i++)
		g_assert_cmpint(apply(time, 1, i + 1, i * 30 * US, 10 * US), ==, i * 30 * US);
}

static void test_back(void)
{
	g_autoptr(GsSteadyTime) time = gs_steady_time_new();

	make_calls(time);
	/* line 10 ended after 280 us; usual is 20 us more */
	g_assert_cmpint(apply(time, 1, 11, -60 * SEC, 10 * US), ==, 300 * US);
	g_assert_cmpint(apply(time, 1, 12, -60 * SEC + 500 * US, 10 * US), ==, 800 * US);
	assert_steps(time, 1, 0, 11);
}

/* What another thread does later moves with it, what it began before does not. */
static void test_back_other_thread(void)
{
	g_autoptr(GsSteadyTime) time = gs_steady_time_new();

	apply(time, 2, 0, -5 * MS, 10 * US);
	make_calls(time);
	apply(time, 1, 12, -60 * SEC, 10 * US);
	g_assert_cmpint(apply(time, 2, 11, 290 * US, 200 * US), ==, 290 * US);
	g_assert_cmpint(apply(time, 2, 13, -60 * SEC + 500 * US, 10 * US), ==, 800 * US);
	assert_steps(time, 1, 0, 12);
}

static void test_back_unusual(void)
{
	g_autoptr(GsSteadyTime) time = gs_steady_time_new();

	apply(time, 1, 1, 0, 100 * US);
	g_assert_cmpint(apply(time, 1, 2, -SEC, 100 * US), ==, 100 * US);
	g_assert_cmpint(apply(time, 1, 3, -SEC + 300 * US, 100 * US), ==, 400 * US);
	assert_steps(time, 1, 0, 2);
}

/* By less than the call took: it would begin before the one before has ended. */
static void test_back_into_call(void)
{
	g_autoptr(GsSteadyTime) time = gs_steady_time_new();

	make_calls(time);
	apply(time, 1, 11, 300 * US, 25 * MS);
	g_assert_cmpint(apply(time, 1, 12, 5 * MS, 10 * US), ==, 25 * MS + 320 * US);
	assert_steps(time, 1, 0, 12);

	/* of a log that does not tell its threads apart it may be another's */
	apply(time, 0, 20, 40 * MS, 25 * MS);
	g_assert_cmpint(apply(time, 0, 21, 45 * MS, 10 * US) - apply(time, 0, 22, 46 * MS, 10 * US),
			==, -MS);
	assert_steps(time, 1, 0, 12);
}

/* Both stamps of a call that took a millisecond, and the clock was set in it. */
static int64_t apply_split(GsSteadyTime *time, int64_t apart_ns)
{
	GsTraceRecord record = record_of(1, 2, MS, MS);

	record.end_ns = record.start_ns + apart_ns;
	gs_steady_time_apply(time, &record);
	g_assert_cmpint(record.start_ns - NOON, ==, MS);
	return apply(time, 1, 3, MS + apart_ns + 10 * US, US);
}

static void test_inside(void)
{
	g_autoptr(GsSteadyTime) forward = gs_steady_time_new(), back = gs_steady_time_new();
	g_autoptr(GsSteadyTime) late = gs_steady_time_new();

	apply(forward, 1, 1, 0, US);
	g_assert_cmpint(apply_split(forward, 3600 * SEC + MS), ==, 2 * MS + 10 * US);
	assert_steps(forward, 0, 1, 2);

	apply(back, 1, 1, 0, US);
	g_assert_cmpint(apply_split(back, -3600 * SEC + MS), ==, 2 * MS + 10 * US);
	assert_steps(back, 1, 0, 2);

	/* a tracer that was late to print is no clock that was set */
	apply(late, 1, 1, 0, US);
	g_assert_cmpint(apply_split(late, 30 * MS), ==, 31 * MS + 10 * US);
	assert_steps(late, 0, 0, 0);
}

/* Where strace -r stands beside it, its gaps are right whatever the stamps say. */
static void test_gaps_win(void)
{
	g_autoptr(GsSteadyTime) time = gs_steady_time_new();
	GsTraceRecord record = record_of(1, 2, -3600 * SEC, 10 * US);

	apply(time, 1, 1, 0, 100 * US);
	record.end_ns = record.start_ns + 10 * US;
	record.resolution_ns = SEC;
	record.steady_ns = NOON + 137 * US;
	record.steady_resolution_ns = US;
	gs_steady_time_apply(time, &record);
	g_assert_cmpint(record.start_ns, ==, NOON + 137 * US);
	g_assert_cmpint(record.end_ns, ==, NOON + 147 * US);
	g_assert_cmpint(record.resolution_ns, ==, US);
	assert_steps(time, 0, 0, 0);
}

/* Nobody sets the uptime, and another file, or series of a mail, has a clock of its own. */
static void test_left_alone(void)
{
	g_autoptr(GsSteadyTime) time = gs_steady_time_new();
	GsTraceRecord uptime = record_of(1, 2, -SEC, 0), file = uptime, series = uptime;

	apply(time, 1, 1, 0, 0);
	uptime.stamp = GS_STAMP_UPTIME;
	file.file = 1;
	series.series = 1;
	gs_steady_time_apply(time, &uptime);
	gs_steady_time_apply(time, &file);
	gs_steady_time_apply(time, &series);
	g_assert_cmpint(uptime.start_ns, ==, NOON - SEC);
	g_assert_cmpint(file.start_ns, ==, NOON - SEC);
	g_assert_cmpint(series.start_ns, ==, NOON - SEC);
	assert_steps(time, 0, 0, 0);
}

/* Whatever the stamps, the result is a stamp. */
static void test_extremes(void)
{
	static const int64_t ends_ns[] = { 0, GS_TRACE_TIME_MAX_NS };
	g_autoptr(GsSteadyTime) time = gs_steady_time_new();

	for (unsigned int i = 0; i < 64; i++) {
		GsTraceRecord record = record_of((int32_t)(i & 1), i, 0, ends_ns[i >> 1 & 1]);

		record.start_ns = ends_ns[i >> 2 & 1];
		record.end_ns = ends_ns[i >> 3 & 1];
		record.line = i >> 4 & 1 ? i : 64 - i;
		gs_steady_time_apply(time, &record);
		g_assert_cmpint(record.start_ns, >=, 0);
		g_assert_cmpint(record.start_ns, <=, GS_TRACE_TIME_MAX_NS);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/steady-time/untouched", test_untouched);
	g_test_add_func("/steady-time/back", test_back);
	g_test_add_func("/steady-time/back-other-thread", test_back_other_thread);
	g_test_add_func("/steady-time/back-unusual", test_back_unusual);
	g_test_add_func("/steady-time/back-into-call", test_back_into_call);
	g_test_add_func("/steady-time/inside", test_inside);
	g_test_add_func("/steady-time/gaps-win", test_gaps_win);
	g_test_add_func("/steady-time/left-alone", test_left_alone);
	g_test_add_func("/steady-time/extremes", test_extremes);
	return g_test_run();
}
