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
		{ 0, GS_EVENT_CLOCK, UINT64_MAX },
		{ 0, GS_EVENT_OBSERVER, 0 },
		{ 1, GS_EVENT_CLOCK, 0 },
		{ 1, GS_EVENT_CLOCK, 1 },
		{ 1, GS_EVENT_CLOCK, UINT64_MAX },
		{ 1, GS_EVENT_INTERRUPT, 0 },
		{ 1, GS_EVENT_DEFERRED, UINT64_C(1) << 63 },
		{ 1, GS_EVENT_TASK, UINT64_C(1) << 32 },
		{ 1, GS_EVENT_TASK, UINT64_C(3) << 62 },
		{ 1, GS_EVENT_OBSERVER, 5 },
		{ INT64_C(1) << 32, GS_EVENT_CLOCK, 0 },
		{ GS_EVENT_END_NS - 1, GS_EVENT_CLOCK, 0 },
		{ GS_EVENT_END_NS - 1, GS_EVENT_OBSERVER, UINT64_MAX },
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

static void test_reset(void)
{
	GsEvent events[100];
	GsEventQueue queue;
	uint32_t capacity;

	init_events(events, G_N_ELEMENTS(events));
	gs_event_queue_init(&queue);
	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < G_N_ELEMENTS(events); i++)
			gs_event_queue_push(&queue, &events[i], 1000 - (int64_t)i, i);
		for (size_t i = 99; i > 95; i--)
			assert_pops(&queue, &events[i], 1000 - (int64_t)i);
		capacity = queue.capacity;

		gs_event_queue_reset(&queue);
		for (size_t i = 0; i < G_N_ELEMENTS(events); i++)
			g_assert_false(gs_event_is_pending(&events[i]));
		assert_empty(&queue);
		g_assert_cmpuint(queue.capacity, ==, capacity);
	}
	gs_event_queue_clear(&queue);
}

/* A pop and a push in turns never need a slot more. */
static void test_hold_keeps_capacity(void)
{
	GsEventQueue queue;
	GsEvent events[16];
	int64_t at_ns;
	uint64_t seq = 0;

	init_events(events, G_N_ELEMENTS(events));
	gs_event_queue_init(&queue);
	for (size_t i = 0; i < G_N_ELEMENTS(events); i++)
		gs_event_queue_push(&queue, &events[i], (int64_t)i, seq++);
	g_assert_cmpuint(queue.capacity, ==, 16);
	for (int i = 0; i < 100; i++) {
		GsEvent *event = gs_event_queue_pop(&queue, GS_TIME_NEVER_NS, &at_ns);

		g_assert_true(event == &events[i % 16]);
		gs_event_queue_push(&queue, event, at_ns + 16, seq++);
	}
	g_assert_cmpuint(queue.capacity, ==, 16);
	gs_event_queue_clear(&queue);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/event-queue/empty", test_empty);
	g_test_add_func("/event-queue/order", test_order);
	g_test_add_func("/event-queue/until", test_until);
	g_test_add_func("/event-queue/cancel", test_cancel);
	g_test_add_func("/event-queue/move", test_move);
	g_test_add_func("/event-queue/popped-event-is-forgotten", test_popped_event_is_forgotten);
	g_test_add_func("/event-queue/reset", test_reset);
	g_test_add_func("/event-queue/hold-keeps-capacity", test_hold_keeps_capacity);
	return g_test_run();
}
