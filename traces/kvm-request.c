/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/kvm-request.h"

#include "traces/strace-text.h"

/* The parts of a request number, as asm-generic/ioctl.h lays them out. */
#define IOC_TYPE_KVM 0xae
#define IOC_NONE 0
#define IOC_DIRECTION(number) ((number) >> 30)
#define IOC_SIZE_MASK 0x3fff0000u
#define IOC_TYPE(number) (((number) >> 8) & 0xff)
#define IOC_NUMBER(number) ((number)&0xff)

/* Nitro Enclaves shares the type with KVM and uses these. */
#define NITRO_FIRST 0x20
#define NITRO_LAST 0x24

#define KVM GS_ROLE_BIT(GS_FD_KVM)
#define VM GS_ROLE_BIT(GS_FD_VM)
#define VCPU GS_ROLE_BIT(GS_FD_VCPU)
#define DEVICE GS_ROLE_BIT(GS_FD_DEVICE)

/* Sorted by name. */
static const GsKvmRequest requests[] = {
	{ "KVM_ARM_GET_REG_WRITABLE_MASKS", 0x8040aeb6, VM },
	{ "KVM_ARM_MTE_COPY_TAGS", 0x8030aeb4, VM },
	{ "KVM_ARM_PREFERRED_TARGET", 0x8020aeaf, VM },
	{ "KVM_ARM_SET_COUNTER_OFFSET", 0x4010aeb5, VM },
	{ "KVM_ARM_SET_DEVICE_ADDR", 0x4010aeab, VM },
	{ "KVM_ARM_VCPU_FINALIZE", 0x4004aec2, VCPU },
	{ "KVM_ARM_VCPU_INIT", 0x4020aeae, VCPU },
	{ "KVM_CHECK_EXTENSION", 0x0000ae03, KVM | VM },
	{ "KVM_CLEAR_DIRTY_LOG", 0xc018aec0, VM },
	{ "KVM_CREATE_DEVICE", 0xc00caee0, VM },
	{ "KVM_CREATE_GUEST_MEMFD", 0xc040aed4, VM },
	{ "KVM_CREATE_IRQCHIP", 0x0000ae60, VM },
	{ "KVM_CREATE_PIT", 0x0000ae64, VM },
	{ "KVM_CREATE_PIT2", 0x4040ae77, VM },
	{ "KVM_CREATE_VCPU", 0x0000ae41, VM },
	{ "KVM_CREATE_VM", 0x0000ae01, KVM },
	{ "KVM_ENABLE_CAP", 0x4068aea3, VM | VCPU },
	{ "KVM_GET_API_VERSION", 0x0000ae00, KVM },
	{ "KVM_GET_CLOCK", 0x8030ae7c, VM },
	{ "KVM_GET_CPUID2", 0xc008ae91, VCPU },
	{ "KVM_GET_DEBUGREGS", 0x8080aea1, VCPU },
	{ "KVM_GET_DEVICE_ATTR", 0x4018aee2, KVM | VM | VCPU | DEVICE },
	{ "KVM_GET_DIRTY_LOG", 0x4010ae42, VM },
	{ "KVM_GET_EMULATED_CPUID", 0xc008ae09, KVM },
	{ "KVM_GET_FPU", 0x81a0ae8c, VCPU },
	{ "KVM_GET_IRQCHIP", 0xc208ae62, VM },
	{ "KVM_GET_LAPIC", 0x8400ae8e, VCPU },
	{ "KVM_GET_MP_STATE", 0x8004ae98, VCPU },
	{ "KVM_GET_MSRS", 0xc008ae88, KVM | VCPU },
	{ "KVM_GET_MSR_FEATURE_INDEX_LIST", 0xc004ae0a, KVM },
	{ "KVM_GET_MSR_INDEX_LIST", 0xc004ae02, KVM },
	{ "KVM_GET_NESTED_STATE", 0xc080aebe, VCPU },
	{ "KVM_GET_NR_MMU_PAGES", 0x0000ae45, VM },
	{ "KVM_GET_ONE_REG", 0x4010aeab, VCPU },
	{ "KVM_GET_PIT", 0xc048ae65, VM },
	{ "KVM_GET_PIT2", 0x8070ae9f, VM },
	{ "KVM_GET_REGS", 0x8090ae81, VCPU },
	{ "KVM_GET_REG_LIST", 0xc008aeb0, VCPU },
	{ "KVM_GET_SREGS", 0x8138ae83, VCPU },
	{ "KVM_GET_SREGS2", 0x8140aecc, VCPU },
	{ "KVM_GET_STATS_FD", 0x0000aece, VM | VCPU },
	{ "KVM_GET_SUPPORTED_CPUID", 0xc008ae05, KVM },
	{ "KVM_GET_SUPPORTED_HV_CPUID", 0xc008aec1, KVM | VCPU },
	{ "KVM_GET_TSC_KHZ", 0x0000aea3, VM | VCPU },
	{ "KVM_GET_VCPU_EVENTS", 0x8040ae9f, VCPU },
	{ "KVM_GET_VCPU_MMAP_SIZE", 0x0000ae04, KVM },
	{ "KVM_GET_XCRS", 0x8188aea6, VCPU },
	{ "KVM_GET_XSAVE", 0x9000aea4, VCPU },
	{ "KVM_GET_XSAVE2", 0x9000aecf, VCPU },
	{ "KVM_HAS_DEVICE_ATTR", 0x4018aee3, KVM | VM | VCPU | DEVICE },
	{ "KVM_HYPERV_EVENTFD", 0x4018aebd, VM },
	{ "KVM_INTERRUPT", 0x4004ae86, VCPU },
	{ "KVM_IOEVENTFD", 0x4040ae79, VM },
	{ "KVM_IRQFD", 0x4020ae76, VM },
	{ "KVM_IRQ_LINE", 0x4008ae61, VM },
	{ "KVM_IRQ_LINE_STATUS", 0xc008ae67, VM },
	{ "KVM_KVMCLOCK_CTRL", 0x0000aead, VCPU },
	{ "KVM_MEMORY_ENCRYPT_OP", 0xc008aeba, VM | VCPU },
	{ "KVM_MEMORY_ENCRYPT_REG_REGION", 0x8010aebb, VM },
	{ "KVM_MEMORY_ENCRYPT_UNREG_REGION", 0x8010aebc, VM },
	{ "KVM_NMI", 0x0000ae9a, VCPU },
	{ "KVM_PRE_FAULT_MEMORY", 0xc040aed5, VCPU },
	{ "KVM_REGISTER_COALESCED_MMIO", 0x4010ae67, VM },
	{ "KVM_REINJECT_CONTROL", 0x0000ae71, VM },
	{ "KVM_RESET_DIRTY_RINGS", 0x0000aec7, VM },
	{ "KVM_RUN", 0x0000ae80, VCPU },
	{ "KVM_SET_BOOT_CPU_ID", 0x0000ae78, VM },
	{ "KVM_SET_CLOCK", 0x4030ae7b, VM },
	{ "KVM_SET_CPUID", 0x4008ae8a, VCPU },
	{ "KVM_SET_CPUID2", 0x4008ae90, VCPU },
	{ "KVM_SET_DEBUGREGS", 0x4080aea2, VCPU },
	{ "KVM_SET_DEVICE_ATTR", 0x4018aee1, VM | VCPU | DEVICE },
	{ "KVM_SET_FPU", 0x41a0ae8d, VCPU },
	{ "KVM_SET_GSI_ROUTING", 0x4008ae6a, VM },
	{ "KVM_SET_GUEST_DEBUG", 0x4048ae9b, VCPU },
	{ "KVM_SET_IDENTITY_MAP_ADDR", 0x4008ae48, VM },
	{ "KVM_SET_IRQCHIP", 0x8208ae63, VM },
	{ "KVM_SET_LAPIC", 0x4400ae8f, VCPU },
	{ "KVM_SET_MEMORY_ATTRIBUTES", 0x4020aed2, VM },
	{ "KVM_SET_MP_STATE", 0x4004ae99, VCPU },
	{ "KVM_SET_MSRS", 0x4008ae89, VCPU },
	{ "KVM_SET_NESTED_STATE", 0x4080aebf, VCPU },
	{ "KVM_SET_NR_MMU_PAGES", 0x0000ae44, VM },
	{ "KVM_SET_ONE_REG", 0x4010aeac, VCPU },
	{ "KVM_SET_PIT", 0x8048ae66, VM },
	{ "KVM_SET_PIT2", 0x4070aea0, VM },
	{ "KVM_SET_PMU_EVENT_FILTER", 0x4020aeb2, VM },
	{ "KVM_SET_REGS", 0x4090ae82, VCPU },
	{ "KVM_SET_SIGNAL_MASK", 0x4004ae8b, VCPU },
	{ "KVM_SET_SREGS", 0x4138ae84, VCPU },
	{ "KVM_SET_SREGS2", 0x4140aecd, VCPU },
	{ "KVM_SET_TSC_KHZ", 0x0000aea2, VM | VCPU },
	{ "KVM_SET_TSS_ADDR", 0x0000ae47, VM },
	{ "KVM_SET_USER_MEMORY_REGION", 0x4020ae46, VM },
	{ "KVM_SET_USER_MEMORY_REGION2", 0x40a0ae49, VM },
	{ "KVM_SET_VAPIC_ADDR", 0x4008ae93, VCPU },
	{ "KVM_SET_VCPU_EVENTS", 0x4040aea0, VCPU },
	{ "KVM_SET_XCRS", 0x4188aea7, VCPU },
	{ "KVM_SET_XSAVE", 0x5000aea5, VCPU },
	{ "KVM_SIGNAL_MSI", 0x4020aea5, VM },
	{ "KVM_SMI", 0x0000aeb7, VCPU },
	{ "KVM_TPR_ACCESS_REPORTING", 0xc028ae92, VCPU },
	{ "KVM_TRANSLATE", 0xc018ae85, VCPU },
	{ "KVM_UNREGISTER_COALESCED_MMIO", 0x4010ae68, VM },
	{ "KVM_X86_GET_MCE_CAP_SUPPORTED", 0x8008ae9d, KVM },
	{ "KVM_X86_SETUP_MCE", 0x4008ae9c, VCPU },
	{ "KVM_X86_SET_MCE", 0x4040ae9e, VCPU },
	{ "KVM_X86_SET_MSR_FILTER", 0x4188aec6, VM },
	{ "KVM_XEN_HVM_CONFIG", 0x4038ae7a, VM },
	{ "KVM_XEN_HVM_EVTCHN_SEND", 0x400caed0, VM },
	{ "KVM_XEN_HVM_GET_ATTR", 0xc048aec8, VM },
	{ "KVM_XEN_HVM_SET_ATTR", 0x4048aec9, VM },
	{ "KVM_XEN_VCPU_GET_ATTR", 0xc048aeca, VCPU },
	{ "KVM_XEN_VCPU_SET_ATTR", 0x4048aecb, VCPU },
};

#undef KVM
#undef VM
#undef VCPU
#undef DEVICE

const GsKvmRequest *gs_kvm_request_table(size_t *count)
{
	*count = G_N_ELEMENTS(requests);
	return requests;
}

const GsKvmRequest *gs_kvm_request_by_name(GsSpan name)
{
	size_t low = 0, high = G_N_ELEMENTS(requests);

	while (low < high) {
		size_t middle = (low + high) / 2;
		const GsKvmRequest *request = &requests[middle];
		size_t length = strlen(request->name);
		int order = memcmp(name.text, request->name, MIN(name.length, length));

		if (order == 0 && name.length == length)
			return request;
		if (order > 0 || (order == 0 && name.length > length))
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const GsKvmRequest *gs_kvm_request_by_number(uint32_t number, GsFdRole role)
{
	const GsKvmRequest *found = NULL, *resized = NULL;

	for (size_t i = 0; i < G_N_ELEMENTS(requests); i++) {
		const GsKvmRequest *request = &requests[i];
		bool fits = role == GS_FD_UNKNOWN || (request->roles & GS_ROLE_BIT(role));

		if (request->number == number) {
			if (fits)
				return request;
			found = request;
		} else if (fits && ((request->number ^ number) & ~IOC_SIZE_MASK) == 0) {
			resized = request;
		}
	}
	/* a descriptor may be mistaken; a number with another architecture's size may not */
	return found ? found : resized;
}

bool gs_kvm_request_takes_number(const GsKvmRequest *request)
{
	return IOC_DIRECTION(request->number) == IOC_NONE;
}

/* "_IOC(_IOC_READ|_IOC_WRITE, 0xae, 0xf1, 0x8)" */
static bool parse_ioc(GsSpan text, uint32_t *number)
{
	GsSpan item, parts[4], flag;
	int64_t type, nr, size;
	uint32_t direction = 0;
	unsigned int count = 0;

	if (!gs_span_has_prefix(text, "_IOC") || text.length < 6 ||
	    !gs_strace_inside(gs_span_drop(text, 4), '(', &text))
		return false;
	while (gs_strace_next_item(&text, &item)) {
		if (count == 4)
			return false;
		parts[count++] = item;
	}
	if (count != 4 || !gs_strace_number(parts[1], &type) || !gs_strace_number(parts[2], &nr) ||
	    !gs_strace_number(parts[3], &size))
		return false;
	for (flag = parts[0]; flag.length;) {
		const char *end = flag.text + flag.length,
			   *bar = memchr(flag.text, '|', flag.length);
		GsSpan name = gs_span(flag.text, bar ? bar : end);

		if (gs_span_equals(name, "_IOC_WRITE"))
			direction |= 1;
		else if (gs_span_equals(name, "_IOC_READ"))
			direction |= 2;
		else if (!gs_span_equals(name, "_IOC_NONE") && !gs_span_equals(name, "0"))
			return false;
		flag = gs_span(bar ? bar + 1 : end, end);
	}
	if (type < 0 || type > 0xff || nr < 0 || nr > 0xff || size < 0 || size > 0x3fff)
		return false;
	*number = direction << 30 | (uint32_t)size << 16 | (uint32_t)type << 8 | (uint32_t)nr;
	return true;
}

static const char *intern(GsSpan text)
{
	g_autofree char *copy = g_strndup(text.text, text.length);

	return g_intern_string(copy);
}

static bool is_kvm_name(GsSpan name)
{
	if (!gs_span_has_prefix(name, "KVM_") || name.length > 64)
		return false;
	for (size_t i = 0; i < name.length; i++) {
		if (!g_ascii_isalnum(name.text[i]) && name.text[i] != '_')
			return false;
	}
	return true;
}

/* "A or B": the first KVM request among them, better one that @role takes. */
static const char *parse_names(GsSpan text, GsFdRole role, const GsKvmRequest **request)
{
	const char *end = text.text + text.length, *unknown = NULL;

	*request = NULL;
	while (text.length) {
		const char *separator = g_strstr_len(text.text, (gssize)text.length, " or ");
		GsSpan name = gs_span(text.text, separator ? separator : end);
		const GsKvmRequest *candidate = gs_kvm_request_by_name(name);

		text = gs_span(separator ? separator + strlen(" or ") : end, end);
		if (!candidate) {
			if (!unknown && is_kvm_name(name))
				unknown = intern(name);
			continue;
		}
		if (!*request ||
		    (role != GS_FD_UNKNOWN && !((*request)->roles & GS_ROLE_BIT(role)) &&
		     (candidate->roles & GS_ROLE_BIT(role))))
			*request = candidate;
	}
	return *request ? g_intern_static_string((*request)->name) : unknown;
}

const char *gs_kvm_request_parse(GsSpan text, GsFdRole role, const GsKvmRequest **request)
{
	GsSpan comment, plain = gs_strace_strip_comment(text, &comment);
	uint32_t number;
	int64_t value;

	*request = NULL;
	if (gs_strace_number(plain, &value)) {
		if (value < 0 || value > UINT32_MAX)
			return NULL;
		number = (uint32_t)value;
	} else if (!parse_ioc(plain, &number)) {
		return parse_names(plain, role, request);
	}
	if (IOC_TYPE(number) != IOC_TYPE_KVM)
		return NULL;
	*request = gs_kvm_request_by_number(number, role);
	if (*request)
		return g_intern_static_string((*request)->name);
	if (role == GS_FD_UNKNOWN && IOC_NUMBER(number) >= NITRO_FIRST &&
	    IOC_NUMBER(number) <= NITRO_LAST)
		return NULL;
	return intern(plain);
}
