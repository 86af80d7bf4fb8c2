/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The events that are not soon, when there are very many: nothing is in order
 * but what of them is next, and memory is written and read in runs.
 *
 * Time from the horizon on is cut into buckets of equal width, and one of them
 * again into finer ones; what is later than the last bucket lies in a heap of
 * its own. To take the soonest events out is to open the next fine bucket,
 * cutting up the next coarse one when there is none, and spreading the heap
 * over a new coarse rung when that is used up. Each rung is cut for the events
 * it gets, so the width follows the load.
 *
 *     tree  |  fine rung  |  coarse rung                    |  beyond
 *     horizon
 *
 *   operation     cost
 *   add, remove   O(1), a few stores
 *   open          O(1) per event and rung
 *
 * A bucket is a list of chunks, filled in order. An event's slot says where its
 * entry is; a removed one leaves a dead entry, which is dropped when its bucket
 * is opened.
 */
#ifndef GS_EVENT_LADDER_H
#define GS_EVENT_LADDER_H

#include "sim/engine/event-key.h"
#include "sim/engine/event-tree.h"

/* In an event's slot: it is in the ladder, and the rest says where. */
#define GS_EVENT_IN_LADDER (UINT32_C(1) << 31)

#define GS_EVENT_RUNG_BUCKETS 1024

typedef struct {
	GsEventKey key;
	GsEvent *event; /* borrowed; NULL: removed */
} GsEventEntry;

typedef struct GsEventChunk GsEventChunk;

/* Where the next entry goes: chunk * 32 + index. */
typedef uint32_t GsEventTail;

/* Buckets side by side: i from @start + (i << @shift) on. */
typedef struct {
	uint64_t start, end; /* as GsEventKey's @when */
	unsigned int shift;
	uint32_t next;   /* buckets before were opened */
	uint32_t length; /* of buckets */
	GsEventTail buckets[GS_EVENT_RUNG_BUCKETS];
} GsEventRung;

typedef struct {
	/* Every event of the ladder is at or after it; GS_EVENT_NEVER: not in use. */
	uint64_t horizon;
	uint32_t count;         /* of pending events */
	uint32_t dead;          /* of entries that were removed */
	GsEventChunk *chunks;   /* owned */
	uint32_t chunk_count;   /* there is memory for */
	uint32_t chunks_used;   /* those beyond were not used since the last reset */
	uint32_t free_chunk;    /* the first of a list, or 0 */
	GsEventTail beyond;
	GsEventRung fine, coarse;
} GsEventLadder;

void gs_event_ladder_init(GsEventLadder *ladder);
void gs_event_ladder_clear(GsEventLadder *ladder);

/* Forget every event, marking each not pending; keeps the memory. */
void gs_event_ladder_reset(GsEventLadder *ladder);

/* @key must not be before the horizon. */
void gs_event_ladder_add(GsEventLadder *ladder, GsEvent *event, GsEventKey key);

void gs_event_ladder_remove(GsEventLadder *ladder, GsEvent *event);

/* The key @event has. */
GsEventKey gs_event_ladder_key(const GsEventLadder *ladder, const GsEvent *event);

/*
 * Move the soonest events, one at least, into the empty @tree, and the horizon
 * behind them; all of them, if that is no more than @few at a time of change.
 * The ladder must not be empty.
 */
void gs_event_ladder_open(GsEventLadder *ladder, GsEventTree *tree, uint32_t few);

/* Move every event of @tree here, and cut time anew for all. */
void gs_event_ladder_take_over(GsEventLadder *ladder, GsEventTree *tree);

#endif
