/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How Tree SRCU differs between releases, by the kernel profiles. Every test
 * tells a release from its neighbour: the same events, another outcome.
 */
#include <glib.h>
#include <string.h>

#include "models/machine-spec.h"
#include "tests/lib/gs-test.h"

#define HZ 100
#define SET(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* 8f870e6eb8c0, the first of the two fixes that followed 5.19-rc1. */
#define FIX_AGE "srcu.age_grace_jiffies=1", "srcutree.srcu_max_nodelay_phase=3"
/* Of the second, 4f2bfd9494a0, the part about callbacks. */
#define FIX_CBDELAY "srcu.cbdelay_asks=0"
#define NO_PHASE_LIMIT "srcutree.srcu_max_nodelay_phase=2147483647"

static GsSrcuParams srcu_params(const char *kernel, const char *const *set)
{
	const GsMachineRequest request = { .kernel = kernel, .host = "lab", .set = set };
	g_autoptr(GError) error = NULL;
	g_autoptr(GsMachineSpec) spec = gs_machine_spec_new(&request, &error);
	GsMachineParams params;

	g_assert_no_error(error);
	gs_machine_spec_resolve(spec, HZ, &params);
	return params.srcu;
}

/* Two CPUs whose work costs nothing, under the SRCU of @kernel. */
static GsTestBed *bed_new(const char *kernel, const char *const *set)
{
	GsKernelParams params;
	GsTestBed *bed;

	gs_test_params_init(&params, HZ, 2);
	bed = gs_test_bed_new(&params);
	bed->srcu_params = srcu_params(kernel, set);
	gs_test_bed_start(bed, 0);
	return bed;
}

/* The passes of the worker. */
typedef struct {
	GsTestBed *bed;
	GString *edges;  /* "0 2 4 ": those a pass began after, counted from J0 */
	int first_count; /* passes in jiffy J0 */
} Passes;

static void on_probe(const GsProbe *probe, void *user_data)
{
	Passes *passes = user_data;
	const int edge = (int)gs_test_now_edge(passes->bed);
	char word[24];

	if (strcmp(probe->name, "process_srcu") != 0)
		return;
	g_snprintf(word, sizeof(word), "%d ", edge);
	if (!g_str_has_suffix(passes->edges->str, word))
		g_string_append(passes->edges, word);
	passes->first_count += edge == 0;
}

/*
 * Readers never leave; a tenth into J0 comes @verb. After which edges up to @edges
 * does the worker look? @ret_first_count: how often in J0.
 */
static char *blocked(const char *kernel, const char *const *set, GsTestVerb verb, int edges,
		     int *ret_first_count)
{
	g_autoptr(GsTestBed) bed = bed_new(kernel, set);
	Passes passes = { .bed = bed, .edges = g_string_new(NULL) };

	gs_engine_set_probe_sink(&bed->engine, on_probe, &passes);
	GS_TEST_ACTOR(bed, 0, { GS_TEST_READ_LOCK, 0 },
		      { GS_TEST_SLEEP, bed->kernel.tick_nsec / 10 }, { verb, 0 });
	gs_test_run_until(&bed->engine, gs_test_edge_ns(bed, edges, 500));
	gs_engine_set_probe_sink(&bed->engine, NULL, NULL);
	if (ret_first_count)
		*ret_first_count = passes.first_count;
	return g_string_free(passes.edges, FALSE);
}

/* srcu_get_delay() of a normal grace period that readers block. */
static void test_blocked_normal(void)
{
	static const struct {
		const char *kernel, *edges;
	} rows[] = {
		{ "v4.12", "2 4 6 8 10 12 14 16 18 20 22 24 26 28 30 " }, /* always 1 */
		{ "v5.10", "2 4 6 8 10 12 14 16 18 20 22 24 26 28 30 " },
		{ "v5.19-rc1", "2 6 14 25 " },                            /* 3, 7, 10, 10 */
		{ "v5.19", "2 5 11 22 " },                                /* 2, 5, 10, 10 */
		{ "v6.1", "2 5 11 22 " },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *edges =
			blocked(rows[i].kernel, NULL, GS_TEST_CALL, 30, NULL);

		g_assert_cmpstr(edges, ==, rows[i].edges);
	}
}

/* And of an expedited one: when it stops polling, and how it goes on. */
static void test_blocked_expedited(void)
{
	static const struct {
		const char *kernel, *edges;
	} rows[] = {
		{ "v5.10", "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 " }, /* never sleeps */
		{ "v5.19-rc1", "0 2 5 11 " },                                /* 1, 2, 5, 10 */
		{ "v5.19", "0 2 4 8 16 " },                                  /* 1, 1, 3, 7 */
		{ "v6.1", "0 2 4 8 16 " },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *edges =
			blocked(rows[i].kernel, NULL, GS_TEST_CALL_EXPEDITED, 17, NULL);

		g_assert_cmpstr(edges, ==, rows[i].edges);
	}
}

/* The same of the patches between 5.19-rc1 and 5.19, as --set expresses them. */
static void test_blocked_fixes(void)
{
	g_autofree char *age =
		blocked("v5.19-rc1", SET(FIX_AGE), GS_TEST_CALL_EXPEDITED, 17, NULL);
	g_autofree char *cbdelay =
		blocked("v5.19-rc1", SET(FIX_CBDELAY), GS_TEST_CALL_EXPEDITED, 17, NULL);

	g_assert_cmpstr(age, ==, "0 2 4 8 16 ");
	g_assert_cmpstr(cbdelay, ==, "0 2 5 11 ");
}

/*
 * How many passes a budget buys. try_check_zero() of 5.19-rc1 asks for the delay
 * at each of a pass's three looks, and process_srcu() once more; that of 5.19 asks
 * once. Then srcu_max_nodelay_phase is used up; or srcu_max_nodelay, per jiffy.
 */
static void test_budget(void)
{
	static const struct {
		const char *kernel, *set;
		int passes;
	} rows[] = {
		{ "v5.19-rc1", "srcutree.srcu_max_nodelay_phase=1", 1 },
		{ "v5.19-rc1", "srcutree.srcu_max_nodelay_phase=100", 26 },
		{ "v5.19", "srcutree.srcu_max_nodelay_phase=100", 51 },
		{ "v5.19-rc1", NO_PHASE_LIMIT, 101 },
		{ "v5.19", NO_PHASE_LIMIT, 900 }, /* its 1000 are not reached before edge 1 */
		{ "v5.10", NO_PHASE_LIMIT, 900 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *edges = NULL;
		int passes;

		edges = blocked(rows[i].kernel, SET(rows[i].set), GS_TEST_CALL_EXPEDITED, 3,
				&passes);
		g_assert_cmpint(passes, ==, rows[i].passes);
	}
}

/*
 * The callbacks of an expedited grace period that a tick edge, or two, went by.
 * srcu_gp_end() of 5.19-rc1 asks for the delay and makes them wait a jiffy; that of
 * 5.19 looks whether anybody is in a hurry. Up to 5.18 age plays no part.
 */
static void test_cbdelay(gconstpointer data)
{
	const bool two_edges = GPOINTER_TO_INT(data);
	const struct {
		const char *kernel;
		const char *const *set;
		int one_edge, two_edges; /* edge after which the callback runs */
	} rows[] = {
		{ "v5.10", NULL, 1, 1 },
		{ "v5.19-rc1", SET(NO_PHASE_LIMIT), 3, 4 },
		{ "v5.19-rc1", SET(FIX_AGE, NO_PHASE_LIMIT), 1, 4 },
		{ "v5.19-rc1", SET(FIX_AGE, FIX_CBDELAY, NO_PHASE_LIMIT), 1, 2 },
		{ "v5.19", NULL, 1, 2 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GsTestBed) bed = bed_new(rows[i].kernel, rows[i].set);
		const int64_t tick_nsec = bed->kernel.tick_nsec;
		/*
		 * The request comes just before edge 1, and the reader is gone at the second
		 * look; or it comes early, and polling ends before the reader does.
		 */
		const int64_t hold_ns = two_edges ? tick_nsec * 13 / 10 : tick_nsec + 1000;
		const int64_t request_ns = two_edges ? tick_nsec / 10 : tick_nsec - 2000;
		GsTestActor *actor;

		GS_TEST_ACTOR(bed, 1, { GS_TEST_READ_LOCK, 0 }, { GS_TEST_SLEEP, hold_ns },
			      { GS_TEST_READ_UNLOCK, 0 });
		actor = GS_TEST_ACTOR(bed, 0, { GS_TEST_SLEEP, request_ns },
				      { GS_TEST_CALL_EXPEDITED, 0 });
		gs_test_run_until(&bed->engine, gs_test_edge_ns(bed, 9, 500));
		g_assert_cmpint(actor->records[1].callback_count, ==, 1);
		g_assert_cmpint(gs_jiffies_at(actor->records[1].callback_ns, tick_nsec) -
					GS_TEST_J0, ==,
				two_edges ? rows[i].two_edges : rows[i].one_edge);
	}
}

/*
 * Up to 5.18 every domain has per-CPU callback lists: the CPU that called runs the
 * callback. From 5.19 on a small machine's domains have one list, the boot CPU's.
 */
static void test_callback_cpu(void)
{
	static const struct {
		const char *kernel;
		int cpu;
	} rows[] = { { "v4.12", 1 }, { "v5.10", 1 }, { "v5.19-rc1", 0 }, { "v5.19", 0 } };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GsTestBed) bed = bed_new(rows[i].kernel, NULL);
		GsTestActor *actor = GS_TEST_ACTOR(bed, 1, { GS_TEST_CALL, 0 });

		gs_test_run_until(&bed->engine, gs_test_edge_ns(bed, 9, 0));
		g_assert_cmpint(actor->records[0].callback_cpu, ==, rows[i].cpu);
	}
}

/* What this program is about is no news: an expedited wait behind call_srcu() stalls in all. */
static void test_stall_everywhere(void)
{
	static const char *const kernels[] = { "v4.12", "v5.10", "v5.19-rc1", "v5.19", "v7.3" };

	for (size_t i = 0; i < G_N_ELEMENTS(kernels); i++) {
		g_autoptr(GsTestBed) bed = bed_new(kernels[i], NULL);
		GsTestActor *actor = GS_TEST_ACTOR(bed, 0, { GS_TEST_CALL, 0 },
						   { GS_TEST_CALL, 0 },
						   { GS_TEST_SYNC_EXPEDITED, 0 });

		gs_test_run_until(&bed->engine, gs_test_edge_ns(bed, 9, 0));
		/*
		 * In 5.19-rc1 the callbacks of the first grace period, two edges old, wait for
		 * two more; those of the second, which starts when it ends, do not.
		 */
		g_assert_cmpint(actor->records[0].callback_ns, ==,
				gs_test_edge_ns(bed, 2, 0));
		g_assert_cmpint(actor->records[2].ended_ns, ==, gs_test_edge_ns(bed, 2, 0));
	}
}

/* Releases that are not told apart here have the same SRCU. */
static void test_same(void)
{
	static const char *const pairs[][2] = { { "v4.12", "v5.10" }, { "v5.19", "v6.1" } };

	for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++) {
		const GsSrcuParams a = srcu_params(pairs[i][0], NULL);
		const GsSrcuParams b = srcu_params(pairs[i][1], NULL);

		g_assert_cmpint(a.age_grace_jiffies, ==, b.age_grace_jiffies);
		g_assert_cmpint(a.check_asks_each_time, ==, b.check_asks_each_time);
		g_assert_cmpint(a.cbdelay_asks, ==, b.cbdelay_asks);
		g_assert_cmpint(a.srcu_max_nodelay_phase, ==, b.srcu_max_nodelay_phase);
		g_assert_cmpint(a.srcu_max_nodelay, ==, b.srcu_max_nodelay);
		g_assert_cmpint(a.convert_to_big, ==, b.convert_to_big);
		g_assert_cmpint(a.start_by_irq_work, ==, b.start_by_irq_work);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/srcu-releases/get-delay/normal", test_blocked_normal);
	g_test_add_func("/srcu-releases/get-delay/expedited", test_blocked_expedited);
	g_test_add_func("/srcu-releases/get-delay/fixes", test_blocked_fixes);
	g_test_add_func("/srcu-releases/budget", test_budget);
	g_test_add_data_func("/srcu-releases/gp-end/one-edge", GINT_TO_POINTER(0), test_cbdelay);
	g_test_add_data_func("/srcu-releases/gp-end/two-edges", GINT_TO_POINTER(1), test_cbdelay);
	g_test_add_func("/srcu-releases/callback-cpu", test_callback_cpu);
	g_test_add_func("/srcu-releases/stall-everywhere", test_stall_everywhere);
	g_test_add_func("/srcu-releases/same", test_same);
	return g_test_run();
}
