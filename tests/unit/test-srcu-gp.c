/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When the worker passes, what a pass does, and where callbacks run. */
#include <glib.h>
#include <string.h>

#include "sim/srcu/srcu-read.h"
#include "tests/lib/gs-test.h"

/* What the probes saw of one kind of event. */
typedef struct {
	GsTestBed *bed;
	const char *name;
	int count;
	int first_edge_count; /* of them, in jiffy J0 */
	GString *edges;       /* "0 2 4 ": the edges since J0 they came after, each once */
	int64_t last_ns;
	int last_cpu;
} Watch;

static void on_probe(const GsProbe *probe, void *user_data)
{
	Watch *watch = user_data;
	char edge[24];

	if (strcmp(probe->name, watch->name) != 0)
		return;
	g_snprintf(edge, sizeof(edge), "%d ", (int)gs_test_now_edge(watch->bed));
	if (!g_str_has_suffix(watch->edges->str, edge))
		g_string_append(watch->edges, edge);
	watch->count++;
	watch->first_edge_count += gs_test_now_edge(watch->bed) == 0;
	watch->last_ns = probe->at_ns;
	watch->last_cpu = probe->cpu;
}

static void watch_start(Watch *watch, GsTestBed *bed, const char *name)
{
	*watch = (Watch){ .bed = bed, .name = name, .edges = g_string_new(NULL) };
	gs_engine_set_probe_sink(&bed->engine, on_probe, watch);
}

static void watch_end(Watch *watch)
{
	gs_engine_set_probe_sink(&watch->bed->engine, NULL, NULL);
	g_string_free(watch->edges, TRUE);
}

static GsTestBed *bed_new(int cpus, int convert_to_big)
{
	GsKernelParams params;
	GsTestBed *bed;

	gs_test_params_init(&params, 100, cpus);
	bed = gs_test_bed_new(&params);
	bed->srcu_params.convert_to_big = convert_to_big;
	gs_test_bed_start(bed, 0);
	return bed;
}

static void run_edges(GsTestBed *bed, int edges)
{
	gs_test_run_until(&bed->engine, gs_test_edge_ns(bed, edges, 500));
}

/* A reader that holds on for long, then @verb at a tenth of J0. */
static void block(GsTestBed *bed, GsTestVerb verb)
{
	GS_TEST_ACTOR(bed, 0, { GS_TEST_READ_LOCK, 0 },
		      { GS_TEST_SLEEP, bed->kernel.tick_nsec / 10 }, { verb, 0 });
}

/*
 * Blocked and normal: delays 2, 5, 10, 10 jiffies after the first, each a timer
 * that runs at expires + 1.
 */
static void test_blocked_normal(void)
{
	g_autoptr(GsTestBed) bed = bed_new(1, GS_SRCU_SIZING_AUTO);
	Watch watch;

	watch_start(&watch, bed, "process_srcu");
	block(bed, GS_TEST_CALL);
	run_edges(bed, 45);
	g_assert_cmpstr(watch.edges->str, ==, "2 5 11 22 33 44 ");
	g_assert_cmpint(watch.count, ==, 6);
	watch_end(&watch);
}

/*
 * Blocked and expedited: spins in J0 until the budget of the phase is used up,
 * then delays 1, 1, 3, 7, 10. The budget is 1000 answers. After the flip each
 * pass asks twice, so 500 passes get a 0 at their end and one more goes over it.
 */
static void test_blocked_expedited(void)
{
	g_autoptr(GsTestBed) bed = bed_new(1, GS_SRCU_SIZING_AUTO);
	Watch watch;

	watch_start(&watch, bed, "process_srcu");
	block(bed, GS_TEST_CALL_EXPEDITED);
	run_edges(bed, 39);
	g_assert_cmpstr(watch.edges->str, ==, "0 2 4 8 16 27 38 ");
	g_assert_cmpint(watch.first_edge_count, ==, 501);
	watch_end(&watch);
}

/* srcu_max_nodelay: passes without delay in one jiffy, whatever the phase has left. */
static void test_max_nodelay(void)
{
	g_autoptr(GsTestBed) bed = bed_new(1, GS_SRCU_SIZING_AUTO);
	Watch watch;

	bed->srcu_params.srcu_max_nodelay = 10;
	gs_test_bed_start(bed, 0);
	watch_start(&watch, bed, "process_srcu");
	block(bed, GS_TEST_CALL_EXPEDITED);
	run_edges(bed, 3);
	g_assert_cmpint(watch.first_edge_count, ==, 11);
	g_assert_cmpstr(watch.edges->str, ==, "0 2 ");
	watch_end(&watch);
}

/*
 * How long a blocked pass looks: twice after the flip if normal, 5 us apart;
 * three times if expedited. The first scan passes: it is of the other index.
 */
static void test_retries(gconstpointer data)
{
	const bool expedited = GPOINTER_TO_INT(data);
	g_autoptr(GsTestBed) bed = bed_new(1, GS_SRCU_SIZING_AUTO);
	int64_t began_ns;
	Watch watch;

	bed->srcu_params.srcu_max_nodelay_phase = 1; /* one pass, then sleep */
	gs_test_bed_start(bed, 0);
	watch_start(&watch, bed, "process_srcu");
	block(bed, expedited ? GS_TEST_CALL_EXPEDITED : GS_TEST_CALL);
	gs_test_run_until(&bed->engine, gs_test_edge_ns(bed, expedited ? 0 : 2, 101));
	g_assert_cmpint(watch.count, ==, 1);
	began_ns = watch.last_ns;
	watch_end(&watch);

	watch_start(&watch, bed, "timer_start");
	gs_test_bed_start(bed, 0);
	block(bed, expedited ? GS_TEST_CALL_EXPEDITED : GS_TEST_CALL);
	gs_test_run_until(&bed->engine, gs_test_edge_ns(bed, expedited ? 0 : 2, 101));
	g_assert_cmpint(watch.last_ns - began_ns, ==, (expedited ? 2 : 1) * 5000);
	watch_end(&watch);
}

/* An expedited wait behind a blocked normal grace period sits out its sleep: 11 edges. */
static void test_sleep_not_shortened(void)
{
	g_autoptr(GsTestBed) bed = bed_new(1, GS_SRCU_SIZING_AUTO);
	const int64_t tick_nsec = bed->kernel.tick_nsec;
	GsTestActor *waiter;

	/* The reader leaves at 12.5; the worker sleeps from edge 11 to 22. */
	GS_TEST_ACTOR(bed, 0, { GS_TEST_READ_LOCK, 0 }, { GS_TEST_CALL, 0 },
		      { GS_TEST_SLEEP, tick_nsec * 25 / 2 }, { GS_TEST_READ_UNLOCK, 0 });
	waiter = GS_TEST_ACTOR(bed, 0, { GS_TEST_SLEEP, tick_nsec * 13 },
			       { GS_TEST_SYNC_EXPEDITED, 0 });
	run_edges(bed, 30);
	g_assert_cmpint(waiter->records[1].ended_ns, ==, gs_test_edge_ns(bed, 22, 0));
}

/* N calls alone: the grace periods end at edge 2, their callbacks wait for edge 4. */
static void test_calls_alone(void)
{
	g_autoptr(GsTestBed) bed = bed_new(1, GS_SRCU_SIZING_AUTO);
	GsTestActor *actor = GS_TEST_ACTOR(bed, 0, { GS_TEST_SLEEP, 5000000 }, { GS_TEST_CALL, 0 },
					   { GS_TEST_CALL, 0 }, { GS_TEST_CALL, 0 });
	Watch watch;

	watch_start(&watch, bed, "srcu_gp_end");
	run_edges(bed, 9);
	g_assert_cmpstr(watch.edges->str, ==, "2 ");
	g_assert_cmpint(watch.count, ==, 2);
	for (int i = 1; i <= 3; i++) {
		g_assert_cmpint(actor->records[i].callback_ns, ==, gs_test_edge_ns(bed, 4, 0));
		g_assert_cmpint(actor->records[i].callback_count, ==, 1);
	}
	watch_end(&watch);
}

/*
 * The callbacks' timer moves forward only. A normal grace period ends at edge 2
 * and arms it for edge 4. An expedited one, held up by a reader, ends shortly
 * after edge 3, and with it a normal one queued behind: its callback runs at
 * edge 4 too, not at 5.
 */
static void test_callback_timer(void)
{
	g_autoptr(GsTestBed) bed = bed_new(2, GS_SRCU_SIZING_AUTO);
	const int64_t tick_nsec = bed->kernel.tick_nsec;
	GsTestActor *actor;

	GS_TEST_ACTOR(bed, 1, { GS_TEST_SLEEP, tick_nsec * 285 / 100 }, { GS_TEST_READ_LOCK, 0 },
		      { GS_TEST_SLEEP, tick_nsec * 17 / 100 }, { GS_TEST_READ_UNLOCK, 0 });
	actor = GS_TEST_ACTOR(bed, 0, { GS_TEST_CALL, 0 }, { GS_TEST_SLEEP, tick_nsec * 29 / 10 },
			      { GS_TEST_CALL_EXPEDITED, 0 }, { GS_TEST_CALL, 0 });
	run_edges(bed, 9);
	g_assert_cmpint(actor->records[2].callback_ns, >, gs_test_edge_ns(bed, 3, 0));
	g_assert_cmpint(actor->records[2].callback_ns, <, gs_test_edge_ns(bed, 3, 100));
	g_assert_cmpint(actor->records[3].callback_ns, ==, gs_test_edge_ns(bed, 4, 0));
}

/* call_srcu_expedited(): no tick, neither for the grace period nor for the callback. */
static void test_call_expedited(void)
{
	g_autoptr(GsTestBed) bed = bed_new(1, GS_SRCU_SIZING_AUTO);
	GsTestActor *actor = GS_TEST_ACTOR(bed, 0, { GS_TEST_CALL_EXPEDITED, 0 });

	run_edges(bed, 9);
	g_assert_cmpint(actor->records[0].callback_ns, ==, actor->records[0].began_ns);
}

/* srcu_expedite_current() makes what runs expedited but does not wake its worker. */
static void test_expedite_current(void)
{
	g_autoptr(GsTestBed) bed = bed_new(1, GS_SRCU_SIZING_AUTO);
	GsTestActor *actor = GS_TEST_ACTOR(bed, 0, { GS_TEST_CALL, 0 },
					   { GS_TEST_EXPEDITE_CURRENT, 0 },
					   { GS_TEST_EXPEDITE_CURRENT, 0 });

	g_assert_cmpint(gs_srcu_data(&bed->srcu, 0)->srcu_ec_state, ==, GS_SRCU_EC_IDLE);
	run_edges(bed, 1);
	g_assert_cmpint(gs_srcu_data(&bed->srcu, 0)->srcu_ec_state, ==, GS_SRCU_EC_REPOST);
	run_edges(bed, 9);
	/* Edge 2, not 4: the end was expedited, the start was not. */
	g_assert_cmpint(actor->records[0].callback_ns, ==, gs_test_edge_ns(bed, 2, 0));
	g_assert_cmpint(gs_srcu_data(&bed->srcu, 0)->srcu_ec_state, ==, GS_SRCU_EC_IDLE);
	g_assert_cmpuint(bed->srcu.srcu_gp_seq, ==, bed->srcu.srcu_gp_seq_needed);
}

/* SMALL: the boot CPU runs all callbacks. BIG: each CPU its own. */
static void test_callback_cpu(gconstpointer data)
{
	const bool big = GPOINTER_TO_INT(data);
	g_autoptr(GsTestBed) bed = bed_new(4, big ? GS_SRCU_SIZING_INIT : GS_SRCU_SIZING_AUTO);
	GsTestActor *a = GS_TEST_ACTOR(bed, 2, { GS_TEST_CALL, 0 }, { GS_TEST_SYNC_EXPEDITED, 0 });
	GsTestActor *b = GS_TEST_ACTOR(bed, 3, { GS_TEST_CALL, 0 });

	g_assert_cmpint(bed->srcu.srcu_size_state, ==,
			big ? GS_SRCU_SIZE_BIG : GS_SRCU_SIZE_SMALL);
	run_edges(bed, 9);
	g_assert_cmpint(a->records[0].callback_cpu, ==, big ? 2 : GS_BOOT_CPU);
	g_assert_cmpint(b->records[0].callback_cpu, ==, big ? 3 : GS_BOOT_CPU);
}

/* With big_cpu_lim CPUs or more a domain begins big. */
static void test_big_cpu_lim(void)
{
	g_autoptr(GsTestBed) small = bed_new(127, GS_SRCU_SIZING_AUTO);
	g_autoptr(GsTestBed) big = bed_new(128, GS_SRCU_SIZING_AUTO);

	g_assert_cmpint(small->srcu.srcu_size_state, ==, GS_SRCU_SIZE_SMALL);
	g_assert_cmpint(big->srcu.srcu_size_state, ==, GS_SRCU_SIZE_BIG);
}

/* From 7.0 on the worker is started from an interrupt; before, by the request itself. */
static void test_start(gconstpointer data)
{
	const bool by_irq_work = GPOINTER_TO_INT(data);
	g_autoptr(GsTestBed) bed = bed_new(1, GS_SRCU_SIZING_AUTO);
	GsTestActor *actor;
	Watch watch;

	bed->params.costs.irq_work_ns = 900;
	bed->srcu_params.start_by_irq_work = by_irq_work;
	gs_test_bed_start(bed, 0);
	watch_start(&watch, bed, "timer_start");
	actor = GS_TEST_ACTOR(bed, 0, { GS_TEST_CALL, 0 }, { GS_TEST_SPEND, 1000000 });
	run_edges(bed, 1);
	g_assert_cmpint(watch.last_ns - actor->records[0].began_ns, ==, by_irq_work ? 900 : 0);
	/* The interrupt is the thread's time. */
	g_assert_cmpint(actor->records[1].ended_ns - actor->records[0].began_ns, ==,
			1000000 + (by_irq_work ? 900 : 0));
	watch_end(&watch);
}

/* What the hook does ends the wait at once; without it, it lasts until edge 2. */
static void test_retime(gconstpointer data)
{
	const bool retime = GPOINTER_TO_INT(data);
	g_autoptr(GsTestBed) bed = bed_new(1, GS_SRCU_SIZING_AUTO);
	GsTestActor *actor;

	bed->policy.exp_request = retime ? gs_srcu_retime_work : NULL;
	gs_test_bed_start(bed, 0);
	actor = GS_TEST_ACTOR(bed, 0, { GS_TEST_CALL, 0 }, { GS_TEST_CALL, 0 },
			      { GS_TEST_SPEND, 2000000 }, { GS_TEST_SYNC_EXPEDITED, 0 });
	run_edges(bed, 9);
	g_assert_cmpint(gs_test_took_ns(actor, 3), ==,
			retime ? 0 : gs_test_edge_ns(bed, 2, 0) - actor->records[3].began_ns);
	g_assert_cmpuint(bed->srcu.srcu_gp_seq, ==, 8);
}

static void count_exp_request(GsSrcuStruct *ssp)
{
	/* The tag of the requester is the caller's to use: here it counts. */
	ssp->requester++;
}

/* The hook is asked for expedited requests that find a grace period in progress, for no others. */
static void test_exp_request(void)
{
	g_autoptr(GsTestBed) bed = bed_new(1, GS_SRCU_SIZING_AUTO);

	bed->policy.exp_request = count_exp_request;
	bed->srcu_params.exp_holdoff_ns = 0;
	gs_test_bed_start(bed, 0);
	bed->srcu.requester = 0;
	GS_TEST_ACTOR(bed, 0, { GS_TEST_SYNC_EXPEDITED, 0 }, { GS_TEST_CALL, 0 },
		      { GS_TEST_CALL, 0 }, { GS_TEST_SYNC, 0 });
	run_edges(bed, 9);
	g_assert_cmpint(bed->srcu.requester, ==, 0);
	GS_TEST_ACTOR(bed, 0, { GS_TEST_CALL, 0 }, { GS_TEST_CALL_EXPEDITED, 0 },
		      { GS_TEST_SYNC_EXPEDITED, 0 });
	run_edges(bed, 19);
	g_assert_cmpint(bed->srcu.requester, ==, 2);
}

/* The hook in the window before the irq_work has run: it must not start a second worker. */
static void test_retime_before_start(void)
{
	g_autoptr(GsTestBed) bed = bed_new(2, GS_SRCU_SIZING_AUTO);
	GsTestActor *actor;
	Watch watch;

	bed->params.costs.irq_work_ns = 900;
	bed->policy.exp_request = gs_srcu_retime_work;
	gs_test_bed_start(bed, 0);
	watch_start(&watch, bed, "process_srcu");
	GS_TEST_ACTOR(bed, 0, { GS_TEST_CALL, 0 });
	actor = GS_TEST_ACTOR(bed, 1, { GS_TEST_SPEND, 450 }, { GS_TEST_SYNC_EXPEDITED, 0 });
	run_edges(bed, 9);
	g_assert_cmpint(gs_test_took_ns(actor, 1), ==, 450);
	g_assert_cmpint(watch.count, ==, 2);
	watch_end(&watch);
}

/* A reader that begins after the flip is not waited for; one from before it is. */
static void test_readers(void)
{
	g_autoptr(GsTestBed) bed = bed_new(2, GS_SRCU_SIZING_AUTO);
	GsSrcuStruct *ssp = &bed->srcu;
	GsTestActor *early, *actor;
	int idx;

	early = GS_TEST_ACTOR(bed, 1, { GS_TEST_READ_LOCK, 0 }, { GS_TEST_SLEEP, 8000 },
			      { GS_TEST_READ_UNLOCK, 0 });
	actor = GS_TEST_ACTOR(bed, 0, { GS_TEST_SYNC_EXPEDITED, 0 });
	gs_test_run_until(&bed->engine, gs_test_edge_ns(bed, 0, 0) + 4000);
	g_assert_cmpint(gs_rcu_seq_state(ssp->srcu_gp_seq), ==, GS_SRCU_STATE_SCAN2);
	idx = gs_srcu_read_lock(ssp);
	g_assert_cmpint(idx, !=, early->reader_idx[0]);
	run_edges(bed, 1);
	/* Looked at 0, 5 and 10 us after the flip: gone at the third. */
	g_assert_cmpint(gs_test_took_ns(actor, 0), ==, 10000);
	g_assert_false(gs_srcu_readers_active_idx_check(ssp, idx));
	gs_srcu_read_unlock(ssp, idx);
	g_assert_true(gs_srcu_readers_active_idx_check(ssp, idx));
}

/* A reader of one index is none of the other. */
static void test_reader_index(void)
{
	g_autoptr(GsTestBed) bed = bed_new(2, GS_SRCU_SIZING_AUTO);
	int idx = gs_srcu_read_lock(&bed->srcu);

	g_assert_false(gs_srcu_readers_active_idx_check(&bed->srcu, idx));
	g_assert_true(gs_srcu_readers_active_idx_check(&bed->srcu, !idx));
	gs_srcu_read_unlock(&bed->srcu, idx);
	g_assert_true(gs_srcu_readers_active_idx_check(&bed->srcu, idx));
}

/* A poll is a request like call_srcu(), with nobody to call back. */
static void test_poll(void)
{
	g_autoptr(GsTestBed) bed = bed_new(1, GS_SRCU_SIZING_AUTO);
	uint64_t cookie;

	GS_TEST_ACTOR(bed, 0, { GS_TEST_SPEND, 50 * GS_NSEC_PER_MSEC });
	run_edges(bed, 0);
	cookie = gs_start_poll_synchronize_srcu(&bed->srcu);
	g_assert_cmpuint(cookie, ==, 4);
	g_assert_cmpuint(gs_start_poll_synchronize_srcu(&bed->srcu), ==, 8);
	run_edges(bed, 1);
	g_assert_false(gs_poll_state_synchronize_srcu(&bed->srcu, cookie));
	run_edges(bed, 2);
	g_assert_true(gs_poll_state_synchronize_srcu(&bed->srcu, 8));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/srcu-gp/blocked/normal", test_blocked_normal);
	g_test_add_func("/srcu-gp/blocked/expedited", test_blocked_expedited);
	g_test_add_func("/srcu-gp/blocked/max-nodelay", test_max_nodelay);
	g_test_add_func("/srcu-gp/blocked/sleep-not-shortened", test_sleep_not_shortened);
	g_test_add_data_func("/srcu-gp/retries/normal", GINT_TO_POINTER(0), test_retries);
	g_test_add_data_func("/srcu-gp/retries/expedited", GINT_TO_POINTER(1), test_retries);
	g_test_add_func("/srcu-gp/calls-alone", test_calls_alone);
	g_test_add_func("/srcu-gp/callback-timer", test_callback_timer);
	g_test_add_func("/srcu-gp/call-expedited", test_call_expedited);
	g_test_add_func("/srcu-gp/expedite-current", test_expedite_current);
	g_test_add_data_func("/srcu-gp/callback-cpu/small", GINT_TO_POINTER(0), test_callback_cpu);
	g_test_add_data_func("/srcu-gp/callback-cpu/big", GINT_TO_POINTER(1), test_callback_cpu);
	g_test_add_func("/srcu-gp/big-cpu-lim", test_big_cpu_lim);
	g_test_add_data_func("/srcu-gp/start/direct", GINT_TO_POINTER(0), test_start);
	g_test_add_data_func("/srcu-gp/start/irq-work", GINT_TO_POINTER(1), test_start);
	g_test_add_func("/srcu-gp/exp-request", test_exp_request);
	g_test_add_data_func("/srcu-gp/retime/without", GINT_TO_POINTER(0), test_retime);
	g_test_add_data_func("/srcu-gp/retime/with", GINT_TO_POINTER(1), test_retime);
	g_test_add_func("/srcu-gp/retime/before-start", test_retime_before_start);
	g_test_add_func("/srcu-gp/readers", test_readers);
	g_test_add_func("/srcu-gp/reader-index", test_reader_index);
	g_test_add_func("/srcu-gp/poll", test_poll);
	return g_test_run();
}
