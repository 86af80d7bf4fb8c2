/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/engine/event-tree.h"

#include <stdlib.h>
#include <string.h>

#include "sim/engine/bug.h"

#define LEAST_CAPACITY 4
#define CACHE_LINE_BYTES 64

static void allocate(GsEventTree *tree, uint32_t capacity)
{
	void *nodes;

	GS_CHECK(NULL, capacity <= UINT32_C(1) << GS_EVENT_SLOT_BITS, "queue-full",
		 "more than %u events at once", 1u << GS_EVENT_SLOT_BITS);
	if (posix_memalign(&nodes, CACHE_LINE_BYTES, 2 * (size_t)capacity * sizeof(*tree->nodes)))
		g_error("out of memory for %u events", capacity);
	if (tree->nodes)
		memcpy(nodes, tree->nodes, 2 * (size_t)tree->capacity * sizeof(*tree->nodes));
	free(tree->nodes);
	tree->nodes = nodes;
	tree->events = g_renew(GsEvent *, tree->events, capacity);
	tree->free_slots = g_renew(uint32_t, tree->free_slots, capacity);
	tree->allocated = capacity;
}

static void make_empty(GsEventTree *tree, uint32_t capacity)
{
	tree->capacity = capacity;
	tree->used = 0;
	tree->free_count = 0;
	tree->vacated = GS_EVENT_NO_SLOT;
	tree->stale = 0;
	memset(tree->nodes, 0xff, 2 * (size_t)capacity * sizeof(*tree->nodes));
}

void gs_event_tree_init(GsEventTree *tree)
{
	*tree = (GsEventTree){ 0 };
	allocate(tree, LEAST_CAPACITY);
	make_empty(tree, LEAST_CAPACITY);
}

void gs_event_tree_clear(GsEventTree *tree)
{
	free(tree->nodes);
	g_free(tree->events);
	g_free(tree->free_slots);
	*tree = (GsEventTree){ 0 };
}

void gs_event_tree_reset(GsEventTree *tree, uint32_t count)
{
	uint32_t capacity = LEAST_CAPACITY;

	while (capacity < count)
		capacity *= 2;
	if (capacity > tree->allocated)
		allocate(tree, capacity);
	make_empty(tree, capacity);
}

void gs_event_tree_build(GsEventTree *tree)
{
	GsEventKey *const nodes = tree->nodes;

	for (size_t node = tree->capacity; node-- > 1;)
		nodes[node] = gs_event_key_earlier(nodes[2 * node], nodes[2 * node + 1]);
}

void gs_event_tree_grow(GsEventTree *tree)
{
	const uint32_t old = tree->capacity;

	if (tree->allocated == old)
		allocate(tree, 2 * old);
	tree->capacity = 2 * old;
	memcpy(&tree->nodes[tree->capacity], &tree->nodes[old], old * sizeof(*tree->nodes));
	memset(&tree->nodes[tree->capacity + old], 0xff, old * sizeof(*tree->nodes));
	gs_event_tree_build(tree);
}
