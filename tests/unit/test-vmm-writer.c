/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Models made of scripts: the script a model makes is the one it was made of.
 */
#include <glib.h>
#include <string.h>

#include "models/vmm/vmm-model.h"
#include "models/vmm/vmm-writer.h"
#include "tests/lib/gs-test-vmm.h"
#include "traces/script-vms.h"
#include "traces/scripts-from-files.h"

static unsigned int count_steps(const char *text)
{
	unsigned int count = 0;

	for (const char *at = text; (at = strstr(at, "\n[step ")); at++)
		count++;
	return count;
}

/* Every series and VM of a log, there and back. */
static void check_file(const char *folder, const char *file)
{
	g_autofree char *path = g_test_build_filename(G_TEST_DIST, folder, file, NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) scripts =
		gs_scripts_from_files((const char *const[]){ path, NULL }, NULL, &error);

	if (!scripts)
		g_test_message("%s: %s", file, error->message);
	for (unsigned int i = 0; scripts && i < scripts->len; i++) {
		const GsScript *script = g_ptr_array_index(scripts, i);
		unsigned int calls = 0;

		for (uint32_t vm = 0; vm < script->vm_count; vm++) {
			g_autoptr(GsScript) one = gs_script_of_vm(script, vm);
			g_autofree char *text = NULL;

			gs_test_vmm_round_trip(one, &text);
			calls += one->calls->len;
		}
		g_assert_cmpuint(calls, ==, script->calls->len);
	}
}

/* @ends: of the names, NULL-terminated. Returns how many there are. */
static unsigned int check_folder(const char *folder, const char *const *ends)
{
	g_autofree char *path = g_test_build_filename(G_TEST_DIST, folder, NULL);
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
	unsigned int count = 0;
	const char *file;

	g_assert_nonnull(dir);
	while ((file = g_dir_read_name(dir))) {
		for (const char *const *end = ends; *end; end++) {
			if (!g_str_has_suffix(file, *end))
				continue;
			check_file(folder, file);
			count++;
		}
	}
	return count;
}

static void test_corpus(void)
{
	static const char *const ends[] = { ".strace", NULL };

	g_assert_cmpuint(check_folder("traces/corpus", ends), >=, 29);
}

static void test_import_fixtures(void)
{
	static const char *const ends[] = { ".strace", ".txt", ".mbox", ".eml", NULL };

	g_assert_cmpuint(check_folder("tests/import", ends), >=, 100);
}

static void test_shipped_models(void)
{
	g_auto(GStrv) names = gs_vmm_list();

	for (char **name = names; *name; name++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(GsScript) script = gs_vmm_model_load(*name, &error);
		g_autofree char *text = NULL;

		g_assert_no_error(error);
		gs_test_vmm_round_trip(script, &text);
		/* folded, not a transcript */
		g_assert_cmpuint(count_steps(text), <, script->calls->len);
	}
}

/* What a model of @steps is written as, without its header. */
static char *rewrite(const char *steps)
{
	g_autoptr(GsScript) script = gs_test_vmm_steps(steps);
	g_autofree char *text = NULL;
	const char *body;

	gs_test_vmm_round_trip(script, &text);
	body = strstr(strstr(text, "\n[vmm]\n"), "\n\n[");
	return g_strdup(body + strlen("\n\n"));
}

static void test_numbers_grow(void)
{
	g_autofree char *text = rewrite("[step a]\ncall=KVM_IOEVENTFD\nrepeat=4\n"
					"addr=0xd0000050+@i*0x1000\nlen=4\nflags=1\nsource=x\n");

	g_assert_cmpstr(text, ==,
			"[step ioeventfd]\ncall=KVM_IOEVENTFD\nrepeat=4\nflags=1\nlen=4\n"
			"addr=0xd0000050+@i*0x1000\nsource=test.ini\n");
}

/* Two numbers always are on a line; nobody meant this one. */
static void test_two_are_no_line(void)
{
	g_autofree char *text = rewrite(
		"[step a]\ncall=KVM_CHECK_EXTENSION\nfd=kvm\nvalue=10\nsource=x\n"
		"[step b]\ncall=KVM_CHECK_EXTENSION\nfd=kvm\nvalue=208\nsource=x\n");

	g_assert_cmpuint(count_steps(text) + 1, ==, 2);
}

static void test_loop(void)
{
	g_autofree char *text = rewrite(
		"[loop net]\nrepeat=3\n"
		"[step queues]\ncall=KVM_IOEVENTFD\nloop=net\nrepeat=2\n"
		"addr=4096+@net*4096+@i*2\nlen=2\nsource=x\n"
		"[step irq]\ncall=KVM_IRQFD\nloop=net\nthink=9us\nthink_source=x\nsource=x\n");

	g_assert_cmpstr(text, ==,
			"[loop loop1]\nrepeat=3\n\n"
			"[step ioeventfd]\ncall=KVM_IOEVENTFD\nloop=loop1\nrepeat=2\nlen=2\n"
			"addr=0x1000+@loop1*0x1000+@i*2\nsource=test.ini\n\n"
			"[step irqfd]\ncall=KVM_IRQFD\nloop=loop1\nthink=9us\n"
			"think_source=as in test.ini\nsource=test.ini\n");
}

/* A count that is evidently the vCPUs' is a parameter, and setting it adds vCPUs. */
static void test_vcpus(void)
{
	static const char *const three[] = { "vcpus=3", NULL };
	g_autoptr(GsScript) script = gs_test_vmm_steps(
		"[step create]\ncall=KVM_CREATE_VCPU\nrepeat=2\nvalue=@i\nsource=x\n"
		"[step cpuid]\ncall=KVM_SET_CPUID2\nrepeat=2\nsource=x\n"
		"[step run]\ncall=KVM_RUN\nrepeat=2\nthread=fc_vcpu @i\nsource=x\n");
	g_autofree char *text = NULL, *names = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(GsScript) more = NULL;

	gs_test_vmm_round_trip(script, &text);
	more = gs_test_vmm_text(text, three, &error);
	g_assert_no_error(error);
	names = gs_test_call_names(more);
	g_assert_cmpstr(names, ==, "CREATE_VCPU*3 SET_CPUID2*3 RUN*3");
	g_assert_cmpuint(more->threads->len, ==, 4);
	g_assert_cmpstr(g_array_index(more->threads, GsScriptThread, 3).name, ==, "fc_vcpu 2");
}

/* Steps of threads that wait for each other are found again by those that wait. */
static void test_threads_wait(void)
{
	g_autofree char *text = rewrite(
		"[loop vcpu]\nrepeat=3\n"
		"[step create]\ncall=KVM_CREATE_VCPU\nloop=vcpu\nthread=CPU @vcpu/KVM\n"
		"after=previous\nvalue=@vcpu\nsource=x\n"
		"[step created]\ncall=KVM_CHECK_EXTENSION\nfd=kvm\nloop=vcpu\nafter=previous\n"
		"source=x\n"
		"[step memory]\ncall=KVM_SET_USER_MEMORY_REGION\nsource=x\n"
		"[step run]\ncall=KVM_RUN\nrepeat=3\nthread=CPU @i/KVM\nafter=memory\nsource=x\n");

	g_assert_nonnull(strstr(text, "after=set-user-memory-region\n"));
	g_assert_nonnull(strstr(text, "after=previous\n"));
}

/* All that is not an ioctl of the table that succeeds at a known time. */
static void test_oddities(void)
{
	g_autofree char *text = rewrite(
		"[step cpuid]\ncall=KVM_GET_SUPPORTED_CPUID\nrepeat=3\nfails=@i < 2\nsource=x\n"
		"[step new]\nrequest=KVM_NEW_THING\nfd=vm\nsource=x\n"
		"[step number]\nrequest=0xaeff\nfd=vcpu\nthink=unknown\nthink_source=x\nsource=x\n"
		"[step other]\ncall=KVM_GET_API_VERSION\nthread=other\nafter=nothing\nthink=1ms\n"
		"think_source=x\nsource=x\n"
		"[step run]\ncall=KVM_RUN\nrepeat=3\nguest=1ms, 2us, 1s\nthink_source=x\nsource=x\n"
		"[step end]\ncall=close\nthink=7ns\nthink_source=x\nsource=x\n");

	g_assert_nonnull(strstr(text, "repeat=2\nfails=1\n"));
	g_assert_nonnull(strstr(text, "request=KVM_NEW_THING\nfd=vm\n"));
	g_assert_nonnull(strstr(text, "request=0xaeff\nfd=vcpu\nthink=unknown\n"));
	g_assert_nonnull(strstr(text, "thread=other\nafter=nothing\nthink=1ms\n"));
	g_assert_nonnull(strstr(text, "guest=1ms, 2us, 1000ms\n"));
	g_assert_nonnull(strstr(text, "call=close\nthink=0.007us\n"));
}

/* A name is what it is, whatever an INI file would take it for. */
static void test_names(void)
{
	static const char *const names[] = { "CPU 0/KVM", " a@i\\n=[x]\n# ", "", "a_i_n=[x]",
					     "\xff", "main", NULL };
	g_autoptr(GsScript) script = gs_script_new("/logs/a=b # [c]\\\n.strace");
	g_autofree char *text = NULL;

	for (int i = 0; names[i]; i++) {
		GsScriptCall call = { .name = g_intern_string("KVM_RUN"), .role = GS_FD_VCPU,
				      .recorded_ns = 0, .after = i - 1, .line = 7 };

		call.thread = gs_script_thread(script, 100 + i);
		g_array_index(script->threads, GsScriptThread, call.thread).name = names[i];
		g_array_append_val(script->calls, call);
	}
	script->vm_count = 1;
	gs_test_vmm_round_trip(script, &text);
	g_assert_nonnull(strstr(text, "\nname=a=b # [c]__.strace\n"));
	g_assert_nonnull(strstr(text, "\nthink_source=recorded in a=b # [c]__.strace:7\n"));
}

/* More calls than a model may make are an error, not a file that cannot be read. */
static void test_limit(void)
{
	const GsScriptCall call = { .name = "KVM_RUN", .role = GS_FD_VCPU, .recorded_ns = 1 };
	g_autoptr(GsScript) script = gs_script_new("long.strace");
	g_autoptr(GError) error = NULL;

	gs_script_thread(script, 1);
	for (int i = 0; i <= 1000000; i++)
		g_array_append_val(script->calls, call);
	g_assert_null(gs_vmm_write(script, &error));
	g_assert_error(error, GS_VMM_ERROR, GS_VMM_ERROR_LIMIT);
	g_assert_cmpstr(error->message, ==,
			"long.strace: 1000001 calls; a VMM model has 1 to 1000000");
}

/* Two VMs of one thread: the second begins where its first call does. */
static void test_one_of_several_vms(void)
{
	g_autofree char *path = g_test_build_filename(
		G_TEST_DIST, "traces", "corpus", "gt-hz250-cpu1-call-srcu-fc.strace", NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(GsScript) script = gs_script_from_strace(path, NULL, &error);
	g_autoptr(GsScript) first = gs_script_of_vm(script, 0), second = gs_script_of_vm(script, 1);

	g_assert_no_error(error);
	g_assert_cmpuint(gs_script_first_vm(script), ==, 0);
	g_assert_cmpuint(first->calls->len, ==, second->calls->len);
	g_assert_cmpint(gs_script_call(second, 0)->think_ns, ==, 0);
	g_assert_cmpint(gs_script_call(second, 0)->start_ns, ==, 0);
	g_assert_cmpstr(gs_script_call(second, 0)->name, ==, gs_script_call(first, 0)->name);
	for (unsigned int i = 1; i < second->calls->len; i++)
		g_assert_cmpint(gs_script_call(second, i)->after, ==, (int32_t)i - 1);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/vmm-writer/corpus", test_corpus);
	g_test_add_func("/vmm-writer/import-fixtures", test_import_fixtures);
	g_test_add_func("/vmm-writer/shipped-models", test_shipped_models);
	g_test_add_func("/vmm-writer/numbers-grow", test_numbers_grow);
	g_test_add_func("/vmm-writer/two-are-no-line", test_two_are_no_line);
	g_test_add_func("/vmm-writer/loop", test_loop);
	g_test_add_func("/vmm-writer/vcpus", test_vcpus);
	g_test_add_func("/vmm-writer/threads-wait", test_threads_wait);
	g_test_add_func("/vmm-writer/oddities", test_oddities);
	g_test_add_func("/vmm-writer/names", test_names);
	g_test_add_func("/vmm-writer/limit", test_limit);
	g_test_add_func("/vmm-writer/one-of-several-vms", test_one_of_several_vms);
	return g_test_run();
}
