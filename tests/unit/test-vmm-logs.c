/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * VMM models against the logs of the corpus: what reaches SRCU, the memslots or
 * the vCPUs comes in the log's order, from the log's threads; of the ioctls that
 * do not, each thread makes as many, but for what the row says.
 */
#include <glib.h>
#include <stdbool.h>
#include <string.h>

#include "models/vmm/vmm-model.h"
#include "traces/scripts-from-files.h"

#define SETTINGS_MAX 6

static const struct {
	const char *log, *model;
	const char *settings[SETTINGS_MAX]; /* what the log was started with */
	unsigned int plain_differences;     /* see below */
} logs[] = {
	{ "lkvm-smp1_f-ttt-T", "kvmtool", { "vcpus=1", "until=run" }, 0 },
	{ "lkvm-smp2_f-ttt-T_stderr", "kvmtool", { "vcpus=2", "until=run" }, 0 },
	{ "lkvm-smp2-legacy-blk2-net-rng_f-y-T",
	  "kvmtool",
	  { "vcpus=2", "until=run", "block=2", "net=1", "rng=1" },
	  0 },
	/* when it is ended it reads the clock (3) and an MSR (1) */
	{ "qemu-microvm-run_f-r-T", "qemu-microvm-7.2", { "vcpus=1", "until=run" }, 4 },
	{ "qemu-microvm-smp2-S_f-Y-n-ns", "qemu-microvm-7.2", { "vcpus=2", "until=stopped" }, 0 },
	/* strace -z leaves out what fails: 7 KVM_GET_SUPPORTED_CPUID and 2 lists of MSRs */
	{ "qemu-microvm-smp2-S_f-tt-T-z", "qemu-microvm-7.2", { "vcpus=2", "until=stopped" }, 9 },
	{ "qemu-microvm-smp2-S_f-ttt-T-Xraw",
	  "qemu-microvm-7.2",
	  { "vcpus=2", "until=stopped" },
	  0 },
	{ "qemu-microvm-smp2-S_f-ttt-T_alldesc",
	  "qemu-microvm-7.2",
	  { "vcpus=2", "until=stopped" },
	  0 },
	/* its devices reset two interrupt lines more */
	{ "qemu-pc-smp2-S_f-t", "qemu-pc-7.2", { "vcpus=2", "until=stopped" }, 2 },
	{ "qemu-q35-smp1-nodev-S_f-T", "qemu-q35-7.2", { "vcpus=1", "until=stopped" }, 0 },
	{ "qemu-q35-smp2-S_f-ttt-T", "qemu-q35-7.2", { "vcpus=2", "until=stopped" }, 0 },
	{ "qemu-q35-smp2-S_f-ttt-T_stderr", "qemu-q35-7.2", { "vcpus=2", "until=stopped" }, 0 },
	{ "qemu-q35-smp4-S_f-r-T", "qemu-q35-7.2", { "vcpus=4", "until=stopped" }, 0 },
};

/* What reaches SRCU, the memslots or the vCPUs; of a thread's KVM_RUN, the first. */
static bool is_key(const char *name)
{
	static const char *const names[] = {
		"KVM_CREATE_DEVICE",
		"KVM_CREATE_IRQCHIP",
		"KVM_CREATE_PIT2",
		"KVM_CREATE_VCPU",
		"KVM_CREATE_VM",
		"KVM_ENABLE_CAP",
		"KVM_IOEVENTFD",
		"KVM_IRQFD",
		"KVM_REGISTER_COALESCED_MMIO",
		"KVM_RUN",
		"KVM_SET_DEVICE_ATTR",
		"KVM_SET_GSI_ROUTING",
		"KVM_SET_IDENTITY_MAP_ADDR",
		"KVM_SET_TSS_ADDR",
		"KVM_SET_USER_MEMORY_REGION",
		"KVM_SET_USER_MEMORY_REGION2",
		"KVM_UNREGISTER_COALESCED_MMIO",
		"KVM_X86_SET_MSR_FILTER",
		NULL,
	};

	return g_strv_contains(names, name);
}

static GsScript *load_log(const char *name)
{
	g_autofree char *file = g_strconcat(name, ".strace", NULL);
	g_autofree char *path = g_test_build_filename(G_TEST_DIST, "traces", "corpus", file, NULL);
	g_autoptr(GError) error = NULL;
	GsScript *script = gs_script_from_strace(path, NULL, &error);

	g_assert_no_error(error);
	return script;
}

static GsScript *load_model(size_t row)
{
	g_autoptr(GError) error = NULL;
	GsScript *script =
		gs_vmm_model_load_with(logs[row].model, logs[row].settings, &error);

	g_assert_no_error(error);
	return script;
}

/* The call and what of its argument decides what it does; KVM_IOEVENTFD: as inferred in logs. */
static void add_key_call(GString *text, const GsScriptCall *call)
{
	g_string_append(text, call->name + strlen("KVM_"));
	if (g_str_equal(call->name, "KVM_CREATE_VCPU"))
		g_string_append_printf(text, "(%" G_GUINT64_FORMAT ")", call->args.value);
	if (call->args.has_memslot)
		g_string_append_printf(text, "(%u%s)", call->args.slot,
				       call->args.memory_size_bytes ? "" : ", delete");
	if (g_str_equal(call->name, "KVM_IOEVENTFD"))
		g_string_append(text, call->args.flags & 4 ? "(deassign)" : "(assign)");
	g_string_append_c(text, '\n');
}

/* The key calls of @thread, or, but for KVM_RUN, of all, one a line. */
static char *key_calls(const GsScript *script, int thread)
{
	GString *text = g_string_new(NULL);
	bool has_run = thread < 0;

	for (unsigned int i = 0; i < script->calls->len; i++) {
		const GsScriptCall *call = gs_script_call(script, i);
		bool is_run = g_str_equal(call->name, "KVM_RUN");

		if ((thread >= 0 && call->thread != (uint32_t)thread) || !is_key(call->name) ||
		    (is_run && has_run))
			continue;
		add_key_call(text, call);
		has_run |= is_run;
	}
	return g_string_free(text, FALSE);
}

static int count_of_thread(const GsScript *script, uint32_t thread, const char *name)
{
	int count = 0;

	for (unsigned int i = 0; i < script->calls->len; i++) {
		const GsScriptCall *call = gs_script_call(script, i);

		count += call->thread == thread && g_str_equal(call->name, name);
	}
	return count;
}

/* By how many the plain ioctls of both scripts differ, each ioctl of each thread counted alone. */
static unsigned int plain_differences(const GsScript *log, const GsScript *model)
{
	g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
	const GsScript *both[] = { log, model };
	unsigned int differences = 0;
	GHashTableIter iter;
	gpointer name;

	for (size_t k = 0; k < G_N_ELEMENTS(both); k++) {
		for (unsigned int i = 0; i < both[k]->calls->len; i++) {
			const char *call = gs_script_call(both[k], i)->name;

			if (!is_key(call) && !g_str_equal(call, GS_SCRIPT_CLOSE))
				g_hash_table_add(names, (char *)call);
		}
	}
	g_hash_table_iter_init(&iter, names);
	while (g_hash_table_iter_next(&iter, &name, NULL)) {
		for (uint32_t thread = 0; thread < log->threads->len; thread++)
			differences += (unsigned int)ABS(count_of_thread(log, thread, name) -
							 count_of_thread(model, thread, name));
	}
	return differences;
}

static void test_log(const void *data)
{
	size_t row = GPOINTER_TO_SIZE(data);
	g_autoptr(GsScript) log = load_log(logs[row].log), model = load_model(row);
	g_autofree char *expected = key_calls(log, -1), *modelled = key_calls(model, -1);

	g_assert_cmpstr(modelled, ==, expected);
	g_assert_cmpuint(model->threads->len, ==, log->threads->len);
	for (unsigned int thread = 0; thread < log->threads->len; thread++) {
		g_autofree char *of_log = key_calls(log, (int)thread);
		g_autofree char *of_model = key_calls(model, (int)thread);

		g_assert_cmpstr(of_model, ==, of_log);
	}
	g_assert_cmpuint(plain_differences(log, model), ==, logs[row].plain_differences);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t row = 0; row < G_N_ELEMENTS(logs); row++) {
		g_autofree char *path = g_strconcat("/vmm-logs/", logs[row].log, NULL);

		g_test_add_data_func(path, GSIZE_TO_POINTER(row), test_log);
	}
	return g_test_run();
}
