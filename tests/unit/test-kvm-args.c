/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What strace prints of the arguments of KVM's ioctls. */
#include <glib.h>
#include <linux/kvm.h>

#include "traces/kvm-args.h"

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
	g_assert_cmphex(args.pointer, ==, UINT64_C(0x7ffda75452d0));
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
	g_test_add_func("/kvm-args/memslot", test_memslot);
	g_test_add_func("/kvm-args/flags", test_flags);
	g_test_add_func("/kvm-args/ioeventfd-address", test_ioeventfd_address);
	g_test_add_func("/kvm-args/values", test_values);
	g_test_add_func("/kvm-args/devices", test_devices);
	return g_test_run();
}
