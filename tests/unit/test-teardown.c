/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the close() that ends a VM waits for, in edges: one CPU, so no edge is missed. */
#include <glib.h>

#include "sim/kernel/jiffies.h"
#include "tests/lib/gs-test-replay.h"

#define US GS_TEST_US
#define HZ 100

static GsScriptCall *add(GsScript *script, const char *name)
{
	return gs_test_script_add(script, 0, 1, name, 5 * US, -1);
}

static GsScript *new_vm(void)
{
	GsScript *script = gs_script_new("test.strace");

	gs_test_script_add(script, 0, 1, "KVM_CREATE_VM", 0, 10 * US);
	return script;
}

/* How many tick edges lie in @script's last call, the close(), begun a third into a jiffy. */
static int64_t edges_of_close(const GsScript *script, const char *policy, const char *kernel,
			      const char *machine)
{
	const int64_t tick_nsec = gs_tick_nsec(HZ), phase_ns = tick_nsec / 3;
	g_autofree GsSample *samples = gs_test_replay(script, &(GsTestReplay){
		.hz = HZ, .policy = policy, .kernel = kernel, .machine = machine,
		.set = (const char *const[]){ "tick.phase=0.333333", NULL } });
	const GsSample *close = &samples[script->calls->len - 1];
	const int64_t start_ns = phase_ns + close->start_ns;

	return (start_ns + close->latency_ns) / tick_nsec - start_ns / tick_nsec;
}

/* rcu_barrier() alone: the second edge. */
static void test_bare(void)
{
	g_autoptr(GsScript) script = new_vm();

	add(script, GS_SCRIPT_CLOSE);
	g_assert_cmpint(edges_of_close(script, "sync-expedited", "v6.12", "x86-vmx"), ==, 2);
}

/*
 * The PIT's mask notifier goes by a normal synchronize right after an expedited
 * one: four edges more, unless its reinjection was switched off before.
 */
static void test_pit(void)
{
	g_autoptr(GsScript) pit = new_vm(), quiet = new_vm();

	add(pit, "KVM_CREATE_PIT2");
	add(pit, GS_SCRIPT_CLOSE);
	g_assert_cmpint(edges_of_close(pit, "sync-expedited", "v6.12", "x86-vmx"), ==, 6);

	add(quiet, "KVM_CREATE_PIT2");
	add(quiet, "KVM_REINJECT_CONTROL");
	add(quiet, GS_SCRIPT_CLOSE);
	g_assert_cmpint(edges_of_close(quiet, "sync-expedited", "v6.12", "x86-vmx"), ==, 2);
}

/* On arm64 nothing waits for RCU: an expedited grace period, unless callbacks are left. */
static void test_srcu_barrier(void)
{
	g_autoptr(GsScript) script = new_vm();

	add(script, "KVM_IOEVENTFD");
	add(script, GS_SCRIPT_CLOSE);
	g_assert_cmpint(edges_of_close(script, "sync-expedited", "v6.18", "arm64"), ==, 0);
	/* from 6.18 on KVM waits for the callbacks of its registrations; before there were none */
	g_assert_cmpint(edges_of_close(script, "call-srcu", "v6.18", "arm64"), ==, 4);
	g_assert_cmpint(edges_of_close(script, "call-srcu", "v6.12", "arm64"), ==, 0);
}

/* It begins when the last call of every thread of its VM is over. */
static void test_after_threads(void)
{
	g_autoptr(GsScript) script = new_vm();
	g_autofree GsSample *samples = NULL;
	GsScriptCall *first;

	first = gs_test_script_add(script, 0, 2, "KVM_SET_CPUID2", 0, 700 * US);
	first->after = 0;
	add(script, GS_SCRIPT_CLOSE);
	samples = gs_test_replay(script, &(GsTestReplay){ .hz = HZ, .policy = "call-srcu" });
	g_assert_cmpint(samples[2].start_ns, >=,
			samples[1].start_ns + samples[1].latency_ns + 5 * US);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/teardown/bare", test_bare);
	g_test_add_func("/teardown/pit", test_pit);
	g_test_add_func("/teardown/srcu-barrier", test_srcu_barrier);
	g_test_add_func("/teardown/after-threads", test_after_threads);
	return g_test_run();
}
