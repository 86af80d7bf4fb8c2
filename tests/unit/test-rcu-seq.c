/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>

#include "sim/srcu/rcu-seq.h"

/* Idle at 4k: the one grace period that starts now is enough. */
static void test_snap_idle(void)
{
	g_assert_cmpuint(gs_rcu_seq_snap(0), ==, 4);
	g_assert_cmpuint(gs_rcu_seq_snap(40), ==, 44);
}

/* In progress (4k + 1, 4k + 2): the one that runs does not count, the next does. */
static void test_snap_in_progress(void)
{
	g_assert_cmpuint(gs_rcu_seq_snap(41), ==, 48);
	g_assert_cmpuint(gs_rcu_seq_snap(42), ==, 48);
}

/* One grace period adds four, by way of its states. */
static void test_life(void)
{
	uint64_t seq = 40;

	gs_rcu_seq_start(&seq);
	g_assert_cmpuint(seq, ==, 41);
	g_assert_cmpint(gs_rcu_seq_state(seq), ==, GS_SRCU_STATE_SCAN1);
	gs_rcu_seq_set_state(&seq, GS_SRCU_STATE_SCAN2);
	g_assert_cmpuint(seq, ==, 42);
	gs_rcu_seq_end(&seq);
	g_assert_cmpuint(seq, ==, 44);
	g_assert_cmpint(gs_rcu_seq_state(seq), ==, GS_SRCU_STATE_IDLE);
	g_assert_cmpuint(gs_rcu_seq_ctr(seq), ==, 11);
}

/* The kernel begins at (0 - 100) << 2, so that numbers wrap soon: comparisons must bear it. */
static void test_wrap(void)
{
	uint64_t seq = (UINT64_C(0) - 1) << GS_RCU_SEQ_CTR_SHIFT;
	const uint64_t before = seq, snap = gs_rcu_seq_snap(seq);

	g_assert_cmpuint(snap, ==, 0);
	g_assert_false(gs_rcu_seq_done(seq, snap));
	gs_rcu_seq_start(&seq);
	g_assert_true(gs_rcu_seq_before(seq, snap));
	g_assert_cmpuint(gs_rcu_seq_snap(seq), ==, 4);
	gs_rcu_seq_end(&seq);
	g_assert_cmpuint(seq, ==, 0);
	g_assert_true(gs_rcu_seq_done(seq, snap));
	g_assert_true(gs_rcu_seq_before(before, seq));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/rcu-seq/snap/idle", test_snap_idle);
	g_test_add_func("/rcu-seq/snap/in-progress", test_snap_in_progress);
	g_test_add_func("/rcu-seq/life", test_life);
	g_test_add_func("/rcu-seq/wrap", test_wrap);
	return g_test_run();
}
