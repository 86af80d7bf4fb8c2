/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/lib/gs-test-replay.h"

#include <string.h>

/* The thread's latest call; -1: it has none. */
static int32_t previous_call(const GsScript *script, uint32_t thread)
{
	for (unsigned int i = script->calls->len; i-- > 0;) {
		if (gs_script_call(script, i)->thread == thread)
			return (int32_t)i;
	}
	return -1;
}

GsScriptCall *gs_test_script_add(GsScript *script, uint32_t vm, int32_t tid, const char *name,
				 int64_t think_ns, int64_t recorded_ns)
{
	const uint32_t thread = gs_script_thread(script, tid);
	const GsScriptCall call = {
		.vm = vm,
		.thread = thread,
		.name = g_intern_string(name),
		.role = strcmp(name, "KVM_CREATE_VM") == 0 ? GS_FD_KVM : GS_FD_VM,
		.recorded_ns = recorded_ns,
		.think_ns = think_ns,
		.start_ns = -1,
		.after = previous_call(script, thread),
		.line = script->calls->len + 1,
	};

	g_array_append_val(script->calls, call);
	script->vm_count = MAX(script->vm_count, vm + 1);
	return &g_array_index(script->calls, GsScriptCall, script->calls->len - 1);
}

unsigned int gs_test_script_find(GsScript *script, uint32_t vm, const char *name,
				 uint32_t occurrence)
{
	gs_script_number_calls(script);
	for (unsigned int i = 0; i < script->calls->len; i++) {
		const GsScriptCall *call = gs_script_call(script, i);

		if (call->vm == vm && call->occurrence == occurrence &&
		    strcmp(call->name, name) == 0)
			return i;
	}
	g_error("no %s %u in VM %u", name, occurrence, vm);
}

GsMachineSpec *gs_test_machine(const GsTestReplay *replay)
{
	const GsMachineRequest request = {
		.kernel = replay->kernel,
		.host = "lab",
		.machine = replay->machine,
		.cpus = MAX(replay->cpus, 1),
		.set = replay->set,
	};
	g_autoptr(GError) error = NULL;
	GsMachineSpec *machine = gs_machine_spec_new(&request, &error);

	g_assert_no_error(error);
	return machine;
}

static const GsPolicy *policy(const char *name)
{
	const GsPolicy *found = gs_policy_lookup(name);

	g_assert_nonnull(found);
	return found;
}

static bool take_cell(const GsReplaySpec *spec, unsigned int cell, const GsSample *samples,
		      void *user_data, GError **error)
{
	const size_t count = (size_t)spec->runs * spec->script->calls->len;

	(void)error;
	g_assert_cmpuint(cell, ==, 0);
	memcpy(user_data, samples, count * sizeof(*samples));
	return true;
}

GsSample *gs_test_replay(const GsScript *script, const GsTestReplay *replay)
{
	g_autoptr(GsMachineSpec) machine = gs_test_machine(replay);
	const GsReplayCell cell = { .hz = replay->hz, .policy = policy(replay->policy) };
	const GsReplaySpec spec = {
		.script = script,
		.machine = machine,
		.cells = &cell,
		.cell_count = 1,
		.runs = MAX(replay->runs, 1),
		.jobs = MAX(replay->jobs, 1),
		.seed = replay->seed,
		.from_policy = replay->from_policy ? policy(replay->from_policy) : cell.policy,
		.from_hz = replay->from_hz ? replay->from_hz : replay->hz,
	};
	GsSample *samples = g_new0(GsSample, (size_t)spec.runs * script->calls->len);
	g_autoptr(GPtrArray) own_notes = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GError) error = NULL;

	gs_replay(&spec, replay->notes ? replay->notes : own_notes, take_cell, samples, &error);
	g_assert_no_error(error);
	return samples;
}
