/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runs/replay-work.h"

#include "runs/recording-runs.h"
#include "sim/kernel/jiffies.h"

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

/* What was recorded is the work: there is nothing in it to take away. */
static bool is_all_work(const GsProgramCall *ready)
{
	return !ready->ioctl || ready->runs_guest;
}

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

		if (ready->call->guest_ns > 0)
			work_ns[i] = ready->call->guest_ns;
		else if (recorded_ns < 0)
			work_ns[i] = usual_ns;
		else
			work_ns[i] = is_all_work(ready) ? recorded_ns : MIN(recorded_ns, usual_ns);
	}
	return work_ns;
}

/* Where the first guess came from; POOLED stands for what is still to be measured. */
static void note_origins(Estimate *estimate)
{
	for (unsigned int i = 0; i < estimate->program->call_count; i++) {
		const GsProgramCall *ready = &estimate->program->calls[i];

		estimate->origin[i] = ready->call->recorded_ns < 0 ? WORK_PROFILE :
				      is_all_work(ready)	   ? WORK_AS_RECORDED :
								     WORK_POOLED;
	}
}

/* What a wake-up takes more when it goes to another CPU and finds that idle. */
static int64_t cross_wake_ns(const Estimate *estimate)
{
	GsMachineParams params;

	gs_machine_spec_resolve(estimate->spec->machine, estimate->spec->from_hz, &params);
	return params.kernel.costs.ipi_ns + params.kernel.costs.idle_wake_ns;
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
	if (left_ns > profile_work_ns(estimate, i) + UNEXPLAINED_NS) {
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
	int64_t distance_ns;

	if (!gs_recording_simulate(estimate->spec, program, estimate->spec->from_policy,
				   estimate->spec->from_hz, estimate->work_ns, SOURCE_RUNS, samples,
				   estimate->reaches_srcu, error))
		return false;
	estimate->samples = samples;
	gs_recording_match(program, samples, SOURCE_RUNS, UNEXPLAINED_NS, like, &distance_ns);
	for (unsigned int i = 0; i < program->call_count; i++) {
		if (estimate->origin[i] == WORK_POOLED && !estimate->overlaps[i])
			measure(estimate, i, like[program->calls[i].call->vm], tolerance_ns);
	}
	estimate->samples = NULL;
	return true;
}

/* Two calls do the same work if they are the same ioctl doing as much of it. */
typedef struct {
	const Estimate *estimate;
	bool by_occurrence; /* and are the K-th of their VMs, both */
} Likeness;

static int compare_kind(const Likeness *likeness, unsigned int i, unsigned int j)
{
	const Estimate *estimate = likeness->estimate;
	const GsScriptCall *a = estimate->program->calls[i].call;
	const GsScriptCall *b = estimate->program->calls[j].call;

	if (a->name != b->name)
		return strcmp(a->name, b->name);
	if (estimate->reaches_srcu[i] != estimate->reaches_srcu[j])
		return estimate->reaches_srcu[i] ? 1 : -1;
	if (likeness->by_occurrence && a->occurrence != b->occurrence)
		return a->occurrence > b->occurrence ? 1 : -1;
	return 0;
}

/* By kind, the measured ones of each first and by their work. */
static int compare_calls(const void *a, const void *b, void *user_data)
{
	const Likeness *likeness = user_data;
	const Estimate *estimate = likeness->estimate;
	const unsigned int i = *(const unsigned int *)a, j = *(const unsigned int *)b;
	const bool i_measured = estimate->origin[i] == WORK_MEASURED;
	const bool j_measured = estimate->origin[j] == WORK_MEASURED;
	const int kind = compare_kind(likeness, i, j);

	if (kind != 0)
		return kind;
	if (i_measured != j_measured)
		return i_measured ? -1 : 1;
	if (estimate->work_ns[i] != estimate->work_ns[j])
		return estimate->work_ns[i] > estimate->work_ns[j] ? 1 : -1;
	return (i > j) - (i < j);
}

/* For each call the median work of the measured ones like it, -1 if there is none. */
static int64_t *typical_work(const Estimate *estimate, bool by_occurrence)
{
	const unsigned int count = estimate->program->call_count;
	Likeness likeness = { .estimate = estimate, .by_occurrence = by_occurrence };
	g_autofree unsigned int *order = g_new(unsigned int, count);
	int64_t *typical_ns = g_new(int64_t, count);

	for (unsigned int i = 0; i < count; i++)
		order[i] = i;
	g_qsort_with_data(order, (int)count, sizeof(*order), compare_calls, &likeness);
	for (unsigned int first = 0, end; first < count; first = end) {
		unsigned int measured = 0;

		for (end = first; end < count; end++) {
			if (compare_kind(&likeness, order[first], order[end]) != 0)
				break;
			measured += estimate->origin[order[end]] == WORK_MEASURED;
		}
		for (unsigned int i = first; i < end; i++)
			typical_ns[order[i]] =
				measured ? estimate->work_ns[order[first + measured / 2]] : -1;
	}
	return typical_ns;
}

/*
 * Which CPU a wait was served by cannot be known, only guessed. Where the same
 * call of several VMs differs by no more than that makes, it is the guess, not
 * the work.
 */
static void smooth_measured(Estimate *estimate)
{
	const int64_t unsure_ns = cross_wake_ns(estimate);
	g_autofree int64_t *typical_ns = typical_work(estimate, true);

	for (unsigned int i = 0; i < estimate->program->call_count; i++) {
		if (estimate->origin[i] == WORK_MEASURED && estimate->reaches_srcu[i] &&
		    ABS(typical_ns[i] - estimate->work_ns[i]) <= unsure_ns)
			estimate->work_ns[i] = typical_ns[i];
	}
}

static void pool_all(Estimate *estimate)
{
	g_autofree int64_t *typical_ns = typical_work(estimate, false);

	for (unsigned int i = 0; i < estimate->program->call_count; i++) {
		const int64_t recorded_ns = estimate->program->calls[i].call->recorded_ns;

		if (estimate->origin[i] != WORK_POOLED)
			continue;
		if (typical_ns[i] < 0) {
			typical_ns[i] = profile_work_ns(estimate, i);
			estimate->origin[i] = WORK_PROFILE;
		}
		estimate->work_ns[i] = MIN(typical_ns[i], recorded_ns);
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
	smooth_measured(&estimate);
	pool_all(&estimate);
	add_notes(&estimate, notes);
	return g_steal_pointer(&work_ns);
}
