/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Timers, whatever happens to them and whichever CPUs idle: none runs before
 * the edge of its bucket, each runs once per arming, and none is forgotten.
 */
#include <glib.h>

#include "tests/lib/gs-test.h"

#define CASES 500
#define BUCKETS 2000
#define TIMERS 12

/* Rounded up, by at most a granule; the later the expiry, the later the bucket. */
static void bucket_property(GRand *rand)
{
	const int hz = g_rand_int_range(rand, GS_HZ_MIN, GS_HZ_MAX + 1);
	const int64_t now = g_rand_int(rand);
	int64_t last = INT64_MIN, expires = now;

	for (int i = 0; i < 100; i++) {
		const int64_t bucket = gs_timer_bucket(expires, now, hz);

		g_assert_cmpint(bucket, >, expires);
		/* A granule is an eighth of the distance at most, but at least a jiffy. */
		g_assert_cmpint(bucket - expires, <=, MAX((expires - now) / 7, 1));
		g_assert_cmpint(bucket, >=, last);
		last = bucket;
		expires += g_rand_int_range(rand, 0, 2 << g_rand_int_range(rand, 0, 20));
	}
}

typedef struct {
	GsTimer timer;
	GsTestBed *bed;
	int armed_count, ran_count;
	int64_t late_edges; /* the most there were */
} Probe;

static void on_timer(GsTimer *timer, GsCpu *cpu)
{
	Probe *probe = GS_CONTAINER_OF(timer, Probe, timer);
	GsKernel *kernel = &probe->bed->kernel;

	(void)cpu;
	g_assert_false(gs_timer_is_pending(timer));
	g_assert_cmpint(kernel->jiffies, >=, timer->bucket_jiffies);
	probe->ran_count++;
	probe->late_edges = MAX(probe->late_edges,
				gs_jiffies_at(gs_engine_now_ns(kernel->engine), kernel->tick_nsec) -
					timer->bucket_jiffies);
}

/* A thread that arms, re-arms and deletes at random, with pauses. */
typedef struct {
	GsThread thread;
	GRand *rand; /* borrowed */
	Probe *probes;
	int steps_left;
} Player;

static void play(GsTask *task);

static void pause_then_play(GsTask *task)
{
	Player *player = GS_CONTAINER_OF(gs_thread_of(task), Player, thread);
	const int64_t tick_nsec = player->thread.kernel->tick_nsec;
	const int64_t ns = (int64_t)(g_rand_double(player->rand) * 4 * (double)tick_nsec);

	if (player->steps_left-- == 0)
		gs_task_exit(task);
	else if (g_rand_boolean(player->rand))
		gs_thread_sleep(&player->thread, ns, play);
	else
		gs_task_spend(task, ns, play);
}

static void play(GsTask *task)
{
	Player *player = GS_CONTAINER_OF(gs_thread_of(task), Player, thread);
	Probe *probe = &player->probes[g_rand_int_range(player->rand, 0, TIMERS)];
	GsTimer *timer = &probe->timer;
	GsCpu *cpu = player->thread.cpu;
	const int64_t expires = cpu->kernel->jiffies + g_rand_int_range(player->rand, 0, 20);

	if (!gs_timer_is_pending(timer)) {
		probe->armed_count++;
		if (g_rand_boolean(player->rand))
			gs_timer_add(cpu, timer, expires);
		else
			gs_timer_add_on(cpu, timer, expires);
	} else if (g_rand_int_range(player->rand, 0, 3) == 0) {
		g_assert_true(gs_timer_delete(timer));
		probe->armed_count--;
	} else {
		const int64_t before = timer->bucket_jiffies;

		gs_timer_reduce(cpu, timer, expires);
		g_assert_cmpint(timer->bucket_jiffies, <=, before);
	}
	pause_then_play(task);
}

/*
 * A timer may be a jiffy late: on a CPU that looks before the timekeeper has
 * counted, or that leaves idle between an edge and the late delivery of its
 * tick, which is then programmed anew. Where neither can be, it is on time.
 */
static void run_property(GRand *rand)
{
	GsKernelParams params;
	Probe probes[TIMERS];
	Player players[3];

	gs_test_params_init(&params, g_rand_int_range(rand, GS_HZ_MIN, 1001),
			    g_rand_int_range(rand, 1, 9));
	params.nohz_idle = g_rand_boolean(rand);
	params.timer_pull = g_rand_boolean(rand);
	params.tick_retain_count = g_rand_int_range(rand, 0, 2);
	params.tick_spread_ns = g_rand_boolean(rand) ? 0 : g_rand_int_range(rand, 0, 5000);
	params.tick_busy_cpus = -1;
	params.tick_timekeeper = -1;
	g_autoptr(GsTestBed) bed = gs_test_bed_new(&params);
	gs_test_bed_start(bed, g_rand_int(rand));

	for (int i = 0; i < TIMERS; i++) {
		probes[i] = (Probe){ .bed = bed };
		gs_timer_init(&probes[i].timer, "timer", on_timer);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(players); i++) {
		GsCpu *cpu = &bed->kernel.cpus[g_rand_int_range(rand, 0, params.cpus)];

		players[i] = (Player){ .rand = rand, .probes = probes, .steps_left = 30 };
		gs_thread_init(&players[i].thread, &bed->kernel, cpu, "player");
		bed->kernel.this_cpu = cpu;
		gs_task_start(&players[i].thread.task, play);
	}
	gs_test_run_until(&bed->engine, gs_test_edge_ns(bed, 1000, 0));

	for (int i = 0; i < TIMERS; i++) {
		g_assert_false(gs_timer_is_pending(&probes[i].timer));
		g_assert_cmpint(probes[i].ran_count, ==, probes[i].armed_count);
		g_assert_cmpint(probes[i].late_edges, <=,
				params.cpus > 1 || params.tick_spread_ns > 0 ? 1 : 0);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(players); i++)
		g_assert_cmpint(players[i].thread.task.state, ==, GS_TASK_DEAD);
}

static void test_bucket(void)
{
	gs_test_property(BUCKETS, bucket_property);
}

static void test_run(void)
{
	gs_test_property(CASES, run_property);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/timer-wheel/bucket", test_bucket);
	g_test_add_func("/timer-wheel/run", test_run);
	return g_test_run();
}
