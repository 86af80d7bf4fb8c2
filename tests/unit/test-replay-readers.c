/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What running vCPUs do to a replay: --set reader.*. */
#include <glib.h>
#include <string.h>

#include "tests/lib/gs-test-replay.h"

#define US GS_TEST_US
#define MS GS_TEST_MS
/* Each CPU by itself, unlike the lab's: one that runs a vCPU leaves the others theirs. */
#define SET(...) ((const char *const[]){ "cpu.turns=0", __VA_ARGS__, NULL })
#define RUNS 100
#define REGISTRATIONS 5

enum { FIRST_REGISTRATION = 2 }; /* behind KVM_CREATE_VM and KVM_CREATE_VCPU */

/*
 * A VM with a vCPU; 10 ms later its VMM registers devices, 5 ms apart. Thread 2 is
 * in KVM_RUN from the vCPU's creation on, for @run_ns; -1: the log ends before it does.
 */
static GsScript *running_vm(int64_t run_ns)
{
	GsScript *script = gs_script_new("test.strace");
	GsScriptCall *run;

	gs_test_script_add(script, 0, 1, "KVM_CREATE_VM", 0, 10 * US);
	gs_test_script_add(script, 0, 1, "KVM_CREATE_VCPU", 5 * US, 80 * US);
	for (int i = 0; i < REGISTRATIONS; i++)
		gs_test_script_add(script, 0, 1, "KVM_IOEVENTFD", i == 0 ? 10 * MS : 5 * MS,
				   2 * US);
	run = gs_test_script_add(script, 0, 2, "KVM_RUN", 10 * US, run_ns);
	run->after = 1;
	return script;
}

static GsSample *replay(const GsScript *script, const char *policy, const char *const *set,
			unsigned int jobs)
{
	return gs_test_replay(script, &(GsTestReplay){ .hz = 250, .policy = policy, .cpus = 4,
						       .runs = RUNS, .set = set, .jobs = jobs });
}

static int compare(const void *a, const void *b)
{
	const int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

	return (left > right) - (left < right);
}

/* Of what all registrations of all runs took, the quantile of @permille. */
static int64_t registration_ns(const GsScript *script, const char *policy,
			       const char *const *set, int permille)
{
	const unsigned int calls = script->calls->len;
	g_autofree GsSample *samples = replay(script, policy, set, 1);
	int64_t ns[RUNS * REGISTRATIONS];

	for (unsigned int run = 0; run < RUNS; run++) {
		for (unsigned int i = 0; i < REGISTRATIONS; i++)
			ns[run * REGISTRATIONS + i] =
				samples[run * calls + FIRST_REGISTRATION + i].latency_ns;
	}
	qsort(ns, G_N_ELEMENTS(ns), sizeof(ns[0]), compare);
	return ns[G_N_ELEMENTS(ns) * (size_t)permille / 1000];
}

/*
 * What call_srcu() is for. A registration that waits pays its grace period, and
 * the handling of the exit the vCPU is in; one by call_srcu() pays neither.
 */
static void test_benefit(void)
{
	g_autoptr(GsScript) script = running_vm(-1);
	const char *const *quiet = SET("reader.exit_rate_hz=0");
	/* 100 us in the guest, 100 us outside: half of the registrations find it there. */
	const char *const *busy = SET("reader.exit_rate_hz=10000", "reader.hold=100us");
	const int64_t idle_ns = registration_ns(script, "sync-expedited", quiet, 500);
	const int64_t expedited_ns = registration_ns(script, "sync-expedited", busy, 990);

	g_assert_cmpint(idle_ns, <, 25 * US);
	g_assert_cmpint(registration_ns(script, "sync-expedited", quiet, 990), <, 30 * US);
	g_assert_cmpint(registration_ns(script, "sync-expedited", busy, 250), <=, idle_ns + 5 * US);
	g_assert_cmpint(registration_ns(script, "sync-expedited", busy, 750), >, idle_ns + 30 * US);
	g_assert_cmpint(registration_ns(script, "sync-expedited", busy, 750), <, idle_ns + 70 * US);
	g_assert_cmpint(expedited_ns, >, idle_ns + 80 * US);
	g_assert_cmpint(expedited_ns, <, idle_ns + 120 * US);
	g_assert_cmpint(registration_ns(script, "call-srcu", busy, 500), <, 4 * US);
	g_assert_cmpint(registration_ns(script, "call-srcu", busy, 990), <, 10 * US);
}

/* A vCPU in a fault keeps expedited registrations for as long as it sleeps, and longer. */
static void test_sleeper(void)
{
	g_autoptr(GsScript) script = running_vm(-1);
	const char *const *set = SET("reader.sleep_rate_hz=1000", "reader.sleep=20ms");

	g_assert_cmpint(registration_ns(script, "sync-expedited", set, 900), >, 15 * MS);
	g_assert_cmpint(registration_ns(script, "call-srcu", set, 990), <, 10 * US);
}

/* Nobody is in KVM_RUN, or nobody who exits: as if there were no vCPU. */
static void test_nobody_runs(void)
{
	static const char *const sets[][3] = {
		{ "reader.hold=10ms" },                            /* no exits */
		{ "reader.exit_rate_hz=10000", "reader.hold=10ms", "reader.halted=1" },
	};
	g_autoptr(GsScript) script = running_vm(-1);
	g_autofree GsSample *expected =
		replay(script, "sync-expedited", SET("reader.exit_rate_hz=0"), 1);
	const size_t size = RUNS * script->calls->len * sizeof(GsSample);

	for (size_t i = 0; i < G_N_ELEMENTS(sets); i++) {
		const char *set[] = { "cpu.turns=0", sets[i][0], sets[i][1], sets[i][2], NULL };
		g_autofree GsSample *samples = replay(script, "sync-expedited", set, 1);

		g_assert_cmpmem(samples, size, expected, size);
	}
}

/* A KVM_RUN of the log lasts as long as there; what comes after it finds nobody inside. */
static void test_run_ends(void)
{
	g_autoptr(GsScript) script = running_vm(3 * MS);
	const unsigned int calls = script->calls->len;
	const char *const *set = SET("reader.exit_rate_hz=1000000", "reader.hold=50us");
	g_autofree GsSample *samples = replay(script, "sync-expedited", set, 1);

	for (unsigned int run = 0; run < RUNS; run++) {
		const GsSample *kvm_run = &samples[run * calls + calls - 1];

		g_assert_cmpint(kvm_run->latency_ns, >=, 3 * MS);
		g_assert_cmpint(kvm_run->latency_ns, <, 3 * MS + 60 * US);
	}
	g_assert_cmpint(registration_ns(script, "sync-expedited", set, 990), <, 30 * US);
}

/* reader.vcpus: vCPUs run from creation on, all or the first few of a VM, KVM_RUN or not. */
static void test_vcpus(void)
{
	static const struct {
		const char *vcpus;
		bool wait;
	} rows[] = { { "run", false }, { "0", false }, { "1", true }, { "created", true } };
	g_autoptr(GsScript) script = running_vm(0);

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *vcpus = g_strconcat("reader.vcpus=", rows[i].vcpus, NULL);
		const char *const *set =
			SET("reader.exit_rate_hz=1000000", "reader.hold=100us", vcpus);

		if (rows[i].wait)
			g_assert_cmpint(registration_ns(script, "sync-expedited", set, 500), >,
					40 * US);
		else
			g_assert_cmpint(registration_ns(script, "sync-expedited", set, 990), <,
					30 * US);
	}
}

/* The number of threads that share the runs changes nothing. */
static void test_jobs(void)
{
	g_autoptr(GsScript) script = running_vm(-1);
	const char *const *set = SET("reader.exit_rate_hz=20000", "reader.hold=lognormal:3us,0.8",
				     "reader.vcpus=created");
	g_autofree GsSample *one = replay(script, "sync-expedited", set, 1);
	g_autofree GsSample *three = replay(script, "sync-expedited", set, 3);
	const size_t size = RUNS * script->calls->len * sizeof(GsSample);

	g_assert_cmpmem(one, size, three, size);
}

/* What cannot be meant is refused, with a word on what can. */
static void test_bad_values(void)
{
	static const char *const sets[] = {
		"reader.hold=3", "reader.hold=lognormal:3us", "reader.sleep=uniform:2ms,1ms",
		"reader.exit_rate_hz=-1", "reader.halted=1.5", "reader.vcpus=all",
		"reader.vcpus=-1",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(sets); i++) {
		const GsMachineRequest request = { .set = SET(sets[i]) };
		g_autoptr(GError) error = NULL;

		g_assert_null(gs_machine_spec_new(&request, &error));
		g_assert_error(error, GS_MACHINE_ERROR, GS_MACHINE_ERROR_VALUE);
		g_assert_nonnull(strstr(error->message, "bad value"));
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/replay-readers/benefit", test_benefit);
	g_test_add_func("/replay-readers/sleeper", test_sleeper);
	g_test_add_func("/replay-readers/nobody-runs", test_nobody_runs);
	g_test_add_func("/replay-readers/run-ends", test_run_ends);
	g_test_add_func("/replay-readers/vcpus", test_vcpus);
	g_test_add_func("/replay-readers/jobs", test_jobs);
	g_test_add_func("/replay-readers/bad-values", test_bad_values);
	return g_test_run();
}
