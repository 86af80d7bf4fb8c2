/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>

#include "tests/lib/gs-test.h"

/* An item that takes 100 ns and logs "letter" when it starts. */
#define ITEM_NS 100

typedef struct {
	GsDelayedWork dwork; /* its work alone, where no delay is wanted */
	GString *log;        /* borrowed */
	char letter;
	int64_t started_ns;
	int started_cpu;
} Item;

typedef struct {
	GsTestBed *bed;
	GString *log;
	Item items[4]; /* a, b, c, d */
} Fixture;

static void item_over(GsTask *worker)
{
	gs_work_done(worker);
}

static void item_starts(GsWork *work, GsTask *worker)
{
	Item *item = GS_CONTAINER_OF(work, Item, dwork.work);

	g_assert_true(gs_worker_current(worker) == work);
	g_string_append_c(item->log, item->letter);
	item->started_ns = gs_engine_now_ns(worker->engine);
	item->started_cpu = gs_thread_of(worker)->cpu->id;
	gs_task_spend(worker, ITEM_NS, item_over);
}

static void set_up(Fixture *fixture, const void *data)
{
	(void)data;
	fixture->bed = gs_test_bed_new_simple(100, 2);
	fixture->log = g_string_new(NULL);
	for (int i = 0; i < 4; i++) {
		fixture->items[i] = (Item){ .log = fixture->log, .letter = (char)('a' + i),
					    .started_ns = -1, .started_cpu = -1 };
		gs_delayed_work_init(&fixture->items[i].dwork, "item", item_starts);
	}
}

static void tear_down(Fixture *fixture, const void *data)
{
	(void)data;
	g_string_free(fixture->log, TRUE);
	gs_test_bed_free(fixture->bed);
}

static bool queue(Fixture *fixture, int cpu, int item)
{
	return gs_queue_work_on(&fixture->bed->kernel.cpus[cpu],
				&fixture->items[item].dwork.work);
}

static int64_t start_ns(const Fixture *fixture)
{
	return gs_test_edge_ns(fixture->bed, 0, 0);
}

static void run_for(Fixture *fixture, int64_t ns)
{
	gs_test_run_until(&fixture->bed->engine, gs_engine_now_ns(&fixture->bed->engine) + ns);
}

/* One pool a CPU: first in, first out, one at a time; the pools side by side. */
static void test_fifo(Fixture *fixture, const void *data)
{
	const Item *items = fixture->items;

	(void)data;
	queue(fixture, 0, 1);
	queue(fixture, 0, 0);
	queue(fixture, 1, 2);
	queue(fixture, 0, 3);
	run_for(fixture, 1000);
	g_assert_cmpint(items[1].started_ns - start_ns(fixture), ==, 0);
	g_assert_cmpint(items[0].started_ns - start_ns(fixture), ==, ITEM_NS);
	g_assert_cmpint(items[3].started_ns - start_ns(fixture), ==, 2 * ITEM_NS);
	g_assert_cmpint(items[2].started_ns - start_ns(fixture), ==, 0);
	g_assert_cmpint(items[2].started_cpu, ==, 1);
}

/* Queueing what is pending does nothing, until its function has started. */
static void test_pending(Fixture *fixture, const void *data)
{
	(void)data;
	g_assert_true(queue(fixture, 0, 0));
	g_assert_false(queue(fixture, 1, 0));
	run_for(fixture, ITEM_NS / 2);
	g_assert_cmpstr(fixture->log->str, ==, "a");
	g_assert_true(queue(fixture, 0, 0));
	run_for(fixture, 1000);
	g_assert_cmpstr(fixture->log->str, ==, "aa");
}

/* An item runs once at a time: queued elsewhere while it runs, it comes back to its pool. */
static void test_not_reentrant(Fixture *fixture, const void *data)
{
	(void)data;
	queue(fixture, 0, 0);
	run_for(fixture, ITEM_NS / 2);
	g_assert_true(queue(fixture, 1, 0));
	run_for(fixture, 1000);
	g_assert_cmpint(fixture->items[0].started_cpu, ==, 0);
	g_assert_cmpint(fixture->items[0].started_ns - start_ns(fixture), ==, ITEM_NS);
	/* Once it has run, it goes where it is sent. */
	queue(fixture, 1, 0);
	run_for(fixture, 1000);
	g_assert_cmpint(fixture->items[0].started_cpu, ==, 1);
}

/* What keeps a CPU ticking that arms timers for these tests. */
static void keep_ticking(Fixture *fixture, int cpu)
{
	GS_TEST_ACTOR(fixture->bed, cpu, { GS_TEST_SPEND, GS_NSEC_PER_SEC });
	run_for(fixture, 1);
	fixture->bed->kernel.this_cpu = &fixture->bed->kernel.cpus[cpu];
}

/* A delay of one jiffy: the second edge from now. */
static void test_delayed(Fixture *fixture, const void *data)
{
	(void)data;
	keep_ticking(fixture, 1);
	g_assert_true(gs_queue_delayed_work(&fixture->bed->kernel, &fixture->items[0].dwork, 1));
	g_assert_false(gs_queue_delayed_work(&fixture->bed->kernel, &fixture->items[0].dwork, 0));
	g_assert_false(queue(fixture, 0, 0));
	run_for(fixture, 5 * fixture->bed->kernel.tick_nsec);
	g_assert_cmpstr(fixture->log->str, ==, "a");
	g_assert_cmpint(fixture->items[0].started_ns, ==, gs_test_edge_ns(fixture->bed, 2, 0));
	g_assert_cmpint(fixture->items[0].started_cpu, ==, 1);
}

/* Delay 0 is no timer at all. */
static void test_delayed_zero(Fixture *fixture, const void *data)
{
	(void)data;
	gs_queue_delayed_work(&fixture->bed->kernel, &fixture->items[0].dwork, 0);
	g_assert_false(gs_timer_is_pending(&fixture->items[0].dwork.timer));
	run_for(fixture, 1000);
	g_assert_cmpint(fixture->items[0].started_ns, ==, start_ns(fixture));
}

/* mod_delayed_work() shortens a pending delay, and the item runs once. */
static void test_mod_delayed(Fixture *fixture, const void *data)
{
	int64_t now_ns;

	(void)data;
	keep_ticking(fixture, 1);
	gs_queue_delayed_work(&fixture->bed->kernel, &fixture->items[0].dwork, 1);
	run_for(fixture, 1000);
	now_ns = gs_engine_now_ns(&fixture->bed->engine);
	gs_mod_delayed_work(&fixture->bed->kernel, &fixture->items[0].dwork, 0);
	run_for(fixture, 5 * fixture->bed->kernel.tick_nsec);
	g_assert_cmpstr(fixture->log->str, ==, "a");
	g_assert_cmpint(fixture->items[0].started_ns, ==, now_ns);
}

/*
 * mod_delayed_work() takes an item off the list of a worker that is on its way
 * to it: that worker finds nothing, and the item runs once, where it is now.
 */
static void test_mod_under_way(Fixture *fixture, const void *data)
{
	(void)data;
	fixture->bed->params.costs.work_dispatch_ns = 50;
	queue(fixture, 1, 0);
	run_for(fixture, 25);
	fixture->bed->kernel.this_cpu = &fixture->bed->kernel.cpus[0];
	gs_mod_delayed_work(&fixture->bed->kernel, &fixture->items[0].dwork, 0);
	run_for(fixture, 1000);
	g_assert_cmpstr(fixture->log->str, ==, "a");
	g_assert_cmpint(fixture->items[0].started_cpu, ==, 0);
	/* The worker that found nothing sleeps again, and can be woken. */
	queue(fixture, 1, 1);
	run_for(fixture, 1000);
	g_assert_cmpstr(fixture->log->str, ==, "ab");
}

/* An idle kworker has to be woken and to find its item, a busy one only the latter. */
static void test_costs(Fixture *fixture, const void *data)
{
	const GsCosts *costs = &fixture->bed->params.costs;
	int64_t first_ns;

	(void)data;
	gs_test_costs_init(&fixture->bed->params.costs);
	fixture->bed->kernel.this_cpu = &fixture->bed->kernel.cpus[0];
	queue(fixture, 1, 0);
	queue(fixture, 1, 1);
	run_for(fixture, GS_NSEC_PER_MSEC);
	first_ns = costs->ipi_ns + costs->idle_wake_ns + costs->work_dispatch_ns;
	g_assert_cmpint(fixture->items[0].started_ns - start_ns(fixture), ==, first_ns);
	g_assert_cmpint(fixture->items[1].started_ns - start_ns(fixture), ==,
			first_ns + ITEM_NS + costs->work_dispatch_ns);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *path;
		void (*test)(Fixture *fixture, const void *data);
	} tests[] = {
		{ "/workqueue/fifo", test_fifo },
		{ "/workqueue/pending", test_pending },
		{ "/workqueue/not-reentrant", test_not_reentrant },
		{ "/workqueue/delayed", test_delayed },
		{ "/workqueue/delayed/zero", test_delayed_zero },
		{ "/workqueue/mod-delayed", test_mod_delayed },
		{ "/workqueue/mod-delayed/under-way", test_mod_under_way },
		{ "/workqueue/costs", test_costs },
	};

	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
	return g_test_run();
}
