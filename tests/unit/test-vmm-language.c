/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What VMM models can say beyond a list of calls: conditions, choices, whom a
 * call waits for, parts; and setting their parameters.
 */
#include <glib.h>
#include <stdbool.h>
#include <string.h>

#include "models/vmm/vmm-model.h"
#include "tests/lib/gs-test-vmm.h"

/* Steps and loops that a condition leaves out, for values of a parameter with choices. */
static void test_conditions(void)
{
	static const char *const steps =
		"[parameter transport]\nsummary=s\nchoices=mmio, pci\ndefault=mmio\n"
		"[parameter n]\nsummary=s\ndefault=2\nmax=4\n"
		"[step a]\ncall=KVM_IRQFD\nsource=s\nwhen=transport == mmio\n"
		"[step b]\ncall=KVM_CREATE_PIT2\nsource=s\nwhen=n*2 > 4\nrepeat=n\n"
		"[loop l]\nwhen=transport != mmio\nrepeat=2\n"
		"[step c]\ncall=KVM_IOEVENTFD\nsource=s\nloop=l\nwhen=n\n"
		"[step d]\ncall=KVM_CREATE_IRQCHIP\nsource=s\nloop=l\n"
		"[step e]\ncall=KVM_SET_TSS_ADDR\nsource=s\nwhen=n <= pci + 2\n";
	static const struct {
		const char *settings[3];
		const char *calls;
	} cases[] = {
		{ { NULL }, "IRQFD SET_TSS_ADDR" },
		{ { "n=3" }, "IRQFD CREATE_PIT2*3 SET_TSS_ADDR" },
		{ { "n=4", "transport=mmio" }, "IRQFD CREATE_PIT2*4" },
		{ { "transport=pci" },
		  "IOEVENTFD CREATE_IRQCHIP IOEVENTFD CREATE_IRQCHIP SET_TSS_ADDR" },
		/* the last of a name wins */
		{ { "n=4", "n=0" }, "IRQFD SET_TSS_ADDR" },
		{ { "n=0", "transport=pci" }, "CREATE_IRQCHIP*2 SET_TSS_ADDR" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GsScript) script = gs_test_vmm_steps_with(steps, cases[i].settings);
		g_autofree char *names = gs_test_call_names(script);

		g_assert_cmpstr(names, ==, cases[i].calls);
	}
}

/* Whom a call waits for: in each row, the thread and what it follows. */
static void test_after(void)
{
	static const struct {
		uint32_t thread;
		int32_t after;
		int64_t think_ns;
	} expected[] = {
		{ 0, -1, 5000 },
		/* each vCPU's thread is made, and main waits for it */
		{ 1, 0, 5000 }, { 1, 1, 5000 }, { 0, 2, 7000 },
		{ 2, 3, 5000 }, { 2, 4, 5000 }, { 0, 5, 7000 },
		/* both follow main's call */
		{ 1, 6, 5000 }, { 2, 6, 5000 },
		/* a step that is left out is not waited for */
		{ 0, 6, 5000 },
		/* of its own thread nothing is to be waited for */
		{ 0, 9, 5000 },
	};
	g_autoptr(GsScript) script = gs_test_vmm_steps(
		"[step start]\ncall=KVM_CREATE_VM\nsource=s\n"
		"[loop vcpu]\nrepeat=2\n"
		"[step create]\ncall=KVM_CREATE_VCPU\nsource=s\nloop=vcpu\nafter=previous\n"
		"thread=cpu @vcpu\nvalue=@vcpu\n"
		"[step init]\ncall=KVM_SET_CPUID2\nsource=s\nloop=vcpu\nthread=cpu @vcpu\n"
		"[step created]\ncall=KVM_IRQFD\nsource=s\nloop=vcpu\nafter=init\nthink=7us\n"
		"think_source=s\n"
		"[step run]\ncall=KVM_RUN\nsource=s\nthread=cpu @i\nrepeat=2\nafter=created\n"
		"[step none]\ncall=KVM_RUN\nsource=s\nrepeat=0\nthread=cpu 0\n"
		"[step end]\ncall=KVM_SET_TSS_ADDR\nsource=s\nafter=none\n"
		"[step again]\ncall=KVM_SET_TSS_ADDR\nsource=s\nafter=start\n");

	g_assert_cmpuint(script->calls->len, ==, G_N_ELEMENTS(expected));
	for (unsigned int i = 0; i < script->calls->len; i++) {
		const GsScriptCall *call = gs_script_call(script, i);

		g_assert_cmpuint(call->thread, ==, expected[i].thread);
		g_assert_cmpint(call->after, ==, expected[i].after);
		g_assert_cmpint(call->think_ns, ==, expected[i].think_ns);
	}
}

/* In a loop, what is between is between its rounds. */
static void test_think_between_rounds(void)
{
	g_autoptr(GsScript) script = gs_test_vmm_steps(
		"[loop l]\nrepeat=3\n"
		"[step a]\ncall=KVM_SET_TSS_ADDR\nsource=s\nloop=l\n"
		"think=9us\nthink_between=1us\nthink_source=s\n"
		"[step b]\ncall=KVM_CREATE_PIT2\nsource=s\n"
		"think=9us\nthink_between=1us\nthink_source=s\n");
	static const int64_t think_ns[] = { 9000, 1000, 1000, 9000 };

	g_assert_cmpuint(script->calls->len, ==, G_N_ELEMENTS(think_ns));
	for (unsigned int i = 0; i < script->calls->len; i++)
		g_assert_cmpint(gs_script_call(script, i)->think_ns, ==, think_ns[i]);
}

static void test_guest(void)
{
	g_autoptr(GsScript) script = gs_test_vmm_steps(
		"[step a]\ncall=KVM_RUN\nsource=s\nguest=3ms\nthink_source=s\n"
		"[step b]\ncall=KVM_RUN\nsource=s\n");

	g_assert_cmpint(gs_script_call(script, 0)->guest_ns, ==, 3000000);
	g_assert_cmpint(gs_script_call(script, 0)->recorded_ns, ==, -1);
	g_assert_cmpint(gs_script_call(script, 1)->guest_ns, ==, 0);
}

/* A device's descriptor is of the type it was created with. */
/* A time for each repetition in turn, and again from the first. */
static void test_lists_of_times(void)
{
	static const int64_t think_ns[] = { 5000, 1000, 2000, 1000, 2000, 1000 };
	static const int64_t guest_ns[] = { 1000000, 0, 3000, 1000000, 0, 3000 };
	g_autoptr(GsScript) script = gs_test_vmm_steps(
		"[loop l]\nrepeat=2\n[step a]\ncall=KVM_RUN\nsource=s\nloop=l\nrepeat=3\n"
		"think_between=1us, 2us\nguest=1ms,0s, 3us\nthink_source=s\n");

	g_assert_cmpuint(script->calls->len, ==, G_N_ELEMENTS(think_ns));
	for (unsigned int i = 0; i < G_N_ELEMENTS(think_ns); i++) {
		g_assert_cmpint(gs_script_call(script, i)->think_ns, ==, think_ns[i]);
		g_assert_cmpint(gs_script_call(script, i)->guest_ns, ==, guest_ns[i]);
	}
}

/* A gap nobody knows is not a gap of 0, also if more is added to it. */
static void test_unknown_think(void)
{
	g_autoptr(GsScript) script = gs_test_vmm_steps(
		"[step a]\ncall=KVM_CREATE_VM\nsource=s\n"
		"[step wait]\nsource=s\nthink=unknown\nthink_source=s\n"
		"[step b]\ncall=KVM_IRQFD\nsource=s\n"
		"[step c]\ncall=KVM_IRQFD\nsource=s\n");

	g_assert_false(gs_script_call(script, 0)->think_unknown);
	g_assert_true(gs_script_call(script, 1)->think_unknown);
	g_assert_cmpint(gs_script_call(script, 1)->think_ns, ==, 0);
	g_assert_false(gs_script_call(script, 2)->think_unknown);
	g_assert_cmpint(gs_script_call(script, 2)->think_ns, ==, 5000);
}

/* Calls that return an error, as QEMU's while its buffer is too small. */
static void test_fails(void)
{
	g_autoptr(GsScript) script = gs_test_vmm_steps(
		"[step a]\ncall=KVM_GET_SUPPORTED_CPUID\nsource=s\nrepeat=8\nfails=@i < 7\n");

	for (unsigned int i = 0; i < 8; i++) {
		g_assert_cmpint(gs_script_call(script, i)->failed, ==, i < 7);
		g_assert_cmpint(gs_script_call(script, i)->ret, ==, i < 7 ? -1 : 0);
	}
}

/* The VM's end, and requests the table does not have. */
static void test_other_calls(void)
{
	g_autoptr(GsScript) script = gs_test_vmm_steps(
		"[step a]\nrequest=_IOC(_IOC_READ, 0xae, 0xff, 0x8)\nfd=vcpu\nsource=s\n"
		"[step b]\ncall=close\nsource=s\n");

	g_assert_cmpstr(gs_script_call(script, 0)->name, ==, "_IOC(_IOC_READ, 0xae, 0xff, 0x8)");
	g_assert_cmpint(gs_script_call(script, 0)->role, ==, GS_FD_VCPU);
	g_assert_cmpstr(gs_script_call(script, 1)->name, ==, GS_SCRIPT_CLOSE);
	g_assert_cmpint(gs_script_call(script, 1)->role, ==, GS_FD_VM);
}

/* A thread that is there from the beginning. */
static void test_after_nothing(void)
{
	g_autoptr(GsScript) script = gs_test_vmm_steps(
		"[step a]\ncall=KVM_CREATE_VM\nsource=s\n"
		"[step b]\ncall=KVM_GET_API_VERSION\nsource=s\nthread=b\nafter=nothing\n"
		"[step c]\ncall=KVM_GET_API_VERSION\nsource=s\nthread=c\n");

	g_assert_cmpint(gs_script_call(script, 1)->after, ==, -1);
	g_assert_cmpint(gs_script_call(script, 2)->after, ==, 1);
}

static void test_device(void)
{
	g_autoptr(GsScript) script = gs_test_vmm_steps(
		"[step a]\ncall=KVM_SET_DEVICE_ATTR\nfd=device\nsource=s\n"
		"type=KVM_DEV_TYPE_ARM_VGIC_ITS\ngroup=KVM_DEV_ARM_VGIC_GRP_ADDR\n"
		"attr=KVM_VGIC_ITS_ADDR_TYPE\n");
	const GsScriptCall *call = gs_script_call(script, 0);

	g_assert_cmpint(call->role, ==, GS_FD_DEVICE);
	g_assert_true(call->args.has_device_type && call->args.has_device_attr);
	g_assert_cmpuint(call->args.device_type, ==, 8);
	g_assert_cmpuint(call->args.device_attr, ==, 4);
}

/* The groups of a part stand where it is named, and its mistakes are those of its file. */
static void test_parts(void)
{
	static const char *const before = GS_TEST_VMM
		"[step a]\ncall=KVM_CREATE_VM\nsource=s\n[part part.ini]\n"
		"[step c]\ncall=KVM_SET_TSS_ADDR\nsource=s\nvalue=n\n";
	static const struct {
		const char *part;
		const char *message;
	} mistakes_in_part[] = {
		{ "[step b]\ncall=KVM_RUNS\nsource=s\n",
		  "part.ini:2: unknown ioctl 'KVM_RUNS'; did you mean 'KVM_RUN'?" },
		{ "[step b\n", "part.ini:1: not a group such as [name]: '[step b'" },
		{ "\n[step c]\ncall=KVM_RUN\nsource=s\n",
		  "part.ini:2: group '[step c]' is already in test.ini, line 11" },
		{ "[part other]\n", "part.ini:1: a part in a part" },
		{ NULL, "test.ini:10: cannot read part of a VMM model 'part.ini': " },
	};
	g_autoptr(GError) error = NULL;
	g_autoptr(GsScript) script = gs_test_vmm_text_and_part(
		before, "[parameter n]\nsummary=s\ndefault=7\n[step b]\ncall=KVM_RUN\nsource=s\n",
		&error);
	g_autofree char *names = NULL;

	g_assert_no_error(error);
	names = gs_test_call_names(script);
	g_assert_cmpstr(names, ==, "CREATE_VM RUN SET_TSS_ADDR");
	g_assert_cmpuint(gs_script_call(script, 2)->args.value, ==, 7);
	for (size_t i = 0; i < G_N_ELEMENTS(mistakes_in_part); i++) {
		g_autoptr(GError) failure = NULL;

		g_assert_null(gs_test_vmm_text_and_part(before, mistakes_in_part[i].part,
							&failure));
		g_assert_error(failure, GS_VMM_ERROR, GS_VMM_ERROR_SYNTAX);
		g_assert_true(g_str_has_prefix(failure->message, mistakes_in_part[i].message));
	}
}

static void test_unknown_part(void)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(gs_test_vmm_text(GS_TEST_VMM "[part qemu-x86-vcpu]\n", NULL, &error));
	g_assert_error(error, GS_VMM_ERROR, GS_VMM_ERROR_SYNTAX);
	g_assert_cmpstr(error->message, ==,
			"test.ini:7: unknown part of a VMM model 'qemu-x86-vcpu'; "
			"did you mean 'qemu-x86-vcpus'?");
}

static void test_settings(void)
{
	static const struct {
		const char *setting;
		const char *message; /* NULL: it will do */
	} cases[] = {
		{ "vcpus=32", NULL },
		{ "vcpus=0x10", NULL },
		{ "transport=pci", NULL },
		{ "vcpu=2",
		  "VMM model 'firecracker' has no parameter 'vcpu'; did you mean 'vcpus'?" },
		{ "vcpus", "NAME=VALUE expected, not 'vcpus'" },
		{ "vcpus=33", "vcpus: 33 is not in 1 to 32" },
		{ "vcpus=two", "vcpus: unknown name 'two'" },
		{ "vcpus=2us", "vcpus: unknown unit 'us'; known are KiB, MiB and GiB" },
		{ "vcpus=", "vcpus: number or name expected at the end" },
		{ "transport=PCI", "transport: 'PCI' is none of pci, mmio; did you mean 'pci'?" },
		{ "transport=1", "transport: '1' is none of pci, mmio" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		const char *const settings[] = { cases[i].setting, NULL };
		g_autoptr(GError) error = NULL;
		g_autoptr(GsScript) script =
			gs_vmm_model_load_with("firecracker", settings, &error);

		g_assert_cmpint(!script, ==, cases[i].message != NULL);
		if (script)
			continue;
		g_assert_error(error, GS_VMM_ERROR, GS_VMM_ERROR_SETTING);
		g_assert_cmpstr(error->message, ==, cases[i].message);
	}
}

static void test_architecture(void)
{
	g_autofree char *x86 = gs_vmm_architecture("firecracker");
	g_autofree char *arm64 = gs_vmm_architecture("firecracker-arm64");
	g_autofree char *none = gs_vmm_architecture("no-such-vmm");

	g_assert_cmpstr(x86, ==, "x86");
	g_assert_cmpstr(arm64, ==, "arm64");
	g_assert_null(none);
}

static const GsTestVmmMistake mistakes[] = {
	{ "[step a]\nsource=s\nthink=1us\nthink_source=s\nafter=previous\n", 5,
	  "'after' without a 'call'" },
	{ "[step one]\nsource=s\ncall=KVM_RUN\n[step b]\nsource=s\ncall=KVM_RUN\nafter=on\n", 7,
	  "no step 'on' up to here; did you mean 'one'?" },
	{ "[step a]\nsource=s\ncall=KVM_RUN\nafter=b\n[step b]\nsource=s\ncall=KVM_RUN\n", 4,
	  "no step 'b' up to here" },
	{ "[step a]\nsource=s\ncall=KVM_IRQFD\nguest=1ms\nthink_source=s\n", 4,
	  "KVM_IRQFD runs no guest; KVM_RUN does" },
	{ "[step a]\nsource=s\nfails=1\n", 3, "'fails' without a 'call'" },
	{ "[step a]\nsource=s\ncall=KVM_RUN\nthink=1us,2us\nthink_source=s\n", 4,
	  "one time expected; those of repetitions are think_between" },
	{ "[step a]\nsource=s\ncall=KVM_RUN\nthink_between=1us,\nthink_source=s\n", 4,
	  "not a duration such as 25us or 1.5ms: ''" },
	{ "[step a]\nsource=s\ncall=KVM_RUN\nguest=unknown\nthink_source=s\n", 4,
	  "not a duration such as 25us or 1.5ms: 'unknown'" },
	{ "[step a]\nsource=s\nrequest=KVM_IRQFD\nfd=vm\n", 3,
	  "KVM_IRQFD is known: 'call' is its key" },
	{ "[step a]\nsource=s\nrequest=0x1234\nfd=vm\n", 3, "'0x1234' is no request of KVM" },
	{ "[step a]\nsource=s\nrequest=KVM_NEW\n", 3, "fd=kvm, vm, vcpu or device is needed" },
	{ "[step a]\nsource=s\nrequest=KVM_NEW\nfd=vm\nlen=1\n", 5,
	  "'len' of a call that has no such thing" },
	{ "[step a]\nsource=s\ncall=close\nfd=vm\n", 4, "'fd' of a call that has no such thing" },
	{ "[step a]\nsource=s\ncall=KVM_RUN\nguest=1ms\n", 1, "[step a] has no 'think_source'" },
	{ "[step a]\nsource=s\ncall=KVM_RUN\nwhen=1 = 1\n", 4, "not understood from '= 1' on" },
	{ "[step a]\nsource=s\ncall=KVM_RUN\nwhen=1 ==\n", 4,
	  "number or name expected at the end" },
	{ "[loop l]\nrepeat=1\nwhen=x == 1\n[step a]\nsource=s\ncall=KVM_RUN\nloop=l\n", 3,
	  "unknown name 'x'" },
	{ "[parameter p]\nsummary=s\nchoices=a, b\ndefault=1\n", 4, "'1' is none of a, b" },
	{ "[parameter p]\nsummary=s\nchoices=a, a\ndefault=a\n", 3,
	  "not a name, or one there is already: 'a'" },
	{ "[parameter p]\nsummary=s\nchoices=a,\ndefault=a\n", 3, "name missing: ''" },
	{ "[parameter p]\nsummary=s\nchoices=a, b\ndefault=a\nmax=1\n", 5,
	  "'max' and 'choices'" },
	/* also in what the parameters leave out */
	{ "[step a]\nsource=s\ncall=KVM_RUN\nwhen=0\nvalue=x\n", 5, "unknown name 'x'" },
};

static void test_mistakes(void)
{
	gs_test_vmm_mistakes(mistakes, G_N_ELEMENTS(mistakes));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/vmm-language/conditions", test_conditions);
	g_test_add_func("/vmm-language/after", test_after);
	g_test_add_func("/vmm-language/think-between-rounds", test_think_between_rounds);
	g_test_add_func("/vmm-language/guest", test_guest);
	g_test_add_func("/vmm-language/lists-of-times", test_lists_of_times);
	g_test_add_func("/vmm-language/unknown-think", test_unknown_think);
	g_test_add_func("/vmm-language/fails", test_fails);
	g_test_add_func("/vmm-language/other-calls", test_other_calls);
	g_test_add_func("/vmm-language/after-nothing", test_after_nothing);
	g_test_add_func("/vmm-language/device", test_device);
	g_test_add_func("/vmm-language/parts", test_parts);
	g_test_add_func("/vmm-language/unknown-part", test_unknown_part);
	g_test_add_func("/vmm-language/settings", test_settings);
	g_test_add_func("/vmm-language/architecture", test_architecture);
	g_test_add_func("/vmm-language/mistakes", test_mistakes);
	return g_test_run();
}
