/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>
#include <string.h>

#include "runs/recording.h"
#include "sim/kernel/jiffies.h"
#include "tests/lib/gs-test-replay.h"

#define US GS_TEST_US
#define MS GS_TEST_MS

/* A call that reaches no SRCU: it keeps what the log says it took. */
#define PLAIN "KVM_SET_CPUID2"

/* One CPU, a run that starts at this fraction of a jiffy. */
#define PHASE(fraction) ((const char *const[]){ "tick.phase=" fraction, NULL })

static GsScript *new_vm(void)
{
	GsScript *script = gs_script_new("test.strace");

	gs_test_script_add(script, 0, 1, "KVM_CREATE_VM", 0, 10 * US);
	return script;
}

static const GsScriptCall *add(GsScript *script, const char *name, int64_t recorded_ns)
{
	return gs_test_script_add(script, 0, 1, name, 5 * US, recorded_ns);
}

/* A registration, and the memslot change that waits behind it. */
static GsScript *register_and_swap(int64_t swap_ns)
{
	GsScript *script = new_vm();

	add(script, "KVM_IOEVENTFD", 3 * US);
	add(script, "KVM_SET_USER_MEMORY_REGION", swap_ns);
	return script;
}

static int64_t end_ns(const GsSample *sample)
{
	return sample->start_ns + sample->latency_ns;
}

/* Each call starts its think time after the call before it ended; a pause may be long. */
static void test_think_time(void)
{
	static const int64_t think_ns[] = { 0, 1, 300, 7 * US, 900 * US, 25 * MS, 2000 * MS };
	g_autoptr(GsScript) script = new_vm();
	g_autofree GsSample *samples = NULL;

	for (unsigned int i = 0; i < G_N_ELEMENTS(think_ns); i++)
		gs_test_script_add(script, 0, 1, PLAIN, think_ns[i], 2 * US);
	samples = gs_test_replay(script, &(GsTestReplay){ .hz = 100, .policy = "call-srcu",
							  .set = PHASE("0.1") });
	for (unsigned int i = 0; i < G_N_ELEMENTS(think_ns); i++) {
		const int64_t gap_ns = samples[i + 1].start_ns - end_ns(&samples[i]);

		g_assert_cmpint(gap_ns, >=, think_ns[i]);
		/* ticks on the way, and the wake-up from sleep */
		g_assert_cmpint(gap_ns, <=, think_ns[i] + 30 * US);
	}
}

/* Nothing interrupts these runs: each duration is the recorded one to the nanosecond. */
static void test_recorded_duration_kept(void)
{
	static const int64_t took_ns[] = { 0, 1, 999, 12345, 2 * MS, 29 * MS, 700 * MS };
	g_autoptr(GsScript) script = new_vm();
	g_autofree GsSample *samples = NULL;
	const unsigned int runs = 20, calls = 1 + G_N_ELEMENTS(took_ns);

	for (unsigned int i = 0; i < G_N_ELEMENTS(took_ns); i++)
		gs_test_script_add(script, 0, 1, PLAIN, 5 * US, took_ns[i]);
	samples = gs_test_replay(script, &(GsTestReplay){
		.hz = 1000, .policy = "call-srcu", .runs = runs, .cpus = 2,
		.set = (const char *const[]){ "cost.tick_ns=0", NULL } });
	for (unsigned int run = 0; run < runs; run++) {
		const GsSample *of_run = samples + run * calls;

		for (unsigned int i = 0; i < G_N_ELEMENTS(took_ns); i++) {
			g_assert_cmpint(of_run[i + 1].latency_ns, ==, took_ns[i]);
			g_assert_cmpint(of_run[i + 1].wait_ns, ==, 0);
			g_assert_cmpint(of_run[i + 1].cause, ==, -1);
		}
	}
}

/* An ioctl that fails does so before it publishes anything: no grace period, its own time. */
static void test_failed_ioctl(void)
{
	g_autoptr(GsScript) script = register_and_swap(100 * US);
	g_autofree GsSample *samples = NULL;
	GsScriptCall *swap = &g_array_index(script->calls, GsScriptCall, 2);

	swap->failed = true;
	swap->ret = -1;
	samples = gs_test_replay(script, &(GsTestReplay){ .hz = 100, .policy = "call-srcu",
							  .set = PHASE("0.1") });
	g_assert_cmpint(samples[2].latency_ns, ==, 100 * US);
	g_assert_cmpint(samples[2].wait_ns, ==, 0);
}

/* So does a registration that fails: nothing is pending when the memslot changes. */
static void test_failed_registration(void)
{
	g_autoptr(GsScript) script = register_and_swap(30 * US);
	g_autofree GsSample *samples = NULL;

	g_array_index(script->calls, GsScriptCall, 1).failed = true;
	samples = gs_test_replay(script, &(GsTestReplay){ .hz = 100, .policy = "call-srcu" });
	g_assert_cmpint(samples[2].latency_ns, <, 100 * US);
}

/* A thread's first call follows what it is anchored to, however late that ends. */
static void test_anchor(void)
{
	g_autoptr(GsScript) script = register_and_swap(-1);
	g_autofree GsSample *samples = NULL;
	GsScriptCall *first = gs_test_script_add(script, 0, 2, PLAIN, 40 * US, 2 * US);

	first->after = 2;
	gs_test_script_add(script, 0, 2, PLAIN, 3 * US, 2 * US);
	samples = gs_test_replay(script, &(GsTestReplay){ .hz = 100, .policy = "call-srcu",
							  .set = PHASE("0.1") });
	g_assert_cmpint(samples[2].latency_ns, >, 15 * MS);
	g_assert_cmpint(samples[3].start_ns, >=, end_ns(&samples[2]) + 40 * US);
	g_assert_cmpint(samples[3].start_ns, <, end_ns(&samples[2]) + 100 * US);
	g_assert_cmpint(samples[4].start_ns, >=, end_ns(&samples[3]) + 3 * US);
}

/*
 * 25 ms in a log recorded under call_srcu() at HZ=100 are a stall and not work;
 * nor does what is predicted elsewhere depend on how long the stall was.
 */
static void test_stall_is_not_work(void)
{
	int64_t first_ns = -1;

	for (int64_t recorded_ns = 10100 * US; recorded_ns < 26 * MS; recorded_ns += 1234567) {
		g_autoptr(GsScript) script = register_and_swap(recorded_ns);
		g_autofree GsSample *samples = gs_test_replay(script, &(GsTestReplay){
			.hz = 100, .policy = "sync-expedited", .from_hz = 100,
			.from_policy = "call-srcu" });

		/* the host profile's 15 us and a grace period */
		g_assert_cmpint(samples[2].latency_ns, <, 30 * US);
		if (first_ns < 0)
			first_ns = samples[2].latency_ns;
		g_assert_cmpint(samples[2].latency_ns, ==, first_ns);
	}
}

/* And what no grace period explains is work: it is there in every run. */
static void test_work_is_kept(void)
{
	g_autoptr(GsScript) script = register_and_swap(400 * US);
	g_autofree GsSample *samples = gs_test_replay(script, &(GsTestReplay){
		.hz = 100, .policy = "call-srcu", .from_policy = "sync-expedited",
		.set = PHASE("0.1") });

	/* recorded 400 us, some 10 us of them a grace period */
	g_assert_cmpint(samples[2].latency_ns - samples[2].wait_ns, >, 350 * US);
	g_assert_cmpint(samples[2].latency_ns - samples[2].wait_ns, <, 400 * US);
}

static bool any_note(const GPtrArray *notes, const char *part)
{
	for (unsigned int i = 0; i < notes->len; i++) {
		if (strstr(g_ptr_array_index(notes, i), part))
			return true;
	}
	return false;
}

/* A stall the stated conditions cannot explain is not used either, and the user is told. */
static void test_unexplained_stall(void)
{
	g_autoptr(GsScript) script = register_and_swap(25 * MS);
	g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
	g_autofree GsSample *samples = gs_test_replay(script, &(GsTestReplay){
		.hz = 100, .policy = "sync-expedited", .from_policy = "sync-expedited",
		.notes = notes });

	g_assert_cmpint(samples[2].latency_ns, <, MS);
	g_assert_true(any_note(notes, "took longer than sync-expedited at HZ=100 explains"));
	g_assert_true(any_note(notes, "line 3"));
}

/* Whose grace period: the first registration's, for the call's own is behind it. */
static void test_cause(void)
{
	g_autoptr(GsScript) script = new_vm();
	g_autofree GsSample *samples = NULL;

	add(script, PLAIN, 2 * US);
	add(script, "KVM_IOEVENTFD", 3 * US);
	add(script, "KVM_IOEVENTFD", 3 * US);
	add(script, PLAIN, 2 * US);
	add(script, "KVM_SET_USER_MEMORY_REGION", 30 * US);
	add(script, "KVM_SET_USER_MEMORY_REGION", 30 * US);
	g_array_index(script->calls, GsScriptCall, 5).args = (GsCallArgs){
		.has_memslot = true, .slot = 0, .memory_size_bytes = 4096 };
	g_array_index(script->calls, GsScriptCall, 6).args = (GsCallArgs){
		.has_memslot = true, .slot = 1, .memory_size_bytes = 4096 };
	samples = gs_test_replay(script, &(GsTestReplay){ .hz = 250, .policy = "call-srcu",
							  .set = PHASE("0.2") });
	g_assert_cmpint(samples[5].wait_ns, >, 5 * MS);
	g_assert_cmpint(samples[5].cause, ==, 2);
	/* the second memslot waits for a grace period of its own */
	g_assert_cmpint(samples[6].wait_ns, <, MS);
	g_assert_cmpint(samples[6].cause, ==, -1);
}

/* A synchronize can be in another's way as well: here a normal one, from another thread. */
static void test_cause_is_synchronize(void)
{
	g_autoptr(GsScript) script = new_vm();
	g_autofree GsSample *samples = NULL;

	add(script, "KVM_X86_SET_MSR_FILTER", 5 * US);
	gs_test_script_add(script, 0, 2, "KVM_SET_USER_MEMORY_REGION", 3 * MS, 15 * US)->after = 0;
	samples = gs_test_replay(script, &(GsTestReplay){
		.hz = 100, .policy = "call-srcu", .cpus = 2,
		.set = (const char *const[]){ "tick.phase=0.1", "srcutree.exp_holdoff=0", NULL } });
	g_assert_cmpint(samples[2].wait_ns, >, 10 * MS);
	g_assert_cmpint(samples[2].cause, ==, 1);
}

/*
 * The closed formula on one CPU: a normal grace period that starts in jiffy J0
 * ends at edge J0 + 2, so who waits for it from phase p on, X later, waits
 * (2 - p) T - X.
 */
static void test_wait_formula(void)
{
	static const int rates_hz[] = { 100, 250, 300, 1000 };
	static const struct {
		const char *set;
		int percent;
	} phases[] = {
		{ "tick.phase=0", 0 }, { "tick.phase=0.05", 5 }, { "tick.phase=0.35", 35 },
		{ "tick.phase=0.5", 50 }, { "tick.phase=0.83", 83 }, { "tick.phase=0.9", 90 },
	};

	for (unsigned int i = 0; i < G_N_ELEMENTS(rates_hz); i++) {
		const int64_t tick_ns = gs_tick_nsec(rates_hz[i]);

		for (unsigned int j = 0; j < G_N_ELEMENTS(phases); j++) {
			const char *const set[] = { phases[j].set, NULL };
			g_autoptr(GsScript) script = register_and_swap(15 * US);
			g_autofree GsSample *samples = gs_test_replay(script, &(GsTestReplay){
				.hz = rates_hz[i], .policy = "call-srcu", .set = set });
			/* from the start of the run, which is at the phase, to edge J0 + 2 */
			const int64_t edge_ns = 2 * tick_ns - tick_ns * phases[j].percent / 100;
			const int64_t woken_ns = end_ns(&samples[2]);

			g_assert_cmpint(woken_ns, >, edge_ns);
			g_assert_cmpint(woken_ns, <, edge_ns + 50 * US);
			/* and all of it but the work before the swap was waiting */
			g_assert_cmpint(samples[2].wait_ns, >,
					edge_ns - samples[2].start_ns - 30 * US);
		}
	}
}

/*
 * A normal synchronize pays a second timer for its callback, (4 - p) T - X, be
 * the grace period its own or one under way; unless nothing is pending and none
 * ended within the last 25 us, which expedites it.
 */
static void test_normal_wait(void)
{
	static const struct {
		const char *before, *holdoff;
		bool quick;
	} cases[] = {
		{ "KVM_IOEVENTFD", "srcutree.exp_holdoff=25us", false },
		{ PLAIN, "srcutree.exp_holdoff=0", false },
		{ PLAIN, "srcutree.exp_holdoff=1us", true },
	};

	for (unsigned int i = 0; i < G_N_ELEMENTS(cases); i++) {
		const char *const set[] = { "tick.phase=0.35", cases[i].holdoff, NULL };
		g_autoptr(GsScript) script = new_vm();
		g_autofree GsSample *samples = NULL;

		add(script, cases[i].before, 3 * US);
		add(script, "KVM_X86_SET_MSR_FILTER", 5 * US);
		samples = gs_test_replay(script, &(GsTestReplay){
			.hz = 100, .policy = "call-srcu", .set = set });
		if (cases[i].quick) {
			g_assert_cmpint(samples[2].latency_ns, <, 100 * US);
		} else {
			g_assert_cmpint(end_ns(&samples[2]), >, 36500 * US);
			g_assert_cmpint(end_ns(&samples[2]), <, 36550 * US);
		}
	}
}

/* At any phase a wait on one CPU is one to two jiffies; phases are drawn all over the jiffy. */
static void test_drawn_phases(void)
{
	const unsigned int runs = 200;
	g_autoptr(GsScript) script = register_and_swap(15 * US);
	g_autofree GsSample *samples = gs_test_replay(script, &(GsTestReplay){
		.hz = 100, .policy = "call-srcu", .runs = runs });
	int64_t min_ns = INT64_MAX, max_ns = 0;

	for (unsigned int run = 0; run < runs; run++) {
		min_ns = MIN(min_ns, samples[run * 3 + 2].wait_ns);
		max_ns = MAX(max_ns, samples[run * 3 + 2].wait_ns);
	}
	g_assert_cmpint(min_ns, >, 9900 * US);
	g_assert_cmpint(min_ns, <, 10500 * US);
	g_assert_cmpint(max_ns, >, 19500 * US);
	g_assert_cmpint(max_ns, <, 20050 * US);
}

/* Without the two internal pages' slots_lock, what is contended is kvm->lock alone. */
static const char *const identity_page_only[] = {
	"kvm.flexpriority=0", "kvm.unrestricted_guest=0", "tick.phase=0.1", NULL,
};

/*
 * The first vCPU stalls behind a registration; another thread creates the second
 * vCPU meanwhile. 7.3 holds kvm->lock across KVM_CREATE_VCPU, 6.12 does not.
 */
static void test_kvm_lock(void)
{
	static const struct {
		const char *kernel;
		bool waits;
	} cases[] = { { "v7.3", true }, { "v6.12", false } };

	for (unsigned int i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GsScript) script = new_vm();
		g_autofree GsSample *samples = NULL;
		GsScriptCall *other;

		add(script, "KVM_IOEVENTFD", 3 * US);
		other = gs_test_script_add(script, 0, 2, "KVM_CREATE_VCPU", 3 * MS, 60 * US);
		other->after = 1;
		add(script, "KVM_CREATE_VCPU", 60 * US);
		samples = gs_test_replay(script, &(GsTestReplay){
			.kernel = cases[i].kernel, .hz = 100, .policy = "call-srcu", .cpus = 2,
			.from_policy = "sync-expedited", .set = identity_page_only });
		/* call 3 is issued first and stalls */
		g_assert_cmpint(samples[3].start_ns, <, samples[2].start_ns);
		g_assert_cmpint(samples[3].latency_ns, >, 15 * MS);
		if (cases[i].waits) {
			g_assert_cmpint(samples[2].wait_ns, >, 10 * MS);
			/* a lock is no grace period */
			g_assert_cmpint(samples[2].cause, ==, -1);
			g_assert_cmpint(end_ns(&samples[2]), >, end_ns(&samples[3]));
			g_assert_cmpint(samples[2].latency_ns - samples[2].wait_ns, <, 200 * US);
		} else {
			g_assert_cmpint(samples[2].wait_ns, ==, 0);
			g_assert_cmpint(samples[2].latency_ns, <, 200 * US);
		}
	}
}

/* slots_lock is held across the wait in every release. */
static void test_slots_lock(void)
{
	g_autoptr(GsScript) script = register_and_swap(15 * US);
	g_autofree GsSample *samples = NULL;
	GsScriptCall *other = gs_test_script_add(script, 0, 2, "KVM_IOEVENTFD", 3 * MS, 3 * US);

	other->after = 1;
	samples = gs_test_replay(script, &(GsTestReplay){
		.kernel = "v6.12", .hz = 100, .policy = "call-srcu", .cpus = 2,
		.from_policy = "sync-expedited", .set = PHASE("0.1") });
	g_assert_cmpint(samples[3].wait_ns, >, 10 * MS);
	g_assert_cmpint(end_ns(&samples[3]), >=, end_ns(&samples[2]));
}

/* irq_srcu is a domain of its own: routing never waits for registrations. */
static void test_irq_srcu_is_apart(void)
{
	g_autoptr(GsScript) script = new_vm();
	g_autofree GsSample *samples = NULL;

	add(script, "KVM_IOEVENTFD", 3 * US);
	add(script, "KVM_SET_GSI_ROUTING", 20 * US);
	samples = gs_test_replay(script, &(GsTestReplay){ .hz = 100, .policy = "call-srcu",
							  .runs = 5 });
	for (unsigned int run = 0; run < 5; run++)
		g_assert_cmpint(samples[run * 3 + 2].latency_ns, <, 200 * US);
}

/* Two threads, two VMs and two CPUs: who runs which run decides nothing. */
static void test_jobs(void)
{
	const unsigned int runs = 67;
	g_autoptr(GsScript) script = register_and_swap(15 * US);
	g_autofree GsSample *one = NULL, *three = NULL, *other_seed = NULL;
	size_t size;

	gs_test_script_add(script, 0, 2, "KVM_IOEVENTFD", 2 * MS, 3 * US)->after = 1;
	gs_test_script_add(script, 1, 3, "KVM_CREATE_VM", 50 * MS, 10 * US)->after = 2;
	gs_test_script_add(script, 1, 3, "KVM_IOEVENTFD", 5 * US, 3 * US);
	gs_test_script_add(script, 1, 3, "KVM_SET_USER_MEMORY_REGION", 5 * US, 15 * US);
	size = sizeof(GsSample) * runs * script->calls->len;

	GsTestReplay replay = { .hz = 300, .policy = "call-srcu", .cpus = 2, .runs = runs,
				.from_policy = "sync-expedited", .jobs = 1 };
	one = gs_test_replay(script, &replay);
	replay.jobs = 3;
	three = gs_test_replay(script, &replay);
	replay.seed = 1;
	other_seed = gs_test_replay(script, &replay);
	g_assert_cmpmem(one, size, three, size);
	g_assert_cmpint(memcmp(one, other_seed, size), !=, 0);
}

/* A VM that starts after a pause starts at its own phase; its SRCU is its own. */
static void test_several_vms(void)
{
	const unsigned int runs = 40;
	g_autoptr(GsScript) script = register_and_swap(15 * US);
	g_autofree GsSample *samples = NULL;
	int64_t min_ns = INT64_MAX, max_ns = 0;

	gs_test_script_add(script, 1, 1, "KVM_CREATE_VM", 100 * MS, 10 * US);
	gs_test_script_add(script, 1, 1, "KVM_SET_USER_MEMORY_REGION", 5 * US, 15 * US);
	gs_test_script_add(script, 1, 1, "KVM_IOEVENTFD", 5 * US, 3 * US);
	gs_test_script_add(script, 1, 1, "KVM_SET_USER_MEMORY_REGION", 5 * US, 15 * US);
	samples = gs_test_replay(script, &(GsTestReplay){
		.hz = 100, .policy = "call-srcu", .from_policy = "sync-expedited", .runs = runs });
	for (unsigned int run = 0; run < runs; run++) {
		const GsSample *of_run = samples + run * script->calls->len;
		const int64_t gap_ns = of_run[3].start_ns - end_ns(&of_run[2]);

		/* the pause, and up to a jiffy until the phase of the second VM */
		g_assert_cmpint(gap_ns, >=, 100 * MS);
		g_assert_cmpint(gap_ns, <, 110 * MS + 100 * US);
		g_assert_cmpint(of_run[4].latency_ns, <, MS);
		min_ns = MIN(min_ns, of_run[6].wait_ns);
		max_ns = MAX(max_ns, of_run[6].wait_ns);
	}
	/* The first VM ends on an edge, ten jiffies before: alone, the second would too. */
	g_assert_cmpint(min_ns, >, 9900 * US);
	g_assert_cmpint(min_ns, <, 12 * MS);
	g_assert_cmpint(max_ns, >, 18 * MS);
}

/* The registration of one VM does not stall the other. */
static void test_vms_are_apart(void)
{
	g_autoptr(GsScript) script = new_vm();
	g_autofree GsSample *samples = NULL;

	gs_test_script_add(script, 1, 1, "KVM_CREATE_VM", 5 * US, 10 * US);
	add(script, "KVM_IOEVENTFD", 3 * US);
	gs_test_script_add(script, 1, 1, "KVM_SET_USER_MEMORY_REGION", 5 * US, 15 * US);
	samples = gs_test_replay(script, &(GsTestReplay){ .hz = 100, .policy = "call-srcu",
							  .set = PHASE("0.1") });
	g_assert_cmpint(samples[3].latency_ns, <, 100 * US);
}

/* A log that starts after KVM_CREATE_VM: the VM is there, with an interrupt controller. */
static void test_midway(void)
{
	g_autoptr(GsScript) script = gs_script_new("excerpt.strace");
	g_autofree GsSample *samples = NULL;

	gs_test_script_add(script, 0, 1, "KVM_IOEVENTFD", 0, 3 * US);
	gs_test_script_add(script, 0, 1, "KVM_CREATE_VCPU", 5 * US, 60 * US);
	gs_test_script_add(script, 0, 1, "KVM_CREATE_VCPU", 5 * US, 60 * US);
	samples = gs_test_replay(script, &(GsTestReplay){
		.hz = 100, .policy = "call-srcu", .from_policy = "sync-expedited",
		.set = PHASE("0.1") });
	/* the APIC access page of the first vCPU, and of no other */
	g_assert_cmpint(samples[1].wait_ns, >, 15 * MS);
	g_assert_cmpint(samples[1].cause, ==, 0);
	g_assert_cmpint(samples[2].wait_ns, ==, 0);
}

/* Make @script the log of a VM start recorded under these conditions. */
static void record(GsScript *script, const char *policy, int hz, unsigned int run)
{
	const unsigned int calls = script->calls->len;
	g_autofree GsSample *samples = gs_test_replay(script, &(GsTestReplay){
		.hz = hz, .policy = policy, .runs = run + 1, .seed = 7 });

	for (unsigned int i = 0; i < calls; i++)
		g_array_index(script->calls, GsScriptCall, i).recorded_ns =
			samples[run * calls + i].latency_ns;
}

/* Four stalls, spread over enough time for each to meet the tick elsewhere. */
static GsScript *four_stalls(void)
{
	g_autoptr(GsScript) script = new_vm();

	for (uint32_t slot = 0; slot < 4; slot++) {
		GsScriptCall *swap;

		gs_test_script_add(script, 0, 1, "KVM_IOEVENTFD", 5077 * US, -1);
		swap = gs_test_script_add(script, 0, 1, "KVM_SET_USER_MEMORY_REGION", 5 * US, -1);
		swap->args = (GsCallArgs){ .has_memslot = true, .slot = slot,
					   .memory_size_bytes = 4096 };
	}
	return g_steal_pointer(&script);
}

/* The conditions a log was recorded under are found again in it. */
static void test_recording_infer(void)
{
	static const struct {
		const char *policy;
		int hz; /* 0: the log cannot tell */
	} cases[] = {
		{ "call-srcu", 100 }, { "call-srcu", 250 }, { "call-srcu", 300 },
		{ "call-srcu", 1000 }, { "sync-expedited", 0 },
	};

	for (unsigned int i = 0; i < G_N_ELEMENTS(cases); i++) {
		for (unsigned int run = 0; run < 3; run++) {
			const GsTestReplay setup = { 0 };
			g_autoptr(GsMachineSpec) machine = gs_test_machine(&setup);
			g_autoptr(GsScript) script = four_stalls();
			g_autoptr(GError) error = NULL;
			GsReplaySpec spec = { .script = script, .machine = machine };

			record(script, cases[i].policy, cases[i].hz ? cases[i].hz : 250, run);
			g_assert_true(gs_recording_infer(&spec, &error));
			g_assert_no_error(error);
			g_test_message("%s at HZ=%d, run %u: %s at HZ=%d", cases[i].policy,
				       cases[i].hz, run, spec.from_policy->name, spec.from_hz);
			g_assert_cmpstr(spec.from_policy->name, ==, cases[i].policy);
			if (cases[i].hz)
				g_assert_cmpint(spec.from_hz, ==, cases[i].hz);
		}
	}
}

/* What the user says is not judged. */
static void test_recording_stated(void)
{
	const GsTestReplay setup = { 0 };
	g_autoptr(GsMachineSpec) machine = gs_test_machine(&setup);
	g_autoptr(GsScript) script = four_stalls();
	g_autoptr(GError) error = NULL;
	GsReplaySpec policy_stated = { .script = script, .machine = machine,
				       .from_policy = gs_policy_lookup("hybrid") };
	GsReplaySpec hz_stated = { .script = script, .machine = machine, .from_hz = 24 };

	record(script, "call-srcu", 100, 0);
	g_assert_true(gs_recording_infer(&policy_stated, &error));
	g_assert_cmpstr(policy_stated.from_policy->name, ==, "hybrid");
	g_assert_cmpint(policy_stated.from_hz, !=, 0);
	g_assert_true(gs_recording_infer(&hz_stated, &error));
	g_assert_cmpint(hz_stated.from_hz, ==, 24);
	g_assert_nonnull(hz_stated.from_policy);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/replay/think-time", test_think_time);
	g_test_add_func("/replay/recorded-duration-kept", test_recorded_duration_kept);
	g_test_add_func("/replay/failed-ioctl", test_failed_ioctl);
	g_test_add_func("/replay/failed-registration", test_failed_registration);
	g_test_add_func("/replay/anchor", test_anchor);
	g_test_add_func("/replay/stall-is-not-work", test_stall_is_not_work);
	g_test_add_func("/replay/work-is-kept", test_work_is_kept);
	g_test_add_func("/replay/unexplained-stall", test_unexplained_stall);
	g_test_add_func("/replay/cause", test_cause);
	g_test_add_func("/replay/cause-is-synchronize", test_cause_is_synchronize);
	g_test_add_func("/replay/normal-wait", test_normal_wait);
	g_test_add_func("/replay/wait-formula", test_wait_formula);
	g_test_add_func("/replay/drawn-phases", test_drawn_phases);
	g_test_add_func("/replay/kvm-lock", test_kvm_lock);
	g_test_add_func("/replay/slots-lock", test_slots_lock);
	g_test_add_func("/replay/irq-srcu-is-apart", test_irq_srcu_is_apart);
	g_test_add_func("/replay/jobs", test_jobs);
	g_test_add_func("/replay/several-vms", test_several_vms);
	g_test_add_func("/replay/vms-are-apart", test_vms_are_apart);
	g_test_add_func("/replay/midway", test_midway);
	g_test_add_func("/recording/infer", test_recording_infer);
	g_test_add_func("/recording/stated", test_recording_stated);
	return g_test_run();
}
