/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>
#include <string.h>

#include "runs/fleet.h"
#include "tests/lib/gs-test-replay.h"

#define US GS_TEST_US
#define MS GS_TEST_MS

static const GsStartPattern storm = { .kind = GS_START_STORM };

/* A VMM of two threads: the second makes a vCPU once the first has registered something. */
static GsScript *new_vmm(void)
{
	GsScript *script = gs_script_new("test.ini");

	gs_test_script_add(script, 0, 1, "KVM_CREATE_VM", 0, 10 * US);
	gs_test_script_add(script, 0, 1, "KVM_IOEVENTFD", 5 * US, -1);
	gs_test_script_add(script, 0, 1, "KVM_SET_USER_MEMORY_REGION", 5 * US, -1);
	gs_test_script_add(script, 0, 2, "KVM_CREATE_VCPU", 5 * US, -1)->after = 1;
	gs_script_number_calls(script);
	g_array_index(script->threads, GsScriptThread, 1).name = g_intern_string("vcpu 0");
	return script;
}

static GsScript *new_fleet(const GsScript *one, unsigned int vms, GsStartPattern start)
{
	g_autoptr(GError) error = NULL;
	GsScript *fleet = gs_fleet_script_new(one, vms, start, &error);

	g_assert_no_error(error);
	return fleet;
}

static const GsScriptThread *thread_of(const GsScript *script, unsigned int call)
{
	return &g_array_index(script->threads, GsScriptThread,
			      gs_script_call(script, call)->thread);
}

static void test_copy(void)
{
	g_autoptr(GsScript) one = new_vmm();
	g_autoptr(GsScript) fleet = new_fleet(one, 3, storm);
	const unsigned int count = one->calls->len;

	g_assert_cmpuint(fleet->vm_count, ==, 3);
	g_assert_true(fleet->is_fleet);
	g_assert_cmpuint(fleet->threads->len, ==, 3 * 2);
	g_assert_cmpuint(fleet->calls->len, ==, 3 * count);
	for (unsigned int i = 0; i < fleet->calls->len; i++) {
		const GsScriptCall *copy = gs_script_call(fleet, i);
		const GsScriptCall *call = gs_script_call(one, i % count);
		const uint32_t vm = i / count;

		g_assert_cmpuint(copy->vm, ==, vm);
		g_assert_cmpuint(copy->thread, ==, 2 * vm + call->thread);
		g_assert_true(copy->name == call->name);
		g_assert_cmpuint(copy->occurrence, ==, call->occurrence);
		g_assert_cmpint(copy->think_ns, ==, call->think_ns);
		g_assert_cmpint(copy->after, ==,
				call->after < 0 ? -1 : call->after + (int32_t)(vm * count));
	}
	g_assert_cmpstr(thread_of(fleet, count)->name, ==, "VM1/1");
	g_assert_cmpstr(thread_of(fleet, 2 * count + 3)->name, ==, "VM2/vcpu 0");
	g_assert_cmpint(thread_of(fleet, 0)->tid, !=, thread_of(fleet, count)->tid);
}

static void test_copy_one(void)
{
	g_autoptr(GsScript) one = new_vmm();
	g_autoptr(GsScript) copy = new_fleet(one, 1, storm);

	g_assert_false(copy->is_fleet);
	g_assert_cmpstr(copy->label, ==, one->label);
	g_assert_cmpuint(copy->calls->len, ==, one->calls->len);
	g_assert_cmpmem(copy->calls->data, copy->calls->len * sizeof(GsScriptCall),
			one->calls->data, one->calls->len * sizeof(GsScriptCall));
	g_assert_cmpstr(thread_of(copy, 3)->name, ==, "vcpu 0");
}

static void test_impossible(void)
{
	g_autoptr(GsScript) one = new_vmm();
	const GsStartPattern yearly = { GS_START_EVERY, 365 * 24 * 3600 * GS_NSEC_PER_SEC };
	const struct {
		unsigned int vms;
		GsStartPattern start;
		const char *message;
	} rows[] = {
		{ 0, storm, "0 VMs like 'test.ini' are not a number that can be simulated" },
		{ 4000000000, storm,
		  "4000000000 VMs like 'test.ini' are not a number that can be simulated" },
		{ 2, yearly,
		  "the starts of 2 VMs like 'test.ini' are too far apart to be simulated" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(gs_fleet_script_new(one, rows[i].vms, rows[i].start, &error));
		g_assert_error(error, GS_REPLAY_ERROR, GS_REPLAY_ERROR_FLEET);
		g_assert_cmpstr(error->message, ==, rows[i].message);
	}

	g_autoptr(GError) error = NULL;
	g_autoptr(GsScript) two = new_fleet(one, 2, storm);
	g_assert_null(gs_fleet_script_new(two, 2, storm, &error));
	g_assert_cmpstr(error->message, ==,
			"a fleet is made of the start of one VM: 'test.ini' has 2");
}

static void test_starts(void)
{
	g_autoptr(GsScript) one = new_vmm();
	g_autoptr(GsScript) together = new_fleet(one, 4, storm);
	g_autoptr(GsScript) evenly =
		new_fleet(one, 4, (GsStartPattern){ GS_START_EVERY, 7 * MS + 1 });
	int64_t start_ns[4];

	gs_fleet_draw_starts(together, 1, 0, start_ns);
	for (int vm = 0; vm < 4; vm++)
		g_assert_cmpint(start_ns[vm], ==, 0);
	gs_fleet_draw_starts(evenly, 1, 0, start_ns);
	for (int vm = 0; vm < 4; vm++)
		g_assert_cmpint(start_ns[vm], ==, vm * (7 * MS + 1));
}

/* The gaps of 10000 starts have the mean asked for, within four standard errors, and its spread. */
static void test_starts_poisson(void)
{
	g_autoptr(GsScript) one = new_vmm();
	g_autoptr(GsScript) fleet =
		new_fleet(one, 10001, (GsStartPattern){ GS_START_POISSON, 10 * MS });
	g_autofree int64_t *start_ns = g_new(int64_t, 10001), *again_ns = g_new(int64_t, 10001);
	unsigned int shorter = 0;

	gs_fleet_draw_starts(fleet, 7, 3, start_ns);
	g_assert_cmpint(start_ns[0], ==, 0);
	g_assert_cmpint(ABS(start_ns[10000] / 10000 - 10 * MS), <, 4 * 10 * MS / 100);
	for (int vm = 1; vm <= 10000; vm++)
		shorter += start_ns[vm] - start_ns[vm - 1] < 10 * MS;
	/* 1 - 1/e of them are shorter than the mean. */
	g_assert_cmpint(ABS((int)shorter - 6321), <, 4 * 49);

	gs_fleet_draw_starts(fleet, 7, 3, again_ns);
	g_assert_cmpmem(start_ns, 10001 * sizeof(*start_ns), again_ns, 10001 * sizeof(*again_ns));
	gs_fleet_draw_starts(fleet, 7, 4, again_ns);
	g_assert_cmpint(start_ns[1], !=, again_ns[1]);
}

/* The call @i of VM @vm. */
static const GsSample *sample_of(const GsSample *samples, const GsScript *one, uint32_t vm,
				 unsigned int i)
{
	return &samples[vm * one->calls->len + i];
}

/* On idle CPUs a VM's first call comes when its VMM starts, at any phase of the tick. */
static void test_every(void)
{
	static const char *const set[] = { "think.spread=0", NULL };
	g_autoptr(GsScript) one = new_vmm();
	g_autoptr(GsScript) fleet = new_fleet(one, 5, (GsStartPattern){ GS_START_EVERY, 33 * MS });
	g_autofree GsSample *samples = gs_test_replay(
		fleet,
		&(GsTestReplay){ .hz = 100, .cpus = 4, .policy = "sync-expedited", .set = set });

	for (uint32_t vm = 1; vm < 5; vm++)
		g_assert_cmpint(sample_of(samples, one, vm, 0)->start_ns -
					sample_of(samples, one, 0, 0)->start_ns,
				==, vm * 33 * MS);
}

/* A VM whose start lies in the middle of another's runs beside it. */
static void test_side_by_side(void)
{
	g_autoptr(GsScript) one = new_vmm();
	g_autoptr(GsScript) alone = new_fleet(one, 1, storm);
	g_autoptr(GsScript) pair = new_fleet(one, 2, storm);
	const GsTestReplay replay = { .hz = 100, .cpus = 8, .policy = "call-srcu", .seed = 3 };
	g_autofree GsSample *wanted = gs_test_replay(alone, &replay);
	g_autofree GsSample *samples = gs_test_replay(pair, &replay);

	/* The memslot waits two ticks or three, in either VM, and at the same time. */
	for (uint32_t vm = 0; vm < 2; vm++) {
		const GsSample *swap = sample_of(samples, one, vm, 2);

		g_assert_cmpint(swap->wait_ns, >, 10 * MS);
		g_assert_cmpint(swap->start_ns, <, 1 * MS);
		g_assert_cmpint(ABS(swap->wait_ns - sample_of(wanted, one, 0, 2)->wait_ns), <=,
				10 * MS + MS);
	}
}

/*
 * Of VMs that arrive at once on one CPU each waits for the calls of those before
 * it: its start takes longer by their work.
 */
static void test_one_cpu(void)
{
	enum { VMS = 6, WORK_NS = 700000 };
	static const char *const set[] = { "think.spread=0", NULL };
	g_autoptr(GsScript) one = gs_script_new("test.ini");

	gs_test_script_add(one, 0, 1, "KVM_CREATE_VM", 0, WORK_NS);
	gs_script_number_calls(one);

	g_autoptr(GsScript) fleet = new_fleet(one, VMS, storm);
	g_autofree GsSample *samples = gs_test_replay(
		fleet, &(GsTestReplay){ .hz = 100, .cpus = 1, .policy = "sync", .set = set });

	for (uint32_t vm = 0; vm < VMS; vm++) {
		const GsSample *sample = sample_of(samples, one, vm, 0);

		/* Ticks and switches are all there is besides. */
		g_assert_cmpint(sample->start_ns, >=, vm * WORK_NS);
		g_assert_cmpint(sample->start_ns, <, vm * WORK_NS + (vm + 1) * 100 * US);
		g_assert_cmpint(sample->latency_ns, >=, WORK_NS);
	}
}

/* How long the memslot change of the VM that is done last waits, of @vms on @cpus. */
static int64_t longest_wait_ns(unsigned int vms, int cpus)
{
	static const char *const set[] = { "cost.srcu_check_ns=1ms", "think.spread=0", NULL };
	g_autoptr(GsScript) one = gs_script_new("test.ini");
	int64_t longest_ns = 0;

	gs_test_script_add(one, 0, 1, "KVM_CREATE_VM", 0, 10 * US);
	gs_test_script_add(one, 0, 1, "KVM_SET_USER_MEMORY_REGION", 5 * US, -1);
	gs_script_number_calls(one);

	g_autoptr(GsScript) fleet = new_fleet(one, vms, storm);
	g_autofree GsSample *samples = gs_test_replay(
		fleet,
		&(GsTestReplay){ .hz = 100, .cpus = cpus, .policy = "sync-expedited", .set = set });

	for (uint32_t vm = 0; vm < vms; vm++)
		longest_ns = MAX(longest_ns, sample_of(samples, one, vm, 1)->wait_ns);
	return longest_ns;
}

/* VMs on one CPU share its kworker: a grace period waits behind the work items of the others'. */
static void test_shared_kworker(void)
{
	const int64_t alone_ns = longest_wait_ns(1, 1);

	/* Two looks at the readers. */
	g_assert_cmpint(alone_ns, >=, 2 * MS);
	g_assert_cmpint(alone_ns, <, 3 * MS);
	g_assert_cmpint(longest_wait_ns(3, 1), >=, 3 * 2 * MS);
	g_assert_cmpint(longest_wait_ns(3, 1), <, 3 * alone_ns + MS);
}

static void test_jobs(void)
{
	g_autoptr(GsScript) one = new_vmm();
	g_autoptr(GsScript) fleet =
		new_fleet(one, 20, (GsStartPattern){ GS_START_POISSON, 1 * MS });
	GsTestReplay replay = { .hz = 250, .cpus = 4, .policy = "hybrid", .runs = 40 };
	const size_t size = 40 * fleet->calls->len * sizeof(GsSample);
	g_autofree GsSample *samples = gs_test_replay(fleet, &replay);

	replay.jobs = 3;
	g_autofree GsSample *again = gs_test_replay(fleet, &replay);
	g_assert_cmpmem(samples, size, again, size);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/fleet/copy", test_copy);
	g_test_add_func("/fleet/copy/one", test_copy_one);
	g_test_add_func("/fleet/impossible", test_impossible);
	g_test_add_func("/fleet/starts", test_starts);
	g_test_add_func("/fleet/starts/poisson", test_starts_poisson);
	g_test_add_func("/fleet/every", test_every);
	g_test_add_func("/fleet/side-by-side", test_side_by_side);
	g_test_add_func("/fleet/one-cpu", test_one_cpu);
	g_test_add_func("/fleet/shared-kworker", test_shared_kworker);
	g_test_add_func("/fleet/jobs", test_jobs);
	return g_test_run();
}
