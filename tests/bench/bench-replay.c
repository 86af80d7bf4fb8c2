/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How fast a replay is on one core: the seed's log with the Firecracker preamble,
 * each policy at two tick rates. Beside it the bare engine, so that the ratio
 * says what the model adds to an event.
 */
#include <stdio.h>

#include "models/vmm/vmm-model.h"
#include "runs/replay-run.h"
#include "runs/replay-work.h"
#include "traces/scripts-from-files.h"

#define RUNS 20000
#define HOLD_EVENTS 4000000

static double seconds_since(gint64 start_us)
{
	return (double)(g_get_monotonic_time() - start_us) / 1e6;
}

static void hold(GsEngine *engine, GsEvent *event)
{
	const uint64_t scrambled = engine->event_count * UINT64_C(2654435761) % 997;

	gs_engine_schedule_after(engine, event, 1 + (int64_t)scrambled);
}

/* Nanoseconds per event with nothing behind it, as many pending as a replay has. */
static double bare_event_ns(void)
{
	GsEngine engine;
	GsEvent events[8];
	gint64 start_us;

	gs_engine_init(&engine);
	gs_engine_reset(&engine, 0, 1, 0);
	for (unsigned int i = 0; i < G_N_ELEMENTS(events); i++) {
		gs_event_init(&events[i], "hold", GS_EVENT_TASK, hold);
		gs_engine_schedule(&engine, &events[i], i);
	}
	start_us = g_get_monotonic_time();
	gs_engine_run(&engine, GS_TIME_NEVER_NS, HOLD_EVENTS);
	const double ns = seconds_since(start_us) * 1e9 / HOLD_EVENTS;
	gs_engine_clear(&engine);
	return ns;
}

static void bench_cell(const GsProgram *program, const int64_t *work_ns,
		       const GsMachineSpec *machine, const GsPolicy *policy, int hz, double bare_ns)
{
	g_autofree GsSample *samples = g_new(GsSample, program->call_count);
	GsMachineParams params;

	gs_machine_spec_resolve(machine, hz, &params);
	const GsRunSetup setup = { program, &params, policy, work_ns, 1 };
	g_autoptr(GsReplayHost) host = gs_replay_host_new(&setup);
	const gint64 start_us = g_get_monotonic_time();

	for (unsigned int run = 0; run < RUNS; run++) {
		g_autoptr(GError) error = NULL;

		if (!gs_replay_host_run(host, run, samples, NULL, &error))
			g_error("%s", error->message);
	}
	const double seconds = seconds_since(start_us);
	const double events = (double)gs_replay_host_event_count(host);
	const double event_ns = seconds * 1e9 / events;
	printf("%-20s HZ=%-5d %8.0f runs/s %6.1f events/run %6.2f M events/s %5.1f ns/event, "
	       "%.1f times a bare one\n",
	       policy->name, hz, RUNS / seconds, events / RUNS, 1e3 / event_ns, event_ns,
	       event_ns / bare_ns);
}

int main(void)
{
	const char *srcdir = g_getenv("srcdir");
	g_autofree char *log = g_build_filename(srcdir ? srcdir : ".", "traces", "corpus",
						"seed-before.strace", NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(GsScript) script = gs_script_from_strace(log, NULL, &error);
	const GsMachineRequest request = { 0 };
	g_autoptr(GsMachineSpec) machine = gs_machine_spec_new(&request, &error);

	if (!script || !machine || !gs_vmm_add_preamble(script, "firecracker", &error))
		g_error("%s", error->message);
	g_autoptr(GsProgram) program = gs_program_new(script, NULL);
	const GsReplaySpec spec = { .script = script, .machine = machine };
	g_autofree int64_t *work_ns = gs_replay_guess_work(&spec, program);
	const double bare_ns = bare_event_ns();

	printf("bare engine, 8 pending: %.1f ns/event\n", bare_ns);
	for (const GsPolicy *const *policy = gs_policy_all(); *policy; policy++) {
		bench_cell(program, work_ns, machine, *policy, 100, bare_ns);
		bench_cell(program, work_ns, machine, *policy, 1000, bare_ns);
	}
	return 0;
}
