/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>

#include "sim/kernel/kthread.h"
#include "tests/lib/gs-test.h"

#define FORK_NS (30 * GS_NSEC_PER_USEC)

/* A thread that creates a kthread and notes where and when it goes on. */
typedef struct {
	GsThread thread;
	GsKthreadCreate create;
	int64_t asked_ns, resumed_ns;
	int resumed_cpu;
} Caller;

static Caller *caller_of(GsTask *task)
{
	return GS_CONTAINER_OF(gs_thread_of(task), Caller, thread);
}

static void resume(GsTask *task)
{
	Caller *caller = caller_of(task);

	caller->resumed_ns = gs_engine_now_ns(task->engine);
	caller->resumed_cpu = caller->thread.cpu->id;
	gs_task_exit(task);
}

static void ask(GsTask *task)
{
	Caller *caller = caller_of(task);

	caller->asked_ns = gs_engine_now_ns(task->engine);
	gs_kthread_create(&caller->create, &caller->thread, FORK_NS, resume);
}

static void run_caller(Caller *caller, int cpus)
{
	g_autoptr(GsTestBed) bed = gs_test_bed_new_simple(100, cpus);

	gs_thread_init(&caller->thread, &bed->kernel, &bed->kernel.cpus[0], "caller");
	gs_task_start(&caller->thread.task, ask);
	gs_test_run_until(&bed->engine, gs_test_edge_ns(bed, 1, 0));
}

/*
 * Two CPUs: kthreadd forks on the other one, the new thread starts on the
 * caller's, which is idle by then, and so the caller is woken to the other.
 */
static void test_moves_caller(void)
{
	Caller caller = { .resumed_ns = -1 };

	g_test_summary("a caller on two CPUs goes on on the other one");
	run_caller(&caller, 2);
	g_assert_cmpint(caller.resumed_ns - caller.asked_ns, ==, FORK_NS);
	g_assert_cmpint(caller.resumed_cpu, ==, 1);
}

static void test_one_cpu(void)
{
	Caller caller = { .resumed_ns = -1 };

	g_test_summary("on one CPU the caller waits for kthreadd and goes on where it was");
	run_caller(&caller, 1);
	g_assert_cmpint(caller.resumed_ns - caller.asked_ns, ==, FORK_NS);
	g_assert_cmpint(caller.resumed_cpu, ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/kernel/kthread/moves-caller", test_moves_caller);
	g_test_add_func("/kernel/kthread/one-cpu", test_one_cpu);
	return g_test_run();
}
