/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The discrete-event engine: a clock, the pending events and the run loop.
 *
 * Everything simulated hangs off one GsEngine. Nothing is process-wide, so
 * engines run side by side in threads; one engine belongs to one thread at a
 * time. Use: init once, then for every run reset, schedule what starts it, and
 * gs_engine_run().
 *
 * Invariants (gs_bug ids): "engine-past" nothing is scheduled before now;
 * "engine-range" nothing is scheduled at GS_EVENT_END_NS or later;
 * "engine-exhausted" a run schedules less than GS_EVENT_END_SEQ times;
 * "engine-pending" an event is pending, or not, as the operation wants;
 * "engine-order" time never goes back.
 */
#ifndef GS_ENGINE_H
#define GS_ENGINE_H

#include "sim/engine/event-queue.h"
#include "sim/engine/sim-time.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The object of type @type whose field @member is at @pointer. */
#define GS_CONTAINER_OF(pointer, type, member) \
	((type *)(void *)((char *)(pointer) - offsetof(type, member)))

/* How many of the last events a bug report shows. Power of two. */
#define GS_FLIGHT_RECORDS 64

/* One observation, see gs_probe(). */
typedef struct {
	int64_t at_ns;
	const char *name;    /* the kernel's word for what happened, e.g. "srcu_gp_end" */
	const char *subject; /* the object it happened to, or "" */
	int cpu;             /* -1: on no CPU */
	int64_t a, b;        /* as the probe's name says */
} GsProbe;

typedef void (*GsProbeSink)(const GsProbe *probe, void *user_data);

typedef enum {
	GS_STOP_IDLE,   /* no event is pending */
	GS_STOP_UNTIL,  /* the next event is later than asked for */
	GS_STOP_ASKED,  /* gs_engine_stop() */
	GS_STOP_BUDGET, /* the event budget is used up */
} GsStop;

struct GsEngine {
	int64_t now_ns;
	uint64_t next_seq;
	uint64_t event_count; /* dispatched since the last reset */
	uint64_t seed, run;   /* name the random streams of this run */
	bool stop_asked;
	GsProbeSink probe_sink; /* NULL: nobody watches */
	void *probe_data;       /* borrowed */
	GsEventQueue queue;
	struct {
		int64_t at_ns;
		const char *name;
	} flight[GS_FLIGHT_RECORDS];
};

void gs_engine_init(GsEngine *engine);
void gs_engine_clear(GsEngine *engine);

/* Start over at @now_ns with nothing pending; keeps the memory and the probe sink. */
void gs_engine_reset(GsEngine *engine, int64_t now_ns, uint64_t seed, uint64_t run);

static inline int64_t gs_engine_now_ns(const GsEngine *engine)
{
	return engine->now_ns;
}

/* Call @event->func at @at_ns (now or later). @event must not be pending. */
void gs_engine_schedule(GsEngine *engine, GsEvent *event, int64_t at_ns);

/* As gs_engine_schedule(), and faster if @event turns out to be the next; else slower. */
void gs_engine_schedule_next(GsEngine *engine, GsEvent *event, int64_t at_ns);

/* As gs_engine_schedule(), @delay_ns (0 or more) from now. */
void gs_engine_schedule_after(GsEngine *engine, GsEvent *event, int64_t delay_ns);

/* Set the instant of @event, pending or not; it queues behind its equals. */
void gs_engine_reschedule(GsEngine *engine, GsEvent *event, int64_t at_ns);

/* Returns whether @event was pending. */
bool gs_engine_cancel(GsEngine *engine, GsEvent *event);

/* The instant pending @event is due. */
int64_t gs_engine_due_ns(const GsEngine *engine, const GsEvent *event);

/*
 * Dispatch events in order up to and including @until_ns, at most @budget of
 * them. After GS_STOP_UNTIL the clock stands at @until_ns, otherwise at the
 * last event. @until_ns is not before now; GS_TIME_NEVER_NS runs to the end.
 */
GsStop gs_engine_run(GsEngine *engine, int64_t until_ns, uint64_t budget);

/* Make the gs_engine_run() that is under way return after the current event. */
void gs_engine_stop(GsEngine *engine);

/* Watch every probe, or nothing (@sink NULL). @user_data is borrowed. */
void gs_engine_set_probe_sink(GsEngine *engine, GsProbeSink sink, void *user_data);

/*
 * Tell an observer, if there is one, that @name happened to @subject on @cpu.
 * Models fire probes where the kernel has a function or tracepoint of that
 * name; a probe never changes the run.
 */
static inline void gs_probe(GsEngine *engine, const char *name, int cpu, const char *subject,
			    int64_t a, int64_t b)
{
	if (engine->probe_sink)
		engine->probe_sink(&(GsProbe){ .at_ns = engine->now_ns, .name = name,
					       .subject = subject, .cpu = cpu, .a = a, .b = b },
				   engine->probe_data);
}

#endif
