/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/ioeventfd-probe.h"

#include <string.h>

/* include/uapi/linux/kvm.h */
#define KVM_IOEVENTFD_FLAG_DEASSIGN (1u << 2)

/* How far a VM has come. */
typedef enum {
	VM_NOT_SEEN, /* the log may start in the middle of it */
	VM_EMPTY,    /* created, and without memory and vCPUs */
	VM_PROBED,   /* past its first KVM_IOEVENTFD */
} VmStage;

typedef struct {
	VmStage stage;
	GArray *probes; /* owned: unsigned int, calls in a row; NULL: none */
} Vm;

static void vm_clear(void *data)
{
	Vm *vm = data;

	g_clear_pointer(&vm->probes, g_array_unref);
}

/* The row has ended: what was assigned in its first half is removed in its second. */
static void settle(GsScript *script, Vm *vm)
{
	const unsigned int count = vm->probes ? vm->probes->len : 0;
	uint32_t first_line = 0;

	vm->stage = VM_PROBED;
	if (count == 0 || count % 2 != 0)
		return;
	for (unsigned int i = 0; i < count; i++) {
		GsScriptCall *call = &g_array_index(script->calls, GsScriptCall,
						    g_array_index(vm->probes, unsigned int, i));

		call->args.has_flags = true;
		call->args.flags = i < count / 2 ? 0 : KVM_IOEVENTFD_FLAG_DEASSIGN;
		if (i == count / 2)
			first_line = call->line;
	}
	gs_script_note(script,
		       "%s:%u: of %u KVM_IOEVENTFD of a VM without memory and vCPUs the second "
		       "half, from here on, are taken to deassign what the first assigned",
		       script->source, first_line, count);
}

static void add_probe(Vm *vm, unsigned int call)
{
	if (!vm->probes)
		vm->probes = g_array_new(FALSE, FALSE, sizeof(unsigned int));
	g_array_append_val(vm->probes, call);
}

void gs_script_find_ioeventfd_probes(GsScript *script)
{
	g_autoptr(GArray) vms = g_array_new(FALSE, TRUE, sizeof(Vm));

	g_array_set_clear_func(vms, vm_clear);
	g_array_set_size(vms, script->vm_count);
	for (unsigned int i = 0; i < script->calls->len; i++) {
		const GsScriptCall *call = gs_script_call(script, i);
		Vm *vm = &g_array_index(vms, Vm, call->vm);

		if (call->failed)
			continue;
		if (strcmp(call->name, "KVM_CREATE_VM") == 0)
			vm->stage = VM_EMPTY;
		else if (vm->stage != VM_EMPTY)
			continue;
		else if (strcmp(call->name, "KVM_IOEVENTFD") == 0 && !call->args.has_flags)
			add_probe(vm, i);
		else if (vm->probes || strcmp(call->name, "KVM_CREATE_VCPU") == 0 ||
			 g_str_has_prefix(call->name, "KVM_SET_USER_MEMORY_REGION"))
			settle(script, vm);
	}
}
