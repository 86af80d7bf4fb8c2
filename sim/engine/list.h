/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Intrusive doubly linked list: first in, first out, nothing allocated.
 *
 * A list is a head; members embed a GsListNode. A node that is on no list
 * points at itself, so "is it queued?" is a question to the node.
 */
#ifndef GS_LIST_H
#define GS_LIST_H

#include <stdbool.h>

typedef struct GsListNode GsListNode;
struct GsListNode {
	GsListNode *next, *prev;
};

static inline void gs_list_init(GsListNode *node)
{
	node->next = node->prev = node;
}

/* For a head: nothing is on the list. For a node: it is on no list. */
static inline bool gs_list_is_empty(const GsListNode *node)
{
	return node->next == node;
}

static inline void gs_list_insert_before(GsListNode *place, GsListNode *node)
{
	node->prev = place->prev;
	node->next = place;
	place->prev->next = node;
	place->prev = node;
}

static inline void gs_list_append(GsListNode *head, GsListNode *node)
{
	gs_list_insert_before(head, node);
}

/* Harmless on a node that is on no list. */
static inline void gs_list_remove(GsListNode *node)
{
	node->prev->next = node->next;
	node->next->prev = node->prev;
	gs_list_init(node);
}

/* Take the first node off the list; NULL if it is empty. */
static inline GsListNode *gs_list_take_first(GsListNode *head)
{
	GsListNode *node = head->next;

	if (node == head)
		return 0;
	gs_list_remove(node);
	return node;
}

#endif
