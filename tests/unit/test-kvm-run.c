/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vCPUs in KVM_RUN as readers of kvm->srcu. */
#include <glib.h>
#include <string.h>

#include "models/kvm/kvm-run.h"
#include "models/machine-spec.h"
#include "sim/srcu/srcu-read.h"
#include "tests/lib/gs-test.h"

#define HZ 100
#define US GS_NSEC_PER_USEC
#define MS GS_NSEC_PER_MSEC

static const GsKvmPolicy no_policy;

/* A machine, a VM on it and one vCPU; actors of the bed wait for the VM's kvm->srcu. */
typedef struct {
	GsTestBed *bed;
	GsKvm kvm;
	GsKvmParams kvm_params;
	GsReaderParams params;
	GsThread thread;
	GsKvmRun run;
	int64_t until_ns, ended_ns;

	GString *events; /* "0 2 ": edges after which the worker passed */
	int exits;
	int64_t entry_ns, exit_ns; /* the last ones */
	int64_t locked_ns;         /* sum of what the handling took */
	int64_t gp_end_ns;
} Guest;

static void on_probe(const GsProbe *probe, void *user_data)
{
	Guest *guest = user_data;

	if (strcmp(probe->name, "kvm_exit") == 0) {
		guest->exits++;
		guest->exit_ns = probe->at_ns;
	} else if (strcmp(probe->name, "kvm_entry") == 0) {
		guest->entry_ns = probe->at_ns;
		if (guest->exits > 0)
			guest->locked_ns += probe->at_ns - guest->exit_ns;
	} else if (strcmp(probe->name, "srcu_gp_end") == 0) {
		guest->gp_end_ns = probe->at_ns;
	} else if (strcmp(probe->name, "process_srcu") == 0) {
		char edge[24];

		g_snprintf(edge, sizeof(edge), "%d ", (int)gs_test_now_edge(guest->bed));
		if (!g_str_has_suffix(guest->events->str, edge))
			g_string_append(guest->events, edge);
	}
}

static void ended(GsTask *task)
{
	Guest *guest = GS_CONTAINER_OF(gs_thread_of(task), Guest, thread);

	guest->ended_ns = gs_engine_now_ns(task->engine);
	gs_task_exit(task);
}

static void begin(GsTask *task)
{
	Guest *guest = GS_CONTAINER_OF(gs_thread_of(task), Guest, thread);

	gs_kvm_run(&guest->run, &guest->kvm, guest->until_ns, ended);
}

/* @kernel: whose SRCU; NULL: the latest. The vCPU is not running yet. */
static Guest *guest_new(int cpus, const char *kernel, const GsReaderParams *params)
{
	Guest *guest = g_new0(Guest, 1);
	GsKernelParams kernel_params;

	gs_test_params_init(&kernel_params, HZ, cpus);
	guest->bed = gs_test_bed_new(&kernel_params);
	if (kernel) {
		const GsMachineRequest request = { .kernel = kernel };
		g_autoptr(GsMachineSpec) spec = gs_machine_spec_new(&request, NULL);
		GsMachineParams machine;

		gs_machine_spec_resolve(spec, HZ, &machine);
		guest->bed->srcu_params = machine.srcu;
	}
	gs_test_bed_start(guest->bed, 0);
	gs_kvm_init(&guest->kvm, NULL);
	gs_kvm_create_vm(&guest->kvm, &guest->bed->kernel, &guest->kvm_params,
			 &guest->bed->srcu_params, &no_policy, &guest->bed->policy, true);
	guest->params = *params;
	guest->events = g_string_new(NULL);
	guest->ended_ns = -1;
	gs_engine_set_probe_sink(&guest->bed->engine, on_probe, guest);
	return guest;
}

static void guest_start(Guest *guest, int cpu, int64_t until_ns)
{
	GsKernel *kernel = &guest->bed->kernel;

	guest->until_ns = until_ns;
	gs_thread_init(&guest->thread, kernel, &kernel->cpus[cpu], "vcpu");
	guest->thread.bound = true;
	kernel->this_cpu = &kernel->cpus[cpu];
	gs_kvm_run_init(&guest->run, &guest->thread, &guest->params, 0);
	gs_task_start(&guest->thread.task, begin);
}

static void guest_free(Guest *guest)
{
	gs_kvm_clear(&guest->kvm);
	gs_test_bed_free(guest->bed);
	g_string_free(guest->events, TRUE);
	g_free(guest);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Guest, guest_free)

/* Run until @edge and so many permille of a jiffy. */
static void run_to(Guest *guest, int edge, int permille)
{
	gs_test_run_until(&guest->bed->engine, gs_test_edge_ns(guest->bed, edge, permille));
}

/* A thread that waits for one grace period of kvm->srcu. */
typedef struct {
	GsThread thread;
	GsSrcuStruct *ssp;
	GsSrcuSync sync;
	int64_t asked_ns, done_ns;
} Waiter;

static void waited(GsTask *task)
{
	GS_CONTAINER_OF(gs_thread_of(task), Waiter, thread)->done_ns =
		gs_engine_now_ns(task->engine);
	gs_task_exit(task);
}

static void wait_for_gp(GsTask *task)
{
	Waiter *waiter = GS_CONTAINER_OF(gs_thread_of(task), Waiter, thread);

	waiter->asked_ns = gs_engine_now_ns(task->engine);
	gs_synchronize_srcu_expedited(waiter->ssp, &waiter->sync, task, waited);
}

static void waiter_start(Waiter *waiter, Guest *guest, int cpu)
{
	GsKernel *kernel = &guest->bed->kernel;

	*waiter = (Waiter){ .ssp = gs_kvm_srcu(&guest->kvm), .done_ns = -1 };
	gs_thread_init(&waiter->thread, kernel, &kernel->cpus[cpu], "waiter");
	kernel->this_cpu = &kernel->cpus[cpu];
	gs_task_start(&waiter->thread.task, wait_for_gp);
}

static GsReaderParams exits(int64_t rate_hz, int64_t hold_ns)
{
	return (GsReaderParams){ .exit_rate_hz = rate_hz, .hold = { .ns = hold_ns } };
}

/* srcu_read_lock() spans the handling of exits and no more: here a third of the time. */
static void test_span(void)
{
	const GsReaderParams params = exits(10000, 50 * US);
	g_autoptr(Guest) guest = guest_new(1, NULL, &params);

	guest_start(guest, 0, GS_TIME_NEVER_NS);
	run_to(guest, 100, 0);
	/* A second: an exit every 100 us of guest time and 50 us of handling. */
	g_assert_cmpint(guest->exits, >, 6667 - 300);
	g_assert_cmpint(guest->exits, <, 6667 + 300);
	g_assert_cmpint(guest->locked_ns / MS, >, 333 - 20);
	g_assert_cmpint(guest->locked_ns / MS, <, 333 + 20);
}

/* KVM_RUN lasts until it is told to end: no exit begins after that. */
static void test_ends(void)
{
	const GsReaderParams params = exits(10000, 50 * US);
	g_autoptr(Guest) guest = guest_new(1, NULL, &params);
	const int64_t until_ns = gs_test_edge_ns(guest->bed, 3, 333);

	guest_start(guest, 0, until_ns);
	run_to(guest, 9, 0);
	g_assert_cmpint(guest->ended_ns, >=, until_ns);
	g_assert_cmpint(guest->ended_ns, <, until_ns + 50 * US);
	g_assert_cmpint(guest->exit_ns, <, until_ns);
	g_assert_true(gs_srcu_readers_active_idx_check(gs_kvm_srcu(&guest->kvm), 0));
	g_assert_true(gs_srcu_readers_active_idx_check(gs_kvm_srcu(&guest->kvm), 1));
}

/* Let it run until it has been in the handling of an exit for 30 us. */
static void run_into_exit(Guest *guest)
{
	GsEngine *engine = &guest->bed->engine;

	do
		gs_test_run_until(engine, gs_engine_now_ns(engine) + 10 * US);
	while (guest->exit_ns <= guest->entry_ns);
	gs_test_run_until(engine, guest->exit_ns + 30 * US);
	g_assert_cmpint(guest->exit_ns, >, guest->entry_ns);
}

/*
 * SCAN1 passes, for the reader is on the index that was active; SCAN2 waits for it,
 * and not for the exits after it, which use the other index though the vCPU is
 * hardly ever outside.
 */
static void test_blocks_scan2(void)
{
	const GsReaderParams params = exits(10000000, 400 * US);
	g_autoptr(Guest) guest = guest_new(2, NULL, &params);
	Waiter waiter;

	guest_start(guest, 0, GS_TIME_NEVER_NS);
	run_into_exit(guest);
	const int64_t unlock_ns = guest->exit_ns + 400 * US;

	waiter_start(&waiter, guest, 1);
	gs_test_run_until(&guest->bed->engine, unlock_ns - 1);
	g_assert_cmpint(gs_rcu_seq_state(gs_kvm_srcu(&guest->kvm)->srcu_gp_seq), ==,
			GS_SRCU_STATE_SCAN2);
	gs_test_run_until(&guest->bed->engine, unlock_ns + 1 * MS);
	/* Polled every 5 us: srcu_retry_check_delay. */
	g_assert_cmpint(guest->gp_end_ns, >=, unlock_ns);
	g_assert_cmpint(guest->gp_end_ns, <=, unlock_ns + 5 * US);
	g_assert_cmpint(waiter.done_ns, <=, unlock_ns + 6 * US);
	g_assert_cmpint(guest->exits, >, 1);
}

/* A guest that does not exit is in nobody's way. */
static void test_guest_blocks_nothing(void)
{
	const GsReaderParams params = exits(1, 400 * US);
	g_autoptr(Guest) guest = guest_new(2, NULL, &params);
	Waiter waiter;

	guest_start(guest, 0, GS_TIME_NEVER_NS);
	run_to(guest, 0, 100);
	waiter_start(&waiter, guest, 1);
	run_to(guest, 0, 200);
	g_assert_cmpint(waiter.done_ns, ==, waiter.asked_ns);
	g_assert_cmpint(guest->exits, ==, 0);
}

/* On the CPU of the worker a guest is preempted at once, the handling of an exit is finished. */
static void test_preemption(void)
{
	const GsReaderParams guest_params = exits(1, 0);
	const GsReaderParams exit_params = exits(10000000, 400 * US);
	g_autoptr(Guest) in_guest = guest_new(1, NULL, &guest_params);
	g_autoptr(Guest) in_exit = guest_new(1, NULL, &exit_params);
	Waiter waiter;

	guest_start(in_guest, 0, GS_TIME_NEVER_NS);
	run_to(in_guest, 0, 100);
	waiter_start(&waiter, in_guest, 0);
	run_to(in_guest, 0, 200);
	g_assert_cmpint(waiter.done_ns, ==, gs_test_edge_ns(in_guest->bed, 0, 100));

	guest_start(in_exit, 0, GS_TIME_NEVER_NS);
	run_into_exit(in_exit);
	const int64_t unlock_ns = in_exit->exit_ns + 400 * US;

	waiter_start(&waiter, in_exit, 0);
	run_to(in_exit, 0, 999);
	/* By then the lock is dropped: the worker that had to wait waits no more. */
	g_assert_cmpint(waiter.asked_ns, ==, unlock_ns);
	g_assert_cmpint(waiter.done_ns, ==, unlock_ns);
}

/* A vCPU asleep in a fault (userfaultfd): delays 1, 1, 3, 7, 10 if expedited. */
static void test_sleeper_expedited(void)
{
	const GsReaderParams params = { .sleep_rate_hz = 1000000,
					.sleep = { .ns = 1000 * GS_NSEC_PER_SEC } };
	g_autoptr(Guest) guest = guest_new(2, NULL, &params);
	Waiter waiter;

	guest_start(guest, 0, GS_TIME_NEVER_NS);
	run_to(guest, 0, 100);
	waiter_start(&waiter, guest, 1);
	run_to(guest, 39, 500);
	g_assert_cmpstr(guest->events->str, ==, "0 2 4 8 16 27 38 ");
	g_assert_cmpint(waiter.done_ns, ==, -1);
}

/* The fault is over after 120 ms, 12 jiffies; the worker looks again at edge 16. */
static void test_sleeper_wakes(void)
{
	const GsReaderParams params = { .sleep_rate_hz = 1000000, .sleep = { .ns = 120 * MS },
					.hold = { .ns = 3 * US } };
	g_autoptr(Guest) guest = guest_new(2, NULL, &params);
	Waiter waiter;

	guest_start(guest, 0, GS_TIME_NEVER_NS);
	run_to(guest, 0, 100);
	waiter_start(&waiter, guest, 1);
	run_to(guest, 39, 500);
	g_assert_cmpint(waiter.done_ns, ==, gs_test_edge_ns(guest->bed, 16, 0));
}

/*
 * 5.10 polls without end, here on the CPU the sleeper wakes up on. Between two
 * passes the kworker gives way, once it has used up its slice.
 */
static void test_polling_gives_way(void)
{
	const GsReaderParams params = { .sleep_rate_hz = 1000000, .sleep = { .ns = 30 * MS },
					.hold = { .ns = 3 * US } };
	g_autoptr(Guest) guest = guest_new(1, "v5.10", &params);
	Waiter waiter;

	guest_start(guest, 0, GS_TIME_NEVER_NS);
	run_to(guest, 0, 100);
	waiter_start(&waiter, guest, 0);
	run_to(guest, 9, 0);
	g_assert_cmpint(waiter.done_ns, >=, guest->bed->kernel.tick_nsec * GS_TEST_J0 + 30 * MS);
	g_assert_cmpint(waiter.done_ns, <=, guest->bed->kernel.tick_nsec * GS_TEST_J0 + 31 * MS);
}

/* Both kinds of exits come in proportion to their rates. */
static void test_rates(void)
{
	const GsReaderParams params = { .exit_rate_hz = 900, .hold = { .ns = 1 * US },
					.sleep_rate_hz = 100, .sleep = { .ns = 1 * MS } };
	g_autoptr(Guest) guest = guest_new(1, NULL, &params);

	guest_start(guest, 0, GS_TIME_NEVER_NS);
	run_to(guest, 1000, 0);
	/* 10 s: 1000 exits a second of guest time, a tenth of them 1 ms long. */
	g_assert_cmpint(guest->exits, >, 9091 - 400);
	g_assert_cmpint(guest->exits, <, 9091 + 400);
	g_assert_cmpint(guest->locked_ns / MS, >, 909 - 120);
	g_assert_cmpint(guest->locked_ns / MS, <, 909 + 120);
}

/* The share of vCPUs that are halted, over many of them. */
static void test_halted(void)
{
	GsReaderParams params = exits(1000, 1 * US);
	g_autoptr(Guest) guest = guest_new(1, NULL, &params);
	int halted = 0;

	params.halted_ppm = 250000;
	gs_thread_init(&guest->thread, &guest->bed->kernel, &guest->bed->kernel.cpus[0], "vcpu");
	for (uint32_t index = 0; index < 1000; index++) {
		gs_kvm_run_init(&guest->run, &guest->thread, &params, index);
		halted += guest->run.halted;
	}
	g_assert_cmpint(halted, >, 200);
	g_assert_cmpint(halted, <, 300);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/kvm-run/span", test_span);
	g_test_add_func("/kvm-run/ends", test_ends);
	g_test_add_func("/kvm-run/blocks-scan2", test_blocks_scan2);
	g_test_add_func("/kvm-run/guest-blocks-nothing", test_guest_blocks_nothing);
	g_test_add_func("/kvm-run/preemption", test_preemption);
	g_test_add_func("/kvm-run/sleeper/expedited", test_sleeper_expedited);
	g_test_add_func("/kvm-run/sleeper/wakes", test_sleeper_wakes);
	g_test_add_func("/kvm-run/polling-gives-way", test_polling_gives_way);
	g_test_add_func("/kvm-run/rates", test_rates);
	g_test_add_func("/kvm-run/halted", test_halted);
	return g_test_run();
}
