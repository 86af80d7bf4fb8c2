/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which edge, and which CPU, runs a timer of one jiffy that was armed in the
 * middle of jiffy J0: its bucket is J0 + 2.
 */
#include <glib.h>

#include "tests/lib/gs-test.h"

/* A thread that arms a timer and goes away. */
typedef struct {
	GsThread thread;
	GsTimer timer;
	GsTestBed *bed; /* borrowed */
	int64_t delay_jiffies;
	int64_t edge;   /* ran at; -1: not yet */
	int cpu;        /* ran on */
} Arming;

static void on_timer(GsTimer *timer, GsCpu *cpu)
{
	Arming *arming = GS_CONTAINER_OF(timer, Arming, timer);

	arming->edge = gs_test_now_edge(arming->bed);
	arming->cpu = cpu->id;
}

static void arm(GsTask *task)
{
	Arming *arming = GS_CONTAINER_OF(gs_thread_of(task), Arming, thread);

	gs_timer_add(arming->thread.cpu, &arming->timer,
		     arming->bed->kernel.jiffies + arming->delay_jiffies);
	gs_task_exit(task);
}

static void sleep_to_phase(GsTask *task)
{
	Arming *arming = GS_CONTAINER_OF(gs_thread_of(task), Arming, thread);

	gs_thread_sleep(&arming->thread, arming->bed->kernel.tick_nsec / 2, arm);
}

/* Arm on @cpu half a jiffy from now. */
static void start_arming(GsTestBed *bed, Arming *arming, int cpu, int64_t delay_jiffies)
{
	*arming = (Arming){ .bed = bed, .delay_jiffies = delay_jiffies, .edge = -1, .cpu = -1 };
	gs_timer_init(&arming->timer, "timer", on_timer);
	gs_thread_init(&arming->thread, &bed->kernel, &bed->kernel.cpus[cpu], "arming");
	arming->thread.bound = true;
	bed->kernel.this_cpu = &bed->kernel.cpus[cpu];
	gs_task_start(&arming->thread.task, sleep_to_phase);
}

/* Arm for one jiffy and run until the timer has. */
static void run_timer(GsTestBed *bed, Arming *arming, int cpu)
{
	start_arming(bed, arming, cpu, 1);
	gs_test_run_until(&bed->engine, gs_test_edge_ns(bed, 9, 0));
}

static GsTestBed *bed_new(int cpus, bool nohz_idle, bool timer_pull)
{
	GsKernelParams params;
	GsTestBed *bed;

	gs_test_params_init(&params, 100, cpus);
	params.nohz_idle = nohz_idle;
	params.timer_pull = timer_pull;
	bed = gs_test_bed_new(&params);
	gs_test_bed_start(bed, 0);
	return bed;
}

/* Ticking timekeeper: jiffies is J0 + 2 when it looks. */
static void test_timekeeper(void)
{
	g_autoptr(GsTestBed) bed = bed_new(1, false, true);
	Arming arming;

	run_timer(bed, &arming, 0);
	g_assert_cmpint(arming.edge, ==, 2);
}

/* Idle with the tick stopped: the interrupt brings jiffies up to date first. */
static void test_stopped(void)
{
	g_autoptr(GsTestBed) bed = bed_new(2, true, true);
	Arming arming;

	run_timer(bed, &arming, 1);
	g_assert_cmpint(arming.edge, ==, 2);
	g_assert_cmpint(arming.cpu, ==, 1);
}

/*
 * Both CPUs tick and CPU 0 keeps the time. If its tick comes first, CPU 1 sees
 * the new jiffies; if CPU 1's comes first, that looks at bucket J0 + 2 with
 * jiffies still J0 + 1, and the timer waits for the third edge.
 */
static void test_race(gconstpointer data)
{
	const bool timekeeper_late = GPOINTER_TO_INT(data);
	g_autoptr(GsTestBed) bed = bed_new(2, false, true);
	Arming arming;

	bed->kernel.cpus[timekeeper_late ? 0 : 1].tick.late_ns = 1000;
	run_timer(bed, &arming, 1);
	g_assert_cmpint(arming.cpu, ==, 1);
	g_assert_cmpint(arming.edge, ==, timekeeper_late ? 3 : 2);
}

/* The timekeeper itself is never late, however late its tick. */
static void test_race_holder(void)
{
	g_autoptr(GsTestBed) bed = bed_new(2, false, true);
	Arming arming;

	bed->kernel.cpus[0].tick.late_ns = 1000;
	run_timer(bed, &arming, 0);
	g_assert_cmpint(arming.edge, ==, 2);
}

/* skew_tick=1: CPU 1's tick comes half a jiffy over two later, so never before CPU 0's. */
static void test_skew(void)
{
	GsKernelParams params;
	Arming arming;

	gs_test_params_init(&params, 100, 2);
	params.nohz_idle = false;
	params.skew_tick = true;
	g_autoptr(GsTestBed) bed = gs_test_bed_new(&params);
	gs_test_bed_start(bed, 0);
	run_timer(bed, &arming, 1);
	g_assert_cmpint(arming.edge, ==, 2);
	g_assert_cmpint(gs_engine_due_ns(&bed->engine, &bed->kernel.cpus[1].tick.event) -
			gs_engine_due_ns(&bed->engine, &bed->kernel.cpus[0].tick.event), ==,
			(bed->kernel.tick_nsec / 4) - bed->kernel.tick_nsec);

	/* The other way round the armed CPU misses the edge every time. */
	gs_test_bed_start(bed, 0);
	bed->kernel.tick_do_timer_cpu = 1;
	run_timer(bed, &arming, 0);
	g_assert_cmpint(arming.edge, ==, 3);
}

/* Since 6.9 the ticking CPU 0 runs the timer of CPU 1, which idles with its tick stopped. */
static void test_pull(gconstpointer data)
{
	const bool timer_pull = GPOINTER_TO_INT(data);
	g_autoptr(GsTestBed) bed = bed_new(2, true, timer_pull);
	Arming arming;

	GS_TEST_ACTOR(bed, 0, { GS_TEST_SPEND, GS_NSEC_PER_SEC });
	run_timer(bed, &arming, 1);
	g_assert_cmpint(arming.edge, ==, 2);
	g_assert_cmpint(arming.cpu, ==, timer_pull ? 0 : 1);
}

/* With nobody active the last CPU to go idle runs them all. */
static void test_pull_all_idle(void)
{
	g_autoptr(GsTestBed) bed = bed_new(3, true, true);
	Arming arming;

	/* CPU 2 goes idle at 0.7 of jiffy J0, after CPU 1 has. */
	GS_TEST_ACTOR(bed, 2, { GS_TEST_SPEND, bed->kernel.tick_nsec * 7 / 10 });
	run_timer(bed, &arming, 1);
	g_assert_cmpint(arming.edge, ==, 2);
	g_assert_cmpint(arming.cpu, ==, 2);
}

/* An idle CPU that stops its tick drops the duty; the next CPU to tick takes it. */
static void test_handover(void)
{
	g_autoptr(GsTestBed) bed = bed_new(2, true, true);

	g_assert_cmpint(bed->kernel.tick_do_timer_cpu, ==, GS_TICK_DO_TIMER_NONE);
	GS_TEST_ACTOR(bed, 1, { GS_TEST_SPEND, bed->kernel.tick_nsec * 5 / 2 });
	gs_test_run_until(&bed->engine, gs_test_edge_ns(bed, 1, 500));
	g_assert_cmpint(bed->kernel.tick_do_timer_cpu, ==, 1);
	g_assert_cmpint(bed->kernel.jiffies, ==, GS_TEST_J0 + 1);
	/* It goes idle at 2.5; CPU 0 runs from 2.7 on. */
	gs_test_run_until(&bed->engine, gs_test_edge_ns(bed, 2, 700));
	g_assert_cmpint(bed->kernel.tick_do_timer_cpu, ==, GS_TICK_DO_TIMER_NONE);
	GS_TEST_ACTOR(bed, 0, { GS_TEST_SPEND, bed->kernel.tick_nsec * 5 / 2 });
	gs_test_run_until(&bed->engine, gs_test_edge_ns(bed, 3, 0));
	g_assert_cmpint(bed->kernel.tick_do_timer_cpu, ==, 0);
}

/* A CPU that leaves idle has the right jiffies at once, with nobody ticking for long. */
static void test_idle_exit(void)
{
	g_autoptr(GsTestBed) bed = bed_new(1, true, true);

	GS_TEST_ACTOR(bed, 0, { GS_TEST_SLEEP, bed->kernel.tick_nsec * 15 / 2 });
	gs_test_run_until(&bed->engine, gs_test_edge_ns(bed, 7, 499));
	g_assert_cmpint(bed->kernel.jiffies, ==, GS_TEST_J0);
	gs_test_run_until(&bed->engine, gs_test_edge_ns(bed, 7, 501));
	g_assert_cmpint(bed->kernel.jiffies, ==, GS_TEST_J0 + 7);
}

/* tick_retain_count = 1: the first idle tick is taken, the second not. */
static void test_retain(void)
{
	GsKernelParams params;

	gs_test_params_init(&params, 100, 1);
	params.tick_retain_count = 1;
	g_autoptr(GsTestBed) bed = gs_test_bed_new(&params);
	gs_test_bed_start(bed, 0);
	GS_TEST_ACTOR(bed, 0, { GS_TEST_SPEND, bed->kernel.tick_nsec / 2 });
	gs_test_run_until(&bed->engine, gs_test_edge_ns(bed, 0, 900));
	g_assert_false(bed->kernel.cpus[0].tick.stopped);
	gs_test_run_until(&bed->engine, gs_test_edge_ns(bed, 5, 0));
	g_assert_true(bed->kernel.cpus[0].tick.stopped);
	g_assert_cmpint(bed->kernel.jiffies, ==, GS_TEST_J0 + 1);
}

/* An idle CPU keeps its tick for a timer of the very next edge, not for one of the second. */
static void test_keep_for_next_edge(gconstpointer data)
{
	const int64_t delay_jiffies = GPOINTER_TO_INT(data);
	g_autoptr(GsTestBed) bed = bed_new(1, true, true);
	Arming arming;

	start_arming(bed, &arming, 0, delay_jiffies);
	gs_test_run_until(&bed->engine, gs_test_edge_ns(bed, 0, 600));
	g_assert_true(bed->kernel.cpus[0].is_idle);
	g_assert_true(bed->kernel.cpus[0].tick.stopped == (delay_jiffies > 0));
	gs_test_run_until(&bed->engine, gs_test_edge_ns(bed, 9, 0));
	g_assert_cmpint(arming.edge, ==, delay_jiffies + 1);
	g_assert_true(bed->kernel.cpus[0].tick.stopped);
}

/* If the timekeeper stalls, somebody else counts after five ticks without progress. */
static void test_stalled(void)
{
	g_autoptr(GsTestBed) bed = bed_new(2, false, true);

	/* The first tick is programmed already and still counts; none follows on CPU 0. */
	bed->kernel.cpus[0].tick.late_ns = GS_NSEC_PER_SEC;
	gs_test_run_until(&bed->engine, gs_test_edge_ns(bed, 5, 500));
	g_assert_cmpint(bed->kernel.jiffies, ==, GS_TEST_J0 + 1);
	gs_test_run_until(&bed->engine, gs_test_edge_ns(bed, 6, 500));
	g_assert_cmpint(bed->kernel.jiffies, ==, GS_TEST_J0 + 6);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/tick/timekeeper", test_timekeeper);
	g_test_add_func("/tick/stopped", test_stopped);
	g_test_add_data_func("/tick/race/timekeeper-first", GINT_TO_POINTER(0), test_race);
	g_test_add_data_func("/tick/race/timekeeper-last", GINT_TO_POINTER(1), test_race);
	g_test_add_func("/tick/race/on-the-timekeeper", test_race_holder);
	g_test_add_func("/tick/skew", test_skew);
	g_test_add_data_func("/tick/pull/local", GINT_TO_POINTER(0), test_pull);
	g_test_add_data_func("/tick/pull/pulled", GINT_TO_POINTER(1), test_pull);
	g_test_add_func("/tick/pull/all-idle", test_pull_all_idle);
	g_test_add_func("/tick/handover", test_handover);
	g_test_add_func("/tick/idle-exit", test_idle_exit);
	g_test_add_func("/tick/retain", test_retain);
	g_test_add_data_func("/tick/keep/first-edge", GINT_TO_POINTER(0), test_keep_for_next_edge);
	g_test_add_data_func("/tick/keep/second-edge", GINT_TO_POINTER(1), test_keep_for_next_edge);
	g_test_add_func("/tick/stalled", test_stalled);
	return g_test_run();
}
