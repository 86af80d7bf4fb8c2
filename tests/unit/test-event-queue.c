/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>

#include "sim/engine/event-queue.h"
#include "sim/engine/sim-time.h"

static void assert_pops(GsEventQueue *queue, GsEvent *event, int64_t at_ns)
{
	int64_t ret_at_ns = -1;

	g_assert_cmpint(gs_event_queue_peek_ns(queue), ==, at_ns);
	g_assert_true(gs_event_queue_pop(queue, GS_TIME_NEVER_NS, &ret_at_ns) == event);
	g_assert_cmpint(ret_at_ns, ==, at_ns);
	g_assert_false(gs_event_is_pending(event));
}

static void assert_empty(GsEventQueue *queue)
{
	int64_t at_ns = -1;

	g_assert_cmpuint(gs_event_queue_length(queue), ==, 0);
	g_assert_cmpint(gs_event_queue_peek_ns(queue), ==, GS_TIME_NEVER_NS);
	g_assert_null(gs_event_queue_pop(queue, GS_TIME_NEVER_NS, &at_ns));
	g_assert_cmpint(at_ns, ==, -1);
}

static void init_events(GsEvent *events, size_t count)
{
	for (size_t i = 0; i < count; i++)
		gs_event_init(&events[i], "event", GS_EVENT_TASK, NULL);
}

static void test_empty(void)
{
	GsEventQueue queue;

	gs_event_queue_init(&queue);
	assert_empty(&queue);
	gs_event_queue_reset(&queue);
	assert_empty(&queue);
	gs_event_queue_clear(&queue);
}

/* Time goes before class, class before sequence; the upper word borrows from none. */
static void test_order(void)
{
	static const struct {
		int64_t at_ns;
		GsEventClass class;
		uint64_t seq;
	} order[] = {
		{ 0, GS_EVENT_CLOCK, GS_EVENT_END_SEQ - 1 },
		{ 0, GS_EVENT_OBSERVER, 0 },
		{ 1, GS_EVENT_CLOCK, 0 },
		{ 1, GS_EVENT_CLOCK, 1 },
		{ 1, GS_EVENT_CLOCK, GS_EVENT_END_SEQ - 1 },
		{ 1, GS_EVENT_INTERRUPT, 0 },
		{ 1, GS_EVENT_DEFERRED, UINT64_C(1) << 39 },
		{ 1, GS_EVENT_TASK, UINT64_C(1) << 32 },
		{ 1, GS_EVENT_TASK, UINT64_C(3) << 38 },
		{ 1, GS_EVENT_OBSERVER, 5 },
		{ INT64_C(1) << 32, GS_EVENT_CLOCK, 0 },
		{ GS_EVENT_END_NS - 1, GS_EVENT_CLOCK, 0 },
		{ GS_EVENT_END_NS - 1, GS_EVENT_OBSERVER, GS_EVENT_END_SEQ - 1 },
	};
	GsEvent events[G_N_ELEMENTS(order)];
	GsEventQueue queue;

	gs_event_queue_init(&queue);
	/* Pushed in the order of every stride that visits them all: 13 is prime. */
	for (size_t stride = 1; stride < G_N_ELEMENTS(order); stride++) {
		for (size_t n = 0; n < G_N_ELEMENTS(order); n++) {
			size_t i = n * stride % G_N_ELEMENTS(order);

			gs_event_init(&events[i], "event", order[i].class, NULL);
			gs_event_queue_push(&queue, &events[i], order[i].at_ns, order[i].seq);
			g_assert_true(gs_event_is_pending(&events[i]));
			g_assert_cmpint(gs_event_queue_at_ns(&queue, &events[i]), ==,
					order[i].at_ns);
		}
		for (size_t i = 0; i < G_N_ELEMENTS(order); i++)
			assert_pops(&queue, &events[i], order[i].at_ns);
		assert_empty(&queue);
	}
	gs_event_queue_clear(&queue);
}

static void test_until(void)
{
	GsEventQueue queue;
	int64_t at_ns = -1;
	GsEvent event;

	init_events(&event, 1);
	gs_event_queue_init(&queue);
	gs_event_queue_push(&queue, &event, 10, 0);
	g_assert_null(gs_event_queue_pop(&queue, 9, &at_ns));
	g_assert_cmpint(at_ns, ==, -1);
	g_assert_true(gs_event_is_pending(&event));
	g_assert_true(gs_event_queue_pop(&queue, 10, &at_ns) == &event);
	g_assert_cmpint(at_ns, ==, 10);
	gs_event_queue_clear(&queue);
}

static void test_cancel(void)
{
	GsEventQueue queue;
	GsEvent events[3];

	init_events(events, 3);
	gs_event_queue_init(&queue);
	for (size_t i = 0; i < 3; i++)
		gs_event_queue_push(&queue, &events[i], 10 * (int64_t)i, i);

	gs_event_queue_cancel(&queue, &events[0]);
	g_assert_false(gs_event_is_pending(&events[0]));
	g_assert_cmpuint(gs_event_queue_length(&queue), ==, 2);
	assert_pops(&queue, &events[1], 10);
	/* With the leaf of the popped event still there. */
	gs_event_queue_cancel(&queue, &events[2]);
	assert_empty(&queue);
	gs_event_queue_clear(&queue);
}

static void test_move(void)
{
	GsEventQueue queue;
	GsEvent events[3];

	init_events(events, 3);
	gs_event_queue_init(&queue);
	for (size_t i = 0; i < 3; i++)
		gs_event_queue_push(&queue, &events[i], 10, i);
	gs_event_queue_move(&queue, &events[0], 10, 3);
	gs_event_queue_move(&queue, &events[2], 5, 4);
	g_assert_cmpint(gs_event_queue_at_ns(&queue, &events[2]), ==, 5);
	g_assert_cmpuint(gs_event_queue_length(&queue), ==, 3);

	assert_pops(&queue, &events[2], 5);
	gs_event_queue_move(&queue, &events[1], 20, 5);
	assert_pops(&queue, &events[0], 10);
	assert_pops(&queue, &events[1], 20);
	assert_empty(&queue);
	gs_event_queue_clear(&queue);
}

/* The order is the same wherever an event was thought to belong. */
static void test_front(void)
{
	GsEventQueue queue;
	GsEvent events[5];
	int64_t at_ns;

	init_events(events, 5);
	gs_event_queue_init(&queue);
	gs_event_queue_push(&queue, &events[0], 30, 0);
	gs_event_queue_push_next(&queue, &events[1], 20, 1); /* in front */
	gs_event_queue_push_next(&queue, &events[2], 20, 2); /* behind its equal */
	gs_event_queue_push_next(&queue, &events[3], 10, 3); /* before what is in front */
	gs_event_queue_push(&queue, &events[4], 5, 4);       /* before that, unasked */
	g_assert_cmpuint(gs_event_queue_length(&queue), ==, 5);
	g_assert_cmpint(gs_event_queue_peek_ns(&queue), ==, 5);
	g_assert_cmpint(gs_event_queue_at_ns(&queue, &events[4]), ==, 5);
	g_assert_null(gs_event_queue_pop(&queue, 4, &at_ns));

	gs_event_queue_cancel(&queue, &events[4]);
	g_assert_false(gs_event_is_pending(&events[4]));
	assert_pops(&queue, &events[3], 10);
	assert_pops(&queue, &events[1], 20);
	gs_event_queue_push_next(&queue, &events[1], 15, 5);
	gs_event_queue_move(&queue, &events[0], 12, 6); /* to before the front */
	gs_event_queue_move(&queue, &events[0], 18, 7); /* from there */
	assert_pops(&queue, &events[1], 15);
	assert_pops(&queue, &events[0], 18);

	gs_event_queue_push_next(&queue, &events[0], 19, 8);
	gs_event_queue_reset(&queue);
	g_assert_false(gs_event_is_pending(&events[0]));
	g_assert_false(gs_event_is_pending(&events[2]));
	assert_empty(&queue);
	gs_event_queue_clear(&queue);
}

/* An event may be gone once it was popped, even before the queue is used again. */
static void test_popped_event_is_forgotten(void)
{
	GsEvent *event = g_new(GsEvent, 1), other;
	GsEventQueue queue;

	init_events(event, 1);
	init_events(&other, 1);
	gs_event_queue_init(&queue);
	gs_event_queue_push(&queue, event, 1, 0);
	gs_event_queue_push(&queue, &other, 2, 1);
	assert_pops(&queue, event, 1);
	g_free(event);
	gs_event_queue_reset(&queue);
	g_assert_false(gs_event_is_pending(&other));
	assert_empty(&queue);
	gs_event_queue_clear(&queue);
}

static void push_all(GsEventQueue *queue, GsEvent *events, size_t count, int64_t step_ns)
{
	for (size_t i = 0; i < count; i++)
		gs_event_queue_push(queue, &events[i], (int64_t)i * step_ns, i);
}

static void test_reset(void)
{
	GsEvent events[100];
	GsEventQueue queue;

	init_events(events, G_N_ELEMENTS(events));
	gs_event_queue_init(&queue);
	for (int round = 0; round < 3; round++) {
		push_all(&queue, events, G_N_ELEMENTS(events), 10);
		for (size_t i = 0; i < 5; i++)
			assert_pops(&queue, &events[i], 10 * (int64_t)i);
		gs_event_queue_reset(&queue);
		for (size_t i = 0; i < G_N_ELEMENTS(events); i++)
			g_assert_false(gs_event_is_pending(&events[i]));
		assert_empty(&queue);
	}
	gs_event_queue_clear(&queue);
}

/* The tree is made for as many events as the run before had at a time. */
static void test_reset_fits_capacity(void)
{
	GsEvent events[100];
	GsEventQueue queue;

	init_events(events, G_N_ELEMENTS(events));
	gs_event_queue_init(&queue);
	push_all(&queue, events, 100, 1);
	gs_event_queue_reset(&queue);
	g_assert_cmpuint(queue.tree.capacity, ==, 128);
	for (size_t round = 0; round < 3; round++) {
		push_all(&queue, events, 10, 1);
		for (size_t i = 0; i < 10; i++)
			assert_pops(&queue, &events[i], (int64_t)i);
	}
	gs_event_queue_reset(&queue);
	g_assert_cmpuint(queue.tree.capacity, ==, 16);
	gs_event_queue_clear(&queue);
}

/* A pop and a push in turns never need a slot more. */
static void test_hold_keeps_capacity(void)
{
	GsEventQueue queue;
	GsEvent events[16];
	int64_t at_ns = -1;
	uint64_t seq = G_N_ELEMENTS(events);

	init_events(events, G_N_ELEMENTS(events));
	gs_event_queue_init(&queue);
	push_all(&queue, events, G_N_ELEMENTS(events), 1);
	g_assert_cmpuint(queue.tree.capacity, ==, 16);
	for (int i = 0; i < 100; i++) {
		GsEvent *event = gs_event_queue_pop(&queue, GS_TIME_NEVER_NS, &at_ns);

		g_assert_true(event == &events[i % 16]);
		gs_event_queue_push(&queue, event, at_ns + 16, seq++);
	}
	g_assert_cmpuint(queue.tree.capacity, ==, 16);
	gs_event_queue_clear(&queue);
}

/* ---- the ladder behind the tree ---- */

#define MANY 1000

typedef struct {
	GsEventQueue queue;
	GsEvent events[MANY];
} Many;

/* A queue that holds more than its tree may. */
static void many_set_up(Many *many, const void *data)
{
	(void)data;
	gs_event_queue_init(&many->queue);
	many->queue.tree_limit = 64;
	many->queue.least_tree_limit = 64;
	init_events(many->events, MANY);
	push_all(&many->queue, many->events, MANY, 1000);
	g_assert_cmpuint(many->queue.ladder.count, >, 0);
	g_assert_cmpuint(gs_event_queue_length(&many->queue), ==, MANY);
}

static void many_tear_down(Many *many, const void *data)
{
	(void)data;
	gs_event_queue_clear(&many->queue);
}

static bool in_ladder(const GsEvent *event)
{
	return gs_event_is_pending(event) && (event->slot & GS_EVENT_IN_LADDER);
}

static void test_ladder_order(Many *many, const void *data)
{
	(void)data;
	g_assert_true(in_ladder(&many->events[MANY - 1]));
	g_assert_cmpint(gs_event_queue_at_ns(&many->queue, &many->events[MANY - 1]), ==,
			(MANY - 1) * 1000);
	for (size_t i = 0; i < MANY; i++) {
		g_assert_cmpuint(gs_event_queue_length(&many->queue), ==, MANY - i);
		assert_pops(&many->queue, &many->events[i], (int64_t)i * 1000);
	}
	assert_empty(&many->queue);
	/* And is not needed any more. */
	g_assert_cmpuint(many->queue.ladder.horizon, ==, GS_EVENT_NEVER);
	gs_event_queue_push(&many->queue, &many->events[0], MANY * 1000, MANY);
	g_assert_false(in_ladder(&many->events[0]));
}

static void test_ladder_until(Many *many, const void *data)
{
	int64_t at_ns = -1;

	(void)data;
	for (size_t i = 0; i < 500; i++)
		assert_pops(&many->queue, &many->events[i], (int64_t)i * 1000);
	g_assert_null(gs_event_queue_pop(&many->queue, 500 * 1000 - 1, &at_ns));
	/* What is pushed now is sooner than what is pending. */
	gs_event_queue_push(&many->queue, &many->events[0], 499 * 1000 + 1, MANY);
	assert_pops(&many->queue, &many->events[0], 499 * 1000 + 1);
	assert_pops(&many->queue, &many->events[500], 500 * 1000);
}

static void test_ladder_cancel(Many *many, const void *data)
{
	(void)data;
	for (size_t i = 0; i < MANY; i++) {
		if (i % 3) {
			gs_event_queue_cancel(&many->queue, &many->events[i]);
			g_assert_false(gs_event_is_pending(&many->events[i]));
			/* It may be gone at once. */
			many->events[i] = (GsEvent){ .slot = GS_EVENT_NO_SLOT };
		}
	}
	for (size_t i = 0; i < MANY; i += 3)
		assert_pops(&many->queue, &many->events[i], (int64_t)i * 1000);
	assert_empty(&many->queue);
}

static void test_ladder_cancel_all(Many *many, const void *data)
{
	(void)data;
	for (size_t i = 0; i < MANY; i++)
		gs_event_queue_cancel(&many->queue, &many->events[i]);
	assert_empty(&many->queue);
	push_all(&many->queue, many->events, MANY, 1000);
	assert_pops(&many->queue, &many->events[0], 0);
}

/* From the tree into the ladder, back, and within each. */
static void test_ladder_move(Many *many, const void *data)
{
	GsEvent *first = &many->events[0], *last = &many->events[MANY - 1];

	(void)data;
	assert_pops(&many->queue, first, 0);
	gs_event_queue_push(&many->queue, first, 1, MANY);
	g_assert_false(in_ladder(first));
	gs_event_queue_move(&many->queue, first, MANY * 1000, MANY + 1);
	g_assert_true(in_ladder(first));
	gs_event_queue_move(&many->queue, last, 1, MANY + 2);
	g_assert_false(in_ladder(last));
	g_assert_cmpint(gs_event_queue_at_ns(&many->queue, last), ==, 1);
	gs_event_queue_move(&many->queue, &many->events[998], 500 * 1000, MANY + 3);
	g_assert_cmpuint(gs_event_queue_length(&many->queue), ==, MANY);

	assert_pops(&many->queue, last, 1);
	for (size_t i = 1; i <= 500; i++)
		assert_pops(&many->queue, &many->events[i], (int64_t)i * 1000);
	assert_pops(&many->queue, &many->events[998], 500 * 1000);
	for (size_t i = 501; i < 998; i++)
		assert_pops(&many->queue, &many->events[i], (int64_t)i * 1000);
	assert_pops(&many->queue, first, MANY * 1000);
	assert_empty(&many->queue);
}

/* A far timer that is armed again and again does not fill the memory. */
static void test_ladder_forgets_moves(Many *many, const void *data)
{
	(void)data;
	for (uint64_t i = 0; i < 1000000; i++)
		gs_event_queue_move(&many->queue, &many->events[MANY - 1],
				    1000 * (MANY + (int64_t)i), MANY + i);
	g_assert_cmpuint(many->queue.ladder.dead, <, 10000);
	g_assert_cmpuint(many->queue.ladder.chunk_count, <=, 4096);
	g_assert_cmpuint(gs_event_queue_length(&many->queue), ==, MANY);
	assert_pops(&many->queue, &many->events[0], 0);
}

/* So many events on one instant fit in no bucket. */
static void test_ladder_one_instant(Many *many, const void *data)
{
	(void)data;
	gs_event_queue_reset(&many->queue);
	push_all(&many->queue, many->events, MANY, 0);
	for (size_t i = 0; i < MANY; i++)
		assert_pops(&many->queue, &many->events[i], 0);
	assert_empty(&many->queue);
}

/* Neither the first nor the last instant there is gets lost behind the others. */
static void test_ladder_far_apart(Many *many, const void *data)
{
	(void)data;
	gs_event_queue_reset(&many->queue);
	for (size_t i = 0; i < MANY; i++)
		gs_event_queue_push(&many->queue, &many->events[i],
				    i % 2 ? GS_EVENT_END_NS - 1 - (int64_t)i : (int64_t)i, i);
	for (size_t i = 0; i < MANY; i += 2)
		assert_pops(&many->queue, &many->events[i], (int64_t)i);
	for (size_t i = MANY; i > 0; i -= 2)
		assert_pops(&many->queue, &many->events[i - 1],
			    GS_EVENT_END_NS - 1 - (int64_t)(i - 1));
	assert_empty(&many->queue);
}

static void test_ladder_reset(Many *many, const void *data)
{
	(void)data;
	for (size_t i = 0; i < 300; i++)
		assert_pops(&many->queue, &many->events[i], (int64_t)i * 1000);
	gs_event_queue_reset(&many->queue);
	for (size_t i = 0; i < MANY; i++)
		g_assert_false(gs_event_is_pending(&many->events[i]));
	assert_empty(&many->queue);
	push_all(&many->queue, many->events, MANY, 1);
	for (size_t i = 0; i < MANY; i++)
		assert_pops(&many->queue, &many->events[i], (int64_t)i);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *path;
		void (*func)(Many *many, const void *data);
	} ladder_tests[] = {
		{ "/event-queue/ladder/order", test_ladder_order },
		{ "/event-queue/ladder/until", test_ladder_until },
		{ "/event-queue/ladder/cancel", test_ladder_cancel },
		{ "/event-queue/ladder/cancel-all", test_ladder_cancel_all },
		{ "/event-queue/ladder/move", test_ladder_move },
		{ "/event-queue/ladder/forgets-moves", test_ladder_forgets_moves },
		{ "/event-queue/ladder/one-instant", test_ladder_one_instant },
		{ "/event-queue/ladder/far-apart", test_ladder_far_apart },
		{ "/event-queue/ladder/reset", test_ladder_reset },
	};

	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/event-queue/empty", test_empty);
	g_test_add_func("/event-queue/order", test_order);
	g_test_add_func("/event-queue/until", test_until);
	g_test_add_func("/event-queue/cancel", test_cancel);
	g_test_add_func("/event-queue/move", test_move);
	g_test_add_func("/event-queue/front", test_front);
	g_test_add_func("/event-queue/popped-event-is-forgotten", test_popped_event_is_forgotten);
	g_test_add_func("/event-queue/reset", test_reset);
	g_test_add_func("/event-queue/reset-fits-capacity", test_reset_fits_capacity);
	g_test_add_func("/event-queue/hold-keeps-capacity", test_hold_keeps_capacity);
	for (size_t i = 0; i < G_N_ELEMENTS(ladder_tests); i++)
		g_test_add(ladder_tests[i].path, Many, NULL, many_set_up, ladder_tests[i].func,
			   many_tear_down);
	return g_test_run();
}
