/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>

#include "sim/srcu/rcu-segcblist.h"

#define HEADS 8

typedef struct {
	GsRcuSegcblist list;
	GsRcuHead heads[HEADS]; /* "a", "b", ... */
} Fixture;

static void set_up(Fixture *fixture, const void *data)
{
	(void)data;
	gs_rcu_segcblist_init(&fixture->list);
}

static void tear_down(Fixture *fixture, const void *data)
{
	(void)fixture;
	(void)data;
}

/* The segments as text: "done|wait|next_ready|next". */
static void assert_list(Fixture *fixture, const char *expected)
{
	GString *text = g_string_new(NULL);

	for (int i = 0; i < GS_RCU_CBLIST_NSEGS; i++) {
		const GsRcuSegment *segment = &fixture->list.segments[i];

		if (i > 0)
			g_string_append_c(text, '|');
		for (const GsRcuHead *head = segment->first; head; head = head->next) {
			g_string_append_c(text, (char)('a' + (head - fixture->heads)));
			if (!head->next)
				g_assert_true(head == segment->last);
		}
	}
	g_assert_cmpstr(text->str, ==, expected);
	g_string_free(text, TRUE);
}

static void enqueue(Fixture *fixture, char letter)
{
	gs_rcu_segcblist_enqueue(&fixture->list, &fixture->heads[letter - 'a']);
}

static void test_enqueue(Fixture *fixture, const void *data)
{
	(void)data;
	g_assert_false(gs_rcu_segcblist_pend_cbs(&fixture->list));
	enqueue(fixture, 'a');
	enqueue(fixture, 'b');
	assert_list(fixture, "|||ab");
	g_assert_true(gs_rcu_segcblist_pend_cbs(&fixture->list));
	g_assert_false(gs_rcu_segcblist_ready_cbs(&fixture->list));
	g_assert_cmpint(fixture->list.len, ==, 2);
}

/*
 * N calls from idle at 40: the first waits for 44, those that come while that
 * grace period runs (snap of 41: 48) share the next one. Never a third.
 */
static void test_burst(Fixture *fixture, const void *data)
{
	GsRcuSegcblist *list = &fixture->list;

	(void)data;
	enqueue(fixture, 'a');
	gs_rcu_segcblist_advance(list, 40);
	g_assert_true(gs_rcu_segcblist_accelerate(list, 44));
	assert_list(fixture, "|a||");
	g_assert_cmpuint(list->segments[GS_RCU_WAIT].gp_seq, ==, 44);

	for (char letter = 'b'; letter <= 'd'; letter++) {
		enqueue(fixture, letter);
		gs_rcu_segcblist_advance(list, 41);
		g_assert_true(gs_rcu_segcblist_accelerate(list, 48));
	}
	assert_list(fixture, "|a|bcd|");
	g_assert_cmpuint(list->segments[GS_RCU_NEXT_READY].gp_seq, ==, 48);

	gs_rcu_segcblist_advance(list, 44);
	assert_list(fixture, "a|bcd||");
	g_assert_cmpuint(list->segments[GS_RCU_WAIT].gp_seq, ==, 48);
	gs_rcu_segcblist_advance(list, 46);
	assert_list(fixture, "a|bcd||");
	gs_rcu_segcblist_advance(list, 48);
	assert_list(fixture, "abcd|||");
	g_assert_false(gs_rcu_segcblist_pend_cbs(list));
}

/* A later number moves on everything that waits for it or an earlier one, at once. */
static void test_advance_both(Fixture *fixture, const void *data)
{
	(void)data;
	enqueue(fixture, 'a');
	gs_rcu_segcblist_accelerate(&fixture->list, 44);
	enqueue(fixture, 'b');
	gs_rcu_segcblist_accelerate(&fixture->list, 48);
	enqueue(fixture, 'c');
	gs_rcu_segcblist_advance(&fixture->list, 48);
	assert_list(fixture, "ab|||c");
}

/* Three numbers need three segments; there are two: nothing has room for the third. */
static void test_accelerate_full(Fixture *fixture, const void *data)
{
	(void)data;
	enqueue(fixture, 'a');
	gs_rcu_segcblist_accelerate(&fixture->list, 44);
	enqueue(fixture, 'b');
	gs_rcu_segcblist_accelerate(&fixture->list, 48);
	enqueue(fixture, 'c');
	g_assert_false(gs_rcu_segcblist_accelerate(&fixture->list, 52));
	assert_list(fixture, "|a|b|c");
}

/* The same number again: the segment is shared. */
static void test_accelerate_same(Fixture *fixture, const void *data)
{
	(void)data;
	enqueue(fixture, 'a');
	gs_rcu_segcblist_accelerate(&fixture->list, 44);
	enqueue(fixture, 'b');
	g_assert_true(gs_rcu_segcblist_accelerate(&fixture->list, 44));
	assert_list(fixture, "|ab||");
}

static void test_accelerate_empty(Fixture *fixture, const void *data)
{
	(void)data;
	g_assert_false(gs_rcu_segcblist_accelerate(&fixture->list, 44));
	assert_list(fixture, "|||");
}

/* srcu_barrier()'s callback goes behind the last one and waits for what that waits for. */
static void test_entrain(Fixture *fixture, const void *data)
{
	GsRcuSegcblist *list = &fixture->list;

	(void)data;
	g_assert_false(gs_rcu_segcblist_entrain(list, &fixture->heads[0]));
	assert_list(fixture, "|||");
	enqueue(fixture, 'a');
	gs_rcu_segcblist_accelerate(list, 44);
	g_assert_true(gs_rcu_segcblist_entrain(list, &fixture->heads[1]));
	assert_list(fixture, "|ab||");
	gs_rcu_segcblist_advance(list, 44);
	g_assert_true(gs_rcu_segcblist_entrain(list, &fixture->heads[2]));
	assert_list(fixture, "abc|||");
	g_assert_cmpint(list->len, ==, 3);
}

/* Callbacks being invoked are off the list but still count: a barrier must wait for them. */
static void test_entrain_behind_invoked(Fixture *fixture, const void *data)
{
	GsRcuSegcblist *list = &fixture->list;
	const GsRcuHead *done;

	(void)data;
	enqueue(fixture, 'a');
	enqueue(fixture, 'b');
	gs_rcu_segcblist_accelerate(list, 44);
	enqueue(fixture, 'c');
	gs_rcu_segcblist_accelerate(list, 48);
	gs_rcu_segcblist_advance(list, 44);
	done = gs_rcu_segcblist_extract_done_cbs(list);
	g_assert_true(done == &fixture->heads[0] && done->next == &fixture->heads[1] &&
		      !done->next->next);
	assert_list(fixture, "|c||");
	gs_rcu_segcblist_advance(list, 48);
	gs_rcu_segcblist_extract_done_cbs(list);
	g_assert_null(gs_rcu_segcblist_extract_done_cbs(list));
	g_assert_cmpint(list->len, ==, 3);
	g_assert_true(gs_rcu_segcblist_entrain(list, &fixture->heads[3]));
	assert_list(fixture, "d|||");
}

int main(int argc, char **argv)
{
	static const struct {
		const char *path;
		void (*test)(Fixture *fixture, const void *data);
	} tests[] = {
		{ "/rcu-segcblist/enqueue", test_enqueue },
		{ "/rcu-segcblist/burst", test_burst },
		{ "/rcu-segcblist/advance-both", test_advance_both },
		{ "/rcu-segcblist/accelerate/full", test_accelerate_full },
		{ "/rcu-segcblist/accelerate/same", test_accelerate_same },
		{ "/rcu-segcblist/accelerate/empty", test_accelerate_empty },
		{ "/rcu-segcblist/entrain", test_entrain },
		{ "/rcu-segcblist/entrain/behind-invoked", test_entrain_behind_invoked },
	};

	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
	return g_test_run();
}
