/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>
#include <string.h>

#include "models/scenario/scenario.h"
#include "models/scenario/start-pattern.h"
#include "models/vmm/vmm-model.h"

#define SOURCE "my/case.ini"
#define SCENARIO "[scenario]\nvmm=firecracker\n"

static GsScenario *parse(const char *text, GPtrArray *axes)
{
	g_autoptr(GError) error = NULL;
	GsScenario *scenario = gs_scenario_parse(SOURCE, text, strlen(text), axes, &error);

	g_assert_no_error(error);
	return scenario;
}

static void set(GsScenario *scenario, const char *key, const char *value)
{
	g_autoptr(GError) error = NULL;

	gs_scenario_set(scenario, key, value, &error);
	g_assert_no_error(error);
}

/* What a model's name alone stands for. */
static void test_defaults(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GsScenario) scenario = gs_scenario_load("firecracker", NULL, &error);
	g_autofree char *text = NULL;

	g_assert_no_error(error);
	g_assert_true(scenario->is_model);
	text = gs_scenario_text(scenario);
	g_assert_cmpstr(text, ==,
			"[scenario]\nvmm=firecracker\nhz=250\nvms=1\nstart=storm\nruns=400\n"
			"seed=1\n");
}

static void test_every_key(void)
{
	g_autoptr(GPtrArray) axes = gs_scenario_axes_new();
	g_autoptr(GsScenario) scenario = parse(
		"[scenario]\ntitle=T\nquestion=Q?\nvmm=firecracker\nkernel=6.18\nhost=metal-x86\n"
		"machine=x86-svm\ncpus=8\nhz=0100\npolicy=hybrid\nvms=3\nstart= every: 1.5 ms \n"
		"runs=7\nseed=18446744073709551615\n"
		"[vmm]\nvcpus=0x4\nnet=1 + 2\ntransport=pci\nblock=2 * vcpus\n"
		"[set]\ntick.nohz=off\nsrcutree.exp_holdoff=25us\n"
		"reader.hold=lognormal:3000ns,0.80\n"
		"srcutree.srcu_retry_check_delay=0.005ms\nthink.spread=0.10\nreader.vcpus=created\n"
		"[sweep]\nhz=100,250\nvcpus,net=1/1,2/2\nconstraint=vcpus<=cpus, net != 3\n", axes);
	g_autofree char *text = gs_scenario_text(scenario);
	static const struct {
		const char *text, *place;
		bool is_constraint;
	} expected[] = {
		{ "hz=100,250", SOURCE ":28", false },
		{ "vcpus,net=1/1,2/2", SOURCE ":29", false },
		{ "vcpus<=cpus", SOURCE ":30", true },
		{ "net != 3", SOURCE ":30", true },
	};

	g_assert_cmpstr(scenario->title, ==, "T");
	g_assert_cmpstr(scenario->question, ==, "Q?");
	g_assert_cmpstr(text, ==,
			"[scenario]\nvmm=firecracker\nkernel=v6.18\nhost=metal-x86\n"
			"machine=x86-svm\ncpus=8\nhz=100\npolicy=hybrid\nvms=3\n"
			"start=every:1500us\nruns=7\nseed=18446744073709551615\n\n"
			"[vmm]\nblock=2*vcpus\nnet=3\ntransport=pci\nvcpus=4\n\n"
			"[set]\nreader.hold=lognormal:3us,0.8\nreader.vcpus=created\n"
			"srcutree.exp_holdoff=25000\nsrcutree.srcu_retry_check_delay=5\n"
			"think.spread=0.1\ntick.nohz=0\n");
	g_assert_cmpuint(axes->len, ==, G_N_ELEMENTS(expected));
	for (unsigned int i = 0; i < axes->len; i++) {
		const GsScenarioAxis *axis = g_ptr_array_index(axes, i);

		g_assert_cmpstr(axis->text, ==, expected[i].text);
		g_assert_cmpstr(axis->place, ==, expected[i].place);
		g_assert_true(axis->is_constraint == expected[i].is_constraint);
	}
}

static void test_file_errors(void)
{
	static const struct {
		const char *text, *message;
	} rows[] = {
		{ "", SOURCE ": [scenario] has no 'vmm'" },
		{ "[scenario]\nhz=250\n", SOURCE ":1: [scenario] has no 'vmm'" },
		{ "[scenario]\nvmm=firecraker\n",
		  SOURCE ":2: unknown VMM model 'firecraker'; did you mean 'firecracker'?" },
		{ SCENARIO "polcy=sync\n",
		  SOURCE ":3: unknown key 'polcy' in [scenario]; did you mean 'policy'?" },
		{ SCENARIO "[sett]\n", SOURCE ":3: unknown group '[sett]'; did you mean 'set'?" },
		{ SCENARIO "policy=hybird\n",
		  SOURCE ":3: unknown policy 'hybird'; did you mean 'hybrid'?" },
		{ SCENARIO "kernel=hsot\n",
		  SOURCE ":3: unknown kernel 'hsot'" },
		{ SCENARIO "host=metal-x68\n",
		  SOURCE ":3: unknown host 'metal-x68'; did you mean 'metal-x86'?" },
		{ SCENARIO "machine=x86-vmc\n",
		  SOURCE ":3: unknown machine 'x86-vmc'; did you mean 'x86-vmx'?" },
		{ SCENARIO "machine=riscv\n",
		  SOURCE ":3: unknown machine 'riscv'; there are x86-vmx, x86-svm, arm64" },
		{ SCENARIO "cpus=0\n",
		  SOURCE ":3: cpus: '0' is not a whole number from 1 to 1024" },
		{ SCENARIO "hz=23\n",
		  SOURCE ":3: hz: '23' is not a whole number from 24 to 10000" },
		{ SCENARIO "hz=100Hz\n",
		  SOURCE ":3: hz: '100Hz' is not a whole number from 24 to 10000" },
		{ SCENARIO "vms=-1\n",
		  SOURCE ":3: vms: '-1' is not a whole number from 1 to 100000" },
		{ SCENARIO "runs=\n", SOURCE ":3: runs: the value is empty" },
		{ SCENARIO "start=strom\n",
		  SOURCE ":3: unknown start 'strom'; did you mean 'storm'?" },
		{ SCENARIO "start=storm:1ms\n",
		  SOURCE ":3: 'storm:1ms': a storm is all at once and takes no ':1ms'" },
		{ SCENARIO "start=every\n",
		  SOURCE ":3: 'every' does not say how often: write every:10ms or every:100/s" },
		{ SCENARIO "start=every:10\n",
		  SOURCE ":3: 'every:10' has no unit: write a time (ns, us, ms, s), such as "
		  "every:10ms, or a rate (/s), such as every:100/s" },
		{ SCENARIO "start=poisson:100\n",
		  SOURCE ":3: 'poisson:100' has no unit: write a time (ns, us, ms, s), such as "
		  "poisson:10ms, or a rate (/s), such as poisson:100/s" },
		{ SCENARIO "start=poisson:100/h\n",
		  SOURCE ":3: 'poisson:100/h' is neither a time such as poisson:10ms nor a rate "
		  "such as poisson:100/s" },
		{ SCENARIO "start=every:0s\n",
		  SOURCE ":3: 'every:0s' is not from 1ns to 3600s between two starts" },
		{ SCENARIO "[vmm]\nvcpu=2\n",
		  SOURCE ":4: VMM model 'firecracker' has no parameter 'vcpu'; did you mean "
		  "'vcpus'?" },
		{ SCENARIO "[vmm]\nvcpus=33\n", SOURCE ":4: vcpus: 33 is not in 1 to 32" },
		{ SCENARIO "[vmm]\ntransport=pcie\n",
		  SOURCE ":4: transport: 'pcie' is none of pci, mmio; did you mean 'pci'?" },
		{ SCENARIO "[set]\nsrcutree.exp_holdof=0\n",
		  SOURCE ":4: unknown parameter 'srcutree.exp_holdof'; did you mean "
		  "'srcutree.exp_holdoff'?" },
		{ SCENARIO "[set]\ntick.phase=2\n",
		  SOURCE ":4: bad value '2' for 'tick.phase' (where in a jiffy a VM starts, as a "
		  "fraction; default: drawn per run and VM)" },
		{ SCENARIO "[sweep]\npolciy=all\n",
		  SOURCE ":4: unknown key 'polciy' (with VMM model 'firecracker'); did you mean "
		  "'policy'?" },
		{ SCENARIO "[sweep]\nvcpus,ent=1/1\n",
		  SOURCE ":4: unknown key 'ent' (with VMM model 'firecracker'); did you mean "
		  "'net'?" },
		{ SCENARIO "[sweep]\nruns=1,2\n",
		  SOURCE ":4: 'runs' is no axis: every cell has as many" },
		{ SCENARIO "[sweep]\nhz=\n", SOURCE ":4: 'hz' is empty" },
		{ SCENARIO "hz=100\nhz=250\n", SOURCE ":4: key 'hz' is already on line 3" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(gs_scenario_parse(SOURCE, rows[i].text, strlen(rows[i].text), NULL,
						&error));
		g_assert_error(error, GS_SCENARIO_ERROR, GS_SCENARIO_ERROR_SYNTAX);
		g_assert_cmpstr(error->message, ==, rows[i].message);
	}
}

/* A value that is not taken changes nothing. */
static void test_set_errors(void)
{
	static const struct {
		const char *key, *value, *message;
	} rows[] = {
		{ "vcpsu", "2", "unknown key 'vcpsu' (with VMM model 'firecracker'); did you mean "
				"'vcpus'?" },
		{ "exp_holdoff", "0", "unknown key 'exp_holdoff' (with VMM model 'firecracker'); "
				      "did you mean 'srcutree.exp_holdoff'?" },
		{ "vcpus", "", "vcpus: the value is empty" },
		{ "vmm", "a\nb.ini", "vmm: the value is not a line of UTF-8 without backslashes" },
		{ "vmm", "kvmtol", "unknown VMM model 'kvmtol'; did you mean 'kvmtool'?" },
		{ "vcpus", "1000", "vcpus: 1000 is not in 1 to 32" },
		{ "hz", "fast", "hz: 'fast' is not a whole number from 24 to 10000" },
	};
	g_autoptr(GsScenario) scenario = parse(SCENARIO "[vmm]\nvcpus=3\n", NULL);
	g_autofree char *before = gs_scenario_text(scenario);

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *after = NULL;

		g_assert_false(gs_scenario_set(scenario, rows[i].key, rows[i].value, &error));
		g_assert_nonnull(error);
		g_assert_cmpstr(error->message, ==, rows[i].message);
		after = gs_scenario_text(scenario);
		g_assert_cmpstr(after, ==, before);
	}
}

/* The last of a key wins, and what is set can be asked for, in one spelling. */
static void test_set(void)
{
	g_autoptr(GsScenario) scenario = parse(SCENARIO, NULL);
	g_autoptr(GsScenario) copy = NULL;
	static const struct {
		const char *key, *value, *canonical;
	} rows[] = {
		{ "net", "3", "3" },
		{ "net", "0x10", "16" },
		{ "cpus", "2", "2" },
		{ "policy", "sync", "sync" },
		{ "start", "poisson:10ms", "poisson:100/s" },
		{ "start", "poisson:3/s", "poisson:3/s" },
		{ "start", "every:100/s", "every:10ms" },
		{ "tick.skew_tick", "yes", "1" },
		{ "kernel", "6.12.57-amd64", "v6.12.57-amd64" },
		{ "kernel", "host", "host" },
	};

	g_assert_null(gs_scenario_get(scenario, "net"));
	g_assert_null(gs_scenario_get(scenario, "policy"));
	g_assert_null(gs_scenario_get(scenario, "tick.skew_tick"));
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *got = NULL;

		set(scenario, rows[i].key, rows[i].value);
		got = gs_scenario_get(scenario, rows[i].key);
		g_assert_cmpstr(got, ==, rows[i].canonical);
	}
	copy = gs_scenario_copy(scenario);
	set(copy, "net", "1");
	{
		g_autofree char *original = gs_scenario_get(scenario, "net");

		g_assert_cmpstr(original, ==, "16");
	}
}

/* Files are found from the folder of the scenario that names them. */
static void test_paths(void)
{
	g_autofree char *folder = g_test_build_filename(G_TEST_DIST, "models", "vmm", NULL);
	g_autofree char *beside = g_build_filename(folder, "case.ini", NULL);
	g_autofree char *model = g_build_filename(folder, "kvmtool.ini", NULL);
	static const char text[] = "[scenario]\nvmm=kvmtool.ini\n";
	g_autoptr(GError) error = NULL;
	g_autoptr(GsScenario) scenario =
		gs_scenario_parse(beside, text, strlen(text), NULL, &error);
	g_autoptr(GsScenario) of_model = NULL;

	g_assert_no_error(error);
	g_assert_cmpstr(scenario->vmm, ==, model);
	of_model = gs_scenario_load(model, NULL, &error);
	g_assert_no_error(error);
	g_assert_true(of_model->is_model);
	g_assert_cmpstr(of_model->vmm, ==, model);
}

/* Names of models and scenarios are one name space. */
static void test_names(void)
{
	g_auto(GStrv) scenarios = gs_scenario_list();
	g_auto(GStrv) models = gs_vmm_list();
	g_autoptr(GError) error = NULL;

	for (char **name = scenarios; *name; name++)
		g_assert_false(g_strv_contains((const char *const *)models, *name));
	g_assert_null(gs_scenario_load("boot-strom", NULL, &error));
	g_assert_error(error, GS_SCENARIO_ERROR, GS_SCENARIO_ERROR_UNKNOWN);
	g_assert_cmpstr(error->message, ==,
			"no VMM model or scenario 'boot-strom'; did you mean 'boot-storm'?");
}

/* Each of the program's own loads, asks something, and is a file one can start from. */
static void test_shipped(void)
{
	g_auto(GStrv) names = gs_scenario_list();

	g_assert_cmpuint(g_strv_length(names), >=, 6);
	for (char **name = names; *name; name++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(GsScenario) scenario = gs_scenario_load(*name, NULL, &error);
		g_autoptr(GsScenario) again = NULL;
		g_autofree char *file = NULL, *title = NULL, *text = NULL, *text_again = NULL;

		g_assert_no_error(error);
		g_assert_false(scenario->is_model);
		title = gs_scenario_describe(*name);
		g_assert_cmpstr(scenario->title, ==, title);
		g_assert_true(g_str_has_suffix(scenario->question, "?"));
		file = gs_scenario_read_shipped(*name, &error);
		g_assert_no_error(error);
		g_assert_nonnull(strstr(file, "\n# Sources: "));
		again = parse(file, NULL);
		text = gs_scenario_text(scenario);
		text_again = gs_scenario_text(again);
		g_assert_cmpstr(text, ==, text_again);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/scenario/defaults", test_defaults);
	g_test_add_func("/scenario/every-key", test_every_key);
	g_test_add_func("/scenario/file-errors", test_file_errors);
	g_test_add_func("/scenario/set", test_set);
	g_test_add_func("/scenario/set/errors", test_set_errors);
	g_test_add_func("/scenario/paths", test_paths);
	g_test_add_func("/scenario/names", test_names);
	g_test_add_func("/scenario/shipped", test_shipped);
	return g_test_run();
}
