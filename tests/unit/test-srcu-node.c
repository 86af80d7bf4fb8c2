/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tree of a big domain, and how a small one grows it. */
#include <glib.h>

#include "sim/srcu/srcu-node.h"
#include "tests/lib/gs-test.h"

static GsTestBed *bed_new(int cpus)
{
	GsKernelParams params;
	GsTestBed *bed;

	gs_test_params_init(&params, 100, cpus);
	bed = gs_test_bed_new(&params);
	bed->srcu_params.convert_to_big = GS_SRCU_SIZING_INIT;
	gs_test_bed_start(bed, 0);
	return bed;
}

static void run(GsTestBed *bed)
{
	g_assert_true(gs_test_bed_run(bed, GS_NSEC_PER_SEC));
}

/* Sixteen CPUs a leaf; a root if there is more than one leaf. */
static void test_shape(void)
{
	static const struct {
		int cpus, nodes;
	} rows[] = { { 1, 1 }, { 16, 1 }, { 17, 3 }, { 40, 4 }, { 1024, 65 } };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GsTestBed) bed = bed_new(rows[i].cpus);

		g_assert_cmpint(bed->srcu.node_count, ==, rows[i].nodes);
		for (int cpu = 0; cpu < rows[i].cpus; cpu++) {
			const GsSrcuNode *leaf = gs_srcu_data(&bed->srcu, cpu)->mynode;

			g_assert_true(leaf->leaf);
			g_assert_cmpint(leaf->grplo, <=, cpu);
			g_assert_cmpint(leaf->grphi, >=, cpu);
			g_assert_cmpint(leaf->grphi - leaf->grplo, <, GS_SRCU_FANOUT_LEAF);
			g_assert_true(!leaf->srcu_parent == (rows[i].nodes == 1));
			if (leaf->srcu_parent)
				g_assert_cmpint(leaf->srcu_parent->grphi, ==, rows[i].cpus - 1);
		}
	}
}

/* What a request leaves behind on its way up: its number at the node, its CPU's bit at the leaf. */
static void test_funnel(void)
{
	g_autoptr(GsTestBed) bed = bed_new(40);
	const GsSrcuNode *leaf = gs_srcu_data(&bed->srcu, 18)->mynode;
	const GsSrcuNode *other = gs_srcu_data(&bed->srcu, 3)->mynode;
	GsTestActor *actor = GS_TEST_ACTOR(bed, 18, { GS_TEST_CALL, 0 });
	GsTestActor *neighbour = GS_TEST_ACTOR(bed, 20, { GS_TEST_SLEEP, 1000 },
					       { GS_TEST_CALL, 0 });

	/* Grace period 4, the first; slot 4 / 4 mod 4 = 1; CPU 18 is bit 2 of 16..31. */
	gs_test_run_until(&bed->engine, gs_test_edge_ns(bed, 0, 0) + 500);
	g_assert_cmpuint(leaf->srcu_have_cbs[1], ==, 4);
	g_assert_cmpuint(leaf->srcu_data_have_cbs[1], ==, 1 << 2);
	g_assert_cmpuint(leaf->srcu_parent->srcu_have_cbs[1], ==, 4);
	g_assert_cmpuint(other->srcu_have_cbs[1], ==, GS_SRCU_SNP_INIT_SEQ);
	g_assert_cmpuint(bed->srcu.srcu_gp_seq_needed, ==, 4);
	g_assert_cmpuint(bed->srcu.srcu_gp_seq_needed_exp, ==, 0);

	/* CPU 20 comes while it runs: grace period 8, slot 2, bit 4. */
	gs_test_run_until(&bed->engine, gs_test_edge_ns(bed, 1, 0));
	g_assert_cmpuint(leaf->srcu_have_cbs[2], ==, 8);
	g_assert_cmpuint(leaf->srcu_data_have_cbs[2], ==, 1 << 4);
	g_assert_cmpuint(bed->srcu.srcu_gp_seq_needed, ==, 8);

	run(bed);
	g_assert_cmpint(actor->records[0].callback_cpu, ==, 18);
	g_assert_cmpint(neighbour->records[1].callback_cpu, ==, 20);
	/* Over: equal to no number anybody asks for, and no bit left. */
	g_assert_cmpuint(leaf->srcu_have_cbs[1], ==, 5);
	g_assert_cmpuint(leaf->srcu_data_have_cbs[1], ==, 0);
}

/* An expedited wish for what was asked for as normal goes up too, as far as it is news. */
static void test_funnel_expedited(void)
{
	g_autoptr(GsTestBed) bed = bed_new(40);
	GsSrcuStruct *ssp = &bed->srcu;
	GsSrcuNode *leaf = gs_srcu_data(ssp, 18)->mynode;

	bed->kernel.this_cpu = &bed->kernel.cpus[18];
	gs_test_run_until(&bed->engine, gs_test_edge_ns(bed, 0, 100));
	gs_srcu_funnel_gp_start(ssp, gs_srcu_data(ssp, 18), 4, true);
	g_assert_cmpuint(leaf->srcu_gp_seq_needed_exp, ==, GS_SRCU_SNP_INIT_SEQ);
	/* Another CPU of the leaf: the number is there, the wish is not. */
	gs_srcu_funnel_gp_start(ssp, gs_srcu_data(ssp, 19), 4, false);
	g_assert_cmpuint(leaf->srcu_data_have_cbs[1], ==, 3 << 2);
	g_assert_cmpuint(leaf->srcu_gp_seq_needed_exp, ==, 4);
	g_assert_cmpuint(leaf->srcu_parent->srcu_gp_seq_needed_exp, ==, 4);
	g_assert_cmpuint(ssp->srcu_gp_seq_needed_exp, ==, 4);
	g_assert_cmpuint(ssp->srcu_gp_seq_needed, ==, 4);
	/* A number and the wish at once. */
	gs_srcu_funnel_gp_start(ssp, gs_srcu_data(ssp, 3), 8, false);
	g_assert_cmpuint(gs_srcu_data(ssp, 3)->mynode->srcu_have_cbs[2], ==, 8);
	g_assert_cmpuint(gs_srcu_data(ssp, 3)->mynode->srcu_gp_seq_needed_exp, ==, 8);
	g_assert_cmpuint(ssp->srcu_gp_seq_needed_exp, ==, 8);
	/* Somebody who finds the wish at his node need not go on. */
	leaf->srcu_gp_seq_needed_exp = 12;
	gs_srcu_funnel_exp_start(ssp, leaf, 12);
	g_assert_cmpuint(ssp->srcu_gp_seq_needed_exp, ==, 8);
}

/* At the end of a grace period of a big domain only the CPUs that asked are bothered. */
static void count_invocations(const GsProbe *probe, void *user_data)
{
	if (g_str_equal(probe->name, "srcu_invoke_callbacks"))
		((int *)user_data)[probe->cpu]++;
}

static void test_only_those_concerned(void)
{
	g_autoptr(GsTestBed) bed = bed_new(40);
	int counts[40] = { 0 };

	gs_engine_set_probe_sink(&bed->engine, count_invocations, counts);
	GS_TEST_ACTOR(bed, 5, { GS_TEST_CALL, 0 });
	GS_TEST_ACTOR(bed, 35, { GS_TEST_CALL_EXPEDITED, 0 });
	run(bed);
	for (int cpu = 0; cpu < 40; cpu++)
		g_assert_cmpint(counts[cpu], ==, cpu == 5 || cpu == 35);
}

/*
 * From ALLOC to BIG it is a step each grace period: seven. On the way the
 * callbacks move from the boot CPU to their own.
 */
static void test_grow(void)
{
	g_autoptr(GsTestBed) bed = gs_test_bed_new_simple(100, 20);
	GsTestActor *actor;

	bed->srcu.srcu_size_state = GS_SRCU_SIZE_ALLOC;
	for (int state = GS_SRCU_SIZE_ALLOC; state < GS_SRCU_SIZE_BIG; state++) {
		g_assert_cmpint(bed->srcu.srcu_size_state, ==, state);
		actor = GS_TEST_ACTOR(bed, 18, { GS_TEST_CALL_EXPEDITED, 0 });
		run(bed);
		g_assert_cmpint(actor->records[0].callback_cpu, ==,
				state < GS_SRCU_SIZE_WAIT_CALL ? GS_BOOT_CPU : 18);
	}
	g_assert_cmpint(bed->srcu.srcu_size_state, ==, GS_SRCU_SIZE_BIG);
	g_assert_cmpuint(bed->srcu.srcu_gp_seq, ==, 7 * 4);
	GS_TEST_ACTOR(bed, 18, { GS_TEST_CALL_EXPEDITED, 0 });
	run(bed);
	g_assert_cmpint(bed->srcu.srcu_size_state, ==, GS_SRCU_SIZE_BIG);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/srcu-node/shape", test_shape);
	g_test_add_func("/srcu-node/funnel", test_funnel);
	g_test_add_func("/srcu-node/funnel/expedited", test_funnel_expedited);
	g_test_add_func("/srcu-node/only-those-concerned", test_only_those_concerned);
	g_test_add_func("/srcu-node/grow", test_grow);
	return g_test_run();
}
