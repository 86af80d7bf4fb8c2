/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>

#include "sim/engine/task.h"
#include "tests/lib/gs-test.h"

/* A task that logs "letter step@now", with one wait queue for all. */
typedef struct {
	GsEngine engine;
	GsWaitQueue queue;
	GString *log;
} Fixture;

typedef struct {
	GsTask task;
	Fixture *fixture;
} Worker;

static void set_up(Fixture *fixture, const void *data)
{
	(void)data;
	gs_engine_init(&fixture->engine);
	gs_engine_reset(&fixture->engine, 0, 0, 0);
	gs_wait_queue_init(&fixture->queue);
	fixture->log = g_string_new(NULL);
}

static void tear_down(Fixture *fixture, const void *data)
{
	(void)data;
	g_string_free(fixture->log, TRUE);
	gs_engine_clear(&fixture->engine);
}

static void worker_init(Worker *worker, Fixture *fixture, const char *name)
{
	gs_task_init(&worker->task, &fixture->engine, NULL, name);
	worker->fixture = fixture;
}

static void run_until(Fixture *fixture, int64_t until_ns)
{
	gs_test_run_until(&fixture->engine, until_ns);
}

static Fixture *note(GsTask *task, const char *what)
{
	Fixture *fixture = GS_CONTAINER_OF(task, Worker, task)->fixture;

	g_string_append_printf(fixture->log, "%s %s@%d, ", task->name, what,
			       (int)gs_engine_now_ns(task->engine));
	return fixture;
}

static void last_step(GsTask *task)
{
	note(task, "last");
	gs_task_exit(task);
}

static void spend_step(GsTask *task)
{
	note(task, "spends");
	gs_task_spend(task, 5, last_step);
}

static void wait_step(GsTask *task)
{
	gs_task_wait(task, &note(task, "waits")->queue, last_step);
}

/* Time passes between the steps and only there. */
static void test_spend(Fixture *fixture, const void *data)
{
	Worker a;

	(void)data;
	worker_init(&a, fixture, "a");
	gs_task_start(&a.task, spend_step);
	g_assert_cmpstr(fixture->log->str, ==, "");
	run_until(fixture, 100);
	g_assert_cmpstr(fixture->log->str, ==, "a spends@0, a last@5, ");
	g_assert_cmpint(a.task.state, ==, GS_TASK_DEAD);
}

/* Without a scheduler everybody has a processor: they spend side by side. */
static void test_spend_together(Fixture *fixture, const void *data)
{
	Worker a, b;

	(void)data;
	worker_init(&a, fixture, "a");
	worker_init(&b, fixture, "b");
	gs_task_start(&a.task, spend_step);
	gs_task_start(&b.task, spend_step);
	run_until(fixture, 100);
	g_assert_cmpstr(fixture->log->str, ==,
			"a spends@0, b spends@0, a last@5, b last@5, ");
}

/* A dead task may begin again. */
static void test_restart(Fixture *fixture, const void *data)
{
	Worker a;

	(void)data;
	worker_init(&a, fixture, "a");
	gs_task_start(&a.task, last_step);
	run_until(fixture, 10);
	gs_task_start(&a.task, last_step);
	run_until(fixture, 20);
	g_assert_cmpstr(fixture->log->str, ==, "a last@0, a last@10, ");
}

/* Who has waited longest is woken first; waking takes no time. */
static void test_wake_one(Fixture *fixture, const void *data)
{
	Worker a, b;

	(void)data;
	g_assert_null(gs_wait_queue_wake_one(&fixture->queue));
	worker_init(&a, fixture, "a");
	worker_init(&b, fixture, "b");
	gs_task_start(&a.task, wait_step);
	gs_task_start(&b.task, wait_step);
	run_until(fixture, 10);
	g_assert_cmpint(a.task.state, ==, GS_TASK_WAITING);
	g_assert_true(gs_wait_queue_wake_one(&fixture->queue) == &a.task);
	run_until(fixture, 20);
	g_assert_true(gs_wait_queue_wake_one(&fixture->queue) == &b.task);
	g_assert_true(gs_wait_queue_is_empty(&fixture->queue));
	run_until(fixture, 30);
	g_assert_cmpstr(fixture->log->str, ==,
			"a waits@0, b waits@0, a last@10, b last@20, ");
}

static void test_wake_all(Fixture *fixture, const void *data)
{
	Worker a, b;

	(void)data;
	worker_init(&a, fixture, "a");
	worker_init(&b, fixture, "b");
	gs_task_start(&a.task, wait_step);
	gs_task_start(&b.task, wait_step);
	run_until(fixture, 10);
	gs_wait_queue_wake_all(&fixture->queue);
	run_until(fixture, 20);
	g_assert_cmpstr(fixture->log->str, ==,
			"a waits@0, b waits@0, a last@10, b last@10, ");
}

/* One particular task, from the middle of the queue. */
static void test_wake_task(Fixture *fixture, const void *data)
{
	Worker a, b;

	(void)data;
	worker_init(&a, fixture, "a");
	worker_init(&b, fixture, "b");
	gs_task_start(&a.task, wait_step);
	gs_task_start(&b.task, wait_step);
	run_until(fixture, 10);
	gs_task_wake(&b.task);
	run_until(fixture, 20);
	g_assert_cmpstr(fixture->log->str, ==, "a waits@0, b waits@0, b last@10, ");
	g_assert_true(gs_wait_queue_wake_one(&fixture->queue) == &a.task);
}

static void forgetful_step(GsTask *task)
{
	(void)task;
}

/* A broken invariant aborts and says which. */
static void assert_bug(const char *path, const char *id)
{
	g_test_trap_subprocess(path, 0, 0);
	g_test_trap_assert_failed();
	g_test_trap_assert_stderr(id);
}

static void test_bug_step(Fixture *fixture, const void *data)
{
	Worker a;

	(void)data;
	if (!g_test_subprocess()) {
		assert_bug(NULL, "*task-step*");
		return;
	}
	worker_init(&a, fixture, "a");
	gs_task_start(&a.task, forgetful_step);
	run_until(fixture, 10);
}

static void test_bug_wake(Fixture *fixture, const void *data)
{
	Worker a;

	(void)data;
	if (!g_test_subprocess()) {
		assert_bug(NULL, "*task-state*");
		return;
	}
	worker_init(&a, fixture, "a");
	gs_task_start(&a.task, spend_step);
	gs_task_wake(&a.task);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *path;
		void (*test)(Fixture *fixture, const void *data);
	} tests[] = {
		{ "/task/spend", test_spend },
		{ "/task/spend-together", test_spend_together },
		{ "/task/restart", test_restart },
		{ "/task/wake-one", test_wake_one },
		{ "/task/wake-all", test_wake_all },
		{ "/task/wake-task", test_wake_task },
		{ "/task/bug/step-says-nothing", test_bug_step },
		{ "/task/bug/wake-the-awake", test_bug_wake },
	};

	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
	return g_test_run();
}
