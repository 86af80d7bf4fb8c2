/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>
#include <stdlib.h>

#include "sim/engine/bug.h"
#include "sim/engine/engine.h"

/* An event that writes its letter into a log, then does what it is told. */
typedef struct {
	GsEvent event;
	GString *log; /* borrowed */
	char letter;
	void (*then)(GsEngine *engine, GsEvent *other);
	GsEvent *other; /* borrowed */
} Letter;

static void on_letter(GsEngine *engine, GsEvent *event)
{
	Letter *letter = GS_CONTAINER_OF(event, Letter, event);

	g_string_append_c(letter->log, letter->letter);
	if (letter->then)
		letter->then(engine, letter->other);
}

/* Letters a, b, ... all of class @class. */
static void init_letters(Letter *letters, size_t count, GString *log, GsEventClass class)
{
	for (size_t i = 0; i < count; i++) {
		letters[i] = (Letter){ .log = log, .letter = (char)('a' + i) };
		gs_event_init(&letters[i].event, "letter", class, on_letter);
	}
}

static GsStop run_all(GsEngine *engine)
{
	return gs_engine_run(engine, GS_TIME_NEVER_NS, UINT64_MAX);
}

typedef struct {
	GsEngine engine;
	GString *log;
	Letter letters[8];
} Fixture;

static void set_up(Fixture *fixture, const void *data)
{
	(void)data;
	gs_engine_init(&fixture->engine);
	fixture->log = g_string_new(NULL);
	init_letters(fixture->letters, G_N_ELEMENTS(fixture->letters), fixture->log, GS_EVENT_TASK);
}

static void tear_down(Fixture *fixture, const void *data)
{
	(void)data;
	gs_engine_clear(&fixture->engine);
	g_string_free(fixture->log, TRUE);
}

/* Equals run first in, first out; a rescheduled event queues behind them. */
static void test_order(Fixture *fixture, const void *data)
{
	GsEngine *engine = &fixture->engine;
	Letter *letters = fixture->letters;

	(void)data;
	letters[3].event.class = GS_EVENT_CLOCK;
	gs_engine_schedule(engine, &letters[0].event, 20);
	gs_engine_schedule(engine, &letters[1].event, 10);
	gs_engine_schedule(engine, &letters[2].event, 10);
	gs_engine_schedule(engine, &letters[3].event, 10);
	gs_engine_schedule(engine, &letters[4].event, 10);
	gs_engine_reschedule(engine, &letters[1].event, 10);
	gs_engine_reschedule(engine, &letters[5].event, 30);
	g_assert_cmpint(gs_engine_due_ns(engine, &letters[5].event), ==, 30);

	g_assert_cmpint(run_all(engine), ==, GS_STOP_IDLE);
	g_assert_cmpstr(fixture->log->str, ==, "dcebaf");
	g_assert_cmpint(gs_engine_now_ns(engine), ==, 30);
	g_assert_cmpuint(engine->event_count, ==, 6);
}

static void schedule_now(GsEngine *engine, GsEvent *other)
{
	gs_engine_schedule_after(engine, other, 0);
}

/* What an event schedules for its own instant still runs in that instant. */
static void test_same_instant(Fixture *fixture, const void *data)
{
	GsEngine *engine = &fixture->engine;
	Letter *letters = fixture->letters;

	(void)data;
	letters[0].then = schedule_now;
	letters[0].other = &letters[3].event;
	letters[1].then = schedule_now;
	letters[1].other = &letters[4].event;
	letters[4].event.class = GS_EVENT_CLOCK; /* before the c that is already waiting */
	for (size_t i = 0; i < 3; i++)
		gs_engine_schedule(engine, &letters[i].event, 10);

	g_assert_cmpint(run_all(engine), ==, GS_STOP_IDLE);
	g_assert_cmpstr(fixture->log->str, ==, "abecd");
	g_assert_cmpint(gs_engine_now_ns(engine), ==, 10);
}

static void cancel_other(GsEngine *engine, GsEvent *other)
{
	g_assert_true(gs_engine_cancel(engine, other));
	g_assert_false(gs_engine_cancel(engine, other));
}

static void test_cancel(Fixture *fixture, const void *data)
{
	GsEngine *engine = &fixture->engine;
	Letter *letters = fixture->letters;

	(void)data;
	letters[0].then = cancel_other;
	letters[0].other = &letters[1].event;
	for (size_t i = 0; i < 3; i++)
		gs_engine_schedule(engine, &letters[i].event, 10);
	g_assert_cmpint(run_all(engine), ==, GS_STOP_IDLE);
	g_assert_cmpstr(fixture->log->str, ==, "ac");
	g_assert_false(gs_engine_cancel(engine, &letters[0].event));
}

static void test_until(Fixture *fixture, const void *data)
{
	GsEngine *engine = &fixture->engine;
	Letter *letters = fixture->letters;

	(void)data;
	gs_engine_schedule(engine, &letters[0].event, 10);
	gs_engine_schedule(engine, &letters[1].event, 20);
	g_assert_cmpint(gs_engine_run(engine, 15, UINT64_MAX), ==, GS_STOP_UNTIL);
	g_assert_cmpstr(fixture->log->str, ==, "a");
	g_assert_cmpint(gs_engine_now_ns(engine), ==, 15);
	/* The last instant is included, and may be gone on from. */
	g_assert_cmpint(gs_engine_run(engine, 20, UINT64_MAX), ==, GS_STOP_IDLE);
	g_assert_cmpstr(fixture->log->str, ==, "ab");
	gs_engine_schedule(engine, &letters[2].event, 20);
	g_assert_cmpint(gs_engine_run(engine, 20, UINT64_MAX), ==, GS_STOP_IDLE);
	g_assert_cmpstr(fixture->log->str, ==, "abc");
	/* Nothing pending: the clock stays at the last event. */
	g_assert_cmpint(gs_engine_run(engine, 99, UINT64_MAX), ==, GS_STOP_IDLE);
	g_assert_cmpint(gs_engine_now_ns(engine), ==, 20);
}

static void test_budget(Fixture *fixture, const void *data)
{
	GsEngine *engine = &fixture->engine;

	(void)data;
	for (size_t i = 0; i < 3; i++)
		gs_engine_schedule(engine, &fixture->letters[i].event, 10 * (int64_t)i);
	g_assert_cmpint(gs_engine_run(engine, GS_TIME_NEVER_NS, 0), ==, GS_STOP_BUDGET);
	g_assert_cmpint(gs_engine_run(engine, GS_TIME_NEVER_NS, 2), ==, GS_STOP_BUDGET);
	g_assert_cmpstr(fixture->log->str, ==, "ab");
	g_assert_cmpint(gs_engine_now_ns(engine), ==, 10);
	/* Used up, but there is nothing it was needed for. */
	g_assert_cmpint(gs_engine_run(engine, GS_TIME_NEVER_NS, 1), ==, GS_STOP_IDLE);
	g_assert_cmpstr(fixture->log->str, ==, "abc");
}

static void stop(GsEngine *engine, GsEvent *other)
{
	(void)other;
	gs_engine_stop(engine);
}

static void test_stop(Fixture *fixture, const void *data)
{
	GsEngine *engine = &fixture->engine;

	(void)data;
	fixture->letters[1].then = stop;
	for (size_t i = 0; i < 3; i++)
		gs_engine_schedule(engine, &fixture->letters[i].event, 10);
	g_assert_cmpint(run_all(engine), ==, GS_STOP_ASKED);
	g_assert_cmpstr(fixture->log->str, ==, "ab");
	g_assert_cmpint(run_all(engine), ==, GS_STOP_IDLE);
	g_assert_cmpstr(fixture->log->str, ==, "abc");
}

/* A run leaves no trace in the next. */
static void test_reset(Fixture *fixture, const void *data)
{
	GsEngine *engine = &fixture->engine;
	Letter *letters = fixture->letters;

	(void)data;
	gs_engine_schedule(engine, &letters[0].event, 10);
	gs_engine_schedule(engine, &letters[1].event, 20);
	gs_engine_run(engine, 15, UINT64_MAX);

	gs_engine_reset(engine, 5, 42, 7);
	g_assert_false(gs_event_is_pending(&letters[1].event));
	g_assert_cmpint(gs_engine_now_ns(engine), ==, 5);
	g_assert_cmpuint(engine->seed, ==, 42);
	g_assert_cmpuint(engine->run, ==, 7);
	g_assert_cmpuint(engine->event_count, ==, 0);
	g_assert_cmpint(run_all(engine), ==, GS_STOP_IDLE);
	gs_engine_schedule(engine, &letters[2].event, 5);
	g_assert_cmpint(run_all(engine), ==, GS_STOP_IDLE);
	g_assert_cmpstr(fixture->log->str, ==, "ac");
}

static void free_event(GsEngine *engine, GsEvent *event)
{
	(void)engine;
	g_free(event);
}

/* An event may free itself, and its place is good for the next. */
static void test_free_in_callback(Fixture *fixture, const void *data)
{
	GsEngine *engine = &fixture->engine;

	(void)data;
	for (int64_t i = 0; i < 40; i++) {
		GsEvent *event = g_new(GsEvent, 1);

		gs_event_init(event, "free", GS_EVENT_TASK, free_event);
		gs_engine_schedule(engine, event, i);
	}
	gs_engine_schedule(engine, &fixture->letters[0].event, 50);
	g_assert_cmpint(run_all(engine), ==, GS_STOP_IDLE);
	g_assert_cmpstr(fixture->log->str, ==, "a");
}

static void copy_probe(const GsProbe *probe, void *user_data)
{
	*(GsProbe *)user_data = *probe;
}

static void test_probe(Fixture *fixture, const void *data)
{
	GsEngine *engine = &fixture->engine;
	GsProbe seen = { 0 };

	(void)data;
	gs_probe(engine, "nobody_watches", 0, "", 0, 0);
	gs_engine_set_probe_sink(engine, copy_probe, &seen);
	gs_engine_reset(engine, 123, 1, 0);
	gs_probe(engine, "srcu_gp_end", 2, "vm0", -5, 6);
	g_assert_cmpint(seen.at_ns, ==, 123);
	g_assert_cmpstr(seen.name, ==, "srcu_gp_end");
	g_assert_cmpstr(seen.subject, ==, "vm0");
	g_assert_cmpint(seen.cpu, ==, 2);
	g_assert_cmpint(seen.a, ==, -5);
	g_assert_cmpint(seen.b, ==, 6);

	gs_engine_set_probe_sink(engine, NULL, NULL);
	gs_probe(engine, "nobody_watches", 0, "", 0, 0);
	g_assert_cmpstr(seen.name, ==, "srcu_gp_end");
}

/* ---- broken invariants: each ends the process and says which it was ---- */

static void do_past(GsEngine *engine, GsEvent *event)
{
	gs_engine_schedule(engine, event, 99);
}

static void do_negative_delay(GsEngine *engine, GsEvent *event)
{
	gs_engine_schedule_after(engine, event, -1);
}

static void do_reschedule_past(GsEngine *engine, GsEvent *event)
{
	gs_engine_reschedule(engine, event, 99);
}

static void do_run_past(GsEngine *engine, GsEvent *event)
{
	(void)event;
	gs_engine_run(engine, 99, UINT64_MAX);
}

static void do_never(GsEngine *engine, GsEvent *event)
{
	gs_engine_schedule(engine, event, GS_TIME_NEVER_NS);
}

static void do_endless_delay(GsEngine *engine, GsEvent *event)
{
	gs_engine_schedule_after(engine, event, GS_TIME_NEVER_NS);
}

static void do_late_reset(GsEngine *engine, GsEvent *event)
{
	(void)event;
	gs_engine_reset(engine, GS_EVENT_END_NS, 0, 0);
}

static void do_schedule_twice(GsEngine *engine, GsEvent *event)
{
	gs_engine_schedule(engine, event, 100);
	gs_engine_schedule(engine, event, 100);
}

static void do_due_of_idle(GsEngine *engine, GsEvent *event)
{
	gs_engine_due_ns(engine, event);
}

static void do_clock_back(GsEngine *engine, GsEvent *event)
{
	gs_engine_schedule(engine, event, 100);
	engine->now_ns = 200;
	run_all(engine);
}

static const struct {
	const char *path;
	void (*func)(GsEngine *engine, GsEvent *event);
	const char *message; /* pattern */
} bugs[] = {
	{ "/engine/bug/past", do_past, "engine-past: 'letter' scheduled at 99 ns*" },
	{ "/engine/bug/negative-delay", do_negative_delay,
	  "engine-past: 'letter' scheduled at 99 ns*" },
	{ "/engine/bug/reschedule-past", do_reschedule_past,
	  "engine-past: 'letter' scheduled at 99 ns*" },
	{ "/engine/bug/run-past", do_run_past, "engine-past: *until 99 ns*" },
	{ "/engine/bug/never", do_never, "engine-range: 'letter' *" },
	{ "/engine/bug/endless-delay", do_endless_delay, "engine-range: 'letter' *" },
	{ "/engine/bug/late-reset", do_late_reset, "engine-range: *" },
	{ "/engine/bug/schedule-twice", do_schedule_twice, "engine-pending: 'letter' *" },
	{ "/engine/bug/due-of-idle", do_due_of_idle, "engine-pending: *'letter'*" },
	{ "/engine/bug/clock-back", do_clock_back, "engine-order: 'letter' *" },
};

static void test_bug(const void *data)
{
	size_t i = GPOINTER_TO_SIZE(data);
	g_autofree char *pattern = g_strdup_printf("bug: %s", bugs[i].message);

	if (g_test_subprocess()) {
		Fixture fixture;

		set_up(&fixture, NULL);
		gs_engine_reset(&fixture.engine, 100, 0, 0);
		bugs[i].func(&fixture.engine, &fixture.letters[0].event);
		exit(0);
	}
	g_test_trap_subprocess(NULL, 0, 0);
	g_test_trap_assert_failed();
	g_test_trap_assert_stderr(pattern);
}

static void count_down(GsEngine *engine, GsEvent *event)
{
	if (engine->now_ns == 1000)
		gs_bug(engine, "test-id", "%d of %s", 3, "five");
	gs_engine_schedule_after(engine, event, 10);
}

/* A report holds all it takes to repeat the run, and the last 64 events. */
static void test_bug_report(void)
{
	g_autoptr(GString) expected = g_string_new(NULL);

	if (g_test_subprocess()) {
		GsEngine engine;
		GsEvent event;

		gs_engine_init(&engine);
		gs_engine_reset(&engine, 0, 42, 7);
		gs_event_init(&event, "count", GS_EVENT_TASK, count_down);
		gs_engine_schedule(&engine, &event, 10);
		run_all(&engine);
		exit(0);
	}
	g_string_append(expected, "bug: test-id: 3 of five\n"
				  "  simulated time 1000 ns, seed 42, run 7, 100 events\n"
				  "  last events, oldest first:\n");
	for (int i = 37; i <= 100; i++)
		g_string_append_printf(expected, "    %16d ns  count\n", 10 * i);
	g_test_trap_subprocess(NULL, 0, 0);
	g_test_trap_assert_failed();
	g_test_trap_assert_stderr(expected->str);
}

static void test_bug_without_engine(void)
{
	if (g_test_subprocess()) {
		GS_CHECK(NULL, 1 + 1 == 3, "test-sum", "a sum is %d", 1 + 1);
		exit(0);
	}
	g_test_trap_subprocess(NULL, 0, 0);
	g_test_trap_assert_failed();
	g_test_trap_assert_stderr("bug: test-sum: a sum is 2\n");
}

int main(int argc, char **argv)
{
	static const struct {
		const char *path;
		void (*func)(Fixture *fixture, const void *data);
	} tests[] = {
		{ "/engine/order", test_order },
		{ "/engine/same-instant", test_same_instant },
		{ "/engine/cancel", test_cancel },
		{ "/engine/until", test_until },
		{ "/engine/budget", test_budget },
		{ "/engine/stop", test_stop },
		{ "/engine/reset", test_reset },
		{ "/engine/free-in-callback", test_free_in_callback },
		{ "/engine/probe", test_probe },
	};

	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].func, tear_down);
	for (size_t i = 0; i < G_N_ELEMENTS(bugs); i++)
		g_test_add_data_func(bugs[i].path, GSIZE_TO_POINTER(i), test_bug);
	g_test_add_func("/engine/bug/report", test_bug_report);
	g_test_add_func("/engine/bug/without-engine", test_bug_without_engine);
	return g_test_run();
}
