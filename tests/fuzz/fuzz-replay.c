/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as a log, replayed: whatever user space is said to have done, the
 * simulated kernel keeps its invariants and every ioctl ends. And as VMM models:
 * what is written can be loaded, and makes the same calls.
 */
#include <gio/gio.h>

#include "runs/recording.h"
#include "runs/replay.h"
#include "tests/fuzz/fuzz-check.h"
#include "tests/fuzz/fuzz.h"
#include "tests/lib/gs-test-vmm.h"
#include "traces/script-from-strace.h"
#include "traces/script-vms.h"

static bool check_samples(const GsReplaySpec *spec, unsigned int cell, const GsSample *samples,
			  void *user_data, GError **error)
{
	(void)cell;
	(void)user_data;
	(void)error;
	for (unsigned int i = 0; i < spec->runs * spec->script->calls->len; i++) {
		FUZZ_CHECK(samples[i].wait_ns >= 0);
		FUZZ_CHECK(samples[i].latency_ns >= samples[i].wait_ns);
	}
	return true;
}

/* More VMs than this show nothing new. */
#define MODELS_MAX 4

static void check_models(const GsScript *script)
{
	for (uint32_t vm = 0; vm < MIN(script->vm_count, MODELS_MAX); vm++) {
		g_autoptr(GsScript) one = gs_script_of_vm(script, vm);
		g_autofree char *text = NULL;

		gs_test_vmm_round_trip(one, &text);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const GsMachineRequest request = { .host = "lab", .cpus = 2 };
	g_autoptr(GsMachineSpec) machine = gs_machine_spec_new(&request, NULL);
	g_autoptr(GInputStream) stream =
		g_memory_input_stream_new_from_data(data, (gssize)size, NULL);
	g_autoptr(GsTraceReader) reader = gs_trace_reader_new_for_stream(stream, "fuzz");
	g_autoptr(GsScript) script = gs_script_from_strace_reader(reader, "fuzz", NULL, NULL);
	g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GError) error = NULL;
	const GsReplayCell cells[] = { { 100, gs_policy_lookup("call-srcu") },
				       { 1000, gs_policy_lookup("sync") } };
	GsReplaySpec spec = {
		.script = script,
		.machine = machine,
		.cells = cells,
		.cell_count = G_N_ELEMENTS(cells),
		.runs = 1,
		.jobs = 1,
		.from_hz = 250,
	};

	if (!script)
		return 0;
	check_models(script);
	if (!gs_recording_infer(&spec, &error) ||
	    !gs_replay(&spec, notes, check_samples, NULL, &error))
		FUZZ_CHECK(error && error->code == GS_REPLAY_ERROR_SPAN);
	return 0;
}
