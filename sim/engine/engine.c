/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/engine/engine.h"

#include <inttypes.h>

#include "sim/engine/bug.h"

void gs_engine_init(GsEngine *engine)
{
	*engine = (GsEngine){ 0 };
	gs_event_queue_init(&engine->queue);
}

void gs_engine_clear(GsEngine *engine)
{
	gs_event_queue_clear(&engine->queue);
}

void gs_engine_reset(GsEngine *engine, int64_t now_ns, uint64_t seed, uint64_t run)
{
	gs_event_queue_reset(&engine->queue);
	engine->now_ns = now_ns;
	engine->next_seq = 0;
	engine->event_count = 0;
	engine->seed = seed;
	engine->run = run;
	engine->stop_asked = false;
	GS_CHECK(engine, now_ns >= 0 && now_ns < GS_EVENT_END_NS, "engine-range",
		 "a run that starts at %" PRId64 " ns", now_ns);
}

static inline void check_instant(const GsEngine *engine, const GsEvent *event, int64_t at_ns)
{
	GS_CHECK(engine, at_ns >= engine->now_ns, "engine-past",
		 "'%s' scheduled at %" PRId64 " ns, which is over", event->name, at_ns);
	GS_CHECK(engine, at_ns < GS_EVENT_END_NS, "engine-range",
		 "'%s' scheduled at %" PRId64 " ns, beyond the end of time", event->name, at_ns);
	GS_CHECK(engine, engine->next_seq < GS_EVENT_END_SEQ, "engine-exhausted",
		 "'%s' scheduled after %" PRIu64 " others", event->name, engine->next_seq);
}

static inline void check_idle(const GsEngine *engine, const GsEvent *event)
{
	GS_CHECK(engine, !gs_event_is_pending(event), "engine-pending",
		 "'%s' scheduled while it is pending", event->name);
}

void gs_engine_schedule(GsEngine *engine, GsEvent *event, int64_t at_ns)
{
	check_instant(engine, event, at_ns);
	check_idle(engine, event);
	gs_event_queue_push(&engine->queue, event, at_ns, engine->next_seq++);
}

void gs_engine_schedule_next(GsEngine *engine, GsEvent *event, int64_t at_ns)
{
	check_instant(engine, event, at_ns);
	check_idle(engine, event);
	gs_event_queue_push_next(&engine->queue, event, at_ns, engine->next_seq++);
}

void gs_engine_schedule_after(GsEngine *engine, GsEvent *event, int64_t delay_ns)
{
	int64_t at_ns;

	/* Now is never negative: only a delay beyond the end of time can overflow. */
	if (G_UNLIKELY(__builtin_add_overflow(engine->now_ns, delay_ns, &at_ns)))
		at_ns = GS_TIME_NEVER_NS;
	gs_engine_schedule(engine, event, at_ns);
}

void gs_engine_reschedule(GsEngine *engine, GsEvent *event, int64_t at_ns)
{
	check_instant(engine, event, at_ns);
	if (gs_event_is_pending(event))
		gs_event_queue_move(&engine->queue, event, at_ns, engine->next_seq++);
	else
		gs_event_queue_push(&engine->queue, event, at_ns, engine->next_seq++);
}

bool gs_engine_cancel(GsEngine *engine, GsEvent *event)
{
	if (!gs_event_is_pending(event))
		return false;
	gs_event_queue_cancel(&engine->queue, event);
	return true;
}

int64_t gs_engine_due_ns(const GsEngine *engine, const GsEvent *event)
{
	GS_CHECK(engine, gs_event_is_pending(event), "engine-pending",
		 "when '%s' is due, which is not pending", event->name);
	return gs_event_queue_at_ns(&engine->queue, event);
}

static inline void dispatch(GsEngine *engine, GsEvent *event, int64_t at_ns)
{
	uint64_t record = engine->event_count++ % GS_FLIGHT_RECORDS;

	engine->flight[record].at_ns = at_ns;
	engine->flight[record].name = event->name;
	GS_CHECK(engine, at_ns >= engine->now_ns, "engine-order",
		 "'%s' comes up at %" PRId64 " ns, after its time", event->name, at_ns);
	engine->now_ns = at_ns;
	event->func(engine, event);
}

GsStop gs_engine_run(GsEngine *engine, int64_t until_ns, uint64_t budget)
{
	GsEvent *event;
	int64_t at_ns, next_ns;

	GS_CHECK(engine, until_ns >= engine->now_ns, "engine-past",
		 "asked to run until %" PRId64 " ns, which is over", until_ns);

	for (engine->stop_asked = false; budget && !engine->stop_asked; budget--) {
		event = gs_event_queue_pop(&engine->queue, until_ns, &at_ns);
		if (!event)
			break;
		dispatch(engine, event, at_ns);
	}

	if (engine->stop_asked)
		return GS_STOP_ASKED;
	next_ns = gs_event_queue_peek_ns(&engine->queue);
	if (next_ns == GS_TIME_NEVER_NS)
		return GS_STOP_IDLE;
	if (next_ns <= until_ns)
		return GS_STOP_BUDGET;
	engine->now_ns = until_ns;
	return GS_STOP_UNTIL;
}

void gs_engine_stop(GsEngine *engine)
{
	engine->stop_asked = true;
}

void gs_engine_set_probe_sink(GsEngine *engine, GsProbeSink sink, void *user_data)
{
	engine->probe_sink = sink;
	engine->probe_data = user_data;
}
