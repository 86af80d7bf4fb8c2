/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The pending events, in the total order (time, class, sequence).
 *
 * A tournament tree over numbered slots: leaf i holds the key of the event in
 * slot i, every inner node the earlier of its two children, the root the next
 * event. Push, cancel and move write one leaf and replay its path, without a
 * data-dependent branch; nothing is allocated per event and nothing stale is
 * left behind by a cancel. A pop leaves its leaf as it is until it matters: the
 * next push takes the slot over, so that "run an event, schedule the next"
 * costs one replay.
 *
 *   operation        cost
 *   push             O(log n), amortised over the doublings of the slot table
 *   cancel, move     O(log n)
 *   peek, pop        O(log n) if nothing was pushed since the last pop, else O(1)
 *   reset            O(capacity), O(log n) if nothing is pending
 *
 * Events are intrusive: the caller embeds a GsEvent, keeps it alive while it is
 * pending, and the queue owns only the slot. Sequence numbers are the caller's
 * (the engine's), unique within a queue's life.
 */
#ifndef GS_EVENT_QUEUE_H
#define GS_EVENT_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct GsEngine GsEngine;
typedef struct GsEvent GsEvent;

/*
 * What happens first when several events fall on the same nanosecond. The
 * order is the machine's own: a clock edge is seen before the interrupts it
 * leads to, interrupts before deferred work, and everything before the tasks
 * they make runnable; observers look at the state everyone else has left.
 */
typedef enum {
	GS_EVENT_CLOCK,
	GS_EVENT_INTERRUPT,
	GS_EVENT_DEFERRED,
	GS_EVENT_TASK,
	GS_EVENT_OBSERVER,
} GsEventClass;

typedef void (*GsEventFunc)(GsEngine *engine, GsEvent *event);

#define GS_EVENT_NO_SLOT UINT32_MAX

/* Instants run from 0 to below this: 2^59 ns, 18 years. */
#define GS_EVENT_END_NS (INT64_C(1) << 59)

struct GsEvent {
	GsEventFunc func;
	const char *name; /* for the flight recorder; borrowed, outlives the event */
	uint32_t slot;    /* owned by the queue; GS_EVENT_NO_SLOT: not pending */
	GsEventClass class;
};

static inline void gs_event_init(GsEvent *event, const char *name, GsEventClass class,
				 GsEventFunc func)
{
	*event = (GsEvent){ .func = func, .name = name, .slot = GS_EVENT_NO_SLOT, .class = class };
}

static inline bool gs_event_is_pending(const GsEvent *event)
{
	return event->slot != GS_EVENT_NO_SLOT;
}

/*
 * Node 1 of the tree is the root, node i has the children 2i and 2i + 1, the
 * leaf of slot s is node capacity + s. The nodes are spread over three arrays
 * so that one index addresses all their parts.
 */
typedef struct {
	uint64_t *ats;        /* owned: time and class of a node's winner, see event-queue.c */
	uint64_t *seqs;       /* owned: its sequence number */
	uint32_t *winners;    /* owned: its slot */
	GsEvent **events;     /* owned: by slot; borrowed events */
	uint32_t *free_slots; /* owned: stack of unused slots, the vacated one not among them */
	uint32_t capacity;    /* slots; power of two */
	uint32_t free_count;
	uint32_t vacated; /* slot of the last pop, its leaf still as it was; or NO_SLOT */
} GsEventQueue;

void gs_event_queue_init(GsEventQueue *queue);

/* Free the memory. Looks at no event: those still pending may be gone already. */
void gs_event_queue_clear(GsEventQueue *queue);

/* Forget every pending event, marking each not pending; keeps the memory. */
void gs_event_queue_reset(GsEventQueue *queue);

static inline uint32_t gs_event_queue_length(const GsEventQueue *queue)
{
	return queue->capacity - queue->free_count - (queue->vacated != GS_EVENT_NO_SLOT);
}

/* @event must not be pending. @at_ns is 0 or more, below GS_EVENT_END_NS. */
void gs_event_queue_push(GsEventQueue *queue, GsEvent *event, int64_t at_ns, uint64_t seq);

/* @event must be pending. */
void gs_event_queue_cancel(GsEventQueue *queue, GsEvent *event);

/* As cancel and push, in one replay. @event must be pending. */
void gs_event_queue_move(GsEventQueue *queue, GsEvent *event, int64_t at_ns, uint64_t seq);

/* The instant of the next event, GS_TIME_NEVER_NS if there is none. */
int64_t gs_event_queue_peek_ns(GsEventQueue *queue);

/* Take the next event out; NULL, and *@ret_at_ns untouched, if none is due by @until_ns. */
GsEvent *gs_event_queue_pop(GsEventQueue *queue, int64_t until_ns, int64_t *ret_at_ns);

/* The instant @event is pending for. @event must be pending. */
int64_t gs_event_queue_at_ns(const GsEventQueue *queue, const GsEvent *event);

#endif
