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

/* Handed over first in, first out, at the instant it is released. */
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
	g_test_add_func("/mutex/bug/owner", test_bug_owner);
	return g_test_run();
}
