/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How long the waits are: the arithmetic of the stall.
 *
 * T is a jiffy, p the phase of the first request in its jiffy J0, X the time
 * from it to the synchronize, W the wait. Everything costs something, so every
 * expectation names what is on the path.
 */
#include <glib.h>

#include "tests/lib/gs-test.h"

static GsTestBed *bed_new(int hz, int cpus)
{
	GsKernelParams params;
	GsTestBed *bed;

	gs_test_params_init(&params, hz, cpus);
	gs_test_costs_init(&params.costs);
	bed = gs_test_bed_new(&params);
	gs_test_bed_start(bed, 0);
	return bed;
}

static void run(GsTestBed *bed)
{
	g_assert_true(gs_test_bed_run(bed, 100 * bed->kernel.tick_nsec));
}

/* From tick edge J0 + @edge to when @actor began operation @index. */
static int64_t before_edge_ns(const GsTestBed *bed, int64_t edge, const GsTestActor *actor,
			      size_t index)
{
	return gs_test_edge_ns(bed, edge, 0) - actor->records[index].began_ns;
}

/* A grace period without readers: both scans, and its end. */
static int64_t pass_ns(const GsCosts *costs)
{
	return 2 * costs->srcu_check_ns + costs->srcu_gp_end_ns;
}

/* An item that invokes @count callbacks. */
static int64_t invoke_ns(const GsCosts *costs, int count)
{
	return costs->srcu_invoke_ns + count * costs->callback_ns;
}

/* An edge whose timer wakes the kworker of an idle CPU, up to its first item. */
static int64_t edge_to_item_ns(const GsCosts *costs)
{
	return costs->tick_ns + costs->timer_ns + costs->idle_wake_ns + costs->work_dispatch_ns;
}

/* The kworker sleeps, the waiter on the same CPU goes on. */
static int64_t return_ns(const GsCosts *costs)
{
	return costs->switch_ns + costs->sync_return_ns;
}

/*
 * The stall of N call_srcu() and an expedited synchronize: everything is on the
 * timer of the first call, which runs at edge J0 + 2. There grace period 1 ends,
 * then its callback runs, then grace period 2 ends, then the other N - 1
 * callbacks and the waiter's.
 */
static int64_t stall_cost_ns(const GsCosts *costs, int n)
{
	return edge_to_item_ns(costs) + pass_ns(costs) +             /* GP 1 */
	       costs->work_dispatch_ns + invoke_ns(costs, 1) +       /* its callback */
	       costs->work_dispatch_ns + pass_ns(costs) +            /* GP 2 */
	       costs->work_dispatch_ns + invoke_ns(costs, n - 1 + 1) + return_ns(costs);
}

/* An expedited grace period from idle: no tick is on its path. */
static int64_t expedited_cost_ns(const GsCosts *costs)
{
	return costs->irq_work_ns + costs->switch_ns +               /* the kworker runs */
	       costs->work_dispatch_ns + pass_ns(costs) +
	       costs->work_dispatch_ns + invoke_ns(costs, 1) + return_ns(costs);
}

/* A normal one: edge J0 + 2 for the start, edge J0 + 4 for the callbacks. */
static int64_t normal_tail_ns(const GsCosts *costs, int callbacks)
{
	return edge_to_item_ns(costs) + invoke_ns(costs, callbacks) + return_ns(costs);
}

/* @calls call_srcu() at @permille of J0, @gap_ns of work, then @verb: its record. */
static GsTestActor *burst(GsTestBed *bed, int cpu, int permille, int calls, int64_t gap_ns,
			  GsTestVerb verb)
{
	GsTestOp ops[16] = { { GS_TEST_SLEEP, bed->kernel.tick_nsec * permille / 1000 } };
	size_t count = 1;

	for (int i = 0; i < calls; i++)
		ops[count++].verb = GS_TEST_CALL;
	ops[count++] = (GsTestOp){ GS_TEST_SPEND, gap_ns };
	ops[count++].verb = verb;
	return gs_test_actor_new(bed, cpu, ops, count);
}

static const GsTestRecord *last_record(const GsTestActor *actor)
{
	return &actor->records[actor->count - 1];
}

/* W = (2 - p) T - X + c, at every phase, for every N, whatever HZ. */
static void test_stall(void)
{
	static const int hzs[] = { 24, 100, 250, 300, 1000 };
	static const int calls[] = { 1, 2, 7 };
	static const int phases[] = { 20, 500, 900 };

	for (size_t h = 0; h < G_N_ELEMENTS(hzs); h++) {
		g_autoptr(GsTestBed) bed = bed_new(hzs[h], 1);

		for (size_t i = 0; i < G_N_ELEMENTS(calls) * G_N_ELEMENTS(phases); i++) {
			const int n = calls[i % G_N_ELEMENTS(calls)];
			GsTestActor *actor;

			gs_test_bed_start(bed, 0);
			actor = burst(bed, 0, phases[i / G_N_ELEMENTS(calls)], n, 0,
				      GS_TEST_SYNC_EXPEDITED);
			run(bed);
			g_assert_cmpint(gs_test_took_ns(actor, actor->count - 1), ==,
					before_edge_ns(bed, 2, actor, actor->count - 1) +
						stall_cost_ns(&bed->params.costs, n));
		}
	}
}

/* HZ=300: edges are 3333333 ns apart; called at half of jiffy 1000, W ends after edge 1002. */
static void test_stall_hz300(void)
{
	GsKernelParams params;
	GsTestActor *actor;

	gs_test_params_init(&params, 300, 1);
	g_autoptr(GsTestBed) bed = gs_test_bed_new(&params);
	gs_test_bed_start(bed, 0);
	actor = burst(bed, 0, 500, 3, 0, GS_TEST_SYNC_EXPEDITED);
	run(bed);
	g_assert_cmpint(last_record(actor)->began_ns, ==, INT64_C(1000) * 3333333 + 1666666);
	g_assert_cmpint(last_record(actor)->ended_ns, ==, INT64_C(1002) * 3333333);
}

/* The stall is a deadline: work between the calls and the synchronize is free. */
static void test_deadline(void)
{
	g_autoptr(GsTestBed) bed = bed_new(100, 1);
	const int64_t gaps_ns[] = { 0, 1000000, 5000000, 12000000 };
	int64_t ended_ns = -1;

	for (size_t i = 0; i < G_N_ELEMENTS(gaps_ns); i++) {
		GsTestActor *actor;

		gs_test_bed_start(bed, 0);
		actor = burst(bed, 0, 500, 4, gaps_ns[i], GS_TEST_SYNC_EXPEDITED);
		run(bed);
		if (i > 0)
			g_assert_cmpint(last_record(actor)->ended_ns, ==, ended_ns);
		ended_ns = last_record(actor)->ended_ns;
	}
}

/* More work than the stall is long: an ordinary expedited grace period, no wait for ticks. */
static void test_after_deadline(void)
{
	g_autoptr(GsTestBed) bed = bed_new(100, 1);
	GsTestActor *actor = burst(bed, 0, 500, 1, 50 * GS_NSEC_PER_MSEC, GS_TEST_SYNC_EXPEDITED);

	run(bed);
	g_assert_cmpint(gs_test_took_ns(actor, actor->count - 1), ==,
			expedited_cost_ns(&bed->params.costs));
}

/*
 * After the grace periods ended (edge 2) and before the callbacks of the calls
 * run (edge 4): an expedited grace period from idle, which takes them along.
 */
static void test_between_edges(void)
{
	g_autoptr(GsTestBed) bed = bed_new(100, 1);
	GsTestActor *actor = burst(bed, 0, 500, 2, 25 * GS_NSEC_PER_MSEC, GS_TEST_SYNC_EXPEDITED);

	run(bed);
	g_assert_cmpint(last_record(actor)->began_ns, >, gs_test_edge_ns(bed, 3, 0));
	g_assert_cmpint(last_record(actor)->began_ns, <, gs_test_edge_ns(bed, 4, 0));
	g_assert_cmpint(gs_test_took_ns(actor, actor->count - 1), ==,
			expedited_cost_ns(&bed->params.costs) +
				2 * bed->params.costs.callback_ns);
	g_assert_cmpint(actor->records[1].callback_ns, <, last_record(actor)->ended_ns);
	g_assert_cmpint(actor->records[2].callback_ns, <, last_record(actor)->ended_ns);
}

static void test_expedited_from_idle(void)
{
	g_autoptr(GsTestBed) bed = bed_new(100, 1);
	GsTestActor *actor = GS_TEST_ACTOR(bed, 0, { GS_TEST_SLEEP, 3000000 },
					   { GS_TEST_SYNC_EXPEDITED, 0 });

	run(bed);
	g_assert_cmpint(gs_test_took_ns(actor, 1), ==, expedited_cost_ns(&bed->params.costs));
}

/* Two in a row: the first pays for the pending call, the second is an ordinary one. */
static void test_expedited_twice(void)
{
	g_autoptr(GsTestBed) bed = bed_new(100, 1);
	GsTestActor *actor = GS_TEST_ACTOR(bed, 0, { GS_TEST_SLEEP, 3000000 }, { GS_TEST_CALL, 0 },
					   { GS_TEST_SYNC_EXPEDITED, 0 },
					   { GS_TEST_SYNC_EXPEDITED, 0 });

	run(bed);
	g_assert_cmpint(gs_test_took_ns(actor, 2), ==, before_edge_ns(bed, 2, actor, 2) +
				stall_cost_ns(&bed->params.costs, 1));
	g_assert_cmpint(gs_test_took_ns(actor, 3), ==, expedited_cost_ns(&bed->params.costs));
}

/* rcu_normal makes an expedited one normal: (4 - p) T, even from idle. */
static void test_rcu_normal(void)
{
	g_autoptr(GsTestBed) bed = bed_new(100, 1);
	GsTestActor *actor;

	bed->srcu_params.rcu_normal = true;
	gs_test_bed_start(bed, 0);
	actor = GS_TEST_ACTOR(bed, 0, { GS_TEST_SLEEP, 3000000 }, { GS_TEST_SYNC_EXPEDITED, 0 });
	run(bed);
	g_assert_cmpint(gs_test_took_ns(actor, 1), ==,
			before_edge_ns(bed, 4, actor, 1) + normal_tail_ns(&bed->params.costs, 1));

	/* After N calls: (4 - p) T - X. */
	gs_test_bed_start(bed, 0);
	actor = burst(bed, 0, 300, 3, 2000000, GS_TEST_SYNC_EXPEDITED);
	run(bed);
	g_assert_cmpint(gs_test_took_ns(actor, actor->count - 1), ==,
			before_edge_ns(bed, 4, actor, actor->count - 1) +
				normal_tail_ns(&bed->params.costs, 4));
}

/* rcu_expedited makes a normal one expedited, holdoff or not; it does not reach call_srcu(). */
static void test_rcu_expedited(void)
{
	g_autoptr(GsTestBed) bed = bed_new(100, 1);
	GsTestActor *actor;

	bed->srcu_params.rcu_expedited = true;
	gs_test_bed_start(bed, 0);
	actor = GS_TEST_ACTOR(bed, 0, { GS_TEST_SYNC, 0 });
	run(bed);
	g_assert_cmpint(gs_test_took_ns(actor, 0), ==, expedited_cost_ns(&bed->params.costs));

	gs_test_bed_start(bed, 0);
	actor = GS_TEST_ACTOR(bed, 0, { GS_TEST_CALL, 0 });
	run(bed);
	g_assert_cmpint(gs_test_now_edge(bed), ==, 4);
}

/* A normal one from idle that may not be expedited: (4 - p) T. */
static void test_normal_from_idle(void)
{
	g_autoptr(GsTestBed) bed = bed_new(250, 1);
	GsTestActor *actor;

	bed->srcu_params.exp_holdoff_ns = 0;
	gs_test_bed_start(bed, 0);
	actor = GS_TEST_ACTOR(bed, 0, { GS_TEST_SLEEP, 1000000 }, { GS_TEST_SYNC, 0 });
	run(bed);
	g_assert_cmpint(gs_test_took_ns(actor, 1), ==,
			before_edge_ns(bed, 4, actor, 1) + normal_tail_ns(&bed->params.costs, 1));
}

/* After N calls a normal one is no candidate either: a grace period is wanted. */
static void test_normal_after_calls(void)
{
	g_autoptr(GsTestBed) bed = bed_new(250, 1);
	GsTestActor *actor = burst(bed, 0, 500, 2, 1000000, GS_TEST_SYNC);

	run(bed);
	g_assert_cmpint(gs_test_took_ns(actor, actor->count - 1), ==,
			before_edge_ns(bed, 4, actor, actor->count - 1) +
				normal_tail_ns(&bed->params.costs, 3));
}

/* From idle, more than 25 us after the last grace period, a normal one is expedited. */
static void test_normal_expedited(void)
{
	g_autoptr(GsTestBed) bed = bed_new(250, 1);
	GsTestActor *actor = GS_TEST_ACTOR(bed, 0, { GS_TEST_SLEEP, 25000 }, { GS_TEST_SYNC, 0 });

	run(bed);
	g_assert_cmpint(gs_test_took_ns(actor, 1), ==, expedited_cost_ns(&bed->params.costs));
}

/* The holdoff ends 25 us after the last grace period has; initialising counts as one. */
static void test_holdoff(void)
{
	g_autoptr(GsTestBed) bed = bed_new(100, 2);
	const int64_t start_ns = gs_engine_now_ns(&bed->engine);

	g_assert_false(gs_srcu_should_expedite(&bed->srcu));
	gs_test_run_until(&bed->engine, start_ns + 24999);
	g_assert_false(gs_srcu_should_expedite(&bed->srcu));
	gs_test_run_until(&bed->engine, start_ns + 25000);
	g_assert_true(gs_srcu_should_expedite(&bed->srcu));
	bed->srcu_params.exp_holdoff_ns = 0;
	g_assert_false(gs_srcu_should_expedite(&bed->srcu));
}

/* Two normal ones in a row: the second falls into the holdoff of the first and pays (4 - p) T. */
static void test_normal_twice(void)
{
	g_autoptr(GsTestBed) bed = bed_new(100, 1);
	GsTestActor *actor = GS_TEST_ACTOR(bed, 0, { GS_TEST_SLEEP, 1000000 }, { GS_TEST_SYNC, 0 },
					   { GS_TEST_SYNC, 0 }, { GS_TEST_SYNC, 0 });

	run(bed);
	g_assert_cmpint(gs_test_took_ns(actor, 1), ==, expedited_cost_ns(&bed->params.costs));
	g_assert_cmpint(gs_test_took_ns(actor, 2), ==,
			before_edge_ns(bed, 4, actor, 2) + normal_tail_ns(&bed->params.costs, 1));
	/* That one ended two jiffies after its grace period: the third is expedited again. */
	g_assert_cmpint(gs_test_took_ns(actor, 3), ==, expedited_cost_ns(&bed->params.costs));
}

/* A small domain's callbacks are all on the boot CPU: others' callbacks go unseen elsewhere. */
static void test_should_expedite_looks_here(void)
{
	g_autoptr(GsTestBed) bed = bed_new(100, 2);
	GsRcuHead head;

	gs_test_run_until(&bed->engine, gs_test_edge_ns(bed, 0, 500));
	gs_rcu_segcblist_enqueue(&gs_srcu_data(&bed->srcu, 0)->srcu_cblist, &head);
	bed->kernel.this_cpu = &bed->kernel.cpus[0];
	g_assert_false(gs_srcu_should_expedite(&bed->srcu));
	bed->kernel.this_cpu = &bed->kernel.cpus[1];
	g_assert_true(gs_srcu_should_expedite(&bed->srcu));
	bed->srcu.srcu_gp_seq_needed += 4;
	g_assert_false(gs_srcu_should_expedite(&bed->srcu));
}

/* Expedited calls need no tick: the synchronize behind them neither. */
static void test_call_expedited(void)
{
	g_autoptr(GsTestBed) bed = bed_new(100, 1);
	const GsCosts *costs = &bed->params.costs;
	GsTestActor *actor = GS_TEST_ACTOR(bed, 0, { GS_TEST_SLEEP, 3000000 },
					   { GS_TEST_CALL_EXPEDITED, 0 },
					   { GS_TEST_SYNC_EXPEDITED, 0 });

	run(bed);
	/* The kworker waits until the caller sleeps, then goes the whole way. */
	g_assert_cmpint(gs_test_took_ns(actor, 2), ==,
			costs->switch_ns + costs->work_dispatch_ns + pass_ns(costs) +
				costs->work_dispatch_ns + invoke_ns(costs, 1) +
				costs->work_dispatch_ns + pass_ns(costs) +
				costs->work_dispatch_ns + invoke_ns(costs, 1) + return_ns(costs));
}

/* A barrier starts nothing and expedites nothing: (4 - p) T - X behind N calls. */
static void test_barrier(void)
{
	g_autoptr(GsTestBed) bed = bed_new(100, 1);
	GsTestActor *actor = burst(bed, 0, 500, 3, 1000000, GS_TEST_BARRIER);

	run(bed);
	/* No sync_return_ns: that is the tail of a synchronize. */
	g_assert_cmpint(gs_test_took_ns(actor, actor->count - 1), ==,
			before_edge_ns(bed, 4, actor, actor->count - 1) +
				normal_tail_ns(&bed->params.costs, 4) -
				bed->params.costs.sync_return_ns);
}

static void test_barrier_empty(void)
{
	g_autoptr(GsTestBed) bed = bed_new(100, 1);
	GsTestActor *actor = GS_TEST_ACTOR(bed, 0, { GS_TEST_BARRIER, 0 });

	run(bed);
	g_assert_cmpint(gs_test_took_ns(actor, 0), ==, 0);
}

/* An expedited synchronize has flushed the callbacks: nothing is left to wait for. */
static void test_barrier_flushed(void)
{
	g_autoptr(GsTestBed) bed = bed_new(100, 1);
	GsTestActor *actor = GS_TEST_ACTOR(bed, 0, { GS_TEST_CALL, 0 },
					   { GS_TEST_SYNC_EXPEDITED, 0 }, { GS_TEST_BARRIER, 0 });

	run(bed);
	g_assert_cmpint(gs_test_took_ns(actor, 2), ==, 0);
}

/* Two at once: the first began before the second's call and is no help to the second. */
static void test_barriers(void)
{
	g_autoptr(GsTestBed) bed = bed_new(100, 2);
	GsTestActor *a = GS_TEST_ACTOR(bed, 0, { GS_TEST_CALL, 0 }, { GS_TEST_BARRIER, 0 });
	GsTestActor *b = GS_TEST_ACTOR(bed, 1, { GS_TEST_SLEEP, 1000000 }, { GS_TEST_CALL, 0 },
				       { GS_TEST_BARRIER, 0 });

	run(bed);
	g_assert_cmpint(b->records[2].ended_ns, >=, b->records[1].callback_ns);
	g_assert_cmpint(b->records[2].ended_ns, >=, a->records[1].ended_ns);
	g_assert_cmpuint(bed->srcu.srcu_barrier_seq, ==, 8);
	g_assert_null(bed->srcu.srcu_barrier_mutex.owner);
}

/* Both CPUs tick, CPU 0 keeps the time: whose tick comes first decides over a whole jiffy. */
static void test_race(gconstpointer data)
{
	const bool timekeeper_late = GPOINTER_TO_INT(data);
	GsKernelParams params;
	GsTestActor *actor;

	gs_test_params_init(&params, 100, 2);
	params.nohz_idle = false;
	g_autoptr(GsTestBed) bed = gs_test_bed_new(&params);
	gs_test_bed_start(bed, 0);
	bed->kernel.cpus[timekeeper_late ? 0 : 1].tick.late_ns = 1000;
	actor = burst(bed, 1, 500, 4, 0, GS_TEST_SYNC_EXPEDITED);
	run(bed);
	/* W = (n - p) T, after the tick of CPU 1, which is 1 us late if CPU 0's is not. */
	g_assert_cmpint(gs_test_took_ns(actor, actor->count - 1), ==,
			before_edge_ns(bed, timekeeper_late ? 3 : 2, actor, actor->count - 1) +
				(timekeeper_late ? 0 : 1000));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/srcu-sync/stall", test_stall);
	g_test_add_func("/srcu-sync/stall/hz300", test_stall_hz300);
	g_test_add_func("/srcu-sync/stall/deadline", test_deadline);
	g_test_add_func("/srcu-sync/stall/after-deadline", test_after_deadline);
	g_test_add_func("/srcu-sync/stall/between-edges", test_between_edges);
	g_test_add_data_func("/srcu-sync/race/timekeeper-first", GINT_TO_POINTER(0), test_race);
	g_test_add_data_func("/srcu-sync/race/timekeeper-last", GINT_TO_POINTER(1), test_race);
	g_test_add_func("/srcu-sync/expedited/idle", test_expedited_from_idle);
	g_test_add_func("/srcu-sync/expedited/twice", test_expedited_twice);
	g_test_add_func("/srcu-sync/expedited/calls", test_call_expedited);
	g_test_add_func("/srcu-sync/rcu-normal", test_rcu_normal);
	g_test_add_func("/srcu-sync/rcu-expedited", test_rcu_expedited);
	g_test_add_func("/srcu-sync/normal/idle", test_normal_from_idle);
	g_test_add_func("/srcu-sync/normal/after-calls", test_normal_after_calls);
	g_test_add_func("/srcu-sync/normal/expedited", test_normal_expedited);
	g_test_add_func("/srcu-sync/normal/twice", test_normal_twice);
	g_test_add_func("/srcu-sync/should-expedite/holdoff", test_holdoff);
	g_test_add_func("/srcu-sync/should-expedite/this-cpu", test_should_expedite_looks_here);
	g_test_add_func("/srcu-sync/barrier", test_barrier);
	g_test_add_func("/srcu-sync/barrier/empty", test_barrier_empty);
	g_test_add_func("/srcu-sync/barrier/flushed", test_barrier_flushed);
	g_test_add_func("/srcu-sync/barrier/two", test_barriers);
	return g_test_run();
}
