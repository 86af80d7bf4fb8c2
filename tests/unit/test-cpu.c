/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>

#include "sim/kernel/irq-work.h"
#include "tests/lib/gs-test.h"

#define USEC GS_NSEC_PER_USEC

/* A thread that runs for @run_ns, after sleeping for @sleep_ns if that is not 0; and again. */
typedef struct {
	GsThread thread;
	int64_t sleep_ns, run_ns;
	bool user, bound, again;
	int64_t began_ns, ended_ns;
	int began_cpu;
} Runner;

typedef struct {
	GsTestBed *bed;
	GsCpu *cpus;
	Runner a, b, c, late;
	int64_t start_ns;
} Fixture;

static Runner *runner_of(GsTask *task)
{
	return GS_CONTAINER_OF(gs_thread_of(task), Runner, thread);
}

static void sleep_first(GsTask *task);

static void over(GsTask *task)
{
	runner_of(task)->ended_ns = gs_engine_now_ns(task->engine);
	if (runner_of(task)->again)
		sleep_first(task);
	else
		gs_task_exit(task);
}

static void begin(GsTask *task)
{
	Runner *runner = runner_of(task);

	runner->began_ns = gs_engine_now_ns(task->engine);
	runner->began_cpu = runner->thread.cpu->id;
	runner->thread.user = runner->user;
	gs_task_spend(task, runner->run_ns, over);
}

static void sleep_first(GsTask *task)
{
	gs_thread_sleep(gs_thread_of(task), runner_of(task)->sleep_ns, begin);
}

static void set_up(Fixture *fixture, const void *data)
{
	(void)data;
	fixture->bed = gs_test_bed_new_simple(100, 2);
	fixture->cpus = fixture->bed->kernel.cpus;
	fixture->start_ns = gs_test_edge_ns(fixture->bed, 0, 0);
}

static void tear_down(Fixture *fixture, const void *data)
{
	(void)data;
	gs_test_bed_free(fixture->bed);
}

static void start(Fixture *fixture, Runner *runner, int cpu, const char *name)
{
	gs_thread_init(&runner->thread, &fixture->bed->kernel, &fixture->cpus[cpu], name);
	runner->thread.bound = runner->bound;
	runner->began_ns = runner->ended_ns = -1;
	fixture->bed->kernel.this_cpu = &fixture->cpus[cpu];
	gs_task_start(&runner->thread.task, runner->sleep_ns ? sleep_first : begin);
}

static void run_for(Fixture *fixture, int64_t ns)
{
	gs_test_run_until(&fixture->bed->engine, gs_engine_now_ns(&fixture->bed->engine) + ns);
}

static int64_t since_start(const Fixture *fixture, int64_t at_ns)
{
	g_assert_cmpint(at_ns, >=, 0);
	return at_ns - fixture->start_ns;
}

/* From the CPU itself a wake-up costs idle_wake_ns, from another one an IPI more. */
static void test_wake_idle(Fixture *fixture, const void *data)
{
	const GsCosts *costs = &fixture->bed->params.costs;

	(void)data;
	gs_test_costs_init(&fixture->bed->params.costs);
	start(fixture, &fixture->a, 0, "a");
	gs_thread_init(&fixture->b.thread, &fixture->bed->kernel, &fixture->cpus[1], "b");
	gs_task_start(&fixture->b.thread.task, begin);
	run_for(fixture, GS_NSEC_PER_MSEC);
	g_assert_cmpint(since_start(fixture, fixture->a.began_ns), ==, costs->idle_wake_ns);
	g_assert_cmpint(since_start(fixture, fixture->b.began_ns), ==,
			costs->ipi_ns + costs->idle_wake_ns);
}

/* A woken thread stays on an idle CPU, leaves a busy one for an idle one, waits if bound. */
static void test_placement(Fixture *fixture, const void *data)
{
	(void)data;
	fixture->a.run_ns = 100 * USEC;
	start(fixture, &fixture->a, 0, "a");
	run_for(fixture, 10 * USEC);
	g_assert_cmpint(fixture->a.began_cpu, ==, 0);
	start(fixture, &fixture->b, 0, "b");
	run_for(fixture, 10 * USEC);
	g_assert_cmpint(fixture->b.began_cpu, ==, 1);

	fixture->b = (Runner){ .began_cpu = -1 };
	gs_thread_init(&fixture->b.thread, &fixture->bed->kernel, &fixture->cpus[0], "b");
	fixture->b.thread.bound = true;
	gs_task_start(&fixture->b.thread.task, begin);
	run_for(fixture, GS_NSEC_PER_MSEC);
	g_assert_cmpint(fixture->b.began_cpu, ==, 0);
	g_assert_cmpint(since_start(fixture, fixture->b.began_ns), ==, 100 * USEC);
}

/* A thread in user mode gives way at once and gets the rest of its time afterwards. */
static void test_preempt_user(Fixture *fixture, const void *data)
{
	(void)data;
	fixture->a = (Runner){ .run_ns = 100 * USEC, .user = true };
	fixture->b = (Runner){ .run_ns = 30 * USEC, .sleep_ns = 40 * USEC, .bound = true };
	start(fixture, &fixture->b, 0, "b");
	run_for(fixture, 0);
	start(fixture, &fixture->a, 0, "a");
	run_for(fixture, GS_NSEC_PER_MSEC);
	g_assert_cmpint(since_start(fixture, fixture->b.began_ns), ==, 40 * USEC);
	g_assert_cmpint(since_start(fixture, fixture->b.ended_ns), ==, 70 * USEC);
	g_assert_cmpint(since_start(fixture, fixture->a.ended_ns), ==, 130 * USEC);
}

/* One in the kernel is let finish: lazy preemption. */
static void test_preempt_kernel(Fixture *fixture, const void *data)
{
	(void)data;
	fixture->a = (Runner){ .run_ns = 100 * USEC };
	fixture->b = (Runner){ .run_ns = 30 * USEC, .sleep_ns = 40 * USEC, .bound = true };
	start(fixture, &fixture->b, 0, "b");
	run_for(fixture, 0);
	start(fixture, &fixture->a, 0, "a");
	run_for(fixture, GS_NSEC_PER_MSEC);
	g_assert_cmpint(since_start(fixture, fixture->a.ended_ns), ==, 100 * USEC);
	g_assert_cmpint(since_start(fixture, fixture->b.began_ns), ==, 100 * USEC);
}

/* Two that only want to run take turns: at a tick, when the slice (3 ms) is used up. */
static void test_slice(Fixture *fixture, const void *data)
{
	(void)data;
	fixture->a = (Runner){ .run_ns = 15 * GS_NSEC_PER_MSEC, .user = true, .bound = true };
	fixture->b = (Runner){ .run_ns = 15 * GS_NSEC_PER_MSEC, .user = true, .bound = true };
	start(fixture, &fixture->b, 0, "b");
	run_for(fixture, GS_NSEC_PER_MSEC);
	start(fixture, &fixture->a, 0, "a");
	run_for(fixture, 100 * GS_NSEC_PER_MSEC);
	/* HZ=100: b has 0..1, then a, just woken, 1..10, b 10..20, a 20..26, b 26..30. */
	g_assert_cmpint(since_start(fixture, fixture->a.began_ns), ==, 1 * GS_NSEC_PER_MSEC);
	g_assert_cmpint(since_start(fixture, fixture->a.ended_ns), ==, 26 * GS_NSEC_PER_MSEC);
	g_assert_cmpint(since_start(fixture, fixture->b.ended_ns), ==, 30 * GS_NSEC_PER_MSEC);
}

/* Two that sleep a little and run a lot do not keep one that only runs from its third. */
static void test_no_starving(Fixture *fixture, const void *data)
{
	const Runner waking = {
		.sleep_ns = 50 * USEC,
		.run_ns = 700 * USEC,
		.user = true,
		.bound = true,
		.again = true,
	};

	(void)data;
	fixture->a = (Runner){ .run_ns = 50 * GS_NSEC_PER_MSEC, .user = true, .bound = true };
	fixture->b = fixture->c = waking;
	start(fixture, &fixture->a, 0, "a");
	start(fixture, &fixture->b, 0, "b");
	start(fixture, &fixture->c, 0, "c");
	run_for(fixture, GS_NSEC_PER_SEC);
	g_assert_cmpint(since_start(fixture, fixture->a.ended_ns), >, 100 * GS_NSEC_PER_MSEC);
	g_assert_cmpint(since_start(fixture, fixture->a.ended_ns), <, 170 * GS_NSEC_PER_MSEC);
}

/* CPU 1 runs out of work at 100 us while b waits for CPU 0, which is in the kernel till 900. */
static void queue_beside_busy(Fixture *fixture, bool bound)
{
	fixture->a = (Runner){ .run_ns = 900 * USEC };
	fixture->b = (Runner){ .run_ns = 30 * USEC, .bound = bound };
	fixture->c = (Runner){ .run_ns = 100 * USEC };
	start(fixture, &fixture->c, 1, "c");
	start(fixture, &fixture->a, 0, "a");
	start(fixture, &fixture->b, 0, "b");
	run_for(fixture, GS_NSEC_PER_MSEC);
}

/* It takes that over (sched_balance_newidle()). */
static void test_newidle(Fixture *fixture, const void *data)
{
	(void)data;
	queue_beside_busy(fixture, false);
	g_assert_cmpint(fixture->b.began_cpu, ==, 1);
	g_assert_cmpint(since_start(fixture, fixture->b.began_ns), ==, 100 * USEC);
}

/* Who is bound to its CPU, as kworkers are, stays. */
static void test_newidle_bound(Fixture *fixture, const void *data)
{
	(void)data;
	queue_beside_busy(fixture, true);
	g_assert_cmpint(fixture->b.began_cpu, ==, 0);
	g_assert_cmpint(since_start(fixture, fixture->b.began_ns), ==, 900 * USEC);
}

/* Who ran until just now has its data in its CPU's cache and is left there (task_hot()). */
static void test_newidle_hot(Fixture *fixture, const void *data)
{
	(void)data;
	fixture->a = (Runner){ .run_ns = 300 * USEC, .sleep_ns = 50 * USEC };
	fixture->b = (Runner){ .run_ns = 100 * USEC, .user = true };
	fixture->c = (Runner){ .run_ns = 100 * USEC };
	start(fixture, &fixture->a, 0, "a");
	run_for(fixture, 0);
	start(fixture, &fixture->c, 1, "c");
	start(fixture, &fixture->b, 0, "b");
	run_for(fixture, GS_NSEC_PER_MSEC);
	/* b has 0..50; a, woken, 50..350, while CPU 1 is idle from 100 on; b 350..400. */
	g_assert_cmpint(since_start(fixture, fixture->a.began_ns), ==, 50 * USEC);
	g_assert_cmpint(since_start(fixture, fixture->b.ended_ns), ==, 400 * USEC);
}

/* Where all CPUs are busy a new thread begins on the one with the fewest threads. */
static void test_fork_balance(Fixture *fixture, const void *data)
{
	(void)data;
	fixture->a = (Runner){ .run_ns = 500 * USEC };
	fixture->b = (Runner){ .run_ns = 500 * USEC, .bound = true };
	fixture->c = (Runner){ .run_ns = 500 * USEC };
	start(fixture, &fixture->c, 1, "c");
	start(fixture, &fixture->a, 0, "a");
	start(fixture, &fixture->b, 0, "b");
	start(fixture, &fixture->late, 0, "late");
	run_for(fixture, GS_NSEC_PER_MSEC);
	g_assert_cmpint(fixture->late.began_cpu, ==, 1);
	g_assert_cmpint(since_start(fixture, fixture->late.began_ns), ==, 500 * USEC);
}

/* Interrupts take their time from what runs, and the next thing waits for them. */
static void test_steal(Fixture *fixture, const void *data)
{
	(void)data;
	fixture->a = (Runner){ .run_ns = 10 * USEC };
	start(fixture, &fixture->a, 0, "a");
	run_for(fixture, 5 * USEC);
	gs_cpu_steal(&fixture->cpus[0], 7 * USEC);
	gs_cpu_steal(&fixture->cpus[0], 2 * USEC);
	gs_cpu_steal(&fixture->cpus[1], 50 * USEC);
	run_for(fixture, 100 * USEC);
	g_assert_cmpint(since_start(fixture, fixture->a.ended_ns), ==, 19 * USEC);
}

/* The steal of a tick falls on the running thread: 25 ms hold two ticks. */
static void test_steal_tick(Fixture *fixture, const void *data)
{
	(void)data;
	fixture->bed->params.costs.tick_ns = 3 * USEC;
	fixture->a = (Runner){ .run_ns = 25 * GS_NSEC_PER_MSEC, .user = true };
	start(fixture, &fixture->a, 0, "a");
	run_for(fixture, 100 * GS_NSEC_PER_MSEC);
	g_assert_cmpint(since_start(fixture, fixture->a.ended_ns), ==,
			25 * GS_NSEC_PER_MSEC + 2 * 3 * USEC);
}

/* An hrtimer wakes to the nanosecond, whatever HZ is. */
static void test_sleep(Fixture *fixture, const void *data)
{
	(void)data;
	fixture->a = (Runner){ .sleep_ns = 1234567 };
	start(fixture, &fixture->a, 1, "a");
	run_for(fixture, GS_NSEC_PER_SEC);
	g_assert_cmpint(since_start(fixture, fixture->a.began_ns), ==, 1234567);
}

typedef struct {
	GsIrqWork irq_work;
	int64_t ran_ns;
	int ran_count, ran_cpu;
} Interrupt;

static void on_irq_work(GsIrqWork *irq_work)
{
	Interrupt *interrupt = GS_CONTAINER_OF(irq_work, Interrupt, irq_work);

	interrupt->ran_ns = gs_engine_now_ns(irq_work->kernel->engine);
	interrupt->ran_cpu = irq_work->kernel->this_cpu->id;
	interrupt->ran_count++;
}

/* irq_work interrupts the CPU it was queued on, once, before the thread goes on. */
static void test_irq_work(Fixture *fixture, const void *data)
{
	Interrupt interrupt = { .ran_ns = -1 };

	(void)data;
	fixture->bed->params.costs.irq_work_ns = 3 * USEC;
	fixture->a = (Runner){ .run_ns = 10 * USEC };
	start(fixture, &fixture->a, 1, "a");
	run_for(fixture, 5 * USEC);
	gs_irq_work_init(&interrupt.irq_work, &fixture->bed->kernel, "irq_work", on_irq_work);
	fixture->bed->kernel.this_cpu = &fixture->cpus[1];
	g_assert_true(gs_irq_work_queue(&interrupt.irq_work));
	g_assert_false(gs_irq_work_queue(&interrupt.irq_work));
	fixture->bed->kernel.this_cpu = &fixture->cpus[0];
	run_for(fixture, 100 * USEC);
	g_assert_cmpint(since_start(fixture, interrupt.ran_ns), ==, 8 * USEC);
	g_assert_cmpint(interrupt.ran_cpu, ==, 1);
	g_assert_cmpint(interrupt.ran_count, ==, 1);
	g_assert_cmpint(since_start(fixture, fixture->a.ended_ns), ==, 13 * USEC);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *path;
		void (*test)(Fixture *fixture, const void *data);
	} tests[] = {
		{ "/cpu/wake-idle", test_wake_idle },
		{ "/cpu/placement", test_placement },
		{ "/cpu/preempt/user", test_preempt_user },
		{ "/cpu/preempt/kernel", test_preempt_kernel },
		{ "/cpu/slice", test_slice },
		{ "/cpu/no-starving", test_no_starving },
		{ "/cpu/newidle", test_newidle },
		{ "/cpu/newidle/bound", test_newidle_bound },
		{ "/cpu/newidle/hot", test_newidle_hot },
		{ "/cpu/fork-balance", test_fork_balance },
		{ "/cpu/steal", test_steal },
		{ "/cpu/steal/tick", test_steal_tick },
		{ "/cpu/sleep", test_sleep },
		{ "/cpu/irq-work", test_irq_work },
	};

	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
	return g_test_run();
}
