/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/kvm-args.h"

#include "traces/strace-text.h"

/* Symbols of the KVM ABI where they can stand for a number in a field we keep. */
static const struct {
	const char *name;
	uint64_t value;
} symbols[] = {
	{ "KVM_MEM_LOG_DIRTY_PAGES", 1 },
	{ "KVM_MEM_READONLY", 2 },
	{ "KVM_MEM_GUEST_MEMFD", 4 },

	{ "KVM_IOEVENTFD_FLAG_DATAMATCH", 1 },
	{ "KVM_IOEVENTFD_FLAG_PIO", 2 },
	{ "KVM_IOEVENTFD_FLAG_DEASSIGN", 4 },
	{ "KVM_IOEVENTFD_FLAG_VIRTIO_CCW_NOTIFY", 8 },

	{ "KVM_IRQFD_FLAG_DEASSIGN", 1 },
	{ "KVM_IRQFD_FLAG_RESAMPLE", 2 },

	{ "KVM_PIT_SPEAKER_DUMMY", 1 },

	{ "KVM_CREATE_DEVICE_TEST", 1 },
	{ "KVM_DEV_TYPE_FSL_MPIC_20", 1 },
	{ "KVM_DEV_TYPE_FSL_MPIC_42", 2 },
	{ "KVM_DEV_TYPE_XICS", 3 },
	{ "KVM_DEV_TYPE_VFIO", 4 },
	{ "KVM_DEV_TYPE_ARM_VGIC_V2", 5 },
	{ "KVM_DEV_TYPE_FLIC", 6 },
	{ "KVM_DEV_TYPE_ARM_VGIC_V3", 7 },
	{ "KVM_DEV_TYPE_ARM_VGIC_ITS", 8 },
	{ "KVM_DEV_TYPE_XIVE", 9 },
	{ "KVM_DEV_TYPE_ARM_PV_TIME", 10 },

	{ "KVM_DEV_ARM_VGIC_GRP_ADDR", 0 },
	{ "KVM_DEV_ARM_VGIC_GRP_DIST_REGS", 1 },
	{ "KVM_DEV_ARM_VGIC_GRP_CPU_REGS", 2 },
	{ "KVM_DEV_ARM_VGIC_GRP_NR_IRQS", 3 },
	{ "KVM_DEV_ARM_VGIC_GRP_CTRL", 4 },
	{ "KVM_DEV_ARM_VGIC_GRP_REDIST_REGS", 5 },
	{ "KVM_DEV_ARM_VGIC_GRP_CPU_SYSREGS", 6 },
	{ "KVM_DEV_ARM_VGIC_GRP_LEVEL_INFO", 7 },
	{ "KVM_DEV_ARM_VGIC_GRP_ITS_REGS", 8 },

	{ "KVM_VGIC_V2_ADDR_TYPE_DIST", 0 },
	{ "KVM_VGIC_V2_ADDR_TYPE_CPU", 1 },
	{ "KVM_VGIC_V3_ADDR_TYPE_DIST", 2 },
	{ "KVM_VGIC_V3_ADDR_TYPE_REDIST", 3 },
	{ "KVM_VGIC_ITS_ADDR_TYPE", 4 },
	{ "KVM_VGIC_V3_ADDR_TYPE_REDIST_REGION", 5 },
	{ "KVM_DEV_ARM_VGIC_CTRL_INIT", 0 },

	{ "KVM_CAP_HYPERV_SYNIC", 123 },
	{ "KVM_CAP_SPLIT_IRQCHIP", 121 },
	{ "KVM_CAP_X2APIC_API", 129 },
	{ "KVM_CAP_X86_DISABLE_EXITS", 143 },
	{ "KVM_CAP_EXCEPTION_PAYLOAD", 164 },
	{ "KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2", 168 },
	{ "KVM_CAP_HALT_POLL", 182 },
	{ "KVM_CAP_X86_USER_SPACE_MSR", 188 },
	{ "KVM_CAP_DIRTY_LOG_RING", 192 },
	{ "KVM_CAP_X86_BUS_LOCK_EXIT", 193 },
};

/* A number, a symbol, several of either or'ed; with or without a comment. */
static bool parse_flags(GsSpan text, uint64_t *value)
{
	GsSpan comment;
	const char *end;

	text = gs_strace_strip_comment(text, &comment);
	end = text.text + text.length;
	*value = 0;
	if (text.length == 0)
		return false;
	while (text.length) {
		const char *bar = memchr(text.text, '|', text.length);
		GsSpan term = gs_span(text.text, bar ? bar : end);
		bool known = false;
		int64_t number;

		text = gs_span(bar ? bar + 1 : end, end);
		if (gs_strace_number(term, &number)) {
			*value |= (uint64_t)number;
			continue;
		}
		for (size_t i = 0; i < G_N_ELEMENTS(symbols) && !known; i++) {
			if (gs_span_equals(term, symbols[i].name)) {
				*value |= symbols[i].value;
				known = true;
			}
		}
		if (!known)
			return false;
	}
	return true;
}

static bool parse_u32(GsSpan text, uint32_t *value)
{
	uint64_t wide;

	if (!parse_flags(text, &wide) || wide > UINT32_MAX)
		return false;
	*value = (uint32_t)wide;
	return true;
}

/* What a struct's members say, whichever struct it is. */
typedef struct {
	bool has_slot, has_guest_phys_addr, has_memory_size;
	bool has_group, has_attr, has_type, has_cap;
	uint32_t slot, group, type;
	uint64_t guest_phys_addr, memory_size, userspace_addr, attr, cap;
} Members;

static void parse_member(GsSpan name, GsSpan value, Members *members, GsCallArgs *args)
{
	if (gs_span_equals(name, "flags"))
		args->has_flags = parse_u32(value, &args->flags);
	else if (gs_span_equals(name, "addr"))
		args->has_addr = parse_flags(value, &args->addr);
	else if (gs_span_equals(name, "len") || gs_span_equals(name, "size"))
		args->has_len = parse_u32(value, &args->len);
	else if (gs_span_equals(name, "slot"))
		members->has_slot = parse_u32(value, &members->slot);
	else if (gs_span_equals(name, "guest_phys_addr"))
		members->has_guest_phys_addr = parse_flags(value, &members->guest_phys_addr);
	else if (gs_span_equals(name, "memory_size"))
		members->has_memory_size = parse_flags(value, &members->memory_size);
	else if (gs_span_equals(name, "userspace_addr"))
		parse_flags(value, &members->userspace_addr);
	else if (gs_span_equals(name, "group"))
		members->has_group = parse_u32(value, &members->group);
	else if (gs_span_equals(name, "attr"))
		members->has_attr = parse_flags(value, &members->attr);
	else if (gs_span_equals(name, "type"))
		members->has_type = parse_u32(value, &members->type);
	else if (gs_span_equals(name, "cap"))
		members->has_cap = parse_flags(value, &members->cap);
}

static void parse_struct(GsSpan inside, GsCallArgs *args)
{
	Members members = { 0 };
	GsSpan item, name, value;

	while (gs_strace_next_item(&inside, &item)) {
		if (gs_strace_split_member(item, &name, &value))
			parse_member(name, value, &members, args);
	}
	if (members.has_slot && members.has_guest_phys_addr && members.has_memory_size) {
		args->has_memslot = true;
		args->slot = members.slot;
		args->memslot_flags = args->flags;
		args->guest_phys_addr = members.guest_phys_addr;
		args->memory_size_bytes = members.memory_size;
		args->userspace_addr = members.userspace_addr;
	}
	if (members.has_group && members.has_attr) {
		args->has_device_attr = true;
		args->device_group = members.group;
		args->device_attr = members.attr;
	}
	if (members.has_type) {
		args->has_device_type = true;
		args->device_type = members.type;
	}
	if (members.has_cap) {
		args->has_value = true;
		args->value = members.cap;
	}
}

void gs_kvm_args_parse(const GsKvmRequest *request, GsSpan text, GsCallArgs *args)
{
	GsSpan inside, name, value;

	*args = (GsCallArgs){ 0 };
	/* strace -N: "argp={...}" */
	if (gs_strace_split_member(text, &name, &value))
		text = value;
	if (gs_strace_inside(text, '{', &inside)) {
		parse_struct(inside, args);
		return;
	}
	/* where a struct belongs, a number is its address */
	if (request && gs_kvm_request_takes_number(request))
		args->has_value = parse_flags(text, &args->value);
	else if (!parse_flags(text, &args->pointer))
		args->pointer = 0;
}

int32_t gs_kvm_args_device_fd(GsSpan text)
{
	GsSpan inside, item, name, value;

	if (gs_strace_split_member(text, &name, &value))
		text = value;
	if (!gs_strace_inside(text, '{', &inside))
		return -1;
	while (gs_strace_next_item(&inside, &item)) {
		const char *end, *after;
		int64_t fd = 0;
		size_t length = 0;

		if (!gs_strace_split_member(item, &name, &value) || !gs_span_equals(name, "fd"))
			continue;
		/* "fd=0 => 12": before and after the call */
		end = value.text + value.length;
		after = g_strstr_len(value.text, (gssize)value.length, "=> ");
		if (after)
			value = gs_span(after + strlen("=> "), end);
		while (length < value.length && g_ascii_isdigit(value.text[length]))
			length++;
		value.length = length;
		return gs_strace_number(value, &fd) && fd >= 0 && fd <= INT32_MAX ? (int32_t)fd
										  : -1;
	}
	return -1;
}
