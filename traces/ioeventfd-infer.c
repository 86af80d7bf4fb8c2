/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/ioeventfd-infer.h"

#include <string.h>

const char *const gs_ioeventfd_mode_names[] = { "infer", "assign", "deassign", NULL };

/* Why a call was taken for what it was. */
typedef enum {
	BY_PROBE,
	BY_EVENTFD,
	BY_ORDER,
	BY_ADDRESS,
	BY_MIRROR,
	BY_DEFAULT,
	REASONS,
} Reason;

/* One direction's calls, by reason. */
typedef struct {
	unsigned int counts[REASONS];
	uint32_t first_lines[REASONS];
} Tally;

/* How far a VM has come. */
typedef enum {
	VM_NOT_SEEN, /* the log may start in the middle of it */
	VM_EMPTY,    /* created, and without memory and vCPUs */
	VM_MADE,     /* past its first memory slot, vCPU or row of KVM_IOEVENTFD */
	VM_RAN,
} VmStage;

typedef struct {
	VmStage stage;
	int64_t last_run;      /* index of its last KVM_RUN; -1: none */
	GArray *row;           /* owned: unsigned int, calls in a row while it is empty */
	GArray *tail;          /* owned: unsigned int, undecided ones behind its last KVM_RUN */
	GArray *addresses;     /* owned: uint64_t, of the structs of what is assigned */
	bool addresses_repeat; /* so that they tell nothing apart */
	unsigned int assigned;
} Vm;

typedef struct {
	GsScript *script;
	GArray *vms; /* owned: Vm */
	Tally assigns, deassigns;
} Inference;

static void vm_clear(void *data)
{
	Vm *vm = data;

	g_array_unref(vm->row);
	g_array_unref(vm->tail);
	g_array_unref(vm->addresses);
}

static void inference_init(Inference *inference, GsScript *script)
{
	*inference = (Inference){ .script = script };
	inference->vms = g_array_sized_new(FALSE, FALSE, sizeof(Vm), script->vm_count);
	g_array_set_clear_func(inference->vms, vm_clear);
	for (uint32_t i = 0; i < script->vm_count; i++) {
		const Vm vm = {
			.last_run = -1,
			.row = g_array_new(FALSE, FALSE, sizeof(unsigned int)),
			.tail = g_array_new(FALSE, FALSE, sizeof(unsigned int)),
			.addresses = g_array_new(FALSE, FALSE, sizeof(uint64_t)),
		};

		g_array_append_val(inference->vms, vm);
	}
	for (unsigned int i = 0; i < script->calls->len; i++) {
		const GsScriptCall *call = gs_script_call(script, i);

		if (strcmp(call->name, "KVM_RUN") == 0)
			g_array_index(inference->vms, Vm, call->vm).last_run = i;
	}
}

static bool is_ioeventfd(const GsScriptCall *call)
{
	return strcmp(call->name, "KVM_IOEVENTFD") == 0;
}

bool gs_ioeventfd_is_hidden(const GsScriptCall *call)
{
	return call->args.pointer && !call->failed && is_ioeventfd(call);
}

static bool deassigns(const GsScriptCall *call)
{
	return call->args.has_flags && (call->args.flags & GS_IOEVENTFD_FLAG_DEASSIGN);
}

static void count(Tally *tally, const GsScriptCall *call, Reason reason)
{
	if (tally->counts[reason]++ == 0)
		tally->first_lines[reason] = call->line;
}

/* Where @address is among @vm's; -1: nowhere. */
static int find_address(const Vm *vm, uint64_t address)
{
	for (unsigned int i = 0; i < vm->addresses->len; i++) {
		if (g_array_index(vm->addresses, uint64_t, i) == address)
			return (int)i;
	}
	return -1;
}

static void decide(Inference *inference, Vm *vm, unsigned int index, bool deassign, Reason reason)
{
	GsScriptCall *call = &g_array_index(inference->script->calls, GsScriptCall, index);
	const int known = find_address(vm, call->args.pointer);

	/* what nothing is known of is left unknown, and taken to assign by whoever asks */
	call->args.has_flags = reason != BY_DEFAULT;
	call->args.flags = deassign ? GS_IOEVENTFD_FLAG_DEASSIGN : 0;
	count(deassign ? &inference->deassigns : &inference->assigns, call, reason);
	if (deassign) {
		vm->assigned -= vm->assigned > 0;
		if (known >= 0)
			g_array_remove_index_fast(vm->addresses, (unsigned int)known);
	} else {
		vm->assigned++;
		vm->addresses_repeat |= known >= 0;
		if (known < 0)
			g_array_append_val(vm->addresses, call->args.pointer);
	}
}

/* A call of a VM that is past its probe. */
static void weigh(Inference *inference, Vm *vm, unsigned int index)
{
	const GsScriptCall *call = gs_script_call(inference->script, index);

	if (call->args.has_flags && (!deassigns(call) || vm->assigned > 0))
		decide(inference, vm, index, deassigns(call), BY_EVENTFD);
	else if (vm->stage == VM_EMPTY || vm->stage == VM_MADE)
		decide(inference, vm, index, false, BY_ORDER);
	else if (!vm->addresses_repeat && vm->addresses->len > 1 &&
		 find_address(vm, call->args.pointer) >= 0)
		decide(inference, vm, index, true, BY_ADDRESS);
	else if (vm->stage == VM_RAN && index > vm->last_run)
		g_array_append_val(vm->tail, index);
	else
		decide(inference, vm, index, false, BY_DEFAULT);
}

/* The row of an empty VM has @ended: what its first half assigns the second takes back. */
static void settle_row(Inference *inference, Vm *vm, bool ended)
{
	const unsigned int half = vm->row->len / 2;
	const bool is_probe = ended && vm->row->len % 2 == 0;

	for (unsigned int i = 0; i < vm->row->len; i++) {
		const unsigned int index = g_array_index(vm->row, unsigned int, i);

		if (is_probe)
			decide(inference, vm, index, i >= half, BY_PROBE);
		else
			weigh(inference, vm, index);
	}
	g_array_set_size(vm->row, 0);
	g_array_set_size(vm->addresses, 0);
	vm->addresses_repeat = false;
	vm->stage = VM_MADE;
}

static void settle_tail(Inference *inference, Vm *vm)
{
	const bool mirrors = vm->tail->len == vm->assigned;

	for (unsigned int i = 0; i < vm->tail->len; i++)
		decide(inference, vm, g_array_index(vm->tail, unsigned int, i), mirrors,
		       mirrors ? BY_MIRROR : BY_DEFAULT);
}

static void take_other(Inference *inference, Vm *vm, const GsScriptCall *call)
{
	if (vm->row->len > 0)
		settle_row(inference, vm, true);
	if (strcmp(call->name, "KVM_CREATE_VM") == 0)
		vm->stage = VM_EMPTY;
	else if (strcmp(call->name, "KVM_RUN") == 0)
		vm->stage = VM_RAN;
	else if (vm->stage == VM_EMPTY &&
		 (strcmp(call->name, "KVM_CREATE_VCPU") == 0 ||
		  g_str_has_prefix(call->name, "KVM_SET_USER_MEMORY_REGION")))
		vm->stage = VM_MADE;
	else if (is_ioeventfd(call) && deassigns(call))
		vm->assigned -= vm->assigned > 0;
	else if (is_ioeventfd(call))
		vm->assigned++;
}

static void infer(Inference *inference)
{
	GsScript *script = inference->script;

	for (unsigned int i = 0; i < script->calls->len; i++) {
		const GsScriptCall *call = gs_script_call(script, i);
		Vm *vm = &g_array_index(inference->vms, Vm, call->vm);

		if (call->failed)
			continue;
		if (!gs_ioeventfd_is_hidden(call))
			take_other(inference, vm, call);
		else if (vm->stage == VM_EMPTY)
			g_array_append_val(vm->row, i);
		else
			weigh(inference, vm, i);
	}
	for (uint32_t i = 0; i < script->vm_count; i++) {
		Vm *vm = &g_array_index(inference->vms, Vm, i);

		if (vm->row->len > 0)
			settle_row(inference, vm, false);
		settle_tail(inference, vm);
	}
}

static unsigned int total(const Tally *tally)
{
	unsigned int sum = 0;

	for (unsigned int i = 0; i < REASONS; i++)
		sum += tally->counts[i];
	return sum;
}

/* "; 8 to deassign (7 as the second half of a probe, from line 694; 1 ...)" */
static void describe(GString *text, const Tally *tally, const char *const *reasons,
		     const char *direction)
{
	const unsigned int all = total(tally);
	const char *separator = "";

	if (all == 0)
		return;
	g_string_append_printf(text, "; %u %s (", all, direction);
	for (unsigned int i = 0; i < REASONS; i++) {
		if (tally->counts[i] == 0)
			continue;
		g_string_append(text, separator);
		if (tally->counts[i] < all)
			g_string_append_printf(text, "%u ", tally->counts[i]);
		g_string_append_printf(text, "%s, from line %u", reasons[i], tally->first_lines[i]);
		separator = "; ";
	}
	g_string_append_c(text, ')');
}

static void add_note(Inference *inference)
{
	static const char *const why_assign[REASONS] = {
		[BY_PROBE] = "as the first half of a probe",
		[BY_EVENTFD] = "by the eventfd made before",
		[BY_ORDER] = "before the guest ran",
		[BY_DEFAULT] = "for want of evidence",
	};
	static const char *const why_deassign[REASONS] = {
		[BY_PROBE] = "as the second half of a probe",
		[BY_EVENTFD] = "by the eventfd closed after",
		[BY_ADDRESS] = "by the address of a struct that was assigned",
		[BY_MIRROR] = "after the guest ran, as many as were assigned",
	};
	const unsigned int all = total(&inference->assigns) + total(&inference->deassigns);
	g_autoptr(GString) text = g_string_new(NULL);

	if (all == 0)
		return;
	describe(text, &inference->assigns, why_assign, "are taken to assign");
	describe(text, &inference->deassigns, why_deassign, "are taken to deassign");
	gs_script_note(inference->script, "%s: %u KVM_IOEVENTFD show only a pointer%s",
		       inference->script->source, all, text->str);
}

/* All of them do what the user says. */
static void obey(GsScript *script, bool deassign)
{
	unsigned int told = 0;

	for (unsigned int i = 0; i < script->calls->len; i++) {
		GsScriptCall *call = &g_array_index(script->calls, GsScriptCall, i);

		if (!gs_ioeventfd_is_hidden(call))
			continue;
		call->args.has_flags = true;
		call->args.flags = deassign ? GS_IOEVENTFD_FLAG_DEASSIGN : 0;
		told++;
	}
	if (told > 0)
		gs_script_note(script,
			       "%s: %u KVM_IOEVENTFD show only a pointer; all are taken to %s, "
			       "as told",
			       script->source, told, deassign ? "deassign" : "assign");
}

void gs_script_infer_ioeventfds(GsScript *script, GsIoeventfdMode mode)
{
	Inference inference;

	if (mode != GS_IOEVENTFD_INFER) {
		obey(script, mode == GS_IOEVENTFD_DEASSIGN);
		return;
	}
	inference_init(&inference, script);
	infer(&inference);
	add_note(&inference);
	g_array_unref(inference.vms);
}
