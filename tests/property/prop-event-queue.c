/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The event queue equals a sorted list: the same random operations on both,
 * with few distinct instants, so that most of the order is left to class and
 * sequence, and with many far apart; with all events in the tree, and with a
 * tree so small that they go through the ladder, and at its real limit, up and
 * down. A failure is repeated with the seed GTest prints: --seed=R02S...
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
	uint64_t *seqs;   /* owned: by event, of the pending ones */
	uint32_t count;   /* of events, pending or not */
	int32_t instants; /* how many different ones are in use */
	int64_t base_ns;  /* the first of them */
	int64_t gap_ns;   /* between two of them */
	int64_t now_ns;   /* instants start here, if that is later */
	uint64_t next_seq;
	uint32_t switches; /* how often the ladder came or went */
	bool in_ladder;
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

/* How many entries come before @entry. */
static guint oracle_rank(Model *model, const Entry *entry)
{
	guint low = 0, high = model->oracle->len;

	while (low < high) {
		const guint middle = low + (high - low) / 2;

		if (entry_before(entry_at(model, middle), entry))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void oracle_add(Model *model, Entry entry)
{
	g_array_insert_val(model->oracle, oracle_rank(model, &entry), entry);
	model->seqs[entry.event - model->events] = entry.seq;
}

/* The entry of pending @event: the queue says when, which check() compares. */
static void oracle_remove(Model *model, GsEvent *event)
{
	const Entry entry = {
		.at_ns = gs_event_queue_at_ns(&model->queue, event),
		.seq = model->seqs[event - model->events],
		.event = event,
	};
	const guint i = oracle_rank(model, &entry);

	g_assert_true(entry_at(model, i)->event == event);
	g_array_remove_index(model->oracle, i);
}

static GsEvent *random_event(Model *model)
{
	return &model->events[g_test_rand_int_range(0, (int32_t)model->count)];
}

/* Not before the last event that was popped, as the engine has it. */
static int64_t random_instant(Model *model)
{
	const int64_t at_ns = model->base_ns +
			      model->gap_ns * g_test_rand_int_range(0, model->instants);

	return MAX(at_ns, model->now_ns);
}

static Entry random_entry(Model *model, GsEvent *event)
{
	/* Sequence numbers rise, but not always by one, and past 32 bits. */
	model->next_seq += 1 + ((uint64_t)g_test_rand_int_range(0, 4) << 14);
	return (Entry){
		.at_ns = random_instant(model),
		.seq = model->next_seq,
		.event = event,
	};
}

static void push(Model *model, GsEvent *event)
{
	Entry entry;

	gs_event_init(event, "event", (GsEventClass)g_test_rand_int_range(0, CLASSES), NULL);
	entry = random_entry(model, event);
	/* A wrong guess is as good as a right one. */
	if (g_test_rand_bit())
		gs_event_queue_push_next(&model->queue, event, entry.at_ns, entry.seq);
	else
		gs_event_queue_push(&model->queue, event, entry.at_ns, entry.seq);
	oracle_add(model, entry);
}

static void cancel(Model *model, GsEvent *event)
{
	oracle_remove(model, event);
	gs_event_queue_cancel(&model->queue, event);
}

static void move(Model *model, GsEvent *event)
{
	Entry entry = random_entry(model, event);

	oracle_remove(model, event);
	gs_event_queue_move(&model->queue, event, entry.at_ns, entry.seq);
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
		pop(model, random_instant(model) - 1);
		break;
	default:
		pop(model, GS_TIME_NEVER_NS);
	}
}

static void note_switch(Model *model)
{
	const bool in_ladder = model->queue.ladder.horizon != GS_EVENT_NEVER;

	model->switches += in_ladder != model->in_ladder;
	model->in_ladder = in_ladder;
}

/* Whether time goes on with what is popped, or what is pushed may be sooner still. */
typedef enum { TIME_STANDS, TIME_GOES_ON } Time;

static void run_phase(Model *model, uint32_t steps, int32_t push_percent, Time time)
{
	for (uint32_t i = 0; i < steps; i++) {
		step(model, push_percent);
		if (time == TIME_GOES_ON && model->oracle->len)
			model->now_ns = MAX(model->now_ns,
					    entry_at(model, 0)->at_ns - model->gap_ns);
		note_switch(model);
	}
	check(model);
}

static void model_init(Model *model, uint32_t tree_limit)
{
	gs_event_queue_init(&model->queue);
	if (tree_limit) {
		model->queue.tree_limit = tree_limit;
		model->queue.least_tree_limit = tree_limit;
	}
	model->oracle = g_array_new(FALSE, FALSE, sizeof(Entry));
	model->events = g_new(GsEvent, model->count);
	model->seqs = g_new0(uint64_t, model->count);
	for (uint32_t i = 0; i < model->count; i++)
		gs_event_init(&model->events[i], "event", GS_EVENT_TASK, NULL);
}

static void model_clear(Model *model)
{
	while (model->oracle->len)
		pop(model, GS_TIME_NEVER_NS);
	pop(model, GS_TIME_NEVER_NS);
	gs_event_queue_clear(&model->queue);
	g_array_free(model->oracle, TRUE);
	g_free(model->events);
	g_free(model->seqs);
}

static uint32_t run_model(Model model, uint32_t tree_limit)
{
	g_test_message("%u events on %d instants, %" G_GINT64_FORMAT " ns apart, from %"
		       G_GINT64_FORMAT " ns; %u in the tree",
		       model.count, model.instants, model.gap_ns, model.base_ns, tree_limit);
	model_init(&model, tree_limit);
	for (int phase = 0; phase < 8; phase++) {
		const Time time = g_test_rand_int_range(0, 2) ? TIME_GOES_ON : TIME_STANDS;

		run_phase(&model, 50 + 2 * model.count, g_test_rand_int_range(20, 90), time);
		if (g_test_rand_int_range(0, 4))
			continue;
		gs_event_queue_reset(&model.queue);
		g_array_set_size(model.oracle, 0);
		for (uint32_t i = 0; i < model.count; i++)
			g_assert_false(gs_event_is_pending(&model.events[i]));
		model.now_ns = 0;
	}
	model_clear(&model);
	return model.switches;
}

/* Every count around the doublings of the capacity, and every number of ties. */
static void test_small(void)
{
	for (uint32_t count = 1; count <= 70; count++)
		for (int32_t instants = 1; instants <= 256; instants *= 4)
			run_model((Model){ .count = count, .instants = instants, .gap_ns = 1 }, 0);
}

static void test_large(void)
{
	static const uint32_t counts[] = { 127, 128, 129, 256, 300, 512, 513, 1025 };

	for (size_t i = 0; i < G_N_ELEMENTS(counts); i++)
		run_model((Model){ .count = counts[i], .gap_ns = 1,
				   .instants = g_test_rand_int_range(1, 2 * (int32_t)counts[i]) },
			  0);
}

/* The last instants there are. */
static void test_end_of_time(void)
{
	for (int32_t instants = 1; instants <= 64; instants *= 2)
		for (uint32_t tree_limit = 0; tree_limit <= 8; tree_limit += 8)
			run_model((Model){ .count = 40, .instants = instants, .gap_ns = 1,
					   .base_ns = GS_EVENT_END_NS - instants },
				  tree_limit);
}

/* Instants from a nanosecond to a year apart, in any number, through the ladder and back. */
static void test_ladder(void)
{
	static const uint32_t counts[] = { 10, 40, 100, 300, 1000, 3000 };
	uint32_t switches = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(counts); i++)
		for (int64_t gap_ns = 1; gap_ns < GS_EVENT_END_NS / 4096; gap_ns *= 999)
			for (int32_t instants = 1; instants <= 4096; instants *= 8)
				switches += run_model((Model){ .count = counts[i],
							       .instants = instants,
							       .gap_ns = gap_ns },
						      counts[i] < 100 ? 4 : 32);
	g_assert_cmpuint(switches, >, 100);
}

/* At the limit that is in force: more than fit in the tree, few, and more again. */
static void test_real_limit(void)
{
	Model model = { .count = 24000, .instants = 1000000, .gap_ns = 50 };

	model_init(&model, 0);
	for (int round = 0; round < 2; round++) {
		run_phase(&model, 40000, 95, TIME_GOES_ON);
		g_assert_true(model.in_ladder);
		run_phase(&model, 10000, 50, TIME_GOES_ON);
		while (model.oracle->len > 100)
			pop(&model, GS_TIME_NEVER_NS);
		run_phase(&model, 1000, 20, TIME_STANDS);
		g_assert_false(model.in_ladder);
		model.now_ns = 0;
	}
	g_assert_cmpuint(model.switches, >=, 4);
	model_clear(&model);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/event-queue/equals-sorted-list/small", test_small);
	g_test_add_func("/event-queue/equals-sorted-list/large", test_large);
	g_test_add_func("/event-queue/equals-sorted-list/end-of-time", test_end_of_time);
	g_test_add_func("/event-queue/equals-sorted-list/ladder", test_ladder);
	g_test_add_func("/event-queue/equals-sorted-list/real-limit", test_real_limit);
	return g_test_run();
}
