/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>
#include <stdbool.h>
#include <string.h>

#include "models/vmm/vmm-model.h"
#include "tests/lib/gs-test-vmm.h"

static GsScript *load_firecracker(void)
{
	g_autoptr(GError) error = NULL;
	GsScript *script = gs_vmm_model_load("firecracker", &error);

	g_assert_no_error(error);
	return script;
}

/* The index of the @occurrence-th call of @name. */
static unsigned int find_call(const GsScript *script, const char *name, uint32_t occurrence)
{
	for (unsigned int i = 0; i < script->calls->len; i++) {
		const GsScriptCall *call = gs_script_call(script, i);

		if (g_str_equal(call->name, name) && call->occurrence == occurrence)
			return i;
	}
	g_error("no %s %u", name, occurrence);
}

static void test_list(void)
{
	g_auto(GStrv) names = gs_vmm_list();
	g_autofree char *nothing = gs_vmm_describe("no-such-vmm");

	g_assert_true(g_strv_contains((const char *const *)names, "firecracker"));
	for (char **name = names; *name; name++) {
		g_autofree char *summary = gs_vmm_describe(*name);
		g_autoptr(GError) error = NULL;
		g_autoptr(GsScript) script = gs_vmm_model_load(*name, &error);

		g_assert_no_error(error);
		g_assert_nonnull(summary);
		g_assert_null(strchr(summary, '\n'));
		g_assert_cmpstr(script->source, ==, *name);
	}
	g_assert_null(nothing);
}

/* The order of Firecracker's source: the vCPUs right after the PIT, devices last. */
static void test_firecracker_order(void)
{
	g_autoptr(GsScript) script = load_firecracker();
	g_autofree char *names = gs_test_call_names(script);

	g_assert_cmpstr(names, ==,
			"GET_API_VERSION CHECK_EXTENSION*14 GET_SUPPORTED_CPUID "
			"CREATE_VM GET_VCPU_MMAP_SIZE CHECK_EXTENSION GET_MSR_INDEX_LIST "
			"CHECK_EXTENSION SET_TSS_ADDR CREATE_IRQCHIP CREATE_PIT2 CREATE_VCPU*2 "
			"SET_USER_MEMORY_REGION IRQFD*2 "
			"IOEVENTFD IRQFD " /* block */
			"IOEVENTFD*2 IRQFD*3 " /* net; VMGenID and VMClock */
			"SET_CPUID2*2 GET_MSRS "
			"SET_MSRS SET_REGS SET_FPU GET_SREGS SET_SREGS GET_LAPIC SET_LAPIC "
			"SET_MSRS SET_REGS SET_FPU GET_SREGS SET_SREGS GET_LAPIC SET_LAPIC "
			"RUN*2");
}

/* What decides how many registrations a call makes and whether it waits. */
static void test_firecracker_arguments(void)
{
	g_autoptr(GsScript) script = load_firecracker();
	const GsScriptCall *pit = gs_script_call(script, find_call(script, "KVM_CREATE_PIT2", 0));
	const GsScriptCall *ioeventfd =
		gs_script_call(script, find_call(script, "KVM_IOEVENTFD", 0));
	const GsScriptCall *memory =
		gs_script_call(script, find_call(script, "KVM_SET_USER_MEMORY_REGION", 0));

	g_assert_true(pit->args.has_flags);
	g_assert_cmpuint(pit->args.flags, ==, 1); /* KVM_PIT_SPEAKER_DUMMY */
	g_assert_true(ioeventfd->args.has_len);
	g_assert_cmpuint(ioeventfd->args.len, ==, 4);
	g_assert_cmpuint(ioeventfd->args.flags, ==, 1); /* KVM_IOEVENTFD_FLAG_DATAMATCH */
	g_assert_true(memory->args.has_memslot);
	g_assert_cmpuint(memory->args.slot, ==, 0);
	g_assert_cmpuint(memory->args.memory_size_bytes, ==, 128 << 20);
	for (uint32_t i = 0; i < 2; i++) {
		const GsScriptCall *vcpu =
			gs_script_call(script, find_call(script, "KVM_CREATE_VCPU", i));

		g_assert_true(vcpu->args.has_value);
		g_assert_cmpuint(vcpu->args.value, ==, i);
		g_assert_cmpint(vcpu->role, ==, GS_FD_VM);
	}
}

/* The gaps of the report of February 2026. */
static void test_firecracker_think(void)
{
	g_autoptr(GsScript) script = load_firecracker();

	g_assert_cmpint(gs_script_call(script, 0)->think_ns, ==, 0);
	g_assert_cmpint(gs_script_call(script, find_call(script, "KVM_CREATE_PIT2", 0))->think_ns,
			==, 59000);
	g_assert_cmpint(gs_script_call(script, find_call(script, "KVM_CREATE_VCPU", 0))->think_ns,
			>=, 50000);
	g_assert_cmpint(gs_script_call(script, find_call(script, "KVM_CREATE_VCPU", 0))->think_ns,
			<=, 100000);
	g_assert_cmpint(gs_script_call(script, find_call(script, "KVM_CREATE_VCPU", 1))->think_ns,
			==, 69000);
	/* the kernel image is read before the first device */
	g_assert_cmpint(gs_script_call(script, find_call(script, "KVM_IOEVENTFD", 0))->think_ns, >,
			8000000);
	g_assert_cmpint(gs_script_call(script, find_call(script, "KVM_IOEVENTFD", 1))->think_ns, <,
			100000);
}

/* All from one thread, but KVM_RUN: a thread for each vCPU, started together. */
static void test_firecracker_threads(void)
{
	g_autoptr(GsScript) script = load_firecracker();
	unsigned int first_run = find_call(script, "KVM_RUN", 0);

	g_assert_cmpuint(script->threads->len, ==, 3);
	for (unsigned int i = 0; i < script->calls->len; i++) {
		const GsScriptCall *call = gs_script_call(script, i);

		g_assert_cmpuint(call->thread, ==, i < first_run ? 0 : 1 + i - first_run);
		g_assert_cmpint(call->after, ==, (int32_t)MIN(i, first_run) - 1);
	}
}

/* Nothing in a model was recorded. */
static void test_no_record(void)
{
	g_autoptr(GsScript) script = load_firecracker();

	g_assert_cmpuint(script->vm_count, ==, 1);
	for (unsigned int i = 0; i < script->calls->len; i++) {
		const GsScriptCall *call = gs_script_call(script, i);

		g_assert_cmpint(call->start_ns, ==, -1);
		g_assert_cmpint(call->recorded_ns, ==, -1);
		g_assert_cmpuint(call->vm, ==, 0);
		g_assert_cmpuint(call->line, ==, 0);
		g_assert_false(call->from_preamble);
		g_assert_false(call->failed);
	}
}

static void test_expressions(void)
{
	g_autoptr(GsScript) script = gs_test_vmm_steps(
		"[parameter n]\nsummary=s\ndefault=2\n"
		"[step a]\ncall=KVM_IOEVENTFD\nsource=s\nrepeat=n + 1\n"
		"addr=0xd0000050 + @i * 4KiB\nlen=2*n\nflags=KVM_IOEVENTFD_FLAG_PIO\n"
		"[step b]\ncall=KVM_CREATE_VCPU\nsource=s\nvalue=010\n");

	g_assert_cmpuint(script->calls->len, ==, 4);
	for (unsigned int i = 0; i < 3; i++) {
		const GsCallArgs *args = &gs_script_call(script, i)->args;

		g_assert_cmpuint(args->addr, ==, 0xd0000050 + i * 4096);
		g_assert_cmpuint(args->len, ==, 4);
		g_assert_cmpuint(args->flags, ==, 2);
	}
	g_assert_cmpuint(gs_script_call(script, 3)->args.value, ==, 10);
}

/* The steps of a loop take turns, each with its own repetitions. */
static void test_loops(void)
{
	g_autoptr(GsScript) script = gs_test_vmm_steps(
		"[loop disk]\nrepeat=2\n"
		"[step queue]\ncall=KVM_IOEVENTFD\nsource=s\nloop=disk\nrepeat=2\n"
		"addr=@disk*10+@i\n"
		"[step irq]\ncall=KVM_IRQFD\nsource=s\nloop=disk\n"
		"[step after]\ncall=KVM_SET_TSS_ADDR\nsource=s\n");
	g_autofree char *names = gs_test_call_names(script);

	g_assert_cmpstr(names, ==, "IOEVENTFD*2 IRQFD IOEVENTFD*2 IRQFD SET_TSS_ADDR");
	g_assert_cmpuint(gs_script_call(script, 1)->args.addr, ==, 1);
	g_assert_cmpuint(gs_script_call(script, 3)->args.addr, ==, 10);
	g_assert_cmpuint(gs_script_call(script, 4)->args.addr, ==, 11);
	g_assert_cmpuint(gs_script_call(script, 4)->occurrence, ==, 3);
}

/* A step without a call is time, on the thread it is of. */
static void test_time_passes(void)
{
	g_autoptr(GsScript) script = gs_test_vmm_steps(
		"[step a]\ncall=KVM_CREATE_IRQCHIP\nsource=s\n"
		"[step wait]\nthink=1ms\nthink_source=s\nsource=s\n"
		"[step b]\ncall=KVM_RUN\nthread=cpu\nsource=s\n"
		"[step c]\ncall=KVM_SET_TSS_ADDR\nrepeat=2\nsource=s\n"
		"think=10us\nthink_between=20us\nthink_source=s\n"
		"[step d]\ncall=KVM_CREATE_PIT2\nsource=s\n");

	g_assert_cmpint(gs_script_call(script, 0)->think_ns, ==, 5000);
	g_assert_cmpint(gs_script_call(script, 1)->think_ns, ==, 5000);
	g_assert_cmpint(gs_script_call(script, 1)->after, ==, 0);
	g_assert_cmpint(gs_script_call(script, 2)->think_ns, ==, 1010000);
	g_assert_cmpint(gs_script_call(script, 2)->after, ==, 0);
	g_assert_cmpint(gs_script_call(script, 3)->think_ns, ==, 20000);
	g_assert_cmpint(gs_script_call(script, 4)->think_ns, ==, 5000);
}

static void test_unknown_model(void)
{
	g_autoptr(GError) unknown = NULL, missing = NULL;

	g_assert_null(gs_vmm_model_load("firecraker", &unknown));
	g_assert_error(unknown, GS_VMM_ERROR, GS_VMM_ERROR_UNKNOWN);
	g_assert_cmpstr(unknown->message, ==,
			"unknown VMM model 'firecraker'; did you mean 'firecracker'?");
	g_assert_null(gs_vmm_model_load("no/such.ini", &missing));
	g_assert_error(missing, GS_VMM_ERROR, GS_VMM_ERROR_UNKNOWN);
	g_assert_nonnull(strstr(missing->message, "no/such.ini"));
}

static const GsTestVmmMistake mistakes[] = {
	{ "", 0, "the model makes no call" },
	{ "call\n", 1, "not a [group], key=value or # comment: 'call'" },
	{ "[step a\n", 1, "not a group such as [name]: '[step a'" },
	{ "# c\n\n[stpe a]\n", 3, "unknown group '[stpe a]'; did you mean 'step'?" },
	{ "[step]\n", 1, "name missing in '[step]'" },
	{ "[step a]\nsource=s\n[step a]\n", 3, "group '[step a]' is already on line 7" },
	{ "[step a]\nsource=s\nsource=t\n", 3, "key 'source' is already on line 8" },
	{ "[step a]\nsource=s\ncal=KVM_RUN\n", 3,
	  "unknown key 'cal' in [step a]; did you mean 'call'?" },
	{ "[step a]\nsource=s\nthink=1us\nthink_source=s\nflags=0\n", 5,
	  "'flags' without a 'call'" },
	{ "[step a]\ncall=KVM_RUN\n", 1, "[step a] has no 'source'" },
	{ "[step a]\nsource=s\ncall=KVM_CREATE_VCPUS\n", 3,
	  "unknown ioctl 'KVM_CREATE_VCPUS'; did you mean 'KVM_CREATE_VCPU'?" },
	{ "[step a]\nsource=s\ncall=KVM_GET_MSRS\n", 3,
	  "KVM_GET_MSRS goes to one of kvm, vcpu: which is to be said with fd=" },
	{ "[step a]\nsource=s\ncall=KVM_RUN\nfd=vm\n", 4, "KVM_RUN goes to vcpu, not to 'vm'" },
	{ "[step a]\nsource=s\ncall=KVM_RUN\nthink=59\nthink_source=s\n", 4,
	  "duration without a unit (ns, us, ms or s): '59'" },
	{ "[step a]\nsource=s\ncall=KVM_RUN\nthink=59us\n", 1, "[step a] has no 'think_source'" },
	{ "[step a]\nsource=s\ncall=KVM_RUN\nrepeat=vcpu\n"
	  "[parameter vcpus]\nsummary=s\ndefault=1\n",
	  4, "unknown name 'vcpu'; did you mean 'vcpus'?" },
	{ "[step a]\nsource=s\ncall=KVM_RUN\nrepeat=2*\n", 4,
	  "number or name expected at the end" },
	{ "[step a]\nsource=s\ncall=KVM_RUN\nrepeat=2 2\n", 4, "not understood from '2' on" },
	{ "[step a]\nsource=s\ncall=KVM_RUN\nrepeat=2us\n", 4,
	  "unknown unit 'us'; known are KiB, MiB and GiB" },
	{ "[step a]\nsource=s\ncall=KVM_RUN\nrepeat=1000001\n", 1, "more than 1000000 calls" },
	{ "[step a]\nsource=s\ncall=KVM_RUN\nrepeat=99999999999999999999\n", 4,
	  "number beyond 64 bits" },
	{ "[step a]\nsource=s\ncall=KVM_CREATE_VCPU\nvalue=@i\n", 4, "unknown name '@i'" },
	{ "[step a]\nsource=s\ncall=KVM_RUN\nthread=cpu @k\n", 4, "unknown name '@k'" },
	{ "[step a]\nsource=s\ncall=KVM_CREATE_VCPU\nslot=1\n", 4,
	  "KVM_CREATE_VCPU takes a number (value=), not 'slot'" },
	{ "[step a]\nsource=s\ncall=KVM_IRQFD\nvalue=1\n", 4,
	  "KVM_IRQFD takes a struct, not 'value'" },
	{ "[step a]\nsource=s\ncall=KVM_CREATE_PIT2\nflags=KVM_PIT_SPEAKER\n", 4,
	  "'KVM_PIT_SPEAKER' is not a known symbol, or is out of range" },
	{ "[step a]\nsource=s\ncall=KVM_CREATE_PIT2\nflags=KVM_PIT_SPEAKER_DUMMY, len=4\n", 4,
	  "unknown name 'KVM_PIT_SPEAKER_DUMMY'" },
	{ "[step a]\nsource=s\nrepeat=2\nthink=9000000000s\nthink_source=s\n", 4,
	  "more than 292 years between two calls" },
	{ "[loop i]\nrepeat=1\n", 1,
	  "a loop cannot be named 'i': @i counts a step's own repetitions" },
	{ "[step a]\nsource=s\ncall=KVM_SET_USER_MEMORY_REGION\nslot=0\n", 4,
	  "a valid number for each of slot, guest_phys_addr and memory_size is needed" },
	{ "[step a]\nsource=s\ncall=KVM_RUN\nloop=x\n", 4, "no group [loop x]" },
	{ "[parameter n]\nsummary=s\ndefault=0\nmin=1\n", 3,
	  "0 is not in 1 to 18446744073709551615" },
	/* also in what the parameters leave out */
	{ "[step a]\nsource=s\ncall=KVM_RUN\nrepeat=0\nvalue=x\n", 5, "unknown name 'x'" },
	{ "[loop l]\nrepeat=0\n[step a]\nsource=s\ncall=KVM_CREATE_VCPU\nloop=l\nvalue=x\n", 7,
	  "unknown name 'x'" },
};

static void test_mistakes(void)
{
	gs_test_vmm_mistakes(mistakes, G_N_ELEMENTS(mistakes));
}

static void test_bad_files(void)
{
	static const struct {
		const char *text;
		const char *message;
	} files[] = {
		{ "", "test.ini: [vmm] has no 'name'" },
		{ "a=b\n", "test.ini:1: key 'a' comes before the first group" },
		{ "[vmm]\nname=\n", "test.ini:2: 'name' is empty" },
		{ "[vmm]\nname=\xff\n", "test.ini: not a text in UTF-8" },
		{ "[vmm]\nname=a\nsummary=b\\x\n", NULL },
		{ "[vmm]\nname=a\nsummary=b\nsource=c\nthink=1us\narchitecture=arm\n",
		  "test.ini:6: 'arm' is neither x86 nor arm64; did you mean 'arm64'?" },
		{ "[vmm x]\n", "test.ini:1: name not expected in '[vmm x]'" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(gs_test_vmm_text(files[i].text, NULL, &error));
		g_assert_error(error, GS_VMM_ERROR, GS_VMM_ERROR_SYNTAX);
		if (files[i].message)
			g_assert_cmpstr(error->message, ==, files[i].message);
		else
			g_assert_true(g_str_has_prefix(error->message, "test.ini:3: "));
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/vmm-model/list", test_list);
	g_test_add_func("/vmm-model/firecracker/order", test_firecracker_order);
	g_test_add_func("/vmm-model/firecracker/arguments", test_firecracker_arguments);
	g_test_add_func("/vmm-model/firecracker/think", test_firecracker_think);
	g_test_add_func("/vmm-model/firecracker/threads", test_firecracker_threads);
	g_test_add_func("/vmm-model/no-record", test_no_record);
	g_test_add_func("/vmm-model/expressions", test_expressions);
	g_test_add_func("/vmm-model/loops", test_loops);
	g_test_add_func("/vmm-model/time-passes", test_time_passes);
	g_test_add_func("/vmm-model/unknown-model", test_unknown_model);
	g_test_add_func("/vmm-model/mistakes", test_mistakes);
	g_test_add_func("/vmm-model/bad-files", test_bad_files);
	return g_test_run();
}
