/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An event: a function to call at an instant, embedded in whatever has a delay.
 * Whoever embeds it keeps it alive while it is pending.
 */
#ifndef GS_EVENT_H
#define GS_EVENT_H

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

#endif
