/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runs/recording.h"

#include <math.h>

#include "runs/recording-runs.h"
#include "runs/replay-work.h"

/* Phases of the tick each candidate is simulated with. */
#define CANDIDATE_RUNS 16

/*
 * How far from its predicted range a duration may lie, and how wide that range
 * may be, for reasons other than grace periods.
 */
#define SLACK_NS 300e3

/* What one call can count against a candidate at most: a log may hold a stall of another cause. */
#define MISFIT_MAX 20.0

/* A later candidate must fit better by this much: less is chance. */
#define BETTER 1.0

/* How far a single call may be from its recording when CPU counts are compared. */
#define APART_MAX_NS (100 * GS_NSEC_PER_USEC)

static const int tick_rates_hz[] = { 250, 1000, 300, 100 };

/* How badly durations between @min_ns and @max_ns explain @recorded_ns: a negative log density. */
static double misfit(int64_t min_ns, int64_t max_ns, int64_t recorded_ns)
{
	const double width = fmax((double)(max_ns - min_ns), SLACK_NS);
	const double below = (double)min_ns - SLACK_NS - (double)recorded_ns;
	const double above = (double)recorded_ns - SLACK_NS - (double)max_ns;
	const double outside = fmax(fmax(below, above), 0);

	return fmin(log(width / SLACK_NS) + outside / SLACK_NS, MISFIT_MAX);
}

static bool judge(const GsReplaySpec *spec, const GsProgram *program, const int64_t *work_ns,
		  const GsPolicy *policy, int hz, double *ret_misfit, GError **error)
{
	g_autofree GsSample *samples =
		g_new0(GsSample, (size_t)program->call_count * CANDIDATE_RUNS);
	double sum = 0;

	if (!gs_recording_simulate(spec, program, policy, hz, work_ns, CANDIDATE_RUNS, samples,
				   NULL, error))
		return false;
	for (unsigned int i = 0; i < program->call_count; i++) {
		const int64_t recorded_ns = program->calls[i].call->recorded_ns;
		int64_t min_ns, max_ns;

		/* The end of a VM is mostly RCU's, of which the constants are another machine's. */
		if (!program->calls[i].ioctl || program->calls[i].runs_guest ||
		    program->calls[i].ends_vm || recorded_ns < 0)
			continue;
		gs_recording_range(program, samples, CANDIDATE_RUNS, i, &min_ns, &max_ns);
		sum += misfit(min_ns, max_ns, recorded_ns);
	}
	*ret_misfit = sum;
	return true;
}

/* The policies to try, likeliest first where the log cannot tell. */
static GPtrArray *candidates(const GsReplaySpec *spec)
{
	GPtrArray *list = g_ptr_array_new();
	const char *const first[] = { gs_machine_spec_default_policy(spec->machine),
				      "sync-expedited" };

	if (spec->from_policy) {
		g_ptr_array_add(list, (void *)spec->from_policy);
		return list;
	}
	for (unsigned int i = 0; i < G_N_ELEMENTS(first); i++) {
		const GsPolicy *policy = gs_policy_lookup(first[i]);

		if (policy && !g_ptr_array_find(list, policy, NULL))
			g_ptr_array_add(list, (void *)policy);
	}
	for (const GsPolicy *const *policy = gs_policy_all(); *policy; policy++) {
		if (!g_ptr_array_find(list, *policy, NULL))
			g_ptr_array_add(list, (void *)*policy);
	}
	return list;
}

bool gs_recording_infer(GsReplaySpec *spec, GError **error)
{
	g_autoptr(GsProgram) program = gs_program_new(spec->script, error);
	g_autofree int64_t *work_ns = NULL;
	g_autoptr(GPtrArray) policies = candidates(spec);
	const int *rates = spec->from_hz ? &spec->from_hz : tick_rates_hz;
	const unsigned int rate_count = spec->from_hz ? 1 : G_N_ELEMENTS(tick_rates_hz);
	const GsPolicy *best_policy = NULL;
	int best_hz = 0;
	double best = INFINITY;

	if (!program)
		return false;
	work_ns = gs_replay_guess_work(spec, program);
	for (unsigned int i = 0; i < policies->len; i++) {
		for (unsigned int j = 0; j < rate_count; j++) {
			const GsPolicy *policy = g_ptr_array_index(policies, i);
			double candidate;

			if (!judge(spec, program, work_ns, policy, rates[j], &candidate, error))
				return false;
			if (candidate < best - BETTER) {
				best = candidate;
				best_policy = policy;
				best_hz = rates[j];
			}
		}
	}
	spec->from_policy = best_policy;
	spec->from_hz = best_hz;
	return true;
}

bool gs_recording_infer_cpus(GsReplaySpec *spec, GError **error)
{
	const int candidates[] = { gs_machine_spec_cpus(spec->machine),
				   gs_machine_spec_host_cpus(spec->machine), 1 };
	g_autoptr(GsProgram) program = gs_program_new(spec->script, error);
	g_autofree int64_t *work_ns = NULL;
	g_autofree GsSample *samples = NULL;
	g_autofree unsigned int *like = NULL;
	int64_t best_ns = INT64_MAX;
	int best = candidates[0];

	if (!program)
		return false;
	work_ns = gs_replay_guess_work(spec, program);
	samples = g_new0(GsSample, (size_t)program->call_count * CANDIDATE_RUNS);
	like = g_new(unsigned int, program->vm_count);
	for (unsigned int i = 0; i < G_N_ELEMENTS(candidates); i++) {
		int64_t distance_ns;

		/* Often they are the same number, which need not be simulated again. */
		if (i > 0 && (candidates[i] == candidates[i - 1] || candidates[i] == candidates[0]))
			continue;
		spec->from_cpus = candidates[i];
		if (!gs_recording_simulate(spec, program, spec->from_policy, spec->from_hz, work_ns,
					   CANDIDATE_RUNS, samples, NULL, error))
			return false;
		gs_recording_match(program, samples, CANDIDATE_RUNS, APART_MAX_NS, like,
				   &distance_ns);
		if (distance_ns < best_ns) {
			best_ns = distance_ns;
			best = candidates[i];
		}
	}
	spec->from_cpus = best;
	return true;
}
