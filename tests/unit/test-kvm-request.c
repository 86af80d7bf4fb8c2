/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The requests of KVM: names and numbers, and how tracers print them. */
#include <glib.h>
#include <linux/kvm.h>

#include "traces/kvm-request.h"

static void test_table_sorted(void)
{
	size_t count;
	const GsKvmRequest *table = gs_kvm_request_table(&count);

	for (size_t i = 0; i < count; i++) {
		g_assert_true(gs_kvm_request_by_name(gs_span_string(table[i].name)) == &table[i]);
		g_assert_cmpuint(table[i].number >> 8 & 0xff, ==, KVMIO);
		g_assert_cmpuint(table[i].roles, !=, 0);
		if (i > 0)
			g_assert_cmpstr(table[i - 1].name, <, table[i].name);
	}
	g_assert_null(gs_kvm_request_by_name(gs_span_string("KVM_CREATE")));
	g_assert_null(gs_kvm_request_by_name(gs_span_string("KVM_CREATE_VM2")));
	g_assert_null(gs_kvm_request_by_name(gs_span_string("")));
}

/* Every request is found by its number on a descriptor that takes it. */
static void test_numbers_are_unambiguous(void)
{
	size_t count;
	const GsKvmRequest *table = gs_kvm_request_table(&count);

	for (size_t i = 0; i < count; i++) {
		for (int role = GS_FD_KVM; role <= GS_FD_DEVICE; role++) {
			if (table[i].roles & GS_ROLE_BIT(role))
				g_assert_true(
					gs_kvm_request_by_number(table[i].number, (GsFdRole)role) ==
					&table[i]);
		}
	}
}

/*
 * The numbers of the header this is compiled with, so that none is mistyped.
 * Structs of other architectures are not in it; requests that came after 6.1, or
 * have gone since, may not be either.
 */
#define N(request) \
	{ \
#request, request \
	}
static const struct {
	const char *name;
	unsigned long number;
} header[] = {
	N(KVM_ARM_SET_DEVICE_ADDR),
	N(KVM_ARM_VCPU_FINALIZE),
	N(KVM_CHECK_EXTENSION),
	N(KVM_CLEAR_DIRTY_LOG),
	N(KVM_CREATE_DEVICE),
	N(KVM_CREATE_IRQCHIP),
	N(KVM_CREATE_PIT),
	N(KVM_CREATE_PIT2),
	N(KVM_CREATE_VCPU),
	N(KVM_CREATE_VM),
	N(KVM_DIRTY_TLB),
	N(KVM_ENABLE_CAP),
	N(KVM_GET_API_VERSION),
	N(KVM_GET_CLOCK),
	N(KVM_GET_DEVICE_ATTR),
	N(KVM_GET_DIRTY_LOG),
	N(KVM_GET_IRQCHIP),
	N(KVM_GET_MP_STATE),
	N(KVM_GET_NR_MMU_PAGES),
	N(KVM_GET_ONE_REG),
	N(KVM_GET_REG_LIST),
	N(KVM_GET_STATS_FD),
	N(KVM_GET_TSC_KHZ),
	N(KVM_GET_VCPU_MMAP_SIZE),
	N(KVM_HAS_DEVICE_ATTR),
	N(KVM_INTERRUPT),
	N(KVM_IOEVENTFD),
	N(KVM_IRQFD),
	N(KVM_IRQ_LINE),
	N(KVM_IRQ_LINE_STATUS),
	N(KVM_KVMCLOCK_CTRL),
	N(KVM_MEMORY_ENCRYPT_OP),
	N(KVM_MEMORY_ENCRYPT_REG_REGION),
	N(KVM_MEMORY_ENCRYPT_UNREG_REGION),
	N(KVM_NMI),
	N(KVM_PPC_ALLOCATE_HTAB),
	N(KVM_PPC_SVM_OFF),
	N(KVM_REGISTER_COALESCED_MMIO),
	N(KVM_REINJECT_CONTROL),
	N(KVM_RESET_DIRTY_RINGS),
	N(KVM_RUN),
	N(KVM_S390_CLEAR_RESET),
	N(KVM_S390_ENABLE_SIE),
	N(KVM_S390_INITIAL_RESET),
	N(KVM_S390_NORMAL_RESET),
	N(KVM_S390_STORE_STATUS),
	N(KVM_S390_VCPU_FAULT),
	N(KVM_SET_BOOT_CPU_ID),
	N(KVM_SET_CLOCK),
	N(KVM_SET_DEVICE_ATTR),
	N(KVM_SET_GSI_ROUTING),
	N(KVM_SET_IDENTITY_MAP_ADDR),
	N(KVM_SET_IRQCHIP),
	N(KVM_SET_MP_STATE),
	N(KVM_SET_NR_MMU_PAGES),
	N(KVM_SET_ONE_REG),
	N(KVM_SET_SIGNAL_MASK),
	N(KVM_SET_TSC_KHZ),
	N(KVM_SET_TSS_ADDR),
	N(KVM_SET_USER_MEMORY_REGION),
	N(KVM_SET_VAPIC_ADDR),
	N(KVM_SIGNAL_MSI),
	N(KVM_SMI),
	N(KVM_TPR_ACCESS_REPORTING),
	N(KVM_TRANSLATE),
	N(KVM_UNREGISTER_COALESCED_MMIO),
	N(KVM_X86_GET_MCE_CAP_SUPPORTED),
	N(KVM_X86_SETUP_MCE),
	N(KVM_XEN_HVM_EVTCHN_SEND),
#ifdef __x86_64__
	N(KVM_GET_CPUID2),
	N(KVM_GET_DEBUGREGS),
	N(KVM_GET_EMULATED_CPUID),
	N(KVM_GET_FPU),
	N(KVM_GET_LAPIC),
	N(KVM_GET_MSRS),
	N(KVM_GET_MSR_FEATURE_INDEX_LIST),
	N(KVM_GET_MSR_INDEX_LIST),
	N(KVM_GET_NESTED_STATE),
	N(KVM_GET_PIT),
	N(KVM_GET_PIT2),
	N(KVM_GET_REGS),
	N(KVM_GET_SREGS),
	N(KVM_GET_SREGS2),
	N(KVM_GET_SUPPORTED_CPUID),
	N(KVM_GET_SUPPORTED_HV_CPUID),
	N(KVM_GET_VCPU_EVENTS),
	N(KVM_GET_XCRS),
	N(KVM_GET_XSAVE),
	N(KVM_GET_XSAVE2),
	N(KVM_HYPERV_EVENTFD),
	N(KVM_SET_CPUID),
	N(KVM_SET_CPUID2),
	N(KVM_SET_DEBUGREGS),
	N(KVM_SET_FPU),
	N(KVM_SET_GUEST_DEBUG),
	N(KVM_SET_LAPIC),
	N(KVM_SET_MSRS),
	N(KVM_SET_NESTED_STATE),
	N(KVM_SET_PIT),
	N(KVM_SET_PIT2),
	N(KVM_SET_PMU_EVENT_FILTER),
	N(KVM_SET_REGS),
	N(KVM_SET_SREGS),
	N(KVM_SET_SREGS2),
	N(KVM_SET_VCPU_EVENTS),
	N(KVM_SET_XCRS),
	N(KVM_SET_XSAVE),
	N(KVM_X86_SET_MCE),
	N(KVM_X86_SET_MSR_FILTER),
	N(KVM_XEN_HVM_CONFIG),
	N(KVM_XEN_HVM_GET_ATTR),
	N(KVM_XEN_HVM_SET_ATTR),
	N(KVM_XEN_VCPU_GET_ATTR),
	N(KVM_XEN_VCPU_SET_ATTR),
#endif
#ifdef __aarch64__
	N(KVM_ARM_MTE_COPY_TAGS),
	N(KVM_ARM_PREFERRED_TARGET),
	N(KVM_ARM_VCPU_INIT),
#endif
#ifdef __s390x__
	N(KVM_S390_GET_CMMA_BITS),
	N(KVM_S390_GET_IRQ_STATE),
	N(KVM_S390_GET_SKEYS),
	N(KVM_S390_INTERRUPT),
	N(KVM_S390_IRQ),
	N(KVM_S390_MEM_OP),
	N(KVM_S390_PV_COMMAND),
	N(KVM_S390_PV_CPU_COMMAND),
	N(KVM_S390_SET_CMMA_BITS),
	N(KVM_S390_SET_INITIAL_PSW),
	N(KVM_S390_SET_IRQ_STATE),
	N(KVM_S390_SET_SKEYS),
	N(KVM_S390_UCAS_MAP),
	N(KVM_S390_UCAS_UNMAP),
	N(KVM_S390_ZPCI_OP),
#endif
#ifdef KVM_ASSIGN_DEV_IRQ
	N(KVM_ASSIGN_DEV_IRQ),
#endif
#ifdef KVM_ASSIGN_PCI_DEVICE
	N(KVM_ASSIGN_PCI_DEVICE),
#endif
#ifdef KVM_ASSIGN_SET_INTX_MASK
	N(KVM_ASSIGN_SET_INTX_MASK),
#endif
#ifdef KVM_ASSIGN_SET_MSIX_ENTRY
	N(KVM_ASSIGN_SET_MSIX_ENTRY),
#endif
#ifdef KVM_ASSIGN_SET_MSIX_NR
	N(KVM_ASSIGN_SET_MSIX_NR),
#endif
#ifdef KVM_CREATE_GUEST_MEMFD
	N(KVM_CREATE_GUEST_MEMFD),
#endif
#ifdef KVM_DEASSIGN_DEV_IRQ
	N(KVM_DEASSIGN_DEV_IRQ),
#endif
#ifdef KVM_DEASSIGN_PCI_DEVICE
	N(KVM_DEASSIGN_PCI_DEVICE),
#endif
#ifdef KVM_PRE_FAULT_MEMORY
	N(KVM_PRE_FAULT_MEMORY),
#endif
#ifdef KVM_SET_MEMORY_ALIAS
	N(KVM_SET_MEMORY_ALIAS),
#endif
#ifdef KVM_SET_MEMORY_ATTRIBUTES
	N(KVM_SET_MEMORY_ATTRIBUTES),
#endif
#ifdef KVM_SET_MEMORY_ATTRIBUTES2
	N(KVM_SET_MEMORY_ATTRIBUTES2),
#endif
#ifdef KVM_SET_MEMORY_REGION
	N(KVM_SET_MEMORY_REGION),
#endif
#ifdef KVM_SET_USER_MEMORY_REGION2
	N(KVM_SET_USER_MEMORY_REGION2),
#endif
};
#undef N

static void test_numbers_of_header(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(header); i++) {
		const GsKvmRequest *request =
			gs_kvm_request_by_name(gs_span_string(header[i].name));

		g_test_message("%s", header[i].name);
		g_assert_nonnull(request);
#if !defined(__powerpc__) && !defined(__mips__) /* which lay a number out in another way */
		g_assert_cmphex(request->number, ==, header[i].number);
#endif
		/* on its own it means this request, or one of two */
		if (header[i].number != KVM_GET_ONE_REG)
			g_assert_true(gs_kvm_request_by_number((uint32_t)header[i].number,
							       GS_FD_UNKNOWN) == request);
	}
}

/* What other architectures make of a request: another size, other bits. */
static void test_other_architectures(void)
{
	static const struct {
		uint32_t number;
		GsFdRole role;
		const char *name; /* NULL: none */
	} cases[] = {
		/* arm64, s390, riscv: struct kvm_regs */
		{ 0x8360ae81, GS_FD_VCPU, "KVM_GET_REGS" },
		{ 0x8080ae81, GS_FD_UNKNOWN, "KVM_GET_REGS" },
		{ 0x4000ae82, GS_FD_VCPU, "KVM_SET_REGS" },
		/* loongarch */
		{ 0x8410ae8c, GS_FD_VCPU, "KVM_GET_FPU" },
		/* powerpc, mips */
		{ 0x2000ae01, GS_FD_KVM, "KVM_CREATE_VM" },
		{ 0x2000ae41, GS_FD_UNKNOWN, "KVM_CREATE_VCPU" },
		{ 0x8020ae46, GS_FD_VM, "KVM_SET_USER_MEMORY_REGION" },
		{ 0x8040ae79, GS_FD_VM, "KVM_IOEVENTFD" },
		{ 0x4188ae81, GS_FD_VCPU, "KVM_GET_REGS" },
		{ 0x4020aeb1, GS_FD_VM, "KVM_PPC_GET_CPU_CHAR" },
		{ 0x8010aeab, GS_FD_VCPU, "KVM_GET_ONE_REG" },
		{ 0xc00caee0, GS_FD_VM, "KVM_CREATE_DEVICE" },
		/* a VM's and a vCPU's of an unknown size: the descriptor tells */
		{ 0x8050ae9f, GS_FD_VM, "KVM_GET_PIT2" },
		{ 0x8050ae9f, GS_FD_VCPU, "KVM_GET_VCPU_EVENTS" },
		{ 0x8050ae9f, GS_FD_UNKNOWN, NULL },
		/* a descriptor may be mistaken for another, a whole number may not */
		{ 0x4020aea5, GS_FD_VCPU, "KVM_SIGNAL_MSI" },
		{ 0x8010aef1, GS_FD_VM, NULL },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		const GsKvmRequest *request =
			gs_kvm_request_by_number(cases[i].number, cases[i].role);

		g_test_message("0x%x", cases[i].number);
		g_assert_cmpstr(request ? request->name : NULL, ==, cases[i].name);
	}
}

static void test_forms(void)
{
	static const struct {
		const char *text;
		GsFdRole role;
		const char *name; /* NULL: not KVM's */
		bool known;
	} cases[] = {
		{ "KVM_CREATE_VCPU", GS_FD_UNKNOWN, "KVM_CREATE_VCPU", true },
		{ "0xae41", GS_FD_UNKNOWN, "KVM_CREATE_VCPU", true },
		{ "44609", GS_FD_UNKNOWN, "KVM_CREATE_VCPU", true },
		{ "0xae41 /* KVM_CREATE_VCPU */", GS_FD_VM, "KVM_CREATE_VCPU", true },
		{ "0xffffffffc008aeba", GS_FD_VM, "KVM_MEMORY_ENCRYPT_OP", true },
		{ "_IOC(_IOC_NONE, 0xae, 0x41, 0)", GS_FD_VM, "KVM_CREATE_VCPU", true },
		{ "_IOC(_IOC_NONE, 0xae, 0x41, 0x00)", GS_FD_VM, "KVM_CREATE_VCPU", true },
		{ "_IOC(0, 0xae, 0x41, 0x00)", GS_FD_VM, "KVM_CREATE_VCPU", true },
		{ "_IOC(_IOC_WRITE, 0xae, 0x49, 0xa0)", GS_FD_VM, "KVM_SET_USER_MEMORY_REGION2",
		  true },
		{ "_IOC(_IOC_READ|_IOC_WRITE, 0xae, 0x53, 0x10)", GS_FD_VM, "KVM_S390_KEYOP",
		  true },
		/* perf trace */
		{ "(NONE, 0xae, 0x41, 0)", GS_FD_VM, "KVM_CREATE_VCPU", true },
		{ "(WRITE, 0xae, 0x79, 0x40)", GS_FD_VM, "KVM_IOEVENTFD", true },
		{ "(READ|WRITE, 0xae, 0xf1, 0x8)", GS_FD_KVM, "(READ|WRITE, 0xae, 0xf1, 0x8)",
		  false },
		/* one number, two requests */
		{ "0x4010aeab", GS_FD_VM, "KVM_ARM_SET_DEVICE_ADDR", true },
		{ "0x4010aeab", GS_FD_VCPU, "KVM_GET_ONE_REG", true },
		{ "0x4010aeab", GS_FD_UNKNOWN, "0x4010aeab", false },
		{ "KVM_ARM_SET_DEVICE_ADDR or KVM_GET_ONE_REG", GS_FD_VCPU, "KVM_GET_ONE_REG",
		  true },
		{ "KVM_ARM_SET_DEVICE_ADDR or KVM_GET_ONE_REG", GS_FD_VM, "KVM_ARM_SET_DEVICE_ADDR",
		  true },
		{ "KVM_ARM_SET_DEVICE_ADDR or KVM_GET_ONE_REG", GS_FD_UNKNOWN,
		  "KVM_ARM_SET_DEVICE_ADDR or KVM_GET_ONE_REG", false },
		{ "SNDCTL_X or KVM_SMI", GS_FD_UNKNOWN, "KVM_SMI", true },
		/* not in the table: known by what was printed */
		{ "_IOC(_IOC_READ|_IOC_WRITE, 0xae, 0xf1, 0x8)", GS_FD_KVM,
		  "_IOC(_IOC_READ|_IOC_WRITE, 0xae, 0xf1, 0x8)", false },
		{ "0xc008aef1", GS_FD_UNKNOWN, "0xc008aef1", false },
		{ "0xc008aef1 /* KVM_FROM_THE_FUTURE */", GS_FD_VM, "KVM_FROM_THE_FUTURE", false },
		{ "KVM_FROM_THE_FUTURE", GS_FD_VM, "KVM_FROM_THE_FUTURE", false },
		/* Nitro Enclaves' where the descriptor is not KVM's */
		{ "0x8008ae20 /* NE_CREATE_VM */", GS_FD_UNKNOWN, NULL, false },
		{ "0xc004ae21", GS_FD_UNKNOWN, NULL, false },
		{ "0xc004ae21", GS_FD_VM, "0xc004ae21", false },
		{ "NE_ADD_VCPU", GS_FD_UNKNOWN, NULL, false },
		/* not KVM's */
		{ "TCGETS", GS_FD_UNKNOWN, NULL, false },
		{ "0x5401", GS_FD_UNKNOWN, NULL, false },
		{ "_IOC(_IOC_NONE, 0x54, 0x41, 0)", GS_FD_UNKNOWN, NULL, false },
		{ "_IOC(_IOC_NONE, 0xae, 0x41)", GS_FD_UNKNOWN, NULL, false },
		{ "_IOC(_IOC_NONE, 0xae, 0x141, 0)", GS_FD_UNKNOWN, NULL, false },
		{ "_IOC(_IOC_SIDEWAYS, 0xae, 0x41, 0)", GS_FD_UNKNOWN, NULL, false },
		{ "KVM_lower; case", GS_FD_UNKNOWN, NULL, false },
		{ "", GS_FD_UNKNOWN, NULL, false },
		{ "-1", GS_FD_UNKNOWN, NULL, false },
	};

	g_autoptr(GHashTable) others = g_hash_table_new(g_str_hash, g_str_equal);

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		const GsKvmRequest *request;
		const char *name = gs_kvm_request_parse(gs_span_string(cases[i].text),
							cases[i].role, others, &request);

		g_test_message("%s", cases[i].text);
		g_assert_cmpstr(name, ==, cases[i].name);
		g_assert_cmpint(request != NULL, ==, cases[i].known);
		/* interned: the same call has the same address */
		if (name)
			g_assert_true(name == g_intern_string(cases[i].name));
	}
}

/* However many there are in a log, they do not fill the memory. */
static void test_many_others(void)
{
	g_autoptr(GHashTable) others = g_hash_table_new(g_str_hash, g_str_equal);
	const GsKvmRequest *request;
	const char *name = NULL;

	for (unsigned int i = 0; i <= GS_KVM_REQUEST_OTHERS_MAX; i++) {
		g_autofree char *text = g_strdup_printf("KVM_NEW_%u", i);

		name = gs_kvm_request_parse(gs_span_string(text), GS_FD_UNKNOWN, others, &request);
		g_assert_null(request);
		g_assert_cmpstr(name, ==,
				i < GS_KVM_REQUEST_OTHERS_MAX ? text : GS_KVM_REQUEST_OTHER);
	}
	g_assert_cmpuint(g_hash_table_size(others), ==, GS_KVM_REQUEST_OTHERS_MAX);
	name = gs_kvm_request_parse(gs_span_string("KVM_NEW_7"), GS_FD_UNKNOWN, others, &request);
	g_assert_cmpstr(name, ==, "KVM_NEW_7");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/kvm-request/table-sorted", test_table_sorted);
	g_test_add_func("/kvm-request/numbers-are-unambiguous", test_numbers_are_unambiguous);
	g_test_add_func("/kvm-request/numbers-of-header", test_numbers_of_header);
	g_test_add_func("/kvm-request/other-architectures", test_other_architectures);
	g_test_add_func("/kvm-request/forms", test_forms);
	g_test_add_func("/kvm-request/many-others", test_many_others);
	return g_test_run();
}
