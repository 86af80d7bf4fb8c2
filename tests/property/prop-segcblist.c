/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The segmented callback list, used the way SRCU uses it, against a plain queue
 * in which every callback carries the number it needs.
 *
 * Used that way a callback is done exactly when the number taken at its arrival
 * is over, never later: two segments with numbers are enough.
 */
#include <glib.h>

#include "sim/srcu/rcu-segcblist.h"
#include "sim/srcu/rcu-seq.h"
#include "tests/lib/gs-test.h"

#define CASES 500
#define STEPS 300

typedef struct {
	GsRcuHead head;
	uint64_t needs; /* the number that has to be over */
} Callback;

typedef struct {
	GsRcuSegcblist list;
	uint64_t seq;  /* of the domain */
	GQueue waiting; /* owned: Callback, in order of arrival; the list's contents */
	long invoking; /* taken off the list, still counted */
} Model;

static bool is_done(const Model *model, const Callback *callback)
{
	return gs_rcu_seq_done(model->seq, callback->needs);
}

/* As call_srcu(): the number first, then what is over, then the number for the new one. */
static void call(Model *model)
{
	Callback *callback = g_new0(Callback, 1);

	callback->needs = gs_rcu_seq_snap(model->seq);
	gs_rcu_segcblist_enqueue(&model->list, &callback->head);
	gs_rcu_segcblist_advance(&model->list, model->seq);
	g_assert_true(gs_rcu_segcblist_accelerate(&model->list, callback->needs));
	g_queue_push_tail(&model->waiting, callback);
}

/* As srcu_barrier(): refused when there is nothing to wait for, else behind the last. */
static void entrain(Model *model)
{
	Callback *callback = g_new0(Callback, 1);
	const Callback *last = g_queue_peek_tail(&model->waiting);

	callback->needs = last ? last->needs : model->seq;
	if (gs_rcu_segcblist_entrain(&model->list, &callback->head)) {
		g_assert_true(last || model->invoking > 0);
		g_queue_push_tail(&model->waiting, callback);
	} else {
		g_assert_true(!last && model->invoking == 0);
		g_free(callback);
	}
}

/* The domain goes on: its next state, or the end of the grace period. */
static void go_on(Model *model)
{
	if (gs_rcu_seq_state(model->seq) == GS_SRCU_STATE_SCAN2)
		gs_rcu_seq_end(&model->seq);
	else
		model->seq++;
}

/* As srcu_invoke_callbacks(): all that is done, in order, and nothing else. */
static void invoke(Model *model)
{
	gs_rcu_segcblist_advance(&model->list, model->seq);
	const Callback *first = g_queue_peek_head(&model->waiting);

	g_assert_true(gs_rcu_segcblist_ready_cbs(&model->list) == (first && is_done(model, first)));
	GsRcuHead *head = gs_rcu_segcblist_extract_done_cbs(&model->list);

	while (head) {
		GsRcuHead *next = head->next;
		Callback *callback = g_queue_pop_head(&model->waiting);

		g_assert_true(head == &callback->head);
		g_assert_true(is_done(model, callback));
		g_free(callback);
		model->invoking++;
		head = next;
	}
	first = g_queue_peek_head(&model->waiting);
	g_assert_false(first && is_done(model, first));
}

static void check(const Model *model)
{
	g_assert_cmpint(model->list.len, ==, (long)g_queue_get_length((GQueue *)&model->waiting) +
						     model->invoking);
}

static void segcblist_property(GRand *rand)
{
	Model model = {
		.seq = (UINT64_C(0) - (uint64_t)g_rand_int_range(rand, 0, 50))
		       << GS_RCU_SEQ_CTR_SHIFT,
		.waiting = G_QUEUE_INIT,
	};

	gs_rcu_segcblist_init(&model.list);
	for (int i = 0; i < STEPS; i++) {
		switch (g_rand_int_range(rand, 0, 6)) {
		case 0:
		case 1:
			call(&model);
			break;
		case 2:
			entrain(&model);
			break;
		case 3:
			invoke(&model);
			break;
		case 4:
			model.list.len -= model.invoking;
			model.invoking = 0;
			break;
		default:
			go_on(&model);
		}
		check(&model);
	}
	/* Two full grace periods later nothing waits. */
	for (int i = 0; i < 6; i++)
		go_on(&model);
	invoke(&model);
	g_assert_true(g_queue_is_empty(&model.waiting));
	g_assert_false(gs_rcu_segcblist_pend_cbs(&model.list));
	check(&model);
}

static void test_segcblist(void)
{
	gs_test_property(CASES, segcblist_property);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/rcu-segcblist", test_segcblist);
	return g_test_run();
}
