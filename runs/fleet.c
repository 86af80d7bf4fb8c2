/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runs/fleet.h"

#include "runs/replay.h"
#include "sim/engine/distribution.h"

/* From the first start to the last; poisson draws a gap up to 1000 s long. */
#define START_SPAN_MAX_NS (365 * 24 * 3600 * GS_NSEC_PER_SEC)

/* Calls and threads are counted in int32_t. */
#define COUNT_MAX G_MAXINT32

static bool check_fleet(const GsScript *one, unsigned int vms, GsStartPattern start, GError **error)
{
	if (one->vm_count != 1) {
		g_set_error(error, GS_REPLAY_ERROR, GS_REPLAY_ERROR_FLEET,
			    "a fleet is made of the start of one VM: '%s' has %u", one->source,
			    one->vm_count);
		return false;
	}
	if (vms == 0 || one->calls->len > COUNT_MAX / vms || one->threads->len > COUNT_MAX / vms) {
		g_set_error(error, GS_REPLAY_ERROR, GS_REPLAY_ERROR_FLEET,
			    "%u VMs like '%s' are not a number that can be simulated", vms,
			    one->source);
		return false;
	}
	if (start.interval_ns < 0 || start.interval_ns > START_SPAN_MAX_NS / vms ||
	    (start.kind == GS_START_POISSON && start.interval_ns > GS_DISTRIBUTION_MAX_NS)) {
		g_set_error(error, GS_REPLAY_ERROR, GS_REPLAY_ERROR_FLEET,
			    "the starts of %u VMs like '%s' are too far apart to be simulated", vms,
			    one->source);
		return false;
	}
	return true;
}

static void copy_threads(GsScript *fleet, const GsScript *one, uint32_t vm)
{
	for (unsigned int i = 0; i < one->threads->len; i++) {
		GsScriptThread thread = g_array_index(one->threads, GsScriptThread, i);
		char name[128];

		/* In each process they count anew, but a tid is a thread's own. */
		if (fleet->is_fleet) {
			if (thread.name)
				g_snprintf(name, sizeof(name), "VM%u/%s", vm, thread.name);
			else
				g_snprintf(name, sizeof(name), "VM%u/%d", vm, thread.tid);
			thread.name = g_string_chunk_insert(fleet->names, name);
			thread.tid = (int32_t)(vm * one->threads->len + i + 1);
		}
		g_array_append_val(fleet->threads, thread);
	}
}

static void copy_calls(GsScript *fleet, const GsScript *one, uint32_t vm)
{
	for (unsigned int i = 0; i < one->calls->len; i++) {
		GsScriptCall call = *gs_script_call(one, i);

		call.vm = vm;
		call.thread += vm * one->threads->len;
		if (call.after >= 0)
			call.after += (int32_t)(vm * one->calls->len);
		g_array_append_val(fleet->calls, call);
	}
}

GsScript *gs_fleet_script_new(const GsScript *one, unsigned int vms, GsStartPattern start,
			      GError **error)
{
	GsScript *fleet;

	if (!check_fleet(one, vms, start, error))
		return NULL;
	fleet = gs_script_new(one->source);
	g_free(fleet->label);
	fleet->label =
		vms == 1 ? g_strdup(one->label) : g_strdup_printf("%s, %u VMs", one->label, vms);
	fleet->vm_count = vms;
	fleet->is_fleet = vms > 1;
	fleet->start = start;
	fleet->less_inside_ns = one->less_inside_ns;
	fleet->less_between_ns = one->less_between_ns;
	for (unsigned int i = 0; i < one->notes->len; i++)
		gs_script_note(fleet, "%s", (const char *)g_ptr_array_index(one->notes, i));
	for (unsigned int vm = 0; vm < vms; vm++) {
		copy_threads(fleet, one, vm);
		copy_calls(fleet, one, vm);
	}
	return fleet;
}

void gs_fleet_draw_starts(const GsScript *fleet, uint64_t seed, uint64_t run, int64_t *start_ns)
{
	const GsDistribution gap = {
		.kind = GS_DISTRIBUTION_EXPONENTIAL,
		.ns = fleet->start.interval_ns,
	};
	int64_t at_ns = 0;
	GsRng rng;

	gs_rng_init(&rng, seed, run, "fleet.start", 0);
	for (unsigned int vm = 0; vm < fleet->vm_count; vm++) {
		start_ns[vm] = at_ns;
		switch (fleet->start.kind) {
		case GS_START_STORM:
			break;
		case GS_START_EVERY:
			at_ns += fleet->start.interval_ns;
			break;
		case GS_START_POISSON:
			at_ns += gs_distribution_draw(&gap, &rng);
			break;
		}
	}
}
