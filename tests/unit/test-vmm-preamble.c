/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>
#include <stdbool.h>
#include <string.h>

#include "models/vmm/vmm-model.h"
#include "traces/scripts-from-files.h"

/* Calls of Firecracker before its first KVM_CREATE_VCPU. */
#define CALLS_BEFORE_VCPU 24

static GsScriptCall *add_call(GsScript *script, uint32_t vm, int32_t tid, const char *name,
			      GsFdRole role)
{
	GsScriptCall call = {
		.vm = vm,
		.thread = gs_script_thread(script, tid),
		.name = g_intern_string(name),
		.role = role,
		.start_ns = (int64_t)script->calls->len * 100000,
		.recorded_ns = 30000,
		.think_ns = script->calls->len ? 70000 : 0,
		.after = (int32_t)script->calls->len - 1,
		.line = script->calls->len + 1,
	};

	script->vm_count = MAX(script->vm_count, vm + 1);
	g_array_append_val(script->calls, call);
	return &g_array_index(script->calls, GsScriptCall, script->calls->len - 1);
}

static void add_create_vcpu(GsScript *script, uint32_t vm, uint64_t id)
{
	GsScriptCall *call = add_call(script, vm, 100 + (int32_t)vm, "KVM_CREATE_VCPU", GS_FD_VM);

	call->args.has_value = true;
	call->args.value = id;
}

static void add_preamble(GsScript *script)
{
	g_autoptr(GError) error = NULL;

	gs_script_number_calls(script);
	g_assert_true(gs_vmm_add_preamble(script, "firecracker", &error));
	g_assert_no_error(error);
}

static const char *only_note(const GsScript *script)
{
	g_assert_cmpuint(script->notes->len, ==, 1);
	return g_ptr_array_index(script->notes, 0);
}

/* Every call follows an earlier one, in a chain without gaps. */
static void assert_chain(const GsScript *script)
{
	for (unsigned int i = 0; i < script->calls->len; i++)
		g_assert_cmpint(gs_script_call(script, i)->after, ==, (int32_t)i - 1);
}

/* The excerpt this is for: two KVM_CREATE_VCPU quoted in a mail. */
static void test_mail_excerpt(void)
{
	g_autofree char *path = g_test_build_filename(G_TEST_DIST, "traces", "corpus",
						      "seed-before.strace", NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(GsScript) script = gs_script_from_strace(path, NULL, &error);
	const GsScriptCall *create_vm, *first, *second;

	g_assert_no_error(error);
	g_ptr_array_set_size(script->notes, 0);
	add_preamble(script);
	g_assert_nonnull(strstr(only_note(script), ":1: VM 0 begins with KVM_CREATE_VCPU 0; the 24 "
						   "calls before it are those of the VMM model "
						   "'firecracker'"));
	g_assert_cmpuint(script->calls->len, ==, CALLS_BEFORE_VCPU + 2);
	assert_chain(script);
	for (unsigned int i = 0; i < script->calls->len; i++) {
		const GsScriptCall *call = gs_script_call(script, i);

		g_assert_true(call->from_preamble == (i < CALLS_BEFORE_VCPU));
		g_assert_cmpuint(call->vm, ==, 0);
		g_assert_cmpuint(call->thread, ==, 0);
	}
	g_assert_cmpuint(script->threads->len, ==, 1);

	create_vm = gs_script_call(script, 16);
	g_assert_cmpstr(create_vm->name, ==, "KVM_CREATE_VM");
	first = gs_script_call(script, CALLS_BEFORE_VCPU);
	g_assert_cmpuint(first->occurrence, ==, 0);
	g_assert_cmpint(first->start_ns, ==, 0);
	g_assert_cmpint(first->recorded_ns, ==, 137000);
	g_assert_cmpint(first->think_ns, ==, 75000);
	second = gs_script_call(script, CALLS_BEFORE_VCPU + 1);
	g_assert_cmpuint(second->occurrence, ==, 1);
	g_assert_cmpint(second->think_ns, ==, 66000);
}

/* The vCPU's id tells where in the model the log begins. */
static void test_second_vcpu(void)
{
	g_autoptr(GsScript) script = gs_script_new("log");
	const GsScriptCall *call;

	add_create_vcpu(script, 0, 1);
	add_preamble(script);
	g_assert_cmpuint(script->calls->len, ==, CALLS_BEFORE_VCPU + 2);
	call = gs_script_call(script, CALLS_BEFORE_VCPU);
	g_assert_true(call->from_preamble);
	g_assert_cmpuint(call->args.value, ==, 0);
	call = gs_script_call(script, CALLS_BEFORE_VCPU + 1);
	g_assert_false(call->from_preamble);
	g_assert_cmpuint(call->occurrence, ==, 1);
	g_assert_cmpint(call->think_ns, ==, 69000);
}

static void test_complete_log(void)
{
	g_autoptr(GsScript) script = gs_script_new("log");

	add_call(script, 0, 100, "KVM_GET_API_VERSION", GS_FD_KVM);
	add_call(script, 0, 100, "KVM_CHECK_EXTENSION", GS_FD_KVM);
	add_call(script, 0, 100, "KVM_CREATE_VM", GS_FD_KVM);
	add_create_vcpu(script, 0, 0);
	add_preamble(script);
	g_assert_cmpuint(script->calls->len, ==, 4);
	assert_chain(script);
	g_assert_cmpint(gs_script_call(script, 3)->think_ns, ==, 70000);
	g_assert_nonnull(strstr(only_note(script), "every VM begins with its KVM_CREATE_VM"));
}

/* Of two VMs in one log only the one that begins in the middle is completed. */
static void test_one_of_two(void)
{
	g_autoptr(GsScript) script = gs_script_new("log");
	const GsScriptCall *start, *anchor, *last;

	add_call(script, 0, 100, "KVM_CREATE_VM", GS_FD_KVM);
	add_create_vcpu(script, 1, 0);
	add_create_vcpu(script, 0, 0);
	add_preamble(script);
	g_assert_cmpuint(script->calls->len, ==, CALLS_BEFORE_VCPU + 3);
	assert_chain(script);

	/* the VM starts when the log's first call of it did */
	start = gs_script_call(script, 1);
	g_assert_true(start->from_preamble);
	g_assert_cmpuint(start->vm, ==, 1);
	g_assert_cmpint(start->think_ns, ==, 70000);
	anchor = gs_script_call(script, CALLS_BEFORE_VCPU + 1);
	g_assert_cmpuint(anchor->vm, ==, 1);
	g_assert_cmpuint(anchor->thread, ==, start->thread);
	g_assert_cmpint(anchor->start_ns, ==, 100000);
	last = gs_script_call(script, CALLS_BEFORE_VCPU + 2);
	g_assert_cmpuint(last->vm, ==, 0);
	g_assert_cmpint(last->think_ns, ==, 70000);
}

/* A vCPU's thread cannot have made the calls before its KVM_RUN. */
static void test_other_thread(void)
{
	g_autoptr(GsScript) script = gs_script_new("log");
	const GsScriptCall *run;
	unsigned int last;

	add_call(script, 0, 7, "KVM_RUN", GS_FD_VCPU);
	add_preamble(script);
	last = script->calls->len - 1;
	run = gs_script_call(script, last);
	g_assert_cmpstr(run->name, ==, "KVM_RUN");
	g_assert_cmpint(run->after, ==, (int32_t)last - 1);
	g_assert_cmpint(g_array_index(script->threads, GsScriptThread, run->thread).tid, ==, 7);
	g_assert_cmpuint(script->threads->len, ==, 2);
	for (unsigned int i = 0; i < last; i++) {
		uint32_t thread = gs_script_call(script, i)->thread;

		g_assert_cmpuint(thread, !=, run->thread);
		g_assert_cmpint(g_array_index(script->threads, GsScriptThread, thread).tid, <, 0);
	}
}

static void test_no_match(void)
{
	g_autoptr(GsScript) script = gs_script_new("log");
	g_autoptr(GError) error = NULL;

	add_call(script, 0, 100, "KVM_REGISTER_COALESCED_MMIO", GS_FD_VM);
	g_assert_false(gs_vmm_add_preamble(script, "firecracker", &error));
	g_assert_error(error, GS_VMM_ERROR, GS_VMM_ERROR_NO_MATCH);
	g_assert_cmpstr(error->message, ==,
			"log:1: VM 0 begins with KVM_REGISTER_COALESCED_MMIO, which is not in the "
			"VMM model 'firecracker'");
	g_assert_cmpuint(script->calls->len, ==, 1);
}

static void test_no_model(void)
{
	g_autoptr(GsScript) script = gs_script_new("log");
	g_autoptr(GError) error = NULL;

	add_create_vcpu(script, 0, 0);
	g_assert_false(gs_vmm_add_preamble(script, "firecraker", &error));
	g_assert_error(error, GS_VMM_ERROR, GS_VMM_ERROR_UNKNOWN);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/vmm-preamble/mail-excerpt", test_mail_excerpt);
	g_test_add_func("/vmm-preamble/second-vcpu", test_second_vcpu);
	g_test_add_func("/vmm-preamble/complete-log", test_complete_log);
	g_test_add_func("/vmm-preamble/one-of-two", test_one_of_two);
	g_test_add_func("/vmm-preamble/other-thread", test_other_thread);
	g_test_add_func("/vmm-preamble/no-match", test_no_match);
	g_test_add_func("/vmm-preamble/no-model", test_no_model);
	return g_test_run();
}
