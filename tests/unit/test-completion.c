/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>

#include "sim/kernel/completion.h"
#include "tests/lib/gs-test.h"

typedef struct {
	GsTask task;
	GsCompletion *completion; /* borrowed */
	int64_t done_at_ns;       /* -1: not yet */
} Waiter;

typedef struct {
	GsEngine engine;
	GsCompletion completion;
	Waiter a, b;
} Fixture;

static void done(GsTask *task)
{
	GS_CONTAINER_OF(task, Waiter, task)->done_at_ns = gs_engine_now_ns(task->engine);
	gs_task_exit(task);
}

static void wait_for_it(GsTask *task)
{
	gs_wait_for_completion(GS_CONTAINER_OF(task, Waiter, task)->completion, task, done);
}

static void waiter_init(Waiter *waiter, Fixture *fixture, const char *name)
{
	*waiter = (Waiter){ .completion = &fixture->completion, .done_at_ns = -1 };
	gs_task_init(&waiter->task, &fixture->engine, NULL, name);
}

static void set_up(Fixture *fixture, const void *data)
{
	(void)data;
	gs_engine_init(&fixture->engine);
	gs_engine_reset(&fixture->engine, 0, 0, 0);
	gs_completion_init(&fixture->completion);
	waiter_init(&fixture->a, fixture, "a");
	waiter_init(&fixture->b, fixture, "b");
}

static void tear_down(Fixture *fixture, const void *data)
{
	(void)data;
	gs_engine_clear(&fixture->engine);
}

/* complete() lets one go on: who has waited longest. */
static void test_wait_first(Fixture *fixture, const void *data)
{
	(void)data;
	gs_task_start(&fixture->a.task, wait_for_it);
	gs_task_start(&fixture->b.task, wait_for_it);
	gs_test_run_until(&fixture->engine, 10);
	g_assert_cmpint(fixture->a.done_at_ns, ==, -1);
	gs_complete(&fixture->completion);
	gs_test_run_until(&fixture->engine, 20);
	g_assert_cmpint(fixture->a.done_at_ns, ==, 10);
	g_assert_cmpint(fixture->b.done_at_ns, ==, -1);
	gs_complete(&fixture->completion);
	gs_test_run_until(&fixture->engine, 30);
	g_assert_cmpint(fixture->b.done_at_ns, ==, 20);
}

/* Completed before anybody waits: nobody sleeps, and it counts for one. */
static void test_complete_first(Fixture *fixture, const void *data)
{
	(void)data;
	gs_complete(&fixture->completion);
	gs_task_start(&fixture->a.task, wait_for_it);
	gs_task_start(&fixture->b.task, wait_for_it);
	gs_test_run_until(&fixture->engine, 10);
	g_assert_cmpint(fixture->a.done_at_ns, ==, 0);
	g_assert_cmpint(fixture->b.done_at_ns, ==, -1);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/completion/wait-first", Fixture, NULL, set_up, test_wait_first, tear_down);
	g_test_add("/completion/complete-first", Fixture, NULL, set_up, test_complete_first,
		   tear_down);
	return g_test_run();
}
