/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The pending events, in the total order (time, class, sequence).
 *
 * An event that is the next one when it is pushed, as most of a simulated
 * thread's are, may stand in front of the others: nobody walks for it. What
 * else is soon stands in a tournament tree. With thousands of events its cost
 * would be that of the caches it misses: then what is later than a horizon
 * waits behind it in a ladder, and comes into the tree a few events at a time.
 * Nobody outside sees which.
 *
 *   operation   few events           very many
 *   push, move  O(log n)             O(1) amortised
 *   cancel      O(1)                 O(1) amortised
 *   peek, pop   O(log n), see below  O(1) amortised
 *   reset       O(most ever pending in this run)
 *
 * The walk of a pop or a cancel is put off until the next pop, and is not made
 * at all if a push has taken its slot by then; nor for the event in front.
 *
 * Sequence numbers are the caller's (the engine's), unique and rising within a
 * run, below GS_EVENT_END_SEQ.
 */
#ifndef GS_EVENT_QUEUE_H
#define GS_EVENT_QUEUE_H

#include "sim/engine/event-ladder.h"
#include "sim/engine/event-tree.h"

/* In an event's slot: it is the one in front. No slot of the tree. */
#define GS_EVENT_IN_FRONT (UINT32_C(1) << GS_EVENT_SLOT_BITS)

typedef struct {
	GsEvent *front; /* borrowed; before all others. NULL: the next is in the tree or behind */
	GsEventKey front_key;
	GsEventTree tree;
	uint32_t tree_limit; /* slots the tree may have before the ladder takes over */
	uint32_t least_tree_limit; /* in all; tests lower it */
	GsEventLadder ladder;
} GsEventQueue;

void gs_event_queue_init(GsEventQueue *queue);

/* Free the memory. Looks at no event: those still pending may be gone already. */
void gs_event_queue_clear(GsEventQueue *queue);

/* Forget every pending event, marking each not pending; keeps the memory. */
void gs_event_queue_reset(GsEventQueue *queue);

static inline uint32_t gs_event_queue_length(const GsEventQueue *queue)
{
	return (queue->front != NULL) + gs_event_tree_length(&queue->tree) + queue->ladder.count;
}

/* ---- what does not fit into the tree as it is, see event-queue.c ---- */

void gs_event_queue_push_behind(GsEventQueue *queue, GsEvent *event, GsEventKey key);
void gs_event_queue_cancel_behind(GsEventQueue *queue, GsEvent *event);
bool gs_event_queue_refill(GsEventQueue *queue);

/* ---- the operations ---- */

/* Into the tree or behind it. */
static inline void gs_event_queue_push_back(GsEventQueue *queue, GsEvent *event, GsEventKey key)
{
	if (key.when >= queue->ladder.horizon || gs_event_tree_is_full(&queue->tree))
		gs_event_queue_push_behind(queue, event, key);
	else
		gs_event_tree_set(&queue->tree, gs_event_tree_take_slot(&queue->tree), event, key);
}

/* @event is before all others, the one in front included. */
static inline void gs_event_queue_push_front(GsEventQueue *queue, GsEvent *event, GsEventKey key)
{
	GsEvent *second = queue->front;
	const GsEventKey second_key = queue->front_key;

	queue->front = event;
	queue->front_key = key;
	event->slot = GS_EVENT_IN_FRONT;
	if (second)
		gs_event_queue_push_back(queue, second, second_key);
}

/* @event must not be pending. @at_ns is 0 or more, below GS_EVENT_END_NS. */
static inline void gs_event_queue_push(GsEventQueue *queue, GsEvent *event, int64_t at_ns,
				       uint64_t seq)
{
	const GsEventKey key = gs_event_key(at_ns, event->class, seq);

	if (G_UNLIKELY(queue->front && key.when < queue->front_key.when))
		gs_event_queue_push_front(queue, event, key);
	else
		gs_event_queue_push_back(queue, event, key);
}

/* As gs_event_queue_push(), for an event that is likely to be the next. */
static inline void gs_event_queue_push_next(GsEventQueue *queue, GsEvent *event, int64_t at_ns,
					    uint64_t seq)
{
	const GsEventKey key = gs_event_key(at_ns, event->class, seq);
	const uint64_t next = queue->front ?
		queue->front_key.when :
		MIN(gs_event_tree_first(&queue->tree).when, queue->ladder.horizon);

	if (key.when < next)
		gs_event_queue_push_front(queue, event, key);
	else
		gs_event_queue_push_back(queue, event, key);
}

/* @event must be pending. */
static inline void gs_event_queue_cancel(GsEventQueue *queue, GsEvent *event)
{
	const uint32_t slot = event->slot;

	if (slot & GS_EVENT_IN_LADDER) {
		gs_event_queue_cancel_behind(queue, event);
		return;
	}
	event->slot = GS_EVENT_NO_SLOT;
	if (event == queue->front)
		queue->front = NULL;
	else
		gs_event_tree_remove(&queue->tree, slot);
}

/* As cancel and push. @event must be pending. */
static inline void gs_event_queue_move(GsEventQueue *queue, GsEvent *event, int64_t at_ns,
				       uint64_t seq)
{
	const GsEventKey key = gs_event_key(at_ns, event->class, seq);

	if ((event->slot & GS_EVENT_IN_LADDER) || key.when >= queue->ladder.horizon ||
	    (queue->front && (event == queue->front || key.when < queue->front_key.when))) {
		gs_event_queue_cancel(queue, event);
		gs_event_queue_push(queue, event, at_ns, seq);
		return;
	}
	gs_event_tree_set(&queue->tree, event->slot, event, key);
}

/* Take the next event out; NULL, and *@ret_at_ns untouched, if none is due by @until_ns. */
static inline GsEvent *gs_event_queue_pop(GsEventQueue *queue, int64_t until_ns,
					  int64_t *ret_at_ns)
{
	GsEventKey key;
	GsEvent *event;
	uint32_t slot;

	if (queue->front) {
		if (gs_event_key_ns(queue->front_key.when) > until_ns)
			return NULL;
		*ret_at_ns = gs_event_key_ns(queue->front_key.when);
		event = queue->front;
		queue->front = NULL;
		event->slot = GS_EVENT_NO_SLOT;
		return event;
	}
	key = gs_event_tree_first(&queue->tree);
	if (G_UNLIKELY(key.when == GS_EVENT_NEVER)) {
		if (!gs_event_queue_refill(queue))
			return NULL;
		key = gs_event_tree_first(&queue->tree);
	}
	if (gs_event_key_ns(key.when) > until_ns)
		return NULL;
	*ret_at_ns = gs_event_key_ns(key.when);
	slot = gs_event_key_slot(key);
	gs_event_tree_remove(&queue->tree, slot);
	event = queue->tree.events[slot];
	event->slot = GS_EVENT_NO_SLOT;
	return event;
}

/* The instant of the next event, GS_TIME_NEVER_NS if there is none. */
int64_t gs_event_queue_peek_ns(GsEventQueue *queue);

/* The instant @event is pending for. @event must be pending. */
int64_t gs_event_queue_at_ns(const GsEventQueue *queue, const GsEvent *event);

#endif
