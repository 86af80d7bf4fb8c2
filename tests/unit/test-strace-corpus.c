/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every log of the corpus: as many calls, VMs and threads as a count by grep
 * finds, every line accounted for, and what lies beside it in its .meta.
 */
#include <glib.h>
#include <glib/gstdio.h>

#include "traces/scripts-from-files.h"
#include "traces/trace-meta.h"

typedef struct {
	const char *name;
	unsigned int calls, vms, threads, failed, skipped;
	int hz, cpus;
	const char *policy;
} Expected;

static const Expected corpus[] = {
	{ "seed-before", 2, 1, 1, 0, 0, 100, 0, "sync-expedited" },
	{ "seed-after", 2, 1, 1, 0, 0, 100, 0, "call-srcu" },
	{ "firecracker-1.12-x86", 62, 1, 3, 1, 0, 100, 0, "call-srcu" },
	{ "gt-hz250-cpu1-call-srcu-fc", 440, 40, 1, 0, 0, 250, 1, "call-srcu" },
	{ "gt-hz250-cpu1-call-srcu-irq", 520, 40, 1, 0, 0, 250, 1, "call-srcu" },
	{ "gt-hz250-cpu1-call-srcu-threads", 480, 40, 81, 0, 0, 250, 1, "call-srcu" },
	{ "gt-hz250-cpu1-sync-expedited-fc", 440, 40, 1, 0, 0, 250, 1, "sync-expedited" },
	{ "gt-hz250-cpu1-sync-expedited-irq", 520, 40, 1, 0, 0, 250, 1, "sync-expedited" },
	{ "gt-hz250-cpu1-sync-expedited-threads", 480, 40, 81, 0, 0, 250, 1, "sync-expedited" },
	{ "gt-hz250-cpu2-call-srcu-fc", 440, 40, 1, 0, 0, 250, 2, "call-srcu" },
	{ "gt-hz250-cpu2-call-srcu-irq", 520, 40, 1, 0, 0, 250, 2, "call-srcu" },
	{ "gt-hz250-cpu2-call-srcu-threads", 480, 40, 81, 0, 0, 250, 2, "call-srcu" },
	{ "gt-hz250-cpu2-sync-expedited-fc", 440, 40, 1, 0, 0, 250, 2, "sync-expedited" },
	{ "gt-hz250-cpu2-sync-expedited-irq", 520, 40, 1, 0, 0, 250, 2, "sync-expedited" },
	{ "gt-hz250-cpu2-sync-expedited-threads", 480, 40, 81, 0, 0, 250, 2, "sync-expedited" },
	{ "lkvm-smp1_f-ttt-T", 41, 1, 2, 1, 0, 250, 2, "call-srcu" },
	{ "lkvm-smp2-legacy-blk2-net-rng_f-y-T", 68, 1, 3, 1, 0, 250, 2, "call-srcu" },
	/* one line is the program's own */
	{ "lkvm-smp2_f-ttt-T_stderr", 54, 1, 3, 0, 1, 250, 2, "call-srcu" },
	{ "qemu-microvm-run_f-r-T", 233, 1, 2, 14, 0, 250, 2, "call-srcu" },
	{ "qemu-microvm-smp2-S_f-Y-n-ns", 208, 1, 3, 9, 0, 250, 2, "call-srcu" },
	{ "qemu-microvm-smp2-S_f-tt-T-z", 199, 1, 3, 0, 0, 250, 2, "call-srcu" },
	{ "qemu-microvm-smp2-S_f-ttt-T-Xraw", 208, 1, 3, 9, 0, 250, 2, "call-srcu" },
	{ "qemu-microvm-smp2-S_f-ttt-T_alldesc", 208, 1, 3, 9, 0, 250, 2, "call-srcu" },
	{ "qemu-pc-smp2-S_f-t", 239, 1, 3, 9, 0, 250, 2, "call-srcu" },
	{ "qemu-q35-attach_f-tt-T-yy-p_stderr", 17, 1, 1, 0, 0, 250, 2, "call-srcu" },
	{ "qemu-q35-smp1-nodev-S_f-T", 182, 1, 2, 9, 0, 250, 2, "call-srcu" },
	{ "qemu-q35-smp2-S_f-ttt-T", 239, 1, 3, 9, 0, 250, 2, "call-srcu" },
	/* three lines are the program's own */
	{ "qemu-q35-smp2-S_f-ttt-T_stderr", 239, 1, 3, 9, 3, 250, 2, "call-srcu" },
	{ "qemu-q35-smp4-S_f-r-T", 353, 1, 5, 9, 0, 250, 2, "call-srcu" },
};

static char *corpus_path(const char *name)
{
	g_autofree char *file = g_strconcat(name, ".strace", NULL);

	return g_test_build_filename(G_TEST_DIST, "traces", "corpus", file, NULL);
}

static GsScript *load(const char *name)
{
	g_autofree char *path = corpus_path(name);
	g_autoptr(GError) error = NULL;
	GsScript *script = gs_script_from_strace(path, NULL, &error);

	g_assert_no_error(error);
	return script;
}

/* What holds for any script, see script.h. */
static void check_invariants(const GsScript *script)
{
	int64_t last_ns = 0;

	for (unsigned int i = 0; i < script->calls->len; i++) {
		const GsScriptCall *call = gs_script_call(script, i);

		g_assert_cmpuint(call->vm, <, script->vm_count);
		g_assert_cmpuint(call->thread, <, script->threads->len);
		g_assert_cmpint(call->start_ns, >=, last_ns);
		g_assert_cmpint(call->think_ns, >=, 0);
		g_assert_cmpint(call->after, <, (int)i);
		g_assert_cmpint(call->after, >=, -1);
		g_assert_true(g_str_has_prefix(call->name, "KVM_") ||
			      g_str_equal(call->name, GS_SCRIPT_CLOSE));
		g_assert_cmpint(call->role, !=, GS_FD_UNKNOWN);
		last_ns = call->start_ns;
	}
}

static void test_log(const void *data)
{
	const Expected *expected = data;
	g_autoptr(GsScript) script = load(expected->name);
	g_autofree char *skipped = g_strdup_printf(": %u of ", expected->skipped);
	unsigned int failed = 0;
	bool skip_noted = false;

	g_assert_cmpuint(script->calls->len, ==, expected->calls);
	g_assert_cmpuint(script->vm_count, ==, expected->vms);
	g_assert_cmpuint(script->threads->len, ==, expected->threads);
	for (unsigned int i = 0; i < script->calls->len; i++)
		failed += gs_script_call(script, i)->failed;
	g_assert_cmpuint(failed, ==, expected->failed);
	for (unsigned int i = 0; i < script->notes->len; i++) {
		const char *note = g_ptr_array_index(script->notes, i);

		if (strstr(note, "not the tracer's")) {
			g_assert_nonnull(strstr(note, skipped));
			skip_noted = true;
		}
	}
	g_assert_cmpint(skip_noted, ==, expected->skipped > 0);
	check_invariants(script);
}

static void test_meta(const void *data)
{
	const Expected *expected = data;
	g_autofree char *path = corpus_path(expected->name);
	g_autoptr(GError) error = NULL;
	g_autoptr(GsTraceMeta) meta = gs_trace_meta_load(path, &error);

	g_assert_no_error(error);
	g_assert_nonnull(meta->path);
	g_assert_cmpint(meta->hz, ==, expected->hz);
	g_assert_cmpint(meta->cpus, ==, expected->cpus);
	g_assert_cmpstr(meta->policy, ==, expected->policy);
}

/* Every log is in the table above. */
static void test_complete(void)
{
	g_autofree char *path = g_test_build_filename(G_TEST_DIST, "traces", "corpus", NULL);
	g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
	unsigned int count = 0;
	const char *name;

	g_assert_nonnull(folder);
	while ((name = g_dir_read_name(folder)))
		count += g_str_has_suffix(name, ".strace");
	g_assert_cmpuint(count, ==, G_N_ELEMENTS(corpus));
}

/* strace -X raw prints numbers; the calls are the same as those of another start. */
static void test_raw(void)
{
	g_autoptr(GsScript) raw = load("qemu-microvm-smp2-S_f-ttt-T-Xraw");
	g_autoptr(GsScript) named = load("qemu-microvm-smp2-S_f-ttt-T_alldesc");
	g_autoptr(GHashTable) counts = g_hash_table_new(NULL, NULL);
	GHashTableIter iter;
	gpointer count;

	for (unsigned int i = 0; i < raw->calls->len; i++) {
		gpointer name = (gpointer)gs_script_call(raw, i)->name;

		count = g_hash_table_lookup(counts, name);
		g_hash_table_insert(counts, name, GINT_TO_POINTER(GPOINTER_TO_INT(count) + 1));
	}
	for (unsigned int i = 0; i < named->calls->len; i++) {
		gpointer name = (gpointer)gs_script_call(named, i)->name;

		count = g_hash_table_lookup(counts, name);
		g_hash_table_insert(counts, name, GINT_TO_POINTER(GPOINTER_TO_INT(count) - 1));
	}
	g_hash_table_iter_init(&iter, counts);
	while (g_hash_table_iter_next(&iter, NULL, &count))
		g_assert_cmpint(GPOINTER_TO_INT(count), ==, 0);
}

/* In both styles, a vCPU's first ioctl comes from its own thread, after its main thread's. */
static void test_vcpu_threads(void)
{
	g_autoptr(GsScript) script = load("qemu-q35-smp2-S_f-ttt-T");

	for (unsigned int i = 0; i < script->calls->len; i++) {
		const GsScriptCall *call = gs_script_call(script, i);

		if (!g_str_equal(call->name, "KVM_CREATE_VCPU"))
			continue;
		g_assert_cmpuint(call->thread, ==, call->occurrence + 1);
		g_assert_cmpint(call->after, ==, (int)i - 1);
		g_assert_cmpuint(gs_script_call(script, i - 1)->thread, ==, 0);
		g_assert_cmpuint(call->args.value, ==, call->occurrence);
	}
}

/* The log's own figures, by hand from the file. */
static void test_ground_truth_first_vm(void)
{
	g_autoptr(GsScript) script = load("gt-hz250-cpu1-sync-expedited-fc");
	const GsScriptCall *pit = gs_script_call(script, 2);
	const GsScriptCall *slot = gs_script_call(script, 3);
	const GsScriptCall *eventfd = gs_script_call(script, 4);

	g_assert_cmpstr(pit->name, ==, "KVM_CREATE_PIT2");
	g_assert_cmphex(pit->args.flags, ==, 1);
	g_assert_cmpint(pit->recorded_ns, ==, 69733);
	g_assert_cmpstr(slot->name, ==, "KVM_SET_USER_MEMORY_REGION");
	g_assert_cmpint(slot->start_ns, ==, INT64_C(527874585 - 527505213));
	g_assert_cmpint(slot->think_ns, ==, INT64_C(527874585 - 527785697 - 69733));
	g_assert_true(slot->args.has_memslot);
	g_assert_cmpuint(slot->args.memory_size_bytes, ==, 65536);
	g_assert_cmphex(eventfd->args.addr, ==, 0xd0000050);
	g_assert_true(eventfd->args.has_flags);
}

static void write_meta(const char *path, const char *text)
{
	g_autoptr(GError) error = NULL;

	g_file_set_contents(path, text, -1, &error);
	g_assert_no_error(error);
}

static void test_meta_errors(void)
{
	g_autofree char *folder = g_dir_make_tmp("gracesim-XXXXXX", NULL);
	g_autofree char *log = g_build_filename(folder, "a.strace", NULL);
	g_autofree char *beside = g_build_filename(folder, "a.meta", NULL);
	g_autoptr(GError) error = NULL;
	GsTraceMeta *meta;

	meta = gs_trace_meta_load(log, &error);
	g_assert_no_error(error);
	g_assert_null(meta->path);
	g_assert_cmpint(meta->hz, ==, 0);
	g_assert_null(meta->policy);
	gs_trace_meta_free(meta);

	write_meta(beside, "[trace]\nhz=fast\n");
	g_assert_null(gs_trace_meta_load(log, &error));
	g_assert_error(error, GS_TRACE_META_ERROR, GS_TRACE_META_ERROR_SYNTAX);
	g_assert_nonnull(strstr(error->message, "a.meta"));
	g_clear_error(&error);

	write_meta(beside, "hz=100\n");
	g_assert_null(gs_trace_meta_load(log, &error));
	g_assert_error(error, GS_TRACE_META_ERROR, GS_TRACE_META_ERROR_SYNTAX);

	g_unlink(beside);
	g_rmdir(folder);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(corpus); i++) {
		g_autofree char *log = g_strconcat("/corpus/log/", corpus[i].name, NULL);
		g_autofree char *meta = g_strconcat("/corpus/meta/", corpus[i].name, NULL);

		g_test_add_data_func(log, &corpus[i], test_log);
		g_test_add_data_func(meta, &corpus[i], test_meta);
	}
	g_test_add_func("/corpus/complete", test_complete);
	g_test_add_func("/corpus/raw", test_raw);
	g_test_add_func("/corpus/vcpu-threads", test_vcpu_threads);
	g_test_add_func("/corpus/ground-truth-first-vm", test_ground_truth_first_vm);
	g_test_add_func("/trace-meta/errors", test_meta_errors);
	return g_test_run();
}
