/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runs/replay-work.h"

#include "runs/recording-runs.h"
#include "sim/kernel/jiffies.h"

#include <stdlib.h>
#include <string.h>

/* Runs of the recording: enough phases of the tick to see which waits depend on it. */
#define SOURCE_RUNS 24

/*
 * A call that took this much longer than its wait and its usual work explain was
 * stalled by something the stated recording conditions do not account for: half
 * a jiffy at HZ=1000, the fastest tick distributions ship.
 */
#define UNEXPLAINED_NS (GS_NSEC_PER_MSEC / 2)

typedef enum {
	WORK_AS_RECORDED, /* nothing in it to take away */
	WORK_MEASURED,    /* recorded, less the simulated wait */
	WORK_POOLED,      /* the same ioctl elsewhere in the log */
	WORK_PROFILE,     /* the host profile */
	WORK_ORIGIN_COUNT,
} WorkOrigin;

typedef struct {
	const GsReplaySpec *spec;
	const GsProgram *program;
	int64_t *work_ns;
	WorkOrigin *origin;
	bool *reaches_srcu;
	bool *overlaps;          /* with a call of another thread of its VM, in the log */
	const GsSample *samples; /* of the runs of the recording, while they are looked at */
	unsigned int unexplained_count;
	uint32_t first_unexplained_line;
} Estimate;

static int64_t profile_work_ns(const Estimate *estimate, unsigned int i)
{
	return gs_machine_spec_work_ns(estimate->spec->machine,
				       estimate->program->calls[i].call->name);
}

int64_t *gs_replay_guess_work(const GsReplaySpec *spec, const GsProgram *program)
{
	int64_t *work_ns = g_new(int64_t, program->call_count);

	for (unsigned int i = 0; i < program->call_count; i++) {
		const GsProgramCall *ready = &program->calls[i];
		const int64_t recorded_ns = ready->call->recorded_ns;
		const int64_t usual_ns = gs_machine_spec_work_ns(spec->machine, ready->call->name);

		if (recorded_ns < 0)
			work_ns[i] = usual_ns;
		else
			work_ns[i] = ready->ioctl ? MIN(recorded_ns, usual_ns) : recorded_ns;
	}
	return work_ns;
}

/* Where the first guess came from; POOLED stands for what is still to be measured. */
static void note_origins(Estimate *estimate)
{
	for (unsigned int i = 0; i < estimate->program->call_count; i++) {
		const GsProgramCall *ready = &estimate->program->calls[i];

		estimate->origin[i] = ready->call->recorded_ns < 0 ? WORK_PROFILE :
				      ready->ioctl		   ? WORK_POOLED :
								     WORK_AS_RECORDED;
	}
}

static int compare_ns(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/*
 * Which calls were made while another thread of the VM made one: how long they
 * waited for its locks and its CPU cannot be told from their durations.
 */
static void find_overlaps(Estimate *estimate)
{
	const GsProgram *program = estimate->program;

	for (unsigned int i = 0; i < program->call_count; i++) {
		const GsScriptCall *call = program->calls[i].call;
		const int64_t end_ns = call->start_ns + call->recorded_ns;

		for (unsigned int j = i + 1; j < program->call_count; j++) {
			const GsScriptCall *other = program->calls[j].call;

			if (call->start_ns < 0 || other->start_ns >= end_ns)
				break;
			if (other->vm == call->vm && other->thread != call->thread)
				estimate->overlaps[i] = estimate->overlaps[j] = true;
		}
	}
}

/* The runs of the recording: SOURCE_RUNS rows of one sample a call. */
static const GsSample *sample_of(const Estimate *estimate, unsigned int run, unsigned int i)
{
	return &estimate->samples[(size_t)run * estimate->program->call_count + i];
}

/*
 * For each VM, the run most like its recording: on a host with several CPUs what
 * a wait costs depends on where the thread ran, which the durations show.
 */
static void match_runs(const Estimate *estimate, unsigned int *ret_run)
{
	const GsProgram *program = estimate->program;
	g_autofree int64_t *distance_ns = g_new0(int64_t, program->vm_count * SOURCE_RUNS);

	for (unsigned int i = 0; i < program->call_count; i++) {
		const GsScriptCall *call = program->calls[i].call;

		for (unsigned int run = 0; run < SOURCE_RUNS && call->recorded_ns >= 0; run++) {
			const int64_t apart_ns =
				call->recorded_ns - sample_of(estimate, run, i)->latency_ns;

			distance_ns[call->vm * SOURCE_RUNS + run] +=
				MIN(ABS(apart_ns), UNEXPLAINED_NS);
		}
	}
	for (unsigned int vm = 0; vm < program->vm_count; vm++) {
		const int64_t *of_vm = distance_ns + vm * SOURCE_RUNS;

		ret_run[vm] = 0;
		for (unsigned int run = 1; run < SOURCE_RUNS; run++) {
			if (of_vm[run] < of_vm[ret_run[vm]])
				ret_run[vm] = run;
		}
	}
}

/*
 * The work of call @i from its recording, given the run most like it. Where the
 * runs differ by more than @tolerance_ns the wait hangs on the tick, and nothing
 * can be said.
 */
static void measure(Estimate *estimate, unsigned int i, unsigned int like, int64_t tolerance_ns)
{
	const GsScriptCall *call = estimate->program->calls[i].call;
	int64_t min_ns, max_ns;

	gs_recording_range(estimate->program, estimate->samples, SOURCE_RUNS, i, &min_ns, &max_ns);
	if (max_ns - min_ns > tolerance_ns)
		return;

	const int64_t added_ns = sample_of(estimate, like, i)->latency_ns - estimate->work_ns[i];
	const int64_t left_ns = MAX(call->recorded_ns - added_ns, 0);
	if (estimate->reaches_srcu[i] && left_ns > profile_work_ns(estimate, i) + UNEXPLAINED_NS) {
		if (estimate->unexplained_count++ == 0)
			estimate->first_unexplained_line = call->line;
		return;
	}
	estimate->work_ns[i] = left_ns;
	estimate->origin[i] = WORK_MEASURED;
}

/* Simulate the recording, and take the waits it had out of what was recorded. */
static bool measure_all(Estimate *estimate, GError **error)
{
	const GsProgram *program = estimate->program;
	const int64_t tolerance_ns = gs_tick_nsec(estimate->spec->from_hz) / 20;
	g_autofree GsSample *samples = g_new0(GsSample, (size_t)program->call_count * SOURCE_RUNS);
	g_autofree unsigned int *like = g_new(unsigned int, program->vm_count);

	if (!gs_recording_simulate(estimate->spec, program, estimate->spec->from_policy,
				   estimate->spec->from_hz, estimate->work_ns, SOURCE_RUNS, samples,
				   estimate->reaches_srcu, error))
		return false;
	estimate->samples = samples;
	match_runs(estimate, like);
	for (unsigned int i = 0; i < program->call_count; i++) {
		if (estimate->origin[i] == WORK_POOLED && !estimate->overlaps[i])
			measure(estimate, i, like[program->calls[i].call->vm], tolerance_ns);
	}
	estimate->samples = NULL;
	return true;
}

/* Two calls do the same work if they are the same ioctl doing as much of it. */
static bool same_work(const Estimate *estimate, unsigned int i, unsigned int j)
{
	return estimate->program->calls[i].call->name == estimate->program->calls[j].call->name &&
	       estimate->reaches_srcu[i] == estimate->reaches_srcu[j];
}

/* The median work of the measured calls like @i; false if there is none. */
static bool pool(const Estimate *estimate, unsigned int i, int64_t *ret_ns)
{
	g_autoptr(GArray) pooled = g_array_new(FALSE, FALSE, sizeof(int64_t));

	for (unsigned int j = 0; j < estimate->program->call_count; j++) {
		if (estimate->origin[j] == WORK_MEASURED && same_work(estimate, i, j))
			g_array_append_val(pooled, estimate->work_ns[j]);
	}
	if (pooled->len == 0)
		return false;
	qsort(pooled->data, pooled->len, sizeof(int64_t), compare_ns);
	*ret_ns = g_array_index(pooled, int64_t, pooled->len / 2);
	return true;
}

static void pool_all(Estimate *estimate)
{
	for (unsigned int i = 0; i < estimate->program->call_count; i++) {
		const int64_t recorded_ns = estimate->program->calls[i].call->recorded_ns;
		int64_t work_ns = profile_work_ns(estimate, i);

		if (estimate->origin[i] != WORK_POOLED)
			continue;
		if (!pool(estimate, i, &work_ns))
			estimate->origin[i] = WORK_PROFILE;
		estimate->work_ns[i] = MIN(work_ns, recorded_ns);
	}
}

static void add_notes(const Estimate *estimate, GPtrArray *notes)
{
	const GsReplaySpec *spec = estimate->spec;
	unsigned int count[WORK_ORIGIN_COUNT] = { 0 };

	for (unsigned int i = 0; i < estimate->program->call_count; i++)
		count[estimate->origin[i]]++;
	g_ptr_array_add(notes, g_strdup_printf(
		"work of %u calls: %u as recorded, %u recorded less the simulated wait, "
		"%u from other calls of the log, %u from host profile '%s'",
		estimate->program->call_count, count[WORK_AS_RECORDED], count[WORK_MEASURED],
		count[WORK_POOLED], count[WORK_PROFILE], gs_machine_spec_host(spec->machine)));
	if (estimate->unexplained_count > 0)
		g_ptr_array_add(notes, g_strdup_printf(
			"%u calls took longer than %s at HZ=%d explains, the first in line %u; "
			"their recorded time is not used (are --from-policy and --from-hz right?)",
			estimate->unexplained_count, spec->from_policy->name, spec->from_hz,
			estimate->first_unexplained_line));
}

int64_t *gs_replay_estimate_work(const GsReplaySpec *spec, const GsProgram *program,
				 GPtrArray *notes, GError **error)
{
	g_autofree int64_t *work_ns = gs_replay_guess_work(spec, program);
	g_autofree WorkOrigin *origin = g_new0(WorkOrigin, program->call_count);
	g_autofree bool *reaches_srcu = g_new0(bool, program->call_count);
	g_autofree bool *overlaps = g_new0(bool, program->call_count);
	Estimate estimate = {
		.spec = spec,
		.program = program,
		.work_ns = work_ns,
		.origin = origin,
		.reaches_srcu = reaches_srcu,
		.overlaps = overlaps,
	};

	note_origins(&estimate);
	find_overlaps(&estimate);
	if (!measure_all(&estimate, error))
		return NULL;
	pool_all(&estimate);
	add_notes(&estimate, notes);
	return g_steal_pointer(&work_ns);
}
