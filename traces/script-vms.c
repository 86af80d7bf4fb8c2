/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/script-vms.h"

/* More are not listed one by one. */
#define LISTED_MAX 8

typedef struct {
	uint32_t line;           /* of its first call */
	unsigned int call_count; /* ioctls */
	unsigned int end;        /* index of the close() that ends it; 0: none */
	bool made;               /* its KVM_CREATE_VM is in the log */
	bool used;               /* has memory, or ran */
} Vm;

/* Returns them; @last_made is set to the index of the last KVM_CREATE_VM. */
static Vm *vms_new(const GsScript *script, unsigned int *last_made)
{
	Vm *vms = g_new0(Vm, script->vm_count);

	*last_made = 0;
	for (unsigned int i = 0; i < script->calls->len; i++) {
		const GsScriptCall *call = gs_script_call(script, i);
		Vm *vm = &vms[call->vm];

		if (g_str_equal(call->name, GS_SCRIPT_CLOSE)) {
			vm->end = i;
			continue;
		}
		if (vm->call_count++ == 0)
			vm->line = call->line;
		if (call->failed)
			continue;
		if (g_str_equal(call->name, "KVM_CREATE_VM")) {
			vm->made = true;
			*last_made = i;
		} else if (g_str_equal(call->name, "KVM_RUN") ||
			   g_str_has_prefix(call->name, "KVM_SET_USER_MEMORY_REGION")) {
			vm->used = true;
		}
	}
	return vms;
}

static void note_several(GsScript *script, const Vm *vms)
{
	g_autoptr(GString) lines = g_string_new(NULL);
	const uint32_t listed = MIN(script->vm_count, LISTED_MAX);

	if (script->vm_count < 2)
		return;
	for (uint32_t i = 0; i < listed; i++)
		g_string_append_printf(lines, "%s%u", i ? ", " : "", vms[i].line);
	gs_script_note(script, "%s: %u VMs, whose first calls are in lines %s%s", script->source,
		       script->vm_count, lines->str, listed < script->vm_count ? ", ..." : "");
}

void gs_script_note_vms(GsScript *script)
{
	unsigned int last_made, noted = 0;
	g_autofree Vm *vms = vms_new(script, &last_made);

	note_several(script, vms);
	for (uint32_t i = 0; i < script->vm_count && noted < LISTED_MAX; i++) {
		if (!vms[i].made || vms[i].used || vms[i].end == 0 || vms[i].end > last_made)
			continue;
		gs_script_note(script, "%s:%u: VM %u is a scratch VM: closed after %u calls",
			       script->source, vms[i].line, i, vms[i].call_count);
		noted++;
	}
}

uint32_t gs_script_first_vm(const GsScript *script)
{
	unsigned int last_made;
	g_autofree Vm *vms = vms_new(script, &last_made);

	for (uint32_t i = 0; i < script->vm_count; i++) {
		if (vms[i].used)
			return i;
	}
	return 0;
}

static int64_t end_ns(const GsScriptCall *call)
{
	return call->start_ns + MAX(call->recorded_ns, 0);
}

/* The index in @one of the thread of @call, which is added if it is new. */
static uint32_t copy_thread(const GsScript *script, const GsScriptCall *call, GsScript *one)
{
	const GsScriptThread *thread =
		&g_array_index(script->threads, GsScriptThread, call->thread);
	const uint32_t index = gs_script_thread(one, thread->tid);

	g_array_index(one->threads, GsScriptThread, index).name = thread->name;
	return index;
}

GsScript *gs_script_of_vm(const GsScript *script, uint32_t vm)
{
	GsScript *one = gs_script_new(script->source);
	/* of each call the last in @one up to there, back along what it follows */
	g_autofree int32_t *kept = g_new(int32_t, script->calls->len);
	int64_t epoch_ns = 0, vm_end_ns = 0;

	for (unsigned int i = 0; i < script->calls->len; i++) {
		GsScriptCall call = *gs_script_call(script, i);
		const int32_t after = call.after >= 0 ? kept[call.after] : -1;
		const bool skips = call.after >= 0 &&
				   gs_script_call(script, (unsigned int)call.after)->vm != vm;

		kept[i] = after;
		if (call.vm != vm)
			continue;
		kept[i] = (int32_t)one->calls->len;
		if (kept[i] == 0)
			epoch_ns = vm_end_ns = call.start_ns;
		if (kept[i] == 0 || skips) {
			int64_t from_ns = epoch_ns;

			if (after >= 0)
				from_ns = end_ns(gs_script_call(one, (unsigned int)after));
			if (g_str_equal(call.name, GS_SCRIPT_CLOSE))
				from_ns = vm_end_ns;
			call.think_ns = MAX(call.start_ns - from_ns, 0);
		}
		vm_end_ns = MAX(vm_end_ns, end_ns(&call));
		call.after = after;
		call.vm = 0;
		call.thread = copy_thread(script, &call, one);
		g_array_append_val(one->calls, call);
	}
	for (unsigned int i = 0; i < one->calls->len; i++)
		g_array_index(one->calls, GsScriptCall, i).start_ns -= epoch_ns;
	one->vm_count = 1;
	gs_script_number_calls(one);
	return one;
}
