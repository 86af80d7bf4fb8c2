/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The event queue equals a sorted list: the same random operations on both,
 * with few distinct instants, so that most of the order is left to class and
 * sequence. A failure is repeated with the seed GTest prints: --seed=R02S...
 */
#include <glib.h>
#include <string.h>

#include "sim/engine/event-queue.h"
#include "sim/engine/sim-time.h"

#define CLASSES (GS_EVENT_OBSERVER + 1)

typedef struct {
	int64_t at_ns;
	uint64_t seq;
	GsEvent *event; /* borrowed */
} Entry;

typedef struct {
	GsEventQueue queue;
	GArray *oracle;   /* owned: Entry, soonest first */
	GsEvent *events;  /* owned */
	uint32_t count;   /* of events, pending or not */
	int32_t instants; /* how many different ones are in use */
	int64_t base_ns;  /* the first of them */
	uint64_t next_seq;
} Model;

static Entry *entry_at(Model *model, guint i)
{
	return &g_array_index(model->oracle, Entry, i);
}

static bool entry_before(const Entry *a, const Entry *b)
{
	if (a->at_ns != b->at_ns)
		return a->at_ns < b->at_ns;
	if (a->event->class != b->event->class)
		return a->event->class < b->event->class;
	return a->seq < b->seq;
}

static void oracle_add(Model *model, Entry entry)
{
	guint i = 0;

	while (i < model->oracle->len && entry_before(entry_at(model, i), &entry))
		i++;
	g_array_insert_val(model->oracle, i, entry);
}

static void oracle_remove(Model *model, const GsEvent *event)
{
	guint i = 0;

	while (entry_at(model, i)->event != event)
		i++;
	g_array_remove_index(model->oracle, i);
}

static GsEvent *random_event(Model *model)
{
	return &model->events[g_test_rand_int_range(0, (int32_t)model->count)];
}

static Entry random_entry(Model *model, GsEvent *event)
{
	/* Sequence numbers rise, but not always by one, and past 32 bits. */
	model->next_seq += 1 + ((uint64_t)g_test_rand_int_range(0, 4) << 30);
	return (Entry){
		.at_ns = model->base_ns + g_test_rand_int_range(0, model->instants),
		.seq = model->next_seq,
		.event = event,
	};
}

static void push(Model *model, GsEvent *event)
{
	Entry entry;

	gs_event_init(event, "event", (GsEventClass)g_test_rand_int_range(0, CLASSES), NULL);
	entry = random_entry(model, event);
	gs_event_queue_push(&model->queue, event, entry.at_ns, entry.seq);
	oracle_add(model, entry);
}

static void cancel(Model *model, GsEvent *event)
{
	gs_event_queue_cancel(&model->queue, event);
	oracle_remove(model, event);
}

static void move(Model *model, GsEvent *event)
{
	Entry entry = random_entry(model, event);

	gs_event_queue_move(&model->queue, event, entry.at_ns, entry.seq);
	oracle_remove(model, event);
	oracle_add(model, entry);
}

static void pop(Model *model, int64_t until_ns)
{
	int64_t at_ns = -1;
	GsEvent *event = gs_event_queue_pop(&model->queue, until_ns, &at_ns);

	if (!model->oracle->len || entry_at(model, 0)->at_ns > until_ns) {
		g_assert_null(event);
		return;
	}
	g_assert_true(event == entry_at(model, 0)->event);
	g_assert_cmpint(at_ns, ==, entry_at(model, 0)->at_ns);
	g_assert_false(gs_event_is_pending(event));
	g_array_remove_index(model->oracle, 0);
	/* The queue must not look at a popped event again. */
	memset(event, 0xa5, sizeof(*event));
	event->slot = GS_EVENT_NO_SLOT;
}

static void check(Model *model)
{
	g_assert_cmpuint(gs_event_queue_length(&model->queue), ==, model->oracle->len);
	for (guint i = 0; i < model->oracle->len; i++) {
		const Entry *entry = entry_at(model, i);

		g_assert_true(gs_event_is_pending(entry->event));
		g_assert_cmpint(gs_event_queue_at_ns(&model->queue, entry->event), ==,
				entry->at_ns);
	}
}

static void check_next(Model *model)
{
	g_assert_cmpint(gs_event_queue_peek_ns(&model->queue), ==,
			model->oracle->len ? entry_at(model, 0)->at_ns : GS_TIME_NEVER_NS);
}

/* One random operation; @push_percent says whether the queue rather grows or shrinks. */
static void step(Model *model, int32_t push_percent)
{
	GsEvent *event = random_event(model);

	if (g_test_rand_int_range(0, 100) < push_percent) {
		if (gs_event_is_pending(event))
			move(model, event);
		else
			push(model, event);
		return;
	}
	switch (g_test_rand_int_range(0, 6)) {
	case 0:
		if (gs_event_is_pending(event))
			cancel(model, event);
		break;
	case 1:
		/* Not after every pop: a peek settles what a pop has put off. */
		check_next(model);
		break;
	case 2:
		pop(model, model->base_ns + g_test_rand_int_range(-1, model->instants));
		break;
	default:
		pop(model, GS_TIME_NEVER_NS);
	}
}

static void run_model(uint32_t count, int32_t instants, int64_t base_ns)
{
	Model model = { .count = count, .instants = instants, .base_ns = base_ns };

	g_test_message("%u events on %d instants from %" G_GINT64_FORMAT " ns", count, instants,
		       base_ns);
	gs_event_queue_init(&model.queue);
	model.oracle = g_array_new(FALSE, FALSE, sizeof(Entry));
	model.events = g_new(GsEvent, count);
	for (uint32_t i = 0; i < count; i++)
		gs_event_init(&model.events[i], "event", GS_EVENT_TASK, NULL);

	for (int phase = 0; phase < 8; phase++) {
		int32_t push_percent = g_test_rand_int_range(20, 90);

		for (uint32_t i = 0; i < 50 + 2 * count; i++)
			step(&model, push_percent);
		check(&model);
		if (g_test_rand_int_range(0, 4))
			continue;
		gs_event_queue_reset(&model.queue);
		g_array_set_size(model.oracle, 0);
		for (uint32_t i = 0; i < count; i++)
			g_assert_false(gs_event_is_pending(&model.events[i]));
	}
	while (model.oracle->len)
		pop(&model, GS_TIME_NEVER_NS);
	pop(&model, GS_TIME_NEVER_NS);

	gs_event_queue_clear(&model.queue);
	g_array_free(model.oracle, TRUE);
	g_free(model.events);
}

/* Every count around the doublings of the capacity, and every number of ties. */
static void test_small(void)
{
	for (uint32_t count = 1; count <= 70; count++)
		for (int32_t instants = 1; instants <= 256; instants *= 4)
			run_model(count, instants, 0);
}

static void test_large(void)
{
	static const uint32_t counts[] = { 127, 128, 129, 256, 300, 512, 513, 1025 };

	for (size_t i = 0; i < G_N_ELEMENTS(counts); i++)
		run_model(counts[i], g_test_rand_int_range(1, 2 * (int32_t)counts[i]), 0);
}

/* The last instants there are. */
static void test_end_of_time(void)
{
	for (int32_t instants = 1; instants <= 64; instants *= 2)
		run_model(40, instants, GS_EVENT_END_NS - instants);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/event-queue/equals-sorted-list/small", test_small);
	g_test_add_func("/event-queue/equals-sorted-list/large", test_large);
	g_test_add_func("/event-queue/equals-sorted-list/end-of-time", test_end_of_time);
	return g_test_run();
}
