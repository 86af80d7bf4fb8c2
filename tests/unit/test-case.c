/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "runs/case-maker.h"

#define DIGEST_LENGTH 64

static GsScenario *scenario_with(const char *name, const char *const *settings)
{
	g_autoptr(GError) error = NULL;
	GsScenario *scenario = gs_scenario_load(name, NULL, &error);

	g_assert_no_error(error);
	for (; *settings; settings += 2) {
		gs_scenario_set(scenario, settings[0], settings[1], &error);
		g_assert_no_error(error);
	}
	return scenario;
}

/* A case of @name with "key", "value", ... set. */
#define NEW_CASE(name, ...) new_case(name, (const char *const[]){ __VA_ARGS__, NULL })

static GsCase *new_case(const char *name, const char *const *settings)
{
	g_autoptr(GsScenario) scenario = scenario_with(name, settings);
	g_autoptr(GError) error = NULL;
	GsCase *ready = gs_case_new(scenario, NULL, &error);

	g_assert_no_error(error);
	return ready;
}

#define DIGEST(name, ...) digest_of(name, (const char *const[]){ __VA_ARGS__, NULL })

static char *digest_of(const char *name, const char *const *settings)
{
	g_autoptr(GsCase) ready = new_case(name, settings);

	g_assert_cmpuint(strlen(ready->digest), ==, DIGEST_LENGTH);
	return g_strdup(ready->digest);
}

static void test_digest(void)
{
	static const struct {
		const char *name;
		const char *settings[5];
		bool same;
	} rows[] = {
		{ "firecracker", { "seed", "1" }, true },
		{ "firecracker", { "runs", "7" }, true },
		/* what 7.3 does by itself */
		{ "firecracker", { "policy", "call-srcu" }, true },
		{ "firecracker", { "policy", "hybrid" }, false },
		{ "firecracker", { "seed", "2" }, false },
		{ "firecracker", { "hz", "100" }, false },
		{ "firecracker", { "vms", "2" }, false },
		{ "firecracker", { "start", "every:1ms" }, false },
		{ "firecracker", { "cpus", "3" }, false },
		{ "firecracker", { "machine", "x86-svm" }, false },
		{ "firecracker", { "kernel", "v6.18" }, false },
		{ "firecracker", { "host", "lab" }, false },
		{ "firecracker", { "net", "2" }, false },
		{ "firecracker", { "tick.skew_tick", "1" }, false },
		{ "firecracker-0.22", { "seed", "1" }, false },
	};
	g_autofree char *plain = DIGEST("firecracker", NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *digest = digest_of(rows[i].name, rows[i].settings);

		if (rows[i].same)
			g_assert_cmpstr(digest, ==, plain);
		else
			g_assert_cmpstr(digest, !=, plain);
	}
}

/* Two models or profiles of one name, one after the other. */
static void test_digest_of_files(void)
{
	static const char model[] = "[vmm]\nname=m\nsummary=s\nsource=s\nthink=1us\n"
				    "think_source=s\n[step a]\ncall=KVM_CREATE_VM\nsource=s\n";
	static const char host[] = "[profile]\nsummary=h\ncpus=2\n[work]\nother=1us\n";
	static const struct {
		const char *model, *host;
		bool same;
	} rows[] = {
		{ "# a comment\n", "# another\n", true },
		{ "[step b]\ncall=KVM_CREATE_IRQCHIP\nsource=s\n", "", false },
		{ "", "KVM_CREATE_VM=2us\n", false },
		{ "", "[parameters]\ncost.tick_ns=1\n", false },
	};
	g_autofree char *folder = g_dir_make_tmp("gracesim-XXXXXX", NULL);
	g_autofree char *model_path = g_build_filename(folder, "m.ini", NULL);
	g_autofree char *host_path = g_build_filename(folder, "h.ini", NULL);
	g_autofree char *plain = NULL;

	g_assert_true(g_file_set_contents(model_path, model, -1, NULL));
	g_assert_true(g_file_set_contents(host_path, host, -1, NULL));
	plain = DIGEST(model_path, "host", host_path);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *other_model = g_strconcat(model, rows[i].model, NULL);
		g_autofree char *other_host = g_strconcat(host, rows[i].host, NULL);
		g_autofree char *digest = NULL;

		g_assert_true(g_file_set_contents(model_path, other_model, -1, NULL));
		g_assert_true(g_file_set_contents(host_path, other_host, -1, NULL));
		digest = DIGEST(model_path, "host", host_path);
		if (rows[i].same)
			g_assert_cmpstr(digest, ==, plain);
		else
			g_assert_cmpstr(digest, !=, plain);
	}
	g_remove(model_path);
	g_remove(host_path);
	g_rmdir(folder);
}

static GsCase *make(GsCaseMaker *maker, const char *name, const char *const *settings)
{
	g_autoptr(GsScenario) scenario = scenario_with(name, settings);
	g_autoptr(GError) error = NULL;
	GsCase *ready = gs_case_maker_make(maker, scenario, NULL, &error);

	g_assert_no_error(error);
	return ready;
}

/* Cases of one maker share the starts of VMs that are alike, and nothing else. */
static void test_sharing(void)
{
	static const struct {
		const char *settings[7];
		bool same;
	} rows[] = {
		{ { "hz", "100" }, true },
		{ { "policy", "sync" }, true },
		{ { "seed", "2" }, true },
		{ { "kernel", "v6.12" }, true },
		{ { "cpus", "3" }, true },
		{ { "cost.tick_ns", "1" }, true },
		{ { "net", "2" }, false },
		{ { "vms", "2" }, false },
		{ { "vms", "2", "start", "every:10ms" }, false },
		{ { "host", "lab" }, false },
		{ { "machine", "arm64" }, false },
		/* what it was at first */
		{ { NULL }, true },
	};
	g_autoptr(GsCaseMaker) maker = gs_case_maker_new();
	g_autoptr(GsCase) plain = make(maker, "firecracker", (const char *const[]){ NULL });
	g_autoptr(GsCase) other = make(maker, "kvmtool", (const char *const[]){ NULL });

	g_assert_true(other->script != plain->script);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GsCase) made = make(maker, "firecracker", rows[i].settings);
		g_autoptr(GsCase) alone = new_case("firecracker", rows[i].settings);

		g_assert_cmpint(made->script == plain->script, ==, rows[i].same);
		g_assert_cmpstr(made->digest, ==, alone->digest);
		g_assert_cmpint(made->params.kernel.hz, ==, alone->params.kernel.hz);
		g_assert_cmpint(made->params.kernel.cpus, ==, alone->params.kernel.cpus);
		g_assert_true(made->policy == alone->policy);
	}
}

/* A case needs its maker no more, and what was shared is there as long as one has it. */
static void test_outlives_maker(void)
{
	GsCaseMaker *maker = gs_case_maker_new();
	GsCase *first = make(maker, "firecracker", (const char *const[]){ "hz", "100", NULL });
	g_autoptr(GsCase) second =
		make(maker, "firecracker", (const char *const[]){ "hz", "250", NULL });

	gs_case_maker_free(maker);
	g_assert_true(first->program == second->program);
	gs_case_free(first);
	g_assert_cmpuint(second->program->call_count, ==, second->script->calls->len);
	g_assert_cmpstr(gs_machine_spec_kernel(second->machine), ==, "v7.3");
}

/* All that is made of a scenario is of the file as it was when that was read. */
static void test_file_changes(void)
{
	static const char model[] = "[vmm]\nname=m\nsummary=s\nsource=s\nthink=1us\n"
				    "think_source=s\n[step a]\ncall=KVM_CREATE_VM\nsource=s\n";
	g_autofree char *folder = g_dir_make_tmp("gracesim-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "m.ini", NULL);
	g_autoptr(GsScenario) scenario = NULL;
	g_autoptr(GsCase) ready = NULL;
	g_autoptr(GError) error = NULL;

	g_assert_true(g_file_set_contents(path, model, -1, NULL));
	scenario = scenario_with(path, (const char *const[]){ NULL });
	g_assert_true(g_file_set_contents(path, "not a model any more", -1, NULL));
	ready = gs_case_new(scenario, NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(ready->script->calls->len, ==, 1);
	g_remove(path);
	g_rmdir(folder);
}

/* What a scenario leaves open is the kernel's and the model's. */
static void test_defaults(void)
{
	g_autoptr(GsCase) old = NEW_CASE("firecracker", "kernel", "v6.12");
	g_autoptr(GsCase) new = NEW_CASE("firecracker", "kernel", "v6.18");
	g_autoptr(GsCase) arm64 = NEW_CASE("firecracker-arm64", NULL);
	g_autoptr(GsCase) forced = NEW_CASE("firecracker-arm64", "machine", "x86-svm");

	g_assert_cmpstr(old->policy->name, ==, "sync-expedited");
	g_assert_cmpstr(new->policy->name, ==, "call-srcu");
	g_assert_cmpstr(gs_machine_spec_machine(old->machine), ==, "x86-vmx");
	g_assert_cmpstr(gs_machine_spec_machine(arm64->machine), ==, "arm64");
	g_assert_cmpstr(gs_machine_spec_host(arm64->machine), ==, "metal-arm64");
	g_assert_cmpstr(gs_machine_spec_machine(forced->machine), ==, "x86-svm");
}

static void test_fleet(void)
{
	g_autoptr(GsCase) one = NEW_CASE("firecracker", "net", "3");
	g_autoptr(GsCase) four = NEW_CASE("firecracker", "net", "3", "vms", "4");

	g_assert_cmpuint(four->program->call_count, ==, 4 * one->program->call_count);
	g_assert_cmpuint(four->pool->calls->len, ==, one->pool->calls->len);
	g_assert_cmpuint(gs_call_pool_call(four->pool, 0)->vm_count, ==, 4);
	g_assert_cmpstr(four->script->label, ==, "firecracker net=3");
}

/* A setup is all a host needs; what is run twice is the same. */
static void test_setup(void)
{
	g_autoptr(GsCase) ready =
		NEW_CASE("firecracker", "hz", "100", "policy", "call-srcu", "seed", "3");
	const GsRunSetup setup = gs_case_setup(ready);
	GsSample *samples[2];

	for (int i = 0; i < 2; i++) {
		g_autoptr(GsReplayHost) host = gs_replay_host_new(&setup);
		g_autoptr(GError) error = NULL;

		samples[i] = g_new0(GsSample, ready->program->call_count);
		gs_replay_host_run(host, 5, samples[i], NULL, &error);
		g_assert_no_error(error);
	}
	g_assert_cmpint(samples[0][ready->program->call_count - 1].start_ns, >, 0);
	for (unsigned int i = 0; i < ready->program->call_count; i++) {
		g_assert_cmpint(samples[0][i].start_ns, ==, samples[1][i].start_ns);
		g_assert_cmpint(samples[0][i].latency_ns, ==, samples[1][i].latency_ns);
	}
	for (int i = 0; i < 2; i++)
		g_free(samples[i]);
}

static void test_errors(void)
{
	static const struct {
		const char *key, *value, *message;
	} rows[] = {
		{ "vmm", "kvmtool", "VMM model 'kvmtool' has no parameter 'pmem'" },
		{ "cpu.pin", "9", "a parameter names a CPU beyond the 8 there are" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GsScenario) scenario = scenario_with(
			"firecracker",
			(const char *const[]){ "pmem", "1", rows[i].key, rows[i].value, NULL });
		g_autoptr(GError) error = NULL;

		g_assert_null(gs_case_new(scenario, NULL, &error));
		g_assert_nonnull(error);
		g_assert_cmpstr(error->message, ==, rows[i].message);
	}
}

/* A kernel without a profile of its own is one the user hears of. */
static void test_notes(void)
{
	g_autoptr(GsScenario) scenario = scenario_with(
		"firecracker", (const char *const[]){ "kernel", "6.17", NULL });
	g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GError) error = NULL;
	g_autoptr(GsCase) ready = gs_case_new(scenario, notes, &error);

	g_assert_no_error(error);
	g_assert_cmpstr(gs_machine_spec_kernel(ready->machine), ==, "v6.12");
	g_assert_cmpuint(notes->len, ==, 1);
	g_assert_cmpstr(g_ptr_array_index(notes, 0), ==,
			"kernel 'v6.17' has no profile and is simulated by v6.12, the newest "
			"before it");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/case/digest", test_digest);
	g_test_add_func("/case/digest/files", test_digest_of_files);
	g_test_add_func("/case/sharing", test_sharing);
	g_test_add_func("/case/sharing/without-maker", test_outlives_maker);
	g_test_add_func("/case/file-changes", test_file_changes);
	g_test_add_func("/case/defaults", test_defaults);
	g_test_add_func("/case/fleet", test_fleet);
	g_test_add_func("/case/setup", test_setup);
	g_test_add_func("/case/errors", test_errors);
	g_test_add_func("/case/notes", test_notes);
	return g_test_run();
}
