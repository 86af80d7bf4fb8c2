/* SPDX-License-Identifier: GPL-3.0-or-later */
/* KVM_RUN in a replay: the guest's time is as recorded, what comes before it is simulated. */
#include <glib.h>

#include "tests/lib/gs-test-replay.h"

#define US GS_TEST_US
#define MS GS_TEST_MS

/* A vCPU's thread runs the guest for @run_ns; the main thread sleeps 2 ms and adds memory. */
static GsScript *run_and_swap(int64_t run_ns)
{
	GsScript *script = gs_script_new("test.strace");

	gs_test_script_add(script, 0, 1, "KVM_CREATE_VM", 0, 10 * US);
	gs_test_script_add(script, 0, 1, "KVM_CREATE_DEVICE", 5 * US, 3 * US);
	gs_test_script_add(script, 0, 1, "KVM_CREATE_VCPU", 5 * US, 20 * US);
	gs_test_script_add(script, 0, 2, "KVM_RUN", 5 * US, run_ns)->after = 2;
	gs_test_script_add(script, 0, 1, "KVM_SET_USER_MEMORY_REGION", 2 * MS, 15 * US);
	return script;
}

static GsSample *replay(const GsScript *script, const char *machine)
{
	static const char *const set[] = { "tick.phase=0.25", NULL };

	return gs_test_replay(script, &(GsTestReplay){ .hz = 100, .policy = "call-srcu",
						       .from_policy = "sync-expedited",
						       .cpus = 2, .machine = machine, .set = set });
}

/* arm64: the first KVM_RUN registers the distributor, whether the guest runs for long or not. */
static void test_first_run(void)
{
	static const int64_t run_ns[] = { 30 * US, 700 * MS };

	for (unsigned int i = 0; i < G_N_ELEMENTS(run_ns); i++) {
		g_autoptr(GsScript) script = run_and_swap(run_ns[i]);
		g_autofree GsSample *samples = replay(script, "arm64");

		g_assert_cmpint(samples[3].latency_ns, >=, run_ns[i]);
		g_assert_cmpint(samples[3].latency_ns, <, run_ns[i] + 20 * US);
		/* from a quarter into a jiffy to the second edge */
		g_assert_cmpint(samples[4].cause, ==, 3);
		g_assert_cmpint(samples[4].wait_ns, >, 15 * MS);
		g_assert_cmpint(samples[4].wait_ns, <, 16 * MS);
	}
}

/* x86: it registers nothing. One that a signal ends is no different. */
static void test_x86(void)
{
	for (int failed = 0; failed < 2; failed++) {
		g_autoptr(GsScript) script = run_and_swap(700 * MS);
		g_autofree GsSample *samples = NULL;

		g_array_index(script->calls, GsScriptCall, 3).failed = failed;
		samples = replay(script, "x86-svm");
		g_assert_cmpint(samples[3].latency_ns, ==, 700 * MS);
		g_assert_cmpint(samples[4].latency_ns, <, 200 * US);
	}
}

/* arm64: KVM_RUN that a signal ends has registered all the same. */
static void test_interrupted(void)
{
	g_autoptr(GsScript) script = run_and_swap(30 * US);
	g_autofree GsSample *samples = NULL;

	g_array_index(script->calls, GsScriptCall, 3).failed = true;
	samples = replay(script, "arm64");
	g_assert_cmpint(samples[4].cause, ==, 3);
	g_assert_cmpint(samples[4].wait_ns, >, 15 * MS);
}

/* A model's KVM_RUN takes as long as it says the guest runs, and its thread goes on. */
static void test_model(void)
{
	g_autoptr(GsScript) script = run_and_swap(-1);
	g_autofree GsSample *samples = NULL;

	g_array_index(script->calls, GsScriptCall, 3).guest_ns = 30 * MS;
	gs_test_script_add(script, 0, 2, "KVM_GET_MSRS", 5 * US, -1);
	samples = replay(script, "x86-vmx");
	g_assert_cmpint(samples[3].latency_ns, >=, 30 * MS);
	g_assert_cmpint(samples[3].latency_ns, <, 31 * MS);
	g_assert_cmpint(samples[5].start_ns, >=, samples[3].start_ns + 30 * MS);
	g_assert_cmpint(samples[5].start_ns, <, samples[3].start_ns + 31 * MS);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/replay-guest/first-run", test_first_run);
	g_test_add_func("/replay-guest/x86", test_x86);
	g_test_add_func("/replay-guest/interrupted", test_interrupted);
	g_test_add_func("/replay-guest/model", test_model);
	return g_test_run();
}
