/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A tournament tree over numbered slots: leaf i holds the key of the event in
 * slot i, every inner node the earlier of its two children, the root the next
 * event. Whatever changes writes one leaf and replays its path, without a
 * branch that depends on data, and nothing is allocated per event. The price is
 * log2 of the capacity, which is therefore kept to what is in use.
 *
 * A removed event's leaf stays as it is until somebody wants the root: the next
 * event takes the slot over, so that "run an event, schedule the next" costs
 * one replay, and so does "cancel it, schedule it again".
 */
#ifndef GS_EVENT_TREE_H
#define GS_EVENT_TREE_H

#include <glib.h>
#include <stddef.h>

#include "sim/engine/event-key.h"

/* Node 1 is the root, node i has the children 2i and 2i + 1; slot s is node capacity + s. */
typedef struct {
	GsEventKey *nodes;    /* owned; a cache line holds whole pairs of siblings */
	GsEvent **events;     /* owned: by slot; borrowed events */
	uint32_t *free_slots; /* owned: stack of those that were used and are not */
	uint32_t capacity;    /* slots; power of two */
	uint32_t allocated;   /* the capacity there is memory for */
	uint32_t used;        /* slots beyond were not used since the last reset */
	uint32_t free_count;
	uint32_t vacated; /* the slot removed last, if it is still unused; or NO_SLOT */
	uint32_t stale;   /* so many free slots, the last ones, have their leaves as they were */
} GsEventTree;

void gs_event_tree_init(GsEventTree *tree);
void gs_event_tree_clear(GsEventTree *tree);

/* Forget every event without looking at it, and make room for @count at once. */
void gs_event_tree_reset(GsEventTree *tree, uint32_t count);

/* Twice as many slots. */
void gs_event_tree_grow(GsEventTree *tree);

static inline uint32_t gs_event_tree_length(const GsEventTree *tree)
{
	return tree->used - tree->free_count - (tree->vacated != GS_EVENT_NO_SLOT);
}

static inline bool gs_event_tree_is_full(const GsEventTree *tree)
{
	return tree->vacated == GS_EVENT_NO_SLOT && !tree->free_count &&
	       tree->used == tree->capacity;
}

static inline uint32_t gs_event_key_slot(GsEventKey key)
{
	return key.rank & (((uint64_t)1 << GS_EVENT_SLOT_BITS) - 1);
}

static inline GsEventKey *gs_event_tree_leaf(const GsEventTree *tree, uint32_t slot)
{
	return &tree->nodes[(size_t)tree->capacity + slot];
}

/* A slot for a new event. The tree must not be full. */
static inline uint32_t gs_event_tree_take_slot(GsEventTree *tree)
{
	const uint32_t slot = tree->vacated;

	if (slot != GS_EVENT_NO_SLOT) {
		tree->vacated = GS_EVENT_NO_SLOT;
		return slot;
	}
	tree->stale -= tree->stale > 0;
	return tree->free_count ? tree->free_slots[--tree->free_count] : tree->used++;
}

/* A node by its distance from node 0 in bytes: there are no addresses in units of 16. */
static inline GsEventKey *gs_event_tree_node(GsEventKey *nodes, size_t bytes)
{
	return (GsEventKey *)(void *)((char *)nodes + bytes);
}

/* Write @slot's leaf, play its matches again up to the root. */
static inline void gs_event_tree_replay(const GsEventTree *tree, uint32_t slot, GsEventKey key)
{
	GsEventKey *const nodes = tree->nodes;
	size_t node = ((size_t)tree->capacity + slot) * sizeof(key);

	*gs_event_tree_node(nodes, node) = key;
	do {
		key = gs_event_key_earlier(key, *gs_event_tree_node(nodes, node ^ sizeof(key)));
		node = node / 2 & -sizeof(key);
		*gs_event_tree_node(nodes, node) = key;
	} while (node > sizeof(key));
}

/* Give @slot, taken or the one @event has, to @event at @key. */
static inline void gs_event_tree_set(GsEventTree *tree, uint32_t slot, GsEvent *event,
				     GsEventKey key)
{
	event->slot = slot;
	tree->events[slot] = event;
	key.rank |= slot;
	gs_event_tree_replay(tree, slot, key);
}

static inline void gs_event_tree_remove(GsEventTree *tree, uint32_t slot)
{
	if (tree->vacated != GS_EVENT_NO_SLOT) {
		tree->free_slots[tree->free_count++] = tree->vacated;
		tree->stale++;
	}
	tree->vacated = slot;
}

/* Empty the leaves of those that were removed. */
static inline void gs_event_tree_settle(GsEventTree *tree)
{
	const GsEventKey never = { GS_EVENT_NEVER, GS_EVENT_NEVER };

	while (tree->stale)
		gs_event_tree_replay(tree, tree->free_slots[tree->free_count - tree->stale--],
				     never);
	if (tree->vacated != GS_EVENT_NO_SLOT) {
		gs_event_tree_replay(tree, tree->vacated, never);
		tree->free_slots[tree->free_count++] = tree->vacated;
		tree->vacated = GS_EVENT_NO_SLOT;
	}
}

/* The key of the next event, its @when GS_EVENT_NEVER if there is none. */
static inline GsEventKey gs_event_tree_first(GsEventTree *tree)
{
	gs_event_tree_settle(tree);
	return tree->nodes[1];
}

/*
 * To fill an empty tree with many: reset it for their number, put each, then
 * build. It is not to be looked at in between.
 */
static inline void gs_event_tree_put(GsEventTree *tree, GsEvent *event, GsEventKey key)
{
	const uint32_t slot = tree->used++;

	event->slot = slot;
	tree->events[slot] = event;
	key.rank |= slot;
	*gs_event_tree_leaf(tree, slot) = key;
}

void gs_event_tree_build(GsEventTree *tree);

#endif
