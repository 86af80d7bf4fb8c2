/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Everything that happens in two tiny runs, event by event, against a recorded
 * log. A change of the mechanism shows here as a diff to be read and explained;
 * GS_GOLDEN_UPDATE=1 in the environment writes the logs anew.
 */
#include <glib.h>
#include <string.h>

#include "runs/replay-run.h"
#include "tests/lib/gs-test-replay.h"
#include "tests/lib/gs-test.h"

#define HZ 100
#define SWAP_CALL 2

typedef struct {
	const char *name;
	int cpus;
	uint64_t run;
	int edges; /* jiffies from the one the grace period starts in to the one it ends in */
} Scenario;

static const Scenario scenarios[] = {
	{ "bare-one-cpu", 1, 0, 2 },
	/* CPU 1's tick is handled before CPU 0's has advanced jiffies: the timer is missed. */
	{ "bare-missed-edge", 2, 3, 3 },
};

/*
 * No profile, so that no calibration shows here. The thread runs on the last
 * CPU; CPU 0 is the timekeeper for good, and ticks come in either order.
 */
static GsMachineParams machine_params(const Scenario *scenario)
{
	GsMachineParams params;

	gs_params_init(&params, HZ, scenario->cpus, GS_MACHINE_X86_VMX);
	gs_test_costs_init(&params.kernel.costs);
	params.srcu.start_by_irq_work = true;
	params.kernel.nohz_idle = false;
	params.kernel.tick_busy_cpus = 0;
	params.kernel.tick_timekeeper = 0;
	params.kernel.tick_jitter_ns = 4000;
	params.kernel.cpu_pin = scenario->cpus - 1;
	params.run.tick_phase_ppm = 350000;
	return params;
}

static GsScript *bare(void)
{
	GsScript *script = gs_script_new("bare");

	gs_test_script_add(script, 0, 1, "KVM_CREATE_VM", 0, 10 * GS_TEST_US);
	gs_test_script_add(script, 0, 1, "KVM_IOEVENTFD", 5 * GS_TEST_US, 3 * GS_TEST_US);
	gs_test_script_add(script, 0, 1, "KVM_SET_USER_MEMORY_REGION", 5 * GS_TEST_US,
			   15 * GS_TEST_US);
	gs_script_number_calls(script);
	return script;
}

/* What a probe holds, times in microseconds from the start of the run. */
typedef struct {
	GString *text;
	int64_t start_ns;
} Log;

static void log_probe(const GsProbe *probe, void *user_data)
{
	Log *log = user_data;

	if (log->start_ns < 0)
		log->start_ns = probe->at_ns;
	const int64_t at_ns = probe->at_ns - log->start_ns;
	g_string_append_printf(log->text,
			       "%7" G_GINT64_FORMAT ".%03d %2d %-24s %" G_GINT64_FORMAT
			       " %" G_GINT64_FORMAT "%s%s\n",
			       at_ns / 1000, (int)(at_ns % 1000), probe->cpu, probe->name, probe->a,
			       probe->b, *probe->subject ? " " : "", probe->subject);
}

static char *event_log(const Scenario *scenario, GsSample *ret_samples)
{
	const GsMachineParams params = machine_params(scenario);
	static const int64_t work_ns[] = { 10 * GS_TEST_US, 3 * GS_TEST_US, 15 * GS_TEST_US };
	g_autoptr(GsScript) script = bare();
	g_autoptr(GsProgram) program = gs_program_new(script, NULL);
	g_autoptr(GError) error = NULL;
	Log log = { .text = g_string_new("# us cpu event a b subject\n"), .start_ns = -1 };

	const GsRunSetup setup = {
		.program = program,
		.params = &params,
		.policy = gs_policy_lookup("call-srcu"),
		.work_ns = work_ns,
	};
	g_autoptr(GsReplayHost) host = gs_replay_host_new(&setup);
	gs_replay_host_set_probe_sink(host, log_probe, &log);
	gs_replay_host_run(host, scenario->run, ret_samples, NULL, &error);
	g_assert_no_error(error);
	return g_string_free(log.text, FALSE);
}

/* Say where two texts part, then fail. */
static void compare(const char *path, const char *golden, const char *now)
{
	g_auto(GStrv) golden_lines = g_strsplit(golden, "\n", -1);
	g_auto(GStrv) now_lines = g_strsplit(now, "\n", -1);

	for (unsigned int i = 0; golden_lines[i] && now_lines[i]; i++) {
		if (strcmp(golden_lines[i], now_lines[i]) == 0)
			continue;
		g_test_message("%s:%u:", path, i + 1);
		g_test_message("  golden: %s", golden_lines[i]);
		g_test_message("  now:    %s", now_lines[i]);
		g_test_fail();
		return;
	}
	g_assert_cmpstr(golden, ==, now);
}

static void test_scenario(const void *data)
{
	const Scenario *scenario = data;
	g_autofree char *file = g_strconcat(scenario->name, ".events", NULL);
	g_autofree char *path = g_test_build_filename(G_TEST_DIST, "tests", "golden", file, NULL);
	GsSample samples[3];
	g_autofree char *now = event_log(scenario, samples);
	g_autofree char *golden = NULL;
	g_autoptr(GError) error = NULL;
	const int64_t jiffy_ns = 10 * GS_TEST_MS, started_ns = jiffy_ns * 35 / 100;
	const int64_t ended_ns =
		started_ns + samples[SWAP_CALL].start_ns + samples[SWAP_CALL].latency_ns;

	g_assert_cmpint(ended_ns / jiffy_ns, ==, scenario->edges);
	g_assert_cmpint(ended_ns % jiffy_ns, <, 100 * GS_TEST_US);
	if (g_getenv("GS_GOLDEN_UPDATE"))
		g_file_set_contents(path, now, -1, &error);
	g_assert_no_error(error);
	g_file_get_contents(path, &golden, NULL, &error);
	g_assert_no_error(error);
	compare(path, golden, now);
}

/* The run after another is the same run: nothing is left over from the first. */
static void test_again(const void *data)
{
	GsSample samples[3];
	g_autofree char *first = event_log(data, samples);
	g_autofree char *again = event_log(data, samples);

	g_assert_cmpstr(first, ==, again);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (unsigned int i = 0; i < G_N_ELEMENTS(scenarios); i++) {
		g_autofree char *path = g_strconcat("/golden/", scenarios[i].name, NULL);
		g_autofree char *again = g_strconcat(path, "/again", NULL);

		g_test_add_data_func(path, &scenarios[i], test_scenario);
		g_test_add_data_func(again, &scenarios[i], test_again);
	}
	return g_test_run();
}
