/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What kernel releases differ in, seen from outside: for each difference between
 * a profile and the next, ioctls that behave one way under the older and another
 * under the newer, on the whole model, under the policy each release has.
 */
#include <glib.h>
#include <string.h>

#include "models/profile/profile.h"
#include "runs/replay-run.h"
#include "tests/lib/gs-test-replay.h"

#define US GS_TEST_US
#define MS GS_TEST_MS
#define HZ 100
#define TICK_NS (10 * MS)
#define RUNS 20

/* A machine that shows one behaviour and the ioctls that do. */
typedef struct {
	const char *machine; /* NULL: x86-vmx */
	const char *policy;  /* NULL: the kernel's own */
	int cpus;
	const char *const *set;
	GsProbeSink sink; /* or NULL */
	void *sink_data;
} Setting;

#define SET(...) .set = (const char *const[]){ __VA_ARGS__, NULL }

/* A host whose CPUs run side by side, as the lab's do not. The caller frees the spec. */
static GsMachineSpec *machine(const char *kernel, const Setting *setting)
{
	const GsMachineRequest request = {
		.kernel = kernel,
		.host = "metal-x86",
		.machine = setting->machine,
		.cpus = setting->cpus,
		.set = setting->set,
	};
	g_autoptr(GError) error = NULL;
	GsMachineSpec *spec = gs_machine_spec_new(&request, &error);

	g_assert_no_error(error);
	return spec;
}

static GsScriptCall *add(GsScript *script, int32_t tid, const char *name)
{
	return gs_test_script_add(script, 0, tid, name, 5 * US, -1);
}

static GsScript *new_vm(void)
{
	GsScript *script = gs_script_new("test");

	add(script, 1, "KVM_CREATE_VM");
	return script;
}

/* The samples of all runs of @script under @kernel; every call works for 3 us. The caller frees. */
static GsSample *play(const char *kernel, GsScript *script, const Setting *setting)
{
	g_autoptr(GsMachineSpec) spec = machine(kernel, setting);
	const unsigned int count = script->calls->len;
	g_autofree int64_t *work_ns = g_new(int64_t, count);
	GsSample *samples = g_new0(GsSample, (size_t)RUNS * count);
	g_autoptr(GError) error = NULL;
	GsMachineParams params;

	const char *policy =
		setting->policy ? setting->policy : gs_machine_spec_default_policy(spec);
	gs_script_number_calls(script);
	gs_machine_spec_resolve(spec, HZ, &params);
	for (unsigned int i = 0; i < count; i++)
		work_ns[i] = 3 * US;
	g_autoptr(GsProgram) program = gs_program_new(script, NULL);
	const GsRunSetup setup = {
		.program = program,
		.params = &params,
		.policy = gs_policy_lookup(policy),
		.work_ns = work_ns,
	};
	g_autoptr(GsReplayHost) host = gs_replay_host_new(&setup);
	if (setting->sink)
		gs_replay_host_set_probe_sink(host, setting->sink, setting->sink_data);
	for (unsigned int run = 0; run < RUNS; run++) {
		gs_replay_host_run(host, run, samples + (size_t)run * count, NULL, &error);
		g_assert_no_error(error);
	}
	return samples;
}

/* Whether the last call of @script waits; it does so in all runs or in none. */
static bool last_waits(const char *kernel, GsScript *script, const Setting *setting)
{
	const unsigned int count = script->calls->len;
	g_autofree GsSample *samples = play(kernel, script, setting);
	const bool waits = samples[count - 1].wait_ns > 0;

	for (unsigned int run = 1; run < RUNS; run++)
		g_assert_true((samples[run * count + count - 1].wait_ns > 0) == waits);
	return waits;
}

typedef struct {
	int armed_on;
	bool moved;
} TimerWatch;

static void watch_timer(const GsProbe *probe, void *user_data)
{
	TimerWatch *watch = user_data;

	if (strcmp(probe->name, "timer_start") == 0)
		watch->armed_on = probe->cpu;
	else if (strcmp(probe->name, "timer_expire_entry") == 0)
		watch->moved |= probe->cpu != watch->armed_on;
}

/*
 * The caller sleeps and its CPU stops ticking while another is busy: does that
 * one run the timer? The grace period is started by a normal synchronize, so
 * that the policy does not matter.
 */
static bool idle_timers_are_pulled(const char *kernel)
{
	g_autoptr(GsScript) script = new_vm();
	TimerWatch watch = { 0 };
	const Setting setting = {
		.cpus = 2,
		SET("tick.busy_cpus=1", "cpu.pin=1", "tick.retain_count=0", "rcu.gp_jiffies=1",
		    "srcutree.exp_holdoff=0"),
		.sink = watch_timer,
		.sink_data = &watch,
	};
	g_autofree GsSample *samples = NULL;

	add(script, 1, "KVM_X86_SET_MSR_FILTER");
	samples = play(kernel, script, &setting);
	return watch.moved;
}

static bool split_irqchip_waits(const char *kernel)
{
	g_autoptr(GsScript) script = new_vm();
	GsScriptCall *call = add(script, 1, "KVM_ENABLE_CAP");

	call->args.has_value = true;
	call->args.value = 121; /* KVM_CAP_SPLIT_IRQCHIP */
	return last_waits(kernel, script, &(Setting){ .cpus = 1 });
}

static bool registration_waits(const char *kernel)
{
	g_autoptr(GsScript) script = new_vm();

	add(script, 1, "KVM_IOEVENTFD");
	return last_waits(kernel, script, &(Setting){ .cpus = 1 });
}

/* The other side of it: the memslot change behind a registration waits for a tick. */
static bool memslot_waits_for_tick(const char *kernel)
{
	g_autoptr(GsScript) script = new_vm();
	g_autofree GsSample *samples = NULL;
	unsigned int stalled = 0;

	add(script, 1, "KVM_IOEVENTFD");
	add(script, 1, "KVM_SET_USER_MEMORY_REGION");
	samples = play(kernel, script, &(Setting){ .cpus = 1 });
	for (unsigned int run = 0; run < RUNS; run++)
		stalled += samples[run * 3 + 2].wait_ns > TICK_NS / 2;
	g_assert_true(stalled == 0 || stalled == RUNS);
	return stalled > 0;
}

/* An irq_work of 1 ms shows in the ioctl that starts a grace period. */
static bool start_takes_irq_work(const char *kernel)
{
	g_autoptr(GsScript) script = new_vm();
	g_autofree GsSample *samples = NULL;

	add(script, 1, "KVM_X86_SET_MSR_FILTER");
	add(script, 1, "KVM_IOEVENTFD");
	samples = play(kernel, script, &(Setting){ .cpus = 1, SET("cost.irq_work_ns=1ms") });
	return samples[2].latency_ns > MS;
}

/* A thread that needs kvm->lock only, while another's KVM_CREATE_VCPU stalls. */
static bool stall_holds_kvm_lock(const char *kernel)
{
	g_autoptr(GsScript) script = new_vm();
	GsScriptCall *call;
	uint32_t vcpu;

	add(script, 1, "KVM_CREATE_IRQCHIP");
	vcpu = script->calls->len;
	add(script, 1, "KVM_CREATE_VCPU");
	call = add(script, 2, "KVM_ENABLE_CAP");
	call->args.has_value = true;
	call->args.value = 121;
	call->after = (int32_t)vcpu - 1;
	call->think_ns = 500 * US;
	return last_waits(kernel, script, &(Setting){ .cpus = 2, SET("tick.busy_cpus=0") });
}

static bool amd_vcpu_installs_apic_page(const char *kernel)
{
	g_autoptr(GsScript) script = new_vm();

	add(script, 1, "KVM_CREATE_IRQCHIP");
	add(script, 1, "KVM_CREATE_VCPU");
	return last_waits(kernel, script, &(Setting){ .machine = "x86-svm", .cpus = 1 });
}

/*
 * The end of an Arm VM, which waits for nothing else that long, when a registration
 * has left a callback: under the same policy everywhere, for that changed as well.
 */
static bool end_waits_for_callbacks(const char *kernel)
{
	const Setting setting = { .machine = "arm64", .policy = "call-srcu", .cpus = 1 };
	g_autoptr(GsScript) script = new_vm();
	g_autofree GsSample *samples = NULL;
	unsigned int stalled = 0;

	add(script, 1, "KVM_IOEVENTFD");
	/* Late enough for the MMU notifiers' normal synchronize to be expedited. */
	add(script, 1, GS_SCRIPT_CLOSE)->think_ns = 100 * US;
	samples = play(kernel, script, &setting);
	for (unsigned int run = 0; run < RUNS; run++)
		stalled += samples[run * 3 + 2].wait_ns > TICK_NS;
	g_assert_true(stalled == 0 || stalled == RUNS);
	return stalled > 0;
}

/* What changed in a release, from @older to @newer. */
typedef struct {
	const char *older, *newer;
	const char *what; /* the parameter, or "policy" */
	bool (*behaves)(const char *kernel);
	bool before, after;
} Change;

static const Change changes[] = {
	{ "v6.1", "v6.9", "timer.pull", idle_timers_are_pulled, false, true },
	{ "v6.9", "v6.12", "kvm.split_irqchip_routes", split_irqchip_waits, true, false },
	{ "v6.12", "v6.18", "policy", registration_waits, true, false },
	{ "v6.12", "v6.18", "policy", memslot_waits_for_tick, false, true },
	{ "v6.12", "v6.18", "kvm.destroy_srcu_barrier", end_waits_for_callbacks, false, true },
	{ "v6.18", "v7.0", "srcu.start_by_irq_work", start_takes_irq_work, false, true },
	{ "v7.0", "v7.3", "kvm.create_vcpu_holds_lock", stall_holds_kvm_lock, false, true },
	{ "v7.0", "v7.3", "kvm.avic", amd_vcpu_installs_apic_page, false, true },
};

static void test_change(gconstpointer data)
{
	const Change *change = data;

	g_assert_true(change->behaves(change->older) == change->before);
	g_assert_true(change->behaves(change->newer) == change->after);
}

static bool is_covered(const char *older, const char *newer, const char *what)
{
	for (unsigned int i = 0; i < G_N_ELEMENTS(changes); i++) {
		if (strcmp(changes[i].older, older) == 0 &&
		    strcmp(changes[i].newer, newer) == 0 && strcmp(changes[i].what, what) == 0)
			return true;
	}
	/* What changed in SRCU up to 5.19 is tested in test-srcu-releases.c. */
	return g_str_has_prefix(newer, "v5.") && g_str_has_prefix(what, "srcu");
}

/* What @profile says is how @other is, or there is a test. */
static void check_covered(const char *older, const char *newer, const GsProfile *profile,
			  const char *other)
{
	g_autoptr(GsMachineSpec) spec = machine(other, &(Setting){ .cpus = 1 });
	GsMachineParams params;

	gs_machine_spec_resolve(spec, HZ, &params);
	for (unsigned int i = 0; i < profile->assignments->len; i++) {
		const GsAssignment *assignment =
			&g_array_index(profile->assignments, GsAssignment, i);
		const char *what = gs_params_name(assignment->param);

		if (gs_params_has(&params, assignment) || is_covered(older, newer, what))
			continue;
		g_test_message("%s and %s differ in %s, and nothing tests it", older, newer, what);
		g_test_fail();
	}
	if (strcmp(gs_machine_spec_default_policy(spec), profile->policy) != 0)
		g_assert_true(is_covered(older, newer, "policy"));
}

static GsProfile *load(const char *kernel)
{
	g_autoptr(GError) error = NULL;
	GsProfile *profile = gs_profile_load(GS_PROFILE_KERNEL, kernel, &error);

	g_assert_no_error(error);
	return profile;
}

/* Nothing that two neighbours differ in is without a test above. */
static void test_all_covered(void)
{
	g_auto(GStrv) kernels = gs_machine_list_kernels();

	for (char **kernel = kernels + 1; *kernel; kernel++) {
		g_autoptr(GsProfile) older = load(kernel[-1]), newer = load(kernel[0]);

		check_covered(older->name, newer->name, newer, older->name);
		check_covered(older->name, newer->name, older, newer->name);
	}
}

static bool says(const GsProfile *profile, const GsParam *param)
{
	for (unsigned int i = 0; i < profile->assignments->len; i++) {
		if (g_array_index(profile->assignments, GsAssignment, i).param == param)
			return true;
	}
	return false;
}

/* Every profile says all that the newest says: none has the newest's way by omission. */
static void test_complete(void)
{
	g_auto(GStrv) kernels = gs_machine_list_kernels();
	g_autoptr(GsProfile) newest = load(kernels[g_strv_length(kernels) - 1]);

	for (char **kernel = kernels; *kernel; kernel++) {
		g_autoptr(GsProfile) profile = load(*kernel);

		for (unsigned int i = 0; i < newest->assignments->len; i++) {
			const GsParam *param =
				g_array_index(newest->assignments, GsAssignment, i).param;

			g_test_message("%s: %s", *kernel, gs_params_name(param));
			g_assert_true(says(profile, param));
		}
		g_assert_nonnull(profile->policy);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (unsigned int i = 0; i < G_N_ELEMENTS(changes); i++) {
		g_autofree char *path = g_strdup_printf("/kernel-profiles/%s/%s/%u",
							changes[i].newer, changes[i].what, i);

		g_test_add_data_func(path, &changes[i], test_change);
	}
	g_test_add_func("/kernel-profiles/all-covered", test_all_covered);
	g_test_add_func("/kernel-profiles/complete", test_complete);
	return g_test_run();
}
