/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who holds what and who waits for what: the order of KVM's locks, and what is
 * said of a run that stands still.
 */
#include <glib.h>
#include <string.h>

#include "models/kvm/kvm-locks.h"
#include "runs/replay-run.h"
#include "sim/srcu/srcu-read.h"
#include "tests/lib/gs-test-replay.h"
#include "tests/lib/gs-test.h"

#define US GS_TEST_US

/* One thread on one CPU that takes two of a VM's locks, one after the other. */
typedef struct {
	GsKvmThread thread;
	GsKvm kvm;
	GsKvmLock locks[2];
	bool done;
} Taker;

static void done(GsTask *task)
{
	Taker *taker = GS_CONTAINER_OF(gs_kvm_thread_of(task), Taker, thread);

	taker->done = true;
	gs_task_exit(task);
}

static void take_both(GsTask *task)
{
	Taker *taker = GS_CONTAINER_OF(gs_kvm_thread_of(task), Taker, thread);

	for (int i = 0; i < 2; i++)
		gs_kvm_plan_add(&taker->thread.plan, GS_KVM_OP_LOCK, (int)taker->locks[i]);
	for (int i = 1; i >= 0; i--)
		gs_kvm_plan_add(&taker->thread.plan, GS_KVM_OP_UNLOCK, (int)taker->locks[i]);
	gs_kvm_thread_carry_out(&taker->thread, &taker->kvm, 0, 0, done);
}

static bool takes_locks(GsKvmLock first, GsKvmLock second)
{
	const GsPolicy *policy = gs_policy_lookup("call-srcu");
	Taker taker = { .locks = { first, second } };
	const GsKvmParams kvm_params = { .machine = GS_MACHINE_X86_VMX };
	GsKernelParams params;
	GsSrcuParams srcu_params;
	GsEngine engine;
	GsKernel kernel;

	gs_test_params_init(&params, 100, 1);
	gs_srcu_params_init(&srcu_params, 100);
	gs_engine_init(&engine);
	gs_kernel_init(&kernel, &engine, &params);
	gs_engine_reset(&engine, GS_NSEC_PER_SEC, 0, 0);
	gs_kernel_reset(&kernel);
	gs_kvm_init(&taker.kvm, NULL);
	gs_kvm_create_vm(&taker.kvm, &kernel, &kvm_params, &srcu_params, &policy->kvm,
			 &policy->srcu, false);
	gs_kvm_thread_init(&taker.thread, &kernel, &kernel.cpus[0], "taker");
	gs_task_start(&taker.thread.thread.task, take_both);
	gs_engine_run(&engine, 2 * GS_NSEC_PER_SEC, UINT64_MAX);
	gs_kvm_thread_clear(&taker.thread);
	gs_kvm_clear(&taker.kvm);
	gs_kernel_clear(&kernel);
	gs_engine_clear(&engine);
	return taker.done;
}

static void test_order(void)
{
	g_assert_true(takes_locks(GS_KVM_LOCK, GS_KVM_SLOTS_LOCK));
	g_assert_true(takes_locks(GS_KVM_LOCK, GS_KVM_IRQ_LOCK));
	g_assert_true(takes_locks(GS_KVM_SLOTS_LOCK, GS_KVM_IRQ_LOCK));
}

/* A plan that takes them the wrong way round is a bug, though nobody else wants them. */
static void test_inverted(void)
{
	if (!g_test_subprocess()) {
		g_test_trap_subprocess(NULL, 0, 0);
		g_test_trap_assert_failed();
		g_test_trap_assert_stderr("*lock-order*'taker' takes 'kvm->lock' while it holds "
					  "'kvm->slots_lock'*");
		return;
	}
	takes_locks(GS_KVM_SLOTS_LOCK, GS_KVM_LOCK);
}

static GsKvmReclaim by_call(const GsKvm *kvm)
{
	(void)kvm;
	return GS_KVM_RECLAIM_CALL;
}

/* Whoever asks for an expedited grace period leaves a reader behind that never ends. */
static void leave_reader(GsSrcuStruct *ssp)
{
	gs_srcu_read_lock(ssp);
}

/*
 * Thread 7 waits for a grace period that never ends, with kvm->slots_lock in its
 * hands; thread 8 waits for that, holding kvm->lock, and thread 9 for that.
 */
static void test_standstill(void)
{
	static const GsPolicy policy = {
		.name = "stuck",
		.kvm = { .bus_registered = by_call },
		.srcu = { .exp_request = leave_reader },
	};
	static const int64_t work_ns[] = { 10 * US, 10 * US, 16 * US, 10 * US, 10 * US };
	g_autoptr(GsScript) script = gs_script_new("stuck.strace");
	g_autoptr(GError) error = NULL;
	GsMachineParams params;
	GsSample samples[G_N_ELEMENTS(work_ns)];

	gs_test_script_add(script, 0, 7, "KVM_CREATE_VM", 0, -1);
	gs_test_script_add(script, 0, 7, "KVM_IOEVENTFD", 0, -1);
	gs_test_script_add(script, 0, 7, "KVM_SET_USER_MEMORY_REGION", 0, -1);
	gs_test_script_add(script, 0, 8, "KVM_CREATE_IRQCHIP", 100 * US, -1)->after = 1;
	gs_test_script_add(script, 0, 9, "KVM_CREATE_PIT2", 200 * US, -1)->after = 1;
	gs_script_number_calls(script);
	gs_params_init(&params, 100, 1, GS_MACHINE_X86_VMX);
	params.kernel.tick_busy_cpus = 0;
	params.run.tick_phase_ppm = 0;
	g_autoptr(GsProgram) program = gs_program_new(script, NULL);
	const GsRunSetup setup = {
		.program = program,
		.params = &params,
		.policy = &policy,
		.work_ns = work_ns,
	};
	g_autoptr(GsReplayHost) host = gs_replay_host_new(&setup);

	g_assert_false(gs_replay_host_run(host, 0, samples, NULL, &error));
	g_assert_error(error, GS_REPLAY_ERROR, GS_REPLAY_ERROR_STANDSTILL);
	g_test_message("%s", error->message);
	g_assert_true(g_pattern_match_simple(
		"run 0 of 'stuck.strace' under stuck at HZ=100 came to a standstill with 3 of 3 "
		"threads unfinished: "
		"thread 7 at KVM_SET_USER_MEMORY_REGION waits for a grace period of kvm->srcu "
		"since 0.0?? ms, holds kvm->slots_lock since 0.0?? ms; "
		"thread 8 at KVM_CREATE_IRQCHIP waits for kvm->slots_lock of 7 since 0.1?? ms, "
		"holds kvm->lock since 0.1?? ms; "
		"thread 9 at KVM_CREATE_PIT2 waits for kvm->lock of 8 since 0.2?? ms",
		error->message));
}

/* A vCPU that waits in vain for a page, as a reader, and a registration behind it. */
static void test_sleeping_reader(void)
{
	static const char *const set[][2] = {
		{ "reader.sleep_rate_hz", "1000" }, { "reader.sleep", "1000s" },
	};
	static const int64_t work_ns[] = { 10 * US, 80 * US, 0, 2 * US };
	g_autoptr(GsScript) script = gs_script_new("page.strace");
	g_autoptr(GError) error = NULL;
	GsMachineParams params;
	GsSample samples[G_N_ELEMENTS(work_ns)];

	gs_test_script_add(script, 0, 7, "KVM_CREATE_VM", 0, -1);
	gs_test_script_add(script, 0, 7, "KVM_CREATE_VCPU", 0, -1);
	gs_test_script_add(script, 0, 8, "KVM_RUN", 10 * US, -1)->after = 1;
	gs_test_script_add(script, 0, 7, "KVM_IOEVENTFD", 100 * GS_TEST_MS, -1);
	gs_script_number_calls(script);
	gs_params_init(&params, 100, 2, GS_MACHINE_X86_VMX);
	params.kernel.tick_busy_cpus = 0;
	for (unsigned int i = 0; i < G_N_ELEMENTS(set); i++) {
		GsAssignment assignment;

		g_assert_true(gs_params_parse(set[i][0], set[i][1], &assignment, NULL));
		gs_params_assign(&params, &assignment);
	}
	g_autoptr(GsProgram) program = gs_program_new(script, NULL);
	const GsRunSetup setup = {
		.program = program,
		.params = &params,
		.policy = gs_policy_lookup("sync-expedited"),
		.work_ns = work_ns,
	};
	g_autoptr(GsReplayHost) host = gs_replay_host_new(&setup);

	g_assert_false(gs_replay_host_run(host, 0, samples, NULL, &error));
	g_test_message("%s", error->message);
	g_assert_true(g_pattern_match_simple(
		"run 0 of 'page.strace' * thread 7 at KVM_IOEVENTFD waits for a grace period of "
		"kvm->srcu since 100.??? ms, holds kvm->slots_lock since 100.??? ms; "
		"thread 8 at KVM_RUN handles an exit, a reader of kvm->srcu",
		error->message));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/kvm-locks/order", test_order);
	g_test_add_func("/kvm-locks/bug/inverted", test_inverted);
	g_test_add_func("/kvm-locks/standstill", test_standstill);
	g_test_add_func("/kvm-locks/sleeping-reader", test_sleeping_reader);
	return g_test_run();
}
