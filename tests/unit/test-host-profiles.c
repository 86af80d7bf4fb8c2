/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The host profiles give the figures they were fitted to: what was measured on
 * hosts of their kind, as the comments in models/profile/host-*.ini quote it.
 * The lab's are compared with its measurements by tests/ground-truth.
 */
#include <glib.h>
#include <string.h>

#include "runs/replay-run.h"
#include "tests/lib/gs-test-replay.h"

#define US GS_TEST_US
#define RUNS 200

/* One ioctl behind others on an otherwise idle host, and how long it may take. */
typedef struct {
	const char *name, *host, *machine, *kernel;
	int hz;
	const char *before[3]; /* what comes first; the rest NULL */
	const char *ioctl;
	bool from_edge;        /* its end, counted from a tick edge, not its duration */
	int64_t min_ns, max_ns;
} Figure;

static const Figure figures[] = {
	/* 6 to 7 us for a registration that waits, without the system call around it. */
	{ "metal-x86/registration", "metal-x86", "x86-vmx", "v6.12", 100, { NULL },
	  "KVM_IOEVENTFD", false, 6 * US, 9 * US },
	/* 1 to 2 us by call_srcu(); the first one, with a timer to start, a little more. */
	{ "metal-x86/call", "metal-x86", "x86-vmx", "v6.18", 100, { "KVM_IOEVENTFD" },
	  "KVM_IOEVENTFD", false, 1 * US, 3 * US },
	/* 137 us. */
	{ "metal-x86/vcpu", "metal-x86", "x86-vmx", "v6.12", 100, { "KVM_CREATE_IRQCHIP" },
	  "KVM_CREATE_VCPU", false, 130 * US, 145 * US },
	/* 16 us. */
	{ "metal-arm64/memslot", "metal-arm64", "arm64", "v6.12", 100, { NULL },
	  "KVM_SET_USER_MEMORY_REGION", false, 12 * US, 20 * US },
	/* 15 to 23 us. */
	{ "metal-arm64/registration", "metal-arm64", "arm64", "v6.12", 100, { NULL },
	  "KVM_IOEVENTFD", false, 12 * US, 23 * US },
	/* 1 to 6 us. */
	{ "metal-arm64/call", "metal-arm64", "arm64", "v6.18", 100, { "KVM_IOEVENTFD" },
	  "KVM_IOEVENTFD", false, 1 * US, 6 * US },
	/* 16 to 20 us, the first 48 us. */
	{ "vm/memslot", "vm", "x86-vmx", "v6.18", 250, { NULL }, "KVM_SET_USER_MEMORY_REGION",
	  false, 15 * US, 50 * US },
	/* 0.8 to 2 us. */
	{ "vm/call", "vm", "x86-vmx", "v6.18", 250, { "KVM_IOEVENTFD" }, "KVM_IOEVENTFD", false,
	  800, 2 * US },
	/* 0.10 to 0.17 ms. */
	{ "vm/edge", "vm", "x86-vmx", "v6.18", 250, { "KVM_IOEVENTFD" },
	  "KVM_SET_USER_MEMORY_REGION", true, 80 * US, 190 * US },
};

static GsMachineSpec *machine(const Figure *figure)
{
	static const char *const set[] = { "tick.busy_cpus=0", "tick.phase=0.5", NULL };
	const GsMachineRequest request = {
		.kernel = figure->kernel,
		.host = figure->host,
		.machine = figure->machine,
		.set = set,
	};
	g_autoptr(GError) error = NULL;
	GsMachineSpec *spec = gs_machine_spec_new(&request, &error);

	g_assert_no_error(error);
	return spec;
}

static GsScript *script_of(const Figure *figure)
{
	GsScript *script = gs_script_new(figure->name);

	gs_test_script_add(script, 0, 1, "KVM_CREATE_VM", 0, -1);
	for (unsigned int i = 0; figure->before[i]; i++)
		gs_test_script_add(script, 0, 1, figure->before[i], 50 * US, -1);
	gs_test_script_add(script, 0, 1, figure->ioctl, 50 * US, -1);
	gs_script_number_calls(script);
	return script;
}

static int compare_ns(const void *a, const void *b)
{
	const int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

	return (left > right) - (left < right);
}

/* Nine runs of ten are within the figure's range. */
static void test_figure(gconstpointer data)
{
	const Figure *figure = data;
	g_autoptr(GsMachineSpec) spec = machine(figure);
	g_autoptr(GsScript) script = script_of(figure);
	g_autoptr(GsProgram) program = gs_program_new(script, NULL);
	const unsigned int count = program->call_count;
	g_autofree int64_t *work_ns = g_new(int64_t, count);
	g_autofree GsSample *samples = g_new0(GsSample, count);
	int64_t figures_ns[RUNS];
	GsMachineParams params;

	gs_machine_spec_resolve(spec, figure->hz, &params);
	for (unsigned int i = 0; i < count; i++)
		work_ns[i] = gs_machine_spec_work_ns(spec, program->calls[i].call->name);
	const GsRunSetup setup = {
		.program = program,
		.params = &params,
		.policy = gs_policy_lookup(gs_machine_spec_default_policy(spec)),
		.work_ns = work_ns,
	};
	g_autoptr(GsReplayHost) host = gs_replay_host_new(&setup);
	for (unsigned int run = 0; run < RUNS; run++) {
		const GsSample *sample = &samples[count - 1];
		g_autoptr(GError) error = NULL;

		gs_replay_host_run(host, run, samples, NULL, &error);
		g_assert_no_error(error);
		figures_ns[run] = sample->latency_ns;
		if (figure->from_edge) {
			const int64_t tick_ns = GS_NSEC_PER_SEC / figure->hz;

			figures_ns[run] = (sample->start_ns + sample->latency_ns + tick_ns / 2) %
					  tick_ns;
		}
	}
	qsort(figures_ns, RUNS, sizeof(figures_ns[0]), compare_ns);
	g_test_message("5 %% to 95 %%: %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT " ns",
		       figures_ns[RUNS / 20], figures_ns[RUNS - 1 - RUNS / 20]);
	g_assert_cmpint(figures_ns[RUNS / 20], >=, figure->min_ns);
	g_assert_cmpint(figures_ns[RUNS - 1 - RUNS / 20], <=, figure->max_ns);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (unsigned int i = 0; i < G_N_ELEMENTS(figures); i++) {
		g_autofree char *path = g_strconcat("/host-profiles/", figures[i].name, NULL);

		g_test_add_data_func(path, &figures[i], test_figure);
	}
	return g_test_run();
}
