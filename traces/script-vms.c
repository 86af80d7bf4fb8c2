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
