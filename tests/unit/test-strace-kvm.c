/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What strace prints of KVM's ioctls: requests and arguments. */
#include <glib.h>
#include <linux/kvm.h>

#include "traces/kvm-args.h"
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

/* The kernel's own header, for requests whose struct is the same everywhere. */
static void test_numbers_of_header(void)
{
	static const struct {
		const char *name;
		unsigned long number;
	} cases[] = {
		{ "KVM_CREATE_VM", KVM_CREATE_VM },
		{ "KVM_CHECK_EXTENSION", KVM_CHECK_EXTENSION },
		{ "KVM_CREATE_VCPU", KVM_CREATE_VCPU },
		{ "KVM_SET_USER_MEMORY_REGION", KVM_SET_USER_MEMORY_REGION },
		{ "KVM_SET_TSS_ADDR", KVM_SET_TSS_ADDR },
		{ "KVM_CREATE_IRQCHIP", KVM_CREATE_IRQCHIP },
		{ "KVM_REGISTER_COALESCED_MMIO", KVM_REGISTER_COALESCED_MMIO },
		{ "KVM_UNREGISTER_COALESCED_MMIO", KVM_UNREGISTER_COALESCED_MMIO },
		{ "KVM_SET_GSI_ROUTING", KVM_SET_GSI_ROUTING },
		{ "KVM_IRQFD", KVM_IRQFD },
		{ "KVM_IOEVENTFD", KVM_IOEVENTFD },
		{ "KVM_CREATE_PIT2", KVM_CREATE_PIT2 },
		{ "KVM_CREATE_DEVICE", KVM_CREATE_DEVICE },
		{ "KVM_SET_DEVICE_ATTR", KVM_SET_DEVICE_ATTR },
		{ "KVM_ENABLE_CAP", KVM_ENABLE_CAP },
		{ "KVM_RUN", KVM_RUN },
		{ "KVM_GET_DIRTY_LOG", KVM_GET_DIRTY_LOG },
		{ "KVM_CLEAR_DIRTY_LOG", KVM_CLEAR_DIRTY_LOG },
		{ "KVM_SET_ONE_REG", KVM_SET_ONE_REG },
		{ "KVM_SIGNAL_MSI", KVM_SIGNAL_MSI },
#ifdef __x86_64__
		{ "KVM_SET_IDENTITY_MAP_ADDR", KVM_SET_IDENTITY_MAP_ADDR },
		{ "KVM_X86_SET_MSR_FILTER", KVM_X86_SET_MSR_FILTER },
		{ "KVM_SET_SREGS2", KVM_SET_SREGS2 },
		{ "KVM_GET_XSAVE", KVM_GET_XSAVE },
		{ "KVM_SET_LAPIC", KVM_SET_LAPIC },
		{ "KVM_SET_PMU_EVENT_FILTER", KVM_SET_PMU_EVENT_FILTER },
		{ "KVM_HYPERV_EVENTFD", KVM_HYPERV_EVENTFD },
		{ "KVM_XEN_HVM_SET_ATTR", KVM_XEN_HVM_SET_ATTR },
		{ "KVM_REINJECT_CONTROL", KVM_REINJECT_CONTROL },
#endif
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		const GsKvmRequest *request = gs_kvm_request_by_name(gs_span_string(cases[i].name));

		g_assert_nonnull(request);
		g_assert_cmphex(request->number, ==, cases[i].number);
	}
}

static void test_request_forms(void)
{
	static const struct {
		const char *text;
		GsFdRole role;
		const char *name; /* NULL: not KVM's */
		bool known;
	} cases[] = {
		{ "KVM_CREATE_VCPU", GS_FD_UNKNOWN, "KVM_CREATE_VCPU", true },
		{ "0xae41", GS_FD_UNKNOWN, "KVM_CREATE_VCPU", true },
		{ "0xae41 /* KVM_CREATE_VCPU */", GS_FD_VM, "KVM_CREATE_VCPU", true },
		{ "_IOC(_IOC_NONE, 0xae, 0x41, 0)", GS_FD_VM, "KVM_CREATE_VCPU", true },
		{ "_IOC(_IOC_NONE, 0xae, 0x41, 0x00)", GS_FD_VM, "KVM_CREATE_VCPU", true },
		{ "_IOC(_IOC_WRITE, 0xae, 0x49, 0xa0)", GS_FD_VM, "KVM_SET_USER_MEMORY_REGION2",
		  true },
		/* one number, two requests */
		{ "0x4010aeab", GS_FD_VM, "KVM_ARM_SET_DEVICE_ADDR", true },
		{ "0x4010aeab", GS_FD_VCPU, "KVM_GET_ONE_REG", true },
		{ "KVM_ARM_SET_DEVICE_ADDR or KVM_GET_ONE_REG", GS_FD_VCPU, "KVM_GET_ONE_REG",
		  true },
		{ "SNDCTL_X or KVM_SMI", GS_FD_UNKNOWN, "KVM_SMI", true },
		/* struct kvm_regs has another size on arm64 */
		{ "0x8360ae81", GS_FD_VCPU, "KVM_GET_REGS", true },
		/* not in the table: known by what was printed */
		{ "_IOC(_IOC_READ|_IOC_WRITE, 0xae, 0xf1, 0x8)", GS_FD_KVM,
		  "_IOC(_IOC_READ|_IOC_WRITE, 0xae, 0xf1, 0x8)", false },
		{ "0xc008aef1", GS_FD_UNKNOWN, "0xc008aef1", false },
		{ "KVM_FROM_THE_FUTURE", GS_FD_VM, "KVM_FROM_THE_FUTURE", false },
		/* not KVM's */
		{ "TCGETS", GS_FD_UNKNOWN, NULL, false },
		{ "0x5401", GS_FD_UNKNOWN, NULL, false },
		{ "_IOC(_IOC_NONE, 0x54, 0x41, 0)", GS_FD_UNKNOWN, NULL, false },
		{ "0x8008ae20 /* NE_CREATE_VM */", GS_FD_UNKNOWN, NULL, false },
		{ "KVM_lower; case", GS_FD_UNKNOWN, NULL, false },
		{ "", GS_FD_UNKNOWN, NULL, false },
		{ "-1", GS_FD_UNKNOWN, NULL, false },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		const GsKvmRequest *request;
		const char *name = gs_kvm_request_parse(gs_span_string(cases[i].text),
							cases[i].role, &request);

		g_test_message("%s", cases[i].text);
		g_assert_cmpstr(name, ==, cases[i].name);
		g_assert_cmpint(request != NULL, ==, cases[i].known);
		/* interned: the same call has the same address */
		if (name)
			g_assert_true(name == g_intern_string(cases[i].name));
	}
}

static GsCallArgs parse(const char *request, const char *text)
{
	GsCallArgs args;

	gs_kvm_args_parse(gs_kvm_request_by_name(gs_span_string(request)), gs_span_string(text),
			  &args);
	return args;
}

static void test_memslot(void)
{
	GsCallArgs args = parse("KVM_SET_USER_MEMORY_REGION",
				"{slot=65538, flags=KVM_MEM_LOG_DIRTY_PAGES|KVM_MEM_READONLY, "
				"guest_phys_addr=0x100000, memory_size=133169152, "
				"userspace_addr=0x7f0034600000}");

	g_assert_true(args.has_memslot);
	g_assert_cmphex(args.slot, ==, 0x10002);
	g_assert_cmphex(args.memslot_flags, ==, 3);
	g_assert_cmphex(args.guest_phys_addr, ==, 0x100000);
	g_assert_cmpuint(args.memory_size_bytes, ==, 133169152);
	g_assert_cmphex(args.userspace_addr, ==, UINT64_C(0x7f0034600000));

	args = parse("KVM_SET_USER_MEMORY_REGION2", "{slot=0, flags=0x4, guest_phys_addr=0, "
						    "memory_size=0, userspace_addr=0, ...}");
	g_assert_true(args.has_memslot);
	g_assert_cmphex(args.memslot_flags, ==, 4);
	g_assert_cmpuint(args.memory_size_bytes, ==, 0);

	/* strace could not read it */
	args = parse("KVM_SET_USER_MEMORY_REGION", "0x7ffda75452d0");
	g_assert_false(args.has_memslot);
	g_assert_false(args.has_value);
}

static void test_flags(void)
{
	static const struct {
		const char *request, *text;
		bool has_flags;
		uint32_t flags;
	} cases[] = {
		{ "KVM_IOEVENTFD", "{datamatch=0, addr=0xd0000050, len=4, fd=5, flags=0}", true,
		  0 },
		{ "KVM_IOEVENTFD",
		  "{datamatch=0, addr=0xd0000050, len=4, fd=5<anon_inode:[eventfd]>, "
		  "flags=KVM_IOEVENTFD_FLAG_DATAMATCH|KVM_IOEVENTFD_FLAG_DEASSIGN}",
		  true, 5 },
		{ "KVM_IOEVENTFD", "{flags=1<<2}", false, 0 },
		{ "KVM_IOEVENTFD", "{flags=KVM_IOEVENTFD_FLAG_PIO|0x10 /* KVM_??? */}", true, 18 },
		{ "KVM_IOEVENTFD", "{flags=KVM_IOEVENTFD_FLAG_NOVEL}", false, 0 },
		{ "KVM_IOEVENTFD", "0x7ffda75452d0", false, 0 },
		{ "KVM_IRQFD", "{fd=5, gsi=5, flags=KVM_IRQFD_FLAG_RESAMPLE}", true, 2 },
		{ "KVM_CREATE_PIT2", "{flags=KVM_PIT_SPEAKER_DUMMY}", true, 1 },
		{ "KVM_CREATE_PIT2", "0x7ffcaeeabd90", false, 0 },
		{ "KVM_SET_GSI_ROUTING", "{nr=1, flags=0}", true, 0 },
		{ "KVM_CREATE_PIT2", "argp={flags=0x1}", true, 1 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		GsCallArgs args = parse(cases[i].request, cases[i].text);

		g_test_message("%s", cases[i].text);
		g_assert_cmpint(args.has_flags, ==, cases[i].has_flags);
		g_assert_cmphex(args.flags, ==, cases[i].flags);
		g_assert_false(args.has_value);
	}
}

static void test_ioeventfd_address(void)
{
	GsCallArgs args = parse("KVM_IOEVENTFD", "{datamatch=7, addr=0xd0000050, len=4, fd=5}");

	g_assert_true(args.has_addr);
	g_assert_cmphex(args.addr, ==, 0xd0000050);
	g_assert_true(args.has_len);
	g_assert_cmpuint(args.len, ==, 4);
}

static void test_values(void)
{
	static const struct {
		const char *request, *text;
		bool has_value;
		uint64_t value;
	} cases[] = {
		{ "KVM_CREATE_VCPU", "1", true, 1 },
		{ "KVM_CREATE_VCPU", "argp=3", true, 3 },
		{ "KVM_SET_TSS_ADDR", "0xfffbd000", true, 0xfffbd000 },
		{ "KVM_ENABLE_CAP", "{cap=KVM_CAP_SPLIT_IRQCHIP, flags=0, args=[24, 0, 0, 0]}",
		  true, KVM_CAP_SPLIT_IRQCHIP },
		{ "KVM_ENABLE_CAP", "{cap=121, flags=0}", true, 121 },
		{ "KVM_ENABLE_CAP", "0x7ffd", false, 0 },
		{ "KVM_SET_IDENTITY_MAP_ADDR", "0x7ffd", false, 0 },
		{ "KVM_CHECK_EXTENSION", "KVM_CAP_NOBODY_KNOWS", false, 0 },
		{ "KVM_CREATE_VCPU", "", false, 0 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		GsCallArgs args = parse(cases[i].request, cases[i].text);

		g_test_message("%s %s", cases[i].request, cases[i].text);
		g_assert_cmpint(args.has_value, ==, cases[i].has_value);
		if (args.has_value)
			g_assert_cmphex(args.value, ==, cases[i].value);
	}
}

static void test_devices(void)
{
	static const char create[] = "{type=KVM_DEV_TYPE_ARM_VGIC_V3, fd=0 => 12, flags=0}";
	GsCallArgs args = parse("KVM_CREATE_DEVICE", create);

	g_assert_true(args.has_device_type);
	g_assert_cmpuint(args.device_type, ==, KVM_DEV_TYPE_ARM_VGIC_V3);
	g_assert_cmpint(gs_kvm_args_device_fd(gs_span_string(create)), ==, 12);
	g_assert_cmpint(gs_kvm_args_device_fd(gs_span_string("{type=7, fd=9<anon_inode:kvm-x>}")),
			==, 9);
	g_assert_cmpint(gs_kvm_args_device_fd(gs_span_string("0x7ffd")), ==, -1);

	args = parse("KVM_SET_DEVICE_ATTR",
		     "{flags=0, group=KVM_DEV_ARM_VGIC_GRP_ADDR, "
		     "attr=KVM_VGIC_V3_ADDR_TYPE_REDIST_REGION, addr=0x7ffd}");
	g_assert_true(args.has_device_attr);
	g_assert_cmpuint(args.device_group, ==, 0);
	g_assert_cmpuint(args.device_attr, ==, 5);
	g_assert_false(parse("KVM_SET_DEVICE_ATTR", "{flags=0, group=0, ...}").has_device_attr);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/kvm-request/table-sorted", test_table_sorted);
	g_test_add_func("/kvm-request/numbers-are-unambiguous", test_numbers_are_unambiguous);
	g_test_add_func("/kvm-request/numbers-of-header", test_numbers_of_header);
	g_test_add_func("/kvm-request/forms", test_request_forms);
	g_test_add_func("/kvm-args/memslot", test_memslot);
	g_test_add_func("/kvm-args/flags", test_flags);
	g_test_add_func("/kvm-args/ioeventfd-address", test_ioeventfd_address);
	g_test_add_func("/kvm-args/values", test_values);
	g_test_add_func("/kvm-args/devices", test_devices);
	return g_test_run();
}
