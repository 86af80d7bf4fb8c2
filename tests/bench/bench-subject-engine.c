/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/bench-subject.h"

#include <glib.h>
#include <stdlib.h>

#include "sim/engine/engine.h"
#include "tests/bench/bench-loads.h"

/* In one cache line, as in the struct of a model. */
typedef struct {
	GsEvent event, timeout;
	char pad[64 - 2 * sizeof(GsEvent)];
} Process;

typedef struct {
	GsEngine engine;
	GsLoad load;
	size_t process_count;
	GsEvent *events;    /* owned */
	Process *processes; /* owned */
} State;

static void on_hold(GsEngine *engine, GsEvent *event)
{
	gs_engine_schedule_after(engine, event, delay_exponential_ns());
}

static void on_bimodal(GsEngine *engine, GsEvent *event)
{
	gs_engine_schedule_after(engine, event, delay_bimodal_ns());
}

static void on_timer(GsEngine *engine, GsEvent *event)
{
	Process *process = GS_CONTAINER_OF(event, Process, event);
	const int64_t delay_ns = delay_exponential_ns();

	gs_engine_cancel(engine, &process->timeout);
	gs_engine_schedule_after(engine, &process->timeout, delay_ns + 1 + delay_exponential_ns());
	gs_engine_schedule_after(engine, event, delay_ns);
}

static void on_rearm(GsEngine *engine, GsEvent *event)
{
	Process *process = GS_CONTAINER_OF(event, Process, event);
	const int64_t at_ns = engine->now_ns + delay_exponential_ns();

	gs_engine_reschedule(engine, &process->timeout, at_ns + 1 + delay_exponential_ns());
	gs_engine_schedule(engine, event, at_ns);
}

static void on_timeout(GsEngine *engine, GsEvent *event)
{
	(void)engine;
	g_error("timeout '%s' fired", event->name);
}

static bool is_timer(GsLoad load)
{
	return load == GS_LOAD_TIMER || load == GS_LOAD_REARM;
}

static void start_events(State *state, size_t count)
{
	for (size_t i = 0; i < count; i++)
		gs_engine_schedule(&state->engine, &state->events[i], delay_exponential_ns());
}

static void start_processes(State *state, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		Process *process = &state->processes[i];
		const int64_t at_ns = delay_exponential_ns();

		gs_event_init(&process->event, "event", GS_EVENT_TASK,
			      state->load == GS_LOAD_REARM ? on_rearm : on_timer);
		gs_event_init(&process->timeout, "timeout", GS_EVENT_INTERRUPT, on_timeout);
		gs_engine_schedule(&state->engine, &process->event, at_ns);
		gs_engine_schedule(&state->engine, &process->timeout, at_ns + 1);
	}
}

static void *bench_start(const char *argument, GsLoad load, size_t pending)
{
	State *state = gs_bench_alloc(sizeof(*state));

	(void)argument;
	delays_init();
	state->load = load;
	state->process_count = is_timer(load) ? pending / 2 : pending;
	gs_engine_init(&state->engine);
	gs_engine_reset(&state->engine, 0, 1, 0);
	if (is_timer(load)) {
		state->processes = gs_bench_alloc(pending / 2 * sizeof(*state->processes));
		start_processes(state, pending / 2);
		return state;
	}
	state->events = gs_bench_alloc(pending * sizeof(*state->events));
	for (size_t i = 0; i < pending; i++)
		gs_event_init(&state->events[i], "event", GS_EVENT_TASK,
			      load == GS_LOAD_BIMODAL ? on_bimodal : on_hold);
	if (load != GS_LOAD_CHURN)
		start_events(state, pending);
	return state;
}

static double bench_round_ns(void *data, uint64_t events)
{
	State *state = data;
	const double start_ns = cpu_ns();

	if (state->load != GS_LOAD_CHURN)
		gs_engine_run(&state->engine, GS_TIME_NEVER_NS, events);
	else
		for (uint64_t left = events; left >= CHURN_EVENTS; left -= CHURN_EVENTS) {
			gs_engine_reset(&state->engine, 0, 1, left);
			start_events(state, CHURN_PENDING);
			gs_engine_run(&state->engine, GS_TIME_NEVER_NS, CHURN_EVENTS);
		}
	return (cpu_ns() - start_ns) / (double)events;
}

/* As many events as such delays lead to in the time that has passed, or nothing was measured. */
static void check_rate(const State *state)
{
	const double expected = (double)state->engine.now_ns / MEAN_DELAY_NS *
				(double)state->process_count;

	if (fabs((double)state->engine.event_count / expected - 1) > 0.02)
		g_error("%" G_GUINT64_FORMAT " events instead of %.0f", state->engine.event_count,
			expected);
}

static void bench_stop(void *data)
{
	State *state = data;

	if (is_timer(state->load) || state->load == GS_LOAD_HOLD)
		check_rate(state);
	gs_engine_clear(&state->engine);
	free(state->events);
	free(state->processes);
	free(state);
}

const GsBenchKind gs_bench_engine = { bench_start, bench_round_ns, bench_stop };
