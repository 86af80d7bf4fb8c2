/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The boot times of June 2022: doc/VALIDATION-2022.md.
 *
 * A virtual machine whose firmware makes its VMM change memslots thousands of
 * times, with a vCPU running, took 8 s to boot on 5.18 and 161 s on 5.19-rc1. The
 * table below is what was reported of these kernels and of the patches in between,
 * predicted from one set of numbers. Three of these were fitted, each to one row;
 * all other rows are predictions.
 */
#include <glib.h>

#include "models/machine-spec.h"
#include "runs/replay-run.h"
#include "tests/lib/gs-test-replay.h"

/* What was reported, and taken as it is. */
#define HZ 250
#define MACHINE "arm64"

/* "Roughly 6000 to 9000" synchronizes were reported: the most. Three a pair of ioctls. */
#define SYNCHRONIZES 9000
#define PAIRS (SYNCHRONIZES / 3)

/* Fitted to row 5.18-rc6: what the boot takes beside its waits. */
#define BOOT_MS 5200
/* Fitted to row 100: how long the vCPU keeps kvm->srcu. */
#define HOLD "reader.hold=exponential:380us"
/* From row 5.19-rc1: nearly every synchronize finds it in there, so 10 us between two exits. */
#define EXITS "reader.exit_rate_hz=100000"

#define RUNS 3

/* The patches between 5.19-rc1 and 5.19. */
#define AGE "srcu.age_grace_jiffies=1"
#define CBDELAY "srcu.cbdelay_asks=0"
#define PHASE(n) "srcutree.srcu_max_nodelay_phase=" #n
#define SWEEP(n, reported_s) { #n, "v5.19-rc1", { AGE, CBDELAY, PHASE(n) }, reported_s }

static const struct {
	const char *name, *kernel, *set[3];
	double reported_s;
} rows[] = {
	{ "5.18-rc6", "v5.10", { NULL }, 8.4 },
	{ "5.19-rc1", "v5.19-rc1", { NULL }, 161 },
	{ "8f870e6eb8c0", "v5.19-rc1", { AGE, PHASE(3) }, 163 },
	{ "no limit per phase", "v5.19-rc1", { AGE, PHASE(2147483647) }, 15.3 },
	{ "cbdelay", "v5.19-rc1", { AGE, CBDELAY, PHASE(3) }, 84 },
	SWEEP(100, 30.1),
	SWEEP(150, 25.2),
	SWEEP(200, 20.7),
	SWEEP(250, 15.7),
	SWEEP(500, 11.4),
	SWEEP(1000, 11.4),
	SWEEP(10000, 11.3),
	SWEEP(1000000, 11.2),
};

typedef struct {
	GsScript *script;
	GsProgram *program;
	int64_t *work_ns;
	double predicted_s[G_N_ELEMENTS(rows)];
} Boot;

/* A memslot is made and deleted again and again: one synchronize, then two. */
static void make_script(Boot *boot)
{
	g_autoptr(GError) error = NULL;

	boot->script = gs_script_new("boot-2022");
	gs_test_script_add(boot->script, 0, 1, "KVM_CREATE_VM", 0, 0);
	gs_test_script_add(boot->script, 0, 1, "KVM_CREATE_VCPU", 0, 0);
	for (int i = 0; i < 2 * PAIRS; i++) {
		GsScriptCall *call = gs_test_script_add(
			boot->script, 0, 1, "KVM_SET_USER_MEMORY_REGION",
			BOOT_MS * GS_TEST_MS / (2 * PAIRS), 0);

		call->args = (GsCallArgs){ .has_memslot = true, .slot = 1,
					   .memory_size_bytes = i % 2 == 0 ? 4096 : 0 };
	}
	boot->program = gs_program_new(boot->script, &error);
	g_assert_no_error(error);
	boot->work_ns = g_new0(int64_t, boot->program->call_count);
}

static int compare(const void *a, const void *b)
{
	const double *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

/* The median of a few runs. */
static double predict_s(const Boot *boot, const GsMachineParams *params)
{
	const GsRunSetup setup = {
		.program = boot->program,
		.params = params,
		.policy = gs_policy_lookup("sync-expedited"),
		.work_ns = boot->work_ns,
		.seed = 1,
	};
	const unsigned int last = boot->program->call_count - 1;
	g_autoptr(GsReplayHost) host = gs_replay_host_new(&setup);
	g_autofree GsSample *samples = g_new0(GsSample, boot->program->call_count);
	double seconds[RUNS];

	for (unsigned int run = 0; run < RUNS; run++) {
		g_autoptr(GError) error = NULL;

		gs_replay_host_run(host, run, samples, NULL, &error);
		g_assert_no_error(error);
		seconds[run] = (double)(samples[last].start_ns + samples[last].latency_ns) /
			       GS_NSEC_PER_SEC;
	}
	qsort(seconds, RUNS, sizeof(seconds[0]), compare);
	return seconds[RUNS / 2];
}

static void set_up(Boot *boot, gconstpointer data)
{
	(void)data;
	make_script(boot);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		/* Nothing else ran on that machine. */
		const char *set[8] = { "reader.vcpus=created", EXITS, HOLD, "tick.busy_cpus=0" };
		const GsMachineRequest request = { .kernel = rows[i].kernel, .machine = MACHINE,
						   .set = set };
		g_autoptr(GError) error = NULL;
		g_autoptr(GsMachineSpec) spec = NULL;
		GsMachineParams params;

		for (size_t j = 0; j < G_N_ELEMENTS(rows[i].set); j++)
			set[4 + j] = rows[i].set[j];
		spec = gs_machine_spec_new(&request, &error);
		g_assert_no_error(error);
		gs_machine_spec_resolve(spec, HZ, &params);
		boot->predicted_s[i] = predict_s(boot, &params);
		g_test_message("%s: reported %.1f s, predicted %.1f s (%.2f)", rows[i].name,
			       rows[i].reported_s, boot->predicted_s[i],
			       boot->predicted_s[i] / rows[i].reported_s);
	}
}

static void tear_down(Boot *boot, gconstpointer data)
{
	(void)data;
	g_free(boot->work_ns);
	gs_program_free(boot->program);
	gs_script_free(boot->script);
}

/* Every row within a factor of 1.5, and every two that were told apart in the same order. */
static void test_table(Boot *boot, gconstpointer data)
{
	(void)data;
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_assert_cmpfloat(boot->predicted_s[i], >, rows[i].reported_s / 1.5);
		g_assert_cmpfloat(boot->predicted_s[i], <, rows[i].reported_s * 1.5);
		for (size_t j = 0; j < G_N_ELEMENTS(rows); j++) {
			/* What lies within 3 % of each other was reported as the same. */
			if (rows[i].reported_s > rows[j].reported_s * 1.03)
				g_assert_cmpfloat(boot->predicted_s[i], >, boot->predicted_s[j]);
		}
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/boot-2022/table", Boot, NULL, set_up, test_table, tear_down);
	return g_test_run();
}
