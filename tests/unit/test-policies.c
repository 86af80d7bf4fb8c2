/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>
#include <string.h>

#include "tests/lib/gs-test-replay.h"

#define US GS_TEST_US
#define MS GS_TEST_MS

#define HZ 100
#define JIFFY_NS (10 * MS)
#define RUNS 40

static const GsScriptCall *add(GsScript *script, const char *name, int64_t recorded_ns)
{
	return gs_test_script_add(script, 0, 1, name, 5 * US, recorded_ns);
}

/*
 * An x86 start in Firecracker's order: seven registrations, then the vCPUs. The
 * memslots are set before anything is on a bus.
 */
static GsScript *x86_start(void)
{
	GsScript *script = gs_script_new("x86");

	gs_test_script_add(script, 0, 1, "KVM_CREATE_VM", 0, 190 * US);
	add(script, "KVM_SET_USER_MEMORY_REGION", 25 * US);
	add(script, "KVM_CREATE_IRQCHIP", 70 * US);
	add(script, "KVM_CREATE_PIT2", 70 * US);
	add(script, "KVM_CREATE_VCPU", 90 * US);
	add(script, "KVM_CREATE_VCPU", 60 * US);
	return script;
}

/* arm64: the vCPUs are there when the redistributors and the ITS are registered. */
static GsScript *arm64_start(void)
{
	GsScript *script = gs_script_new("arm64");
	GsScriptCall *attr;

	gs_test_script_add(script, 0, 1, "KVM_CREATE_VM", 0, 190 * US);
	add(script, "KVM_CREATE_VCPU", 60 * US);
	add(script, "KVM_CREATE_VCPU", 60 * US);
	attr = gs_test_script_add(script, 0, 1, "KVM_SET_DEVICE_ATTR", 5 * US, 30 * US);
	attr->args = (GsCallArgs){ .has_device_attr = true, .device_group = 0, .device_attr = 3 };
	attr = gs_test_script_add(script, 0, 1, "KVM_SET_DEVICE_ATTR", 5 * US, 20 * US);
	attr->args = (GsCallArgs){ .has_device_attr = true, .device_group = 0, .device_attr = 4 };
	add(script, "KVM_SET_USER_MEMORY_REGION", 25 * US);
	return script;
}

/* The range of the latency of the @occurrence-th @name. */
static void latency(GsScript *script, const char *machine, const char *policy, int cpus,
		    const char *name, uint32_t occurrence, int64_t *ret_min_ns,
		    int64_t *ret_max_ns)
{
	const unsigned int call = gs_test_script_find(script, 0, name, occurrence);
	g_autofree GsSample *samples = gs_test_replay(script, &(GsTestReplay){
		.machine = machine, .hz = HZ, .policy = policy, .cpus = cpus, .runs = RUNS,
		.from_policy = "sync-expedited" });

	*ret_min_ns = INT64_MAX;
	*ret_max_ns = 0;
	for (unsigned int run = 0; run < RUNS; run++) {
		const int64_t ns = samples[run * script->calls->len + call].latency_ns;

		*ret_min_ns = MIN(*ret_min_ns, ns);
		*ret_max_ns = MAX(*ret_max_ns, ns);
	}
	g_test_message("%s under %s, %d CPUs: %s %u takes %" G_GINT64_FORMAT " to %"
		       G_GINT64_FORMAT " ns", machine, policy, cpus, name, occurrence, *ret_min_ns,
		       *ret_max_ns);
}

static void expect_quick(GsScript *script, const char *machine, const char *policy, int cpus,
			 const char *name, uint32_t occurrence)
{
	int64_t min_ns, max_ns;

	latency(script, machine, policy, cpus, name, occurrence, &min_ns, &max_ns);
	g_assert_cmpint(max_ns, <, JIFFY_NS / 10);
}

/* One to two jiffies, whatever the phase of the tick. */
static void expect_stall(GsScript *script, const char *machine, const char *policy,
			 const char *name, uint32_t occurrence)
{
	int64_t min_ns, max_ns;

	latency(script, machine, policy, 1, name, occurrence, &min_ns, &max_ns);
	g_assert_cmpint(min_ns, >, JIFFY_NS - MS);
	g_assert_cmpint(max_ns, <, 2 * JIFFY_NS + MS / 2);
	/* and both ends of that are met */
	g_assert_cmpint(min_ns, <, JIFFY_NS * 5 / 4);
	g_assert_cmpint(max_ns, >, JIFFY_NS * 7 / 4);
}

static void test_registry(void)
{
	static const char *const wanted[] = { "sync", "sync-expedited", "call-srcu", "hybrid",
					      "call-srcu-expedited", "call-srcu-kick" };
	g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);

	for (const GsPolicy *const *policy = gs_policy_all(); *policy; policy++) {
		g_assert_true(g_hash_table_add(names, (void *)(*policy)->name));
		g_assert_true(gs_policy_lookup((*policy)->name) == *policy);
		g_assert_cmpint(strlen((*policy)->summary), >, 0);
		g_assert_cmpint(strlen((*policy)->status), >, 0);
		g_assert_nonnull((*policy)->kvm.bus_registered);
		/* kebab-case, as on the command line */
		g_assert_true(g_regex_match_simple("^[a-z]+(-[a-z]+)*$", (*policy)->name, 0, 0));
	}
	for (unsigned int i = 0; i < G_N_ELEMENTS(wanted); i++)
		g_assert_true(g_hash_table_contains(names, wanted[i]));
	g_assert_null(gs_policy_lookup("call_srcu"));
	g_assert_null(gs_policy_lookup(""));
	g_assert_null(gs_policy_lookup("call"));
}

static const char *const quick_policies[] = { "sync-expedited", "hybrid", "call-srcu-expedited",
					      "call-srcu-kick" };

static void test_x86_quick(void)
{
	g_autoptr(GsScript) script = x86_start();

	for (unsigned int i = 0; i < G_N_ELEMENTS(quick_policies); i++) {
		for (int cpus = 1; cpus <= 2; cpus++) {
			const char *policy = quick_policies[i];

			expect_quick(script, "x86-vmx", policy, cpus, "KVM_CREATE_IRQCHIP", 0);
			expect_quick(script, "x86-vmx", policy, cpus, "KVM_CREATE_PIT2", 0);
			expect_quick(script, "x86-vmx", policy, cpus, "KVM_CREATE_VCPU", 0);
		}
	}
}

static void test_x86_call_srcu(void)
{
	g_autoptr(GsScript) script = x86_start();

	/* registering is quick, the first memslot change behind it is not, the next is */
	expect_quick(script, "x86-vmx", "call-srcu", 1, "KVM_SET_USER_MEMORY_REGION", 0);
	expect_quick(script, "x86-vmx", "call-srcu", 1, "KVM_CREATE_IRQCHIP", 0);
	expect_quick(script, "x86-vmx", "call-srcu", 1, "KVM_CREATE_PIT2", 0);
	expect_stall(script, "x86-vmx", "call-srcu", "KVM_CREATE_VCPU", 0);
	expect_quick(script, "x86-vmx", "call-srcu", 1, "KVM_CREATE_VCPU", 1);
}

/* An AMD host without AVIC has no memslot to change there. */
static void test_svm_never_stalls(void)
{
	g_autoptr(GsScript) script = x86_start();

	expect_quick(script, "x86-svm", "call-srcu", 2, "KVM_CREATE_VCPU", 0);
}

/*
 * Waiting normally costs at the registrations themselves, and every other time:
 * a grace period that ended within the last 25 us rules out expediting the next.
 * The memslot change just before makes the first of KVM_CREATE_IRQCHIP's four a
 * normal one, (4 - p) T, and so the third, 4 T from the edge the first ended at.
 */
static void test_sync(void)
{
	g_autoptr(GsScript) script = x86_start();
	int64_t min_ns, max_ns;

	latency(script, "x86-vmx", "sync", 1, "KVM_CREATE_IRQCHIP", 0, &min_ns, &max_ns);
	g_assert_cmpint(min_ns, >, 7 * JIFFY_NS - MS);
	g_assert_cmpint(max_ns, <, 8 * JIFFY_NS + MS);
	expect_quick(script, "x86-vmx", "sync", 1, "KVM_CREATE_VCPU", 0);
}

/* Whose registrations come after the vCPUs, hybrid does not help. */
static void test_arm64(void)
{
	g_autoptr(GsScript) script = arm64_start();

	expect_stall(script, "arm64", "call-srcu", "KVM_SET_USER_MEMORY_REGION", 0);
	expect_stall(script, "arm64", "hybrid", "KVM_SET_USER_MEMORY_REGION", 0);
	for (unsigned int i = 0; i < G_N_ELEMENTS(quick_policies); i++) {
		if (strcmp(quick_policies[i], "hybrid") != 0)
			expect_quick(script, "arm64", quick_policies[i], 1,
				     "KVM_SET_USER_MEMORY_REGION", 0);
	}
}

/* KVM_CREATE_VCPU has counted its vCPU when it registers the redistributor. */
static void test_arm64_region_first(void)
{
	g_autoptr(GsScript) script = gs_script_new("arm64");
	GsScriptCall *attr;

	gs_test_script_add(script, 0, 1, "KVM_CREATE_VM", 0, 190 * US);
	attr = gs_test_script_add(script, 0, 1, "KVM_SET_DEVICE_ATTR", 5 * US, 30 * US);
	attr->args = (GsCallArgs){ .has_device_attr = true, .device_group = 0, .device_attr = 5 };
	add(script, "KVM_CREATE_VCPU", 60 * US);
	add(script, "KVM_SET_USER_MEMORY_REGION", 25 * US);
	expect_stall(script, "arm64", "hybrid", "KVM_SET_USER_MEMORY_REGION", 0);
	expect_quick(script, "arm64", "sync-expedited", 1, "KVM_SET_USER_MEMORY_REGION", 0);
}

/* call_srcu_expedited() is normal where the administrator says so; so is the synchronize. */
static void test_rcu_normal(void)
{
	static const char *const set[] = { "rcupdate.rcu_normal=1", "tick.phase=0.1", NULL };
	g_autoptr(GsScript) script = x86_start();
	const unsigned int call = gs_test_script_find(script, 0, "KVM_CREATE_VCPU", 0);
	g_autofree GsSample *samples = gs_test_replay(script, &(GsTestReplay){
		.hz = HZ, .policy = "call-srcu-expedited", .from_policy = "call-srcu-expedited",
		.set = set });

	g_assert_cmpint(samples[call].latency_ns, >, JIFFY_NS);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/policies/registry", test_registry);
	g_test_add_func("/policies/x86/quick", test_x86_quick);
	g_test_add_func("/policies/x86/call-srcu", test_x86_call_srcu);
	g_test_add_func("/policies/x86/svm", test_svm_never_stalls);
	g_test_add_func("/policies/x86/sync", test_sync);
	g_test_add_func("/policies/arm64/vcpus-first", test_arm64);
	g_test_add_func("/policies/arm64/region-first", test_arm64_region_first);
	g_test_add_func("/policies/rcu-normal", test_rcu_normal);
	return g_test_run();
}
