/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/engine/event-queue.h"

#include "sim/engine/sim-time.h"

/* Beyond so many events the ladder is faster: measured, see tests/bench/bench-engine.c. */
#define TREE_LIMIT 16384

/* The ladder is given up when it has come down to this part of the tree's limit. */
#define FEW_FRACTION 8

/* Dead entries that may lie about in the ladder, beside as many as there are pending ones. */
#define DEAD_ALLOWANCE 4096

/* Cutting time anew must be paid for by so many pushes, as a part of what is in the ladder. */
#define TAKE_OVER_FRACTION 16

void gs_event_queue_init(GsEventQueue *queue)
{
	queue->front = NULL;
	queue->tree_limit = TREE_LIMIT;
	queue->least_tree_limit = TREE_LIMIT;
	gs_event_tree_init(&queue->tree);
	gs_event_ladder_init(&queue->ladder);
}

void gs_event_queue_clear(GsEventQueue *queue)
{
	gs_event_tree_clear(&queue->tree);
	gs_event_ladder_clear(&queue->ladder);
}

void gs_event_queue_reset(GsEventQueue *queue)
{
	GsEventTree *tree = &queue->tree;

	if (queue->front)
		queue->front->slot = GS_EVENT_NO_SLOT;
	queue->front = NULL;
	if (gs_event_tree_length(tree)) {
		gs_event_tree_settle(tree);
		for (uint32_t slot = 0; slot < tree->used; slot++)
			if (gs_event_tree_leaf(tree, slot)->when != GS_EVENT_NEVER)
				tree->events[slot]->slot = GS_EVENT_NO_SLOT;
	}
	gs_event_tree_reset(tree, tree->used);
	if (queue->ladder.horizon != GS_EVENT_NEVER)
		gs_event_ladder_reset(&queue->ladder);
	queue->tree_limit = queue->least_tree_limit;
}

/* The tree is full: a bigger one, or the ladder. */
static void make_room(GsEventQueue *queue)
{
	GsEventTree *tree = &queue->tree;

	if (tree->capacity < queue->tree_limit ||
	    tree->capacity < queue->ladder.count / TAKE_OVER_FRACTION)
		gs_event_tree_grow(tree);
	else
		gs_event_ladder_take_over(&queue->ladder, tree);
}

void gs_event_queue_push_behind(GsEventQueue *queue, GsEvent *event, GsEventKey key)
{
	if (key.when < queue->ladder.horizon)
		make_room(queue);
	/* And in the latter case the horizon may have come down. */
	if (key.when >= queue->ladder.horizon)
		gs_event_ladder_add(&queue->ladder, event, key);
	else
		gs_event_tree_set(&queue->tree, gs_event_tree_take_slot(&queue->tree), event, key);
}

void gs_event_queue_cancel_behind(GsEventQueue *queue, GsEvent *event)
{
	GsEventLadder *ladder = &queue->ladder;

	gs_event_ladder_remove(ladder, event);
	if (G_LIKELY(ladder->dead < ladder->count + DEAD_ALLOWANCE))
		return;
	gs_event_ladder_take_over(ladder, &queue->tree);
}

/* The tree is empty: bring the soonest events of the ladder; false: there are none. */
bool gs_event_queue_refill(GsEventQueue *queue)
{
	if (queue->ladder.horizon == GS_EVENT_NEVER)
		return false;
	if (!queue->ladder.count) {
		gs_event_ladder_reset(&queue->ladder);
		return false;
	}
	gs_event_ladder_open(&queue->ladder, &queue->tree, queue->tree_limit / FEW_FRACTION);
	/* If so many fall together, no other cut would have helped. */
	queue->tree_limit = MAX(queue->least_tree_limit, 2 * queue->tree.capacity);
	return true;
}

int64_t gs_event_queue_peek_ns(GsEventQueue *queue)
{
	if (queue->front)
		return gs_event_key_ns(queue->front_key.when);
	if (gs_event_tree_first(&queue->tree).when == GS_EVENT_NEVER &&
	    !gs_event_queue_refill(queue))
		return GS_TIME_NEVER_NS;
	return gs_event_key_ns(gs_event_tree_first(&queue->tree).when);
}

int64_t gs_event_queue_at_ns(const GsEventQueue *queue, const GsEvent *event)
{
	const GsEventKey key = event == queue->front ?
				       queue->front_key :
			       event->slot & GS_EVENT_IN_LADDER ?
				       gs_event_ladder_key(&queue->ladder, event) :
				       *gs_event_tree_leaf(&queue->tree, event->slot);

	return gs_event_key_ns(key.when);
}
