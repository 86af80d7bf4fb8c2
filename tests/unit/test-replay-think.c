/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What user space takes between two ioctls: as recorded, spread, or drawn. */
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

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/replay-think/spread", test_spread);
	g_test_add_func("/replay-think/unknown", test_unknown);
	return g_test_run();
}
