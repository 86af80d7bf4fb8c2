/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runs/recording-runs.h"

#include "runs/replay-run.h"

bool gs_recording_simulate(const GsReplaySpec *spec, const GsProgram *program,
			   const GsPolicy *policy, int hz, const int64_t *work_ns,
			   unsigned int runs, GsSample *samples, bool *reaches_srcu,
			   GError **error)
{
	const int cpus = spec->from_cpus ? spec->from_cpus : gs_machine_spec_cpus(spec->machine);
	GsMachineParams params;

	gs_machine_spec_resolve_recording(spec->machine, hz, cpus, &params);
	const GsRunSetup setup = {
		.program = program,
		.params = &params,
		.policy = policy,
		.work_ns = work_ns,
		.seed = spec->seed,
	};
	g_autoptr(GsReplayHost) host = gs_replay_host_new(&setup);
	for (unsigned int run = 0; run < runs; run++) {
		if (!gs_replay_host_run(host, run, samples + (size_t)run * program->call_count,
					reaches_srcu, error))
			return false;
	}
	return true;
}

void gs_recording_match(const GsProgram *program, const GsSample *samples, unsigned int runs,
			int64_t apart_max_ns, unsigned int *ret_run, int64_t *ret_distance_ns)
{
	g_autofree int64_t *distance_ns = g_new0(int64_t, (size_t)program->vm_count * runs);

	for (unsigned int i = 0; i < program->call_count; i++) {
		const GsScriptCall *call = program->calls[i].call;

		/* Edges decide how long the end of a VM takes, and say nothing of the rest. */
		if (program->calls[i].ends_vm)
			continue;
		for (unsigned int run = 0; run < runs && call->recorded_ns >= 0; run++) {
			const GsSample *sample = &samples[(size_t)run * program->call_count + i];
			const int64_t apart_ns = call->recorded_ns - sample->latency_ns;

			distance_ns[(size_t)call->vm * runs + run] +=
				MIN(ABS(apart_ns), apart_max_ns);
		}
	}
	*ret_distance_ns = 0;
	for (unsigned int vm = 0; vm < program->vm_count; vm++) {
		const int64_t *of_vm = distance_ns + (size_t)vm * runs;

		ret_run[vm] = 0;
		for (unsigned int run = 1; run < runs; run++) {
			if (of_vm[run] < of_vm[ret_run[vm]])
				ret_run[vm] = run;
		}
		*ret_distance_ns += of_vm[ret_run[vm]];
	}
}

void gs_recording_range(const GsProgram *program, const GsSample *samples, unsigned int runs,
			unsigned int call, int64_t *ret_min_ns, int64_t *ret_max_ns)
{
	int64_t min_ns = INT64_MAX, max_ns = 0;

	for (unsigned int run = 0; run < runs; run++) {
		const GsSample *sample = &samples[(size_t)run * program->call_count + call];

		min_ns = MIN(min_ns, sample->latency_ns);
		max_ns = MAX(max_ns, sample->latency_ns);
	}
	*ret_min_ns = min_ns;
	*ret_max_ns = max_ns;
}
