/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What user space takes between two ioctls: as recorded, spread, drawn, or after another's. */
#include <glib.h>

#include "tests/lib/gs-test-replay.h"

#define US GS_TEST_US
#define MS GS_TEST_MS
#define RUNS 400

/* A call nothing waits for, twice; the second @think_ns after the first. */
static GsScript *two_calls(int64_t think_ns, bool unknown)
{
	GsScript *script = gs_script_new("test.strace");

	gs_test_script_add(script, 0, 1, "KVM_CREATE_VM", 0, 10 * US);
	gs_test_script_add(script, 0, 1, "KVM_GET_CLOCK", think_ns, 2 * US)->think_unknown =
		unknown;
	return script;
}

static int64_t end_ns(const GsSample *sample)
{
	return sample->start_ns + sample->latency_ns;
}

static int compare_ns(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* The gap of each run, from short to long. */
static void replay_gaps(const GsScript *script, const char *set, int64_t gaps_ns[RUNS])
{
	g_autofree GsSample *samples =
		gs_test_replay(script, &(GsTestReplay){ .hz = 250, .policy = "call-srcu",
							.runs = RUNS,
							.set = (const char *[]){ set, NULL } });

	for (unsigned int run = 0; run < RUNS; run++) {
		const GsSample *first = &samples[run * 2];

		gaps_ns[run] = first[1].start_ns - first->start_ns - first->latency_ns;
	}
	qsort(gaps_ns, RUNS, sizeof(*gaps_ns), compare_ns);
}

static void test_spread(void)
{
	g_autoptr(GsScript) script = two_calls(20 * MS, false);
	int64_t gaps_ns[RUNS];

	/* ticks on the way, and the wake-up from sleep */
	replay_gaps(script, "think.spread=0", gaps_ns);
	g_assert_cmpint(gaps_ns[0], >=, 20 * MS);
	g_assert_cmpint(gaps_ns[RUNS - 1], <=, 20 * MS + 30 * US);

	replay_gaps(script, "think.spread=0.25", gaps_ns);
	g_assert_cmpint(gaps_ns[0], >=, 15 * MS);
	g_assert_cmpint(gaps_ns[0], <=, 16 * MS);
	g_assert_cmpint(gaps_ns[RUNS / 2], >=, 19 * MS);
	g_assert_cmpint(gaps_ns[RUNS / 2], <=, 21 * MS);
	g_assert_cmpint(gaps_ns[RUNS - 1], >=, 24 * MS);
	g_assert_cmpint(gaps_ns[RUNS - 1], <=, 25 * MS + 30 * US);
}

/* Without stamps: mostly what lies between two ioctls in a row, now and then much more. */
static void test_unknown(void)
{
	g_autoptr(GsScript) script = two_calls(0, true);
	int64_t gaps_ns[RUNS];

	replay_gaps(script, "think.spread=0", gaps_ns);
	g_assert_cmpint(gaps_ns[0], >=, 15 * US);
	g_assert_cmpint(gaps_ns[RUNS * 8 / 10], <=, 43 * US + 30 * US);
	g_assert_cmpint(gaps_ns[RUNS * 98 / 100], >=, 1 * MS);
	g_assert_cmpint(gaps_ns[RUNS - 1], <=, 12 * MS);
}

/* A thread that waits for another's call begins its think time when both are through. */
static void test_hand_over(void)
{
	static const char *const plain = "KVM_SET_CPUID2";
	static const struct {
		int64_t own_ns, other_ns; /* of the thread's call before, and of the awaited one */
	} cases[] = { { 20 * US, 500 * US }, { 500 * US, 20 * US }, { 3 * MS, 2 * MS } };

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GsScript) script = two_calls(5 * US, false);
		g_autofree GsSample *samples = NULL;

		gs_test_script_add(script, 0, 2, plain, 10 * US, cases[i].other_ns)->after = 0;
		gs_test_script_add(script, 0, 1, plain, 5 * US, cases[i].own_ns);
		gs_test_script_add(script, 0, 1, plain, 40 * US, 2 * US)->after = 2;
		gs_test_script_add(script, 0, 2, plain, 7 * US, 2 * US)->after = 4;
		samples = gs_test_replay(script, &(GsTestReplay){ .hz = 100, .policy = "call-srcu",
								  .cpus = 2, .runs = RUNS });
		for (unsigned int run = 0; run < RUNS; run++) {
			const GsSample *of_run = samples + run * script->calls->len;
			const int64_t ready_ns = MAX(end_ns(&of_run[2]), end_ns(&of_run[3]));

			g_assert_cmpint(of_run[4].start_ns, >=, ready_ns + 40 * US);
			g_assert_cmpint(of_run[4].start_ns, <, ready_ns + 140 * US);
			g_assert_cmpint(of_run[5].start_ns, >=, end_ns(&of_run[4]) + 7 * US);
			g_assert_cmpint(of_run[5].start_ns, <, end_ns(&of_run[4]) + 107 * US);
		}
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/replay-think/spread", test_spread);
	g_test_add_func("/replay-think/unknown", test_unknown);
	g_test_add_func("/replay-think/hand-over", test_hand_over);
	return g_test_run();
}
