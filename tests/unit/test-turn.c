/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CPUs that one thread of the host runs in turn (QEMU: -accel tcg,thread=single). */
#include <glib.h>

#include "sim/kernel/kernel.h"
#include "tests/lib/gs-test.h"

#define USEC GS_NSEC_PER_USEC
#define IPI_NS (2 * USEC)

/* A thread that runs for @run_ns, after sleeping for @sleep_ns if that is not 0. */
typedef struct Runner Runner;
struct Runner {
	GsThread thread;
	int64_t sleep_ns, run_ns;
	bool user;
	Runner *other;  /* started halfway through */
	int64_t began_ns, ended_ns;
};

typedef struct {
	GsTestBed *bed;
	Runner a, b;
	int64_t start_ns;
} Fixture;

static Runner *runner_of(GsTask *task)
{
	return GS_CONTAINER_OF(gs_thread_of(task), Runner, thread);
}

static void over(GsTask *task)
{
	runner_of(task)->ended_ns = gs_engine_now_ns(task->engine);
	gs_task_exit(task);
}

static void begin(GsTask *task);

static void halfway(GsTask *task)
{
	Runner *runner = runner_of(task);

	if (runner->other)
		gs_task_start(&runner->other->thread.task, begin);
	gs_task_spend(task, runner->run_ns / 2, over);
}

static void begin(GsTask *task)
{
	Runner *runner = runner_of(task);

	runner->began_ns = gs_engine_now_ns(task->engine);
	runner->thread.user = runner->user;
	gs_task_spend(task, runner->run_ns / 2, halfway);
}

static void sleep_first(GsTask *task)
{
	gs_thread_sleep(gs_thread_of(task), runner_of(task)->sleep_ns, begin);
}

static void prepare(Fixture *fixture, Runner *runner, int cpu, const char *name)
{
	gs_thread_init(&runner->thread, &fixture->bed->kernel, &fixture->bed->kernel.cpus[cpu],
		       name);
	runner->thread.bound = true;
	runner->began_ns = runner->ended_ns = -1;
}

static void start(Fixture *fixture, Runner *runner)
{
	fixture->bed->kernel.this_cpu = runner->thread.cpu;
	gs_task_start(&runner->thread.task, runner->sleep_ns ? sleep_first : begin);
}

static void set_up(Fixture *fixture, const void *turns)
{
	GsKernelParams params;

	gs_test_params_init(&params, 100, 2);
	params.cpu_turns = GPOINTER_TO_INT(turns);
	params.costs.ipi_ns = IPI_NS;
	fixture->bed = gs_test_bed_new(&params);
	gs_test_bed_start(fixture->bed, 0);
	fixture->start_ns = gs_test_edge_ns(fixture->bed, 0, 0);
}

static void tear_down(Fixture *fixture, const void *turns)
{
	(void)turns;
	gs_test_bed_free(fixture->bed);
}

static void run(Fixture *fixture)
{
	gs_test_run_until(&fixture->bed->engine, fixture->start_ns + GS_NSEC_PER_SEC);
}

#define ASSERT_AT(fixture, at_ns, expected_ns) \
	g_assert_cmpint((at_ns) - (fixture)->start_ns, ==, (expected_ns))

/* Thread a, 100 us on CPU 0, wakes b on CPU 1 halfway. */
static void wake_across(Fixture *fixture)
{
	fixture->a = (Runner){ .run_ns = 100 * USEC, .other = &fixture->b };
	fixture->b = (Runner){ .run_ns = 10 * USEC };
	prepare(fixture, &fixture->a, 0, "a");
	prepare(fixture, &fixture->b, 1, "b");
	start(fixture, &fixture->a);
	run(fixture);
}

/* Side by side the woken CPU begins as soon as the interrupt has reached it. */
static void test_side_by_side(Fixture *fixture, const void *data)
{
	(void)data;
	wake_across(fixture);
	ASSERT_AT(fixture, fixture->b.began_ns, 50 * USEC + IPI_NS);
	ASSERT_AT(fixture, fixture->a.ended_ns, 100 * USEC);
}

/* In turn it begins when the CPU of its waker has nothing left to do. */
static void test_after_the_waker(Fixture *fixture, const void *data)
{
	(void)data;
	wake_across(fixture);
	ASSERT_AT(fixture, fixture->a.ended_ns, 100 * USEC);
	ASSERT_AT(fixture, fixture->b.began_ns, 100 * USEC + IPI_NS);
}

/* A CPU that never idles ends its turn with its tick, so the other comes to its own. */
static void test_tick_ends_turn(Fixture *fixture, const void *data)
{
	(void)data;
	fixture->a = (Runner){
		.run_ns = 30 * GS_NSEC_PER_MSEC, .user = true, .other = &fixture->b
	};
	fixture->b = (Runner){ .run_ns = 10 * USEC };
	prepare(fixture, &fixture->a, 0, "a");
	prepare(fixture, &fixture->b, 1, "b");
	start(fixture, &fixture->a);
	run(fixture);
	/* Woken at 15 ms, so it begins with the edge at 20 ms; a goes on after it. */
	ASSERT_AT(fixture, fixture->b.began_ns, 20 * GS_NSEC_PER_MSEC + IPI_NS);
	ASSERT_AT(fixture, fixture->a.ended_ns, 30 * GS_NSEC_PER_MSEC + IPI_NS + 10 * USEC);
}

/* Two CPUs that never idle have every other jiffy each, whichever ticks first. */
static void test_two_busy(Fixture *fixture, const void *data)
{
	int64_t apart_ns;

	(void)data;
	fixture->a = (Runner){ .run_ns = 100 * GS_NSEC_PER_MSEC, .user = true };
	fixture->b = (Runner){ .run_ns = 100 * GS_NSEC_PER_MSEC, .user = true };
	prepare(fixture, &fixture->a, 0, "a");
	prepare(fixture, &fixture->b, 1, "b");
	start(fixture, &fixture->a);
	start(fixture, &fixture->b);
	run(fixture);
	apart_ns = ABS(fixture->a.ended_ns - fixture->b.ended_ns);
	g_assert_cmpint(MAX(fixture->a.ended_ns, fixture->b.ended_ns) - fixture->start_ns, ==,
			200 * GS_NSEC_PER_MSEC);
	g_assert_cmpint(apart_ns, <=, 10 * GS_NSEC_PER_MSEC);
}

/* A timer of an idle CPU interrupts the one that runs, which loses that time. */
static void test_timer_interrupts(Fixture *fixture, const void *data)
{
	(void)data;
	fixture->a = (Runner){ .run_ns = 100 * USEC };
	fixture->b = (Runner){ .run_ns = 10 * USEC, .sleep_ns = 30 * USEC };
	prepare(fixture, &fixture->a, 0, "a");
	prepare(fixture, &fixture->b, 1, "b");
	start(fixture, &fixture->b);
	gs_test_run_until(&fixture->bed->engine, fixture->start_ns + 10 * USEC);
	start(fixture, &fixture->a);
	run(fixture);
	ASSERT_AT(fixture, fixture->b.ended_ns, 40 * USEC);
	ASSERT_AT(fixture, fixture->a.ended_ns, 120 * USEC);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/turn/off", Fixture, GINT_TO_POINTER(0), set_up, test_side_by_side, tear_down);
	g_test_add("/turn/after-the-waker", Fixture, GINT_TO_POINTER(1), set_up,
		   test_after_the_waker, tear_down);
	g_test_add("/turn/tick", Fixture, GINT_TO_POINTER(1), set_up, test_tick_ends_turn,
		   tear_down);
	g_test_add("/turn/two-busy", Fixture, GINT_TO_POINTER(1), set_up, test_two_busy,
		   tear_down);
	g_test_add("/turn/timer", Fixture, GINT_TO_POINTER(1), set_up, test_timer_interrupts,
		   tear_down);
	return g_test_run();
}
