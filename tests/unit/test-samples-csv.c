/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>
#include <stdio.h>

#include "runs/csv.h"
#include "runs/samples-csv.h"

#define HEADER \
	"trace,vm,hz,policy,kernel,tid,thread,call,occurrence,run,start_ns,latency_ns,wait_ns\n"

static char *contents_of(FILE *stream)
{
	GString *text = g_string_new(NULL);
	char buffer[4096];
	size_t length;

	rewind(stream);
	while ((length = fread(buffer, 1, sizeof(buffer), stream)))
		g_string_append_len(text, buffer, (gssize)length);
	fclose(stream);
	return g_string_free(text, FALSE);
}

static GsScript *script_of_two(const char *source)
{
	GsScript *script = gs_script_new(source);
	GsScriptCall create = { .name = "KVM_CREATE_VM", .after = -1 };
	GsScriptCall device = {
		.vm = 0, .name = "KVM_IOEVENTFD", .occurrence = 3, .failed = true, .after = 0
	};

	create.thread = gs_script_thread(script, 4711);
	device.thread = gs_script_thread(script, 4712);
	g_array_index(script->threads, GsScriptThread, device.thread).name = "cpu0";
	script->vm_count = 1;
	g_array_append_val(script->calls, create);
	g_array_append_val(script->calls, device);
	return script;
}

static void test_rows(void)
{
	const GsMachineRequest request = { 0 };
	g_autoptr(GError) error = NULL;
	g_autoptr(GsMachineSpec) machine = gs_machine_spec_new(&request, &error);
	g_autoptr(GsScript) script = script_of_two("a, \"b\".strace");
	const GsReplayCell cells[] = {
		{ .hz = 100, .policy = gs_policy_lookup("call-srcu") },
		{ .hz = 1000, .policy = gs_policy_lookup("hybrid") },
	};
	const GsReplaySpec spec = {
		.script = script, .machine = machine, .cells = cells, .cell_count = 2, .runs = 2
	};
	const GsSample samples[] = {
		{ .start_ns = 0, .latency_ns = 188027, .wait_ns = 0 },
		{ .start_ns = 200000, .latency_ns = 25182000, .wait_ns = 25000000 },
		{ .start_ns = 0, .latency_ns = 1, .wait_ns = 0 },
		{ .start_ns = 9, .latency_ns = INT64_MAX, .wait_ns = 10 },
	};
	FILE *file = tmpfile();
	g_autoptr(GsSamplesCsv) csv = gs_samples_csv_new(file);
	g_autofree char *text = NULL;

	g_assert_no_error(error);
	gs_samples_csv_add_cell(csv, &spec, 0, samples);
	gs_samples_csv_add_cell(csv, &spec, 1, samples);
	text = contents_of(file);
#define TRACE "\"a, \"\"b\"\".strace\""
	g_assert_cmpstr(text, ==, HEADER
		TRACE ",0,100,call-srcu,v7.3,4711,,KVM_CREATE_VM,0,0,0,188027,0\n"
		TRACE ",0,100,call-srcu,v7.3,4712,cpu0,KVM_IOEVENTFD,3,0,200000,25182000,25000000\n"
		TRACE ",0,100,call-srcu,v7.3,4711,,KVM_CREATE_VM,0,1,0,1,0\n"
		TRACE ",0,100,call-srcu,v7.3,4712,cpu0,KVM_IOEVENTFD,3,1,9,9223372036854775807,10\n"
		TRACE ",0,1000,hybrid,v7.3,4711,,KVM_CREATE_VM,0,0,0,188027,0\n"
		TRACE ",0,1000,hybrid,v7.3,4712,cpu0,KVM_IOEVENTFD,3,0,200000,25182000,25000000\n"
		TRACE ",0,1000,hybrid,v7.3,4711,,KVM_CREATE_VM,0,1,0,1,0\n"
		TRACE ",0,1000,hybrid,v7.3,4712,cpu0,KVM_IOEVENTFD,3,1,9,9223372036854775807,10\n");
}

/* More than the writer holds back: no row is lost or torn where it flushes. */
static void test_many_rows(void)
{
	const GsMachineRequest request = { 0 };
	g_autoptr(GError) error = NULL;
	g_autoptr(GsMachineSpec) machine = gs_machine_spec_new(&request, &error);
	g_autoptr(GsScript) script = script_of_two("long.strace");
	const GsReplayCell cell = { .hz = 250, .policy = gs_policy_lookup("sync") };
	const GsReplaySpec spec = {
		.script = script, .machine = machine, .cells = &cell, .cell_count = 1, .runs = 20000
	};
	g_autofree GsSample *samples = g_new0(GsSample, 2 * spec.runs);
	FILE *file = tmpfile();
	g_autoptr(GsSamplesCsv) csv = gs_samples_csv_new(file);
	g_autofree char *text = NULL;
	g_auto(GStrv) lines = NULL;

	g_assert_no_error(error);
	gs_samples_csv_add_cell(csv, &spec, 0, samples);
	text = contents_of(file);
	lines = g_strsplit(text, "\n", -1);
	g_assert_cmpuint(g_strv_length(lines), ==, 1 + 2 * spec.runs + 1);
	for (unsigned int i = 0; i < 2 * spec.runs; i++) {
		g_autofree char *end = g_strdup_printf(",%u,0,0,0", i / 2);

		g_assert_true(g_str_has_prefix(lines[i + 1], "long.strace,0,250,sync,"));
		g_assert_true(g_str_has_suffix(lines[i + 1], end));
	}
}

static void test_quoting(void)
{
	static const struct {
		const char *text, *field;
	} cases[] = {
		{ "", "," },
		{ "plain.strace", "plain.strace," },
		{ "with space", "with space," },
		{ "a,b", "\"a,b\"," },
		{ "say \"hi\"", "\"say \"\"hi\"\"\"," },
		{ "two\nlines", "\"two\nlines\"," },
		{ "back\rwards", "\"back\rwards\"," },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GString) out = g_string_new(NULL);

		gs_csv_append_text(out, cases[i].text, ',');
		g_assert_cmpstr(out->str, ==, cases[i].field);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/runs/samples-csv/rows", test_rows);
	g_test_add_func("/runs/samples-csv/many-rows", test_many_rows);
	g_test_add_func("/runs/csv/quoting", test_quoting);
	return g_test_run();
}
