/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>

#include "sim/kernel/mutex.h"
#include "tests/lib/gs-test.h"

/* Holders take the lock, keep it for 10 ns and log when they got it. */
typedef struct {
	GsTask task;
	GsMutex *mutex; /* borrowed */
	GString *log;   /* borrowed */
} Holder;

static Holder *holder_of(GsTask *task)
{
	return GS_CONTAINER_OF(task, Holder, task);
}

static void release(GsTask *task)
{
	gs_mutex_unlock(holder_of(task)->mutex, task);
	gs_task_exit(task);
}

static void hold(GsTask *task)
{
	Holder *holder = holder_of(task);

	g_assert_true(holder->mutex->owner == task);
	g_string_append_printf(holder->log, "%s@%d ", task->name,
			       (int)gs_engine_now_ns(task->engine));
	gs_task_spend(task, 10, release);
}

static void take(GsTask *task)
{
	if (gs_mutex_lock(holder_of(task)->mutex, task, hold))
		hold(task);
}

/* Waiters get it first in, first out, at the instant it is released if nobody is faster. */
static void test_fifo(void)
{
	static const char *const names[] = { "a", "b", "c" };
	GsEngine engine;
	GsMutex mutex;
	Holder holders[3];
	GString *log = g_string_new(NULL);

	gs_engine_init(&engine);
	gs_engine_reset(&engine, 0, 0, 0);
	gs_mutex_init(&mutex, "lock");
	for (size_t i = 0; i < G_N_ELEMENTS(holders); i++) {
		gs_task_init(&holders[i].task, &engine, NULL, names[i]);
		holders[i].mutex = &mutex;
		holders[i].log = log;
		gs_task_start(&holders[i].task, take);
	}
	gs_engine_run(&engine, GS_TIME_NEVER_NS, UINT64_MAX);
	g_assert_cmpstr(log->str, ==, "a@0 b@10 c@20 ");
	g_assert_null(mutex.owner);
	g_string_free(log, TRUE);
	gs_engine_clear(&engine);
}

/* Takes the lock again at the instant it has released it, @again times. */
typedef struct {
	Holder holder;
	int again;
} Greedy;

static void greedy_hold(GsTask *task);

static void greedy_release(GsTask *task)
{
	Greedy *greedy = GS_CONTAINER_OF(holder_of(task), Greedy, holder);

	gs_mutex_unlock(greedy->holder.mutex, task);
	if (greedy->again-- == 0)
		gs_task_exit(task);
	else if (gs_mutex_lock(greedy->holder.mutex, task, greedy_hold))
		greedy_hold(task);
}

static void greedy_hold(GsTask *task)
{
	g_string_append_printf(holder_of(task)->log, "%s@%d ", task->name,
			       (int)gs_engine_now_ns(task->engine));
	gs_task_spend(task, 10, greedy_release);
}

static void greedy_take(GsTask *task)
{
	if (gs_mutex_lock(holder_of(task)->mutex, task, greedy_hold))
		greedy_hold(task);
}

/*
 * __mutex_unlock_slowpath() frees the lock before the waiter runs, so its owner
 * can take it again; once, since the waiter then asks for it to be handed over.
 */
static void test_handoff(void)
{
	GsEngine engine;
	GsMutex mutex;
	GString *log = g_string_new(NULL);
	Greedy greedy = { .holder = { .mutex = &mutex, .log = log }, .again = 3 };
	Holder waiter = { .mutex = &mutex, .log = log };

	gs_engine_init(&engine);
	gs_engine_reset(&engine, 0, 0, 0);
	gs_mutex_init(&mutex, "lock");
	gs_task_init(&greedy.holder.task, &engine, NULL, "greedy");
	gs_task_init(&waiter.task, &engine, NULL, "waiter");
	gs_task_start(&greedy.holder.task, greedy_take);
	gs_task_start(&waiter.task, take);
	gs_engine_run(&engine, GS_TIME_NEVER_NS, UINT64_MAX);
	g_assert_cmpstr(log->str, ==, "greedy@0 greedy@10 waiter@20 greedy@30 greedy@40 ");
	g_assert_null(mutex.owner);
	g_string_free(log, TRUE);
	gs_engine_clear(&engine);
}

static void test_bug_owner(void)
{
	if (!g_test_subprocess()) {
		g_test_trap_subprocess(NULL, 0, 0);
		g_test_trap_assert_failed();
		g_test_trap_assert_stderr("*mutex-owner*");
		return;
	}
	GsEngine engine;
	GsMutex mutex;
	GsTask task;

	gs_engine_init(&engine);
	gs_engine_reset(&engine, 0, 0, 0);
	gs_mutex_init(&mutex, "lock");
	gs_task_init(&task, &engine, NULL, "a");
	gs_mutex_unlock(&mutex, &task);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/mutex/fifo", test_fifo);
	g_test_add_func("/mutex/handoff", test_handoff);
	g_test_add_func("/mutex/bug/owner", test_bug_owner);
	return g_test_run();
}
