/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runs/untraced.h"

#include "sim/engine/sim-time.h"

/* What an ioctl that does next to nothing takes does not depend on the tick rate. */
#define ANY_HZ 1000

static void note_share(GsScript *script, const GsTracerOverhead *overhead,
		       const GsTracerShare *share)
{
	g_autofree char *inside = gs_duration_format(overhead->inside_ns);
	g_autofree char *between = gs_duration_format(overhead->between_ns);
	g_autofree char *durations = gs_duration_format(share->durations_ns);
	g_autofree char *gaps = gs_duration_format(share->gaps_ns);

	gs_script_note(script,
		       "%s: tracer overhead: %s is taken from each duration and %s from the gap "
		       "before each system call: from %u durations %s in all, from %u gaps %s",
		       script->source, inside, between, share->durations, durations, share->gaps,
		       gaps);
}

static void note_estimate(GsScript *script, const GsMachineSpec *machine, int64_t trivial_ns,
			  const GsTracerEstimate *estimate)
{
	g_autofree char *trivial = gs_duration_format(trivial_ns);

	if (estimate->calls < GS_TRACER_SAMPLES_MIN)
		gs_script_note(
			script,
			"%s: tracer overhead: only %u calls such as KVM_CHECK_EXTENSION have "
			"a duration, too few to tell it; nothing is taken from durations",
			script->source, estimate->calls);
	if (estimate->gaps < GS_TRACER_SAMPLES_MIN)
		gs_script_note(script,
			       "%s: tracer overhead: only %u calls such as KVM_CHECK_EXTENSION "
			       "follow another, too few to tell it; nothing is taken from gaps",
			       script->source, estimate->gaps);
	if (estimate->overhead.inside_ns || estimate->overhead.between_ns)
		gs_script_note(
			script,
			"%s: tracer overhead: estimated from the fastest tenth of %u calls "
			"such as KVM_CHECK_EXTENSION, %s each without a tracer (host profile "
			"'%s'), and of %u gaps between them",
			script->source, estimate->calls, trivial, gs_machine_spec_host(machine),
			estimate->gaps);
	else if (MAX(estimate->calls, estimate->gaps) >= GS_TRACER_SAMPLES_MIN)
		gs_script_note(
			script,
			"%s: tracer overhead: none shows in %u calls such as "
			"KVM_CHECK_EXTENSION and %u gaps between them; nothing is taken away",
			script->source, estimate->calls, estimate->gaps);
}

void gs_untraced_apply(GsScript *script, const GsMachineSpec *machine,
		       const GsUntracedOptions *options)
{
	GsTracerOverhead overhead = options->overhead;
	GsTracerShare share;

	if (options->estimate) {
		GsTracerEstimate estimate;
		GsMachineParams params;

		gs_machine_spec_resolve(machine, ANY_HZ, &params);
		gs_tracer_overhead_estimate(script, params.run.trivial_call_ns, &estimate);
		note_estimate(script, machine, params.run.trivial_call_ns, &estimate);
		overhead = estimate.overhead;
	}
	if (overhead.inside_ns == 0 && overhead.between_ns == 0)
		return;
	gs_tracer_overhead_subtract(script, &overhead, &share);
	note_share(script, &overhead, &share);
}
