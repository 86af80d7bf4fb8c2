/* SPDX-License-Identifier: GPL-3.0-or-later */
/* At which tick callbacks run, who ticks until then, and where rcu_barrier() ends. */
#include <glib.h>

#include "tests/lib/gs-test.h"

#define GP_JIFFIES 3

/* A tick notices the callback and begins the grace period; another tick ends it. */
#define TICKS (1 + GP_JIFFIES)

/* A thread that waits for every callback. */
typedef struct {
	GsThread thread;
	GsTestBed *bed; /* borrowed */
	GsRcuBarrier barrier;
	int64_t ended_edge; /* -1: not yet */
	int ended_cpu;
} Waiter;

static GsTestBed *bed_new(int hz, int cpus, uint64_t seed)
{
	GsKernelParams params;
	GsTestBed *bed;

	gs_test_params_init(&params, hz, cpus);
	params.rcu_gp_jiffies = GP_JIFFIES;
	bed = gs_test_bed_new(&params);
	gs_test_bed_start(bed, seed);
	gs_test_run_until(&bed->engine, gs_test_edge_ns(bed, 0, 400));
	return bed;
}

static Waiter *waiter_of(GsTask *task)
{
	return GS_CONTAINER_OF(gs_thread_of(task), Waiter, thread);
}

static void ended(GsTask *task)
{
	Waiter *waiter = waiter_of(task);

	waiter->ended_edge = gs_test_now_edge(waiter->bed);
	waiter->ended_cpu = waiter->thread.cpu->id;
	gs_task_exit(task);
}

static void wait(GsTask *task)
{
	Waiter *waiter = waiter_of(task);

	gs_rcu_barrier(&waiter->barrier, &waiter->bed->kernel, task, ended);
}

static void start_waiter(GsTestBed *bed, Waiter *waiter, int cpu)
{
	*waiter = (Waiter){ .bed = bed, .ended_edge = -1 };
	gs_thread_init(&waiter->thread, &bed->kernel, &bed->kernel.cpus[cpu], "waiter");
	bed->kernel.this_cpu = &bed->kernel.cpus[cpu];
	gs_task_start(&waiter->thread.task, wait);
}

static void run_to_edge(GsTestBed *bed, int64_t edge)
{
	gs_test_run_until(&bed->engine, gs_test_edge_ns(bed, edge, 500));
}

static void test_no_callbacks(void)
{
	g_autoptr(GsTestBed) bed = bed_new(100, 2, 0);
	Waiter waiter;

	g_test_summary("with no callbacks anywhere rcu_barrier() returns at once");
	start_waiter(bed, &waiter, 0);
	gs_test_run_until(&bed->engine, gs_test_edge_ns(bed, 0, 401));
	g_assert_cmpint(waiter.ended_edge, ==, 0);
}

static void test_one_cpu(void)
{
	static const int rates_hz[] = { 100, 250, 1000 };

	g_test_summary("on one CPU callbacks run at the second edge, at every HZ");
	for (unsigned int i = 0; i < G_N_ELEMENTS(rates_hz); i++) {
		g_autoptr(GsTestBed) bed = bed_new(rates_hz[i], 1, 0);
		Waiter waiter;

		gs_call_rcu(&bed->kernel.cpus[0]);
		start_waiter(bed, &waiter, 0);
		run_to_edge(bed, 9);
		g_assert_cmpint(waiter.ended_edge, ==, 2);
	}
}

static void test_needs_cpu(void)
{
	g_autoptr(GsTestBed) bed = bed_new(100, 2, 0);
	const GsCpu *cpus = bed->kernel.cpus;

	g_test_summary("an idle CPU ticks until its callbacks have run, another does not");
	g_assert_true(cpus[1].tick.stopped);
	gs_call_rcu(&bed->kernel.cpus[1]);
	run_to_edge(bed, TICKS - 1);
	g_assert_true(cpus[0].tick.stopped);
	g_assert_false(cpus[1].tick.stopped);
	g_assert_cmpint(bed->kernel.jiffies, ==, GS_TEST_J0 + TICKS - 1);
	run_to_edge(bed, TICKS);
	g_assert_true(cpus[1].tick.stopped);
}

static void test_other_cpu(void)
{
	g_autoptr(GsTestBed) bed = bed_new(100, 2, 0);
	Waiter waiter;

	g_test_summary("callbacks of another CPU end the wait; the waiter goes on on its own");
	gs_call_rcu(&bed->kernel.cpus[1]);
	start_waiter(bed, &waiter, 0);
	run_to_edge(bed, 9);
	g_assert_cmpint(waiter.ended_edge, ==, TICKS);
	g_assert_cmpint(waiter.ended_cpu, ==, 0);
}

static void test_two_cpus(void)
{
	g_autoptr(GsTestBed) bed = bed_new(250, 2, 0);
	Waiter waiter;

	g_test_summary("one grace period does for the callbacks of two CPUs");
	gs_call_rcu(&bed->kernel.cpus[0]);
	gs_call_rcu(&bed->kernel.cpus[1]);
	start_waiter(bed, &waiter, 0);
	run_to_edge(bed, 9);
	g_assert_cmpint(waiter.ended_edge, ==, TICKS);
}

/* Callbacks come at @edge, on a CPU that has had some since edge 0: when do the last run? */
static int64_t ticks_of_callbacks_at(int64_t edge)
{
	g_autoptr(GsTestBed) bed = bed_new(100, 2, 0);
	Waiter waiter;

	gs_call_rcu(&bed->kernel.cpus[0]);
	run_to_edge(bed, edge);
	gs_call_rcu(&bed->kernel.cpus[0]);
	start_waiter(bed, &waiter, 0);
	run_to_edge(bed, 19);
	return waiter.ended_edge - edge;
}

static void test_missed_grace_period(void)
{
	g_test_summary("a grace period that runs does not count; the next begins where it ends");
	g_assert_cmpint(ticks_of_callbacks_at(0), ==, TICKS);
	for (int64_t edge = 1; edge < TICKS; edge++)
		g_assert_cmpint(ticks_of_callbacks_at(edge), ==, TICKS - edge + GP_JIFFIES);
	g_assert_cmpint(ticks_of_callbacks_at(TICKS), ==, TICKS);
}

static void test_late(void)
{
	g_autoptr(GsTestBed) bed = bed_new(100, 2, 0);
	Waiter waiter;

	g_test_summary("callbacks that find RCU at work take two grace periods");
	gs_call_rcu_late(&bed->kernel.cpus[0]);
	start_waiter(bed, &waiter, 0);
	run_to_edge(bed, 2 * GP_JIFFIES - 1);
	g_assert_false(bed->kernel.cpus[0].tick.stopped);
	run_to_edge(bed, 19);
	g_assert_cmpint(waiter.ended_edge, ==, 2 * GP_JIFFIES);
}

/* A tick before the timekeeper's reads the jiffies of the edge before. */
static void test_behind_the_timekeeper(void)
{
	int seen[TICKS + 2] = { 0 };

	g_test_summary("a CPU that ticks before the timekeeper may be an edge behind");
	for (uint64_t seed = 0; seed < 32; seed++) {
		GsKernelParams params;

		gs_test_params_init(&params, 250, 2);
		params.rcu_gp_jiffies = GP_JIFFIES;
		params.nohz_idle = false;
		params.tick_timekeeper = 1;
		params.tick_jitter_ns = 4000;
		g_autoptr(GsTestBed) bed = gs_test_bed_new(&params);
		Waiter waiter;

		gs_test_bed_start(bed, seed);
		gs_test_run_until(&bed->engine, gs_test_edge_ns(bed, 0, 400));
		gs_call_rcu(&bed->kernel.cpus[0]);
		start_waiter(bed, &waiter, 0);
		run_to_edge(bed, 9);
		g_assert_cmpint(waiter.ended_edge, >=, TICKS);
		g_assert_cmpint(waiter.ended_edge, <=, TICKS + 1);
		seen[waiter.ended_edge]++;
	}
	g_assert_cmpint(seen[TICKS], >, 0);
	g_assert_cmpint(seen[TICKS + 1], >, 0);
}

static void test_two_barriers(void)
{
	g_autoptr(GsTestBed) bed = bed_new(100, 2, 0);
	Waiter first, second;

	g_test_summary("barriers come one after the other; the second finds nothing left");
	gs_call_rcu(&bed->kernel.cpus[0]);
	start_waiter(bed, &first, 0);
	start_waiter(bed, &second, 1);
	run_to_edge(bed, 9);
	g_assert_cmpint(first.ended_edge, ==, TICKS);
	g_assert_cmpint(second.ended_edge, ==, TICKS);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/rcu/barrier/no-callbacks", test_no_callbacks);
	g_test_add_func("/rcu/barrier/one-cpu", test_one_cpu);
	g_test_add_func("/rcu/barrier/other-cpu", test_other_cpu);
	g_test_add_func("/rcu/barrier/two-cpus", test_two_cpus);
	g_test_add_func("/rcu/barrier/two", test_two_barriers);
	g_test_add_func("/rcu/missed-grace-period", test_missed_grace_period);
	g_test_add_func("/rcu/late", test_late);
	g_test_add_func("/rcu/behind-the-timekeeper", test_behind_the_timekeeper);
	g_test_add_func("/rcu/needs-cpu", test_needs_cpu);
	return g_test_run();
}
