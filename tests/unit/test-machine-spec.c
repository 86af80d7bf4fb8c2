/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "models/machine-spec.h"
#include "models/policy/policy.h"
#include "sim/engine/sim-time.h"

#define REQUEST(...) (&(GsMachineRequest){ __VA_ARGS__ })
#define SET(...) .set = (const char *const[]){ __VA_ARGS__, NULL }

static GsMachineSpec *new_spec(const GsMachineRequest *request)
{
	g_autoptr(GError) error = NULL;
	GsMachineSpec *spec = gs_machine_spec_new(request, &error);

	g_assert_no_error(error);
	return spec;
}

static GsMachineParams resolve(const GsMachineRequest *request, int hz)
{
	g_autoptr(GsMachineSpec) spec = new_spec(request);
	GsMachineParams params;

	gs_machine_spec_resolve(spec, hz, &params);
	return params;
}

static void expect_error(const GsMachineRequest *request, int code, const char *message)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(gs_machine_spec_new(request, &error));
	g_assert_error(error, GS_MACHINE_ERROR, code);
	g_assert_cmpstr(error->message, ==, message);
}

/* Write profile @text to a file of its own; the caller removes it by drop_profile(). */
static char *write_profile(const char *text)
{
	g_autofree char *folder = g_dir_make_tmp("gracesim-XXXXXX", NULL);
	char *path = g_build_filename(folder, "test.ini", NULL);

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	return path;
}

static void drop_profile(char *path)
{
	g_autofree char *folder = g_path_get_dirname(path);

	g_remove(path);
	g_rmdir(folder);
	g_free(path);
}

static void test_defaults(void)
{
	g_autoptr(GsMachineSpec) spec = new_spec(REQUEST(0));
	g_autoptr(GsMachineSpec) arm = new_spec(REQUEST(.machine = "arm64"));

	g_assert_cmpstr(gs_machine_spec_kernel(spec), ==, "v7.3");
	g_assert_cmpstr(gs_machine_spec_machine(spec), ==, "x86-vmx");
	g_assert_cmpstr(gs_machine_spec_host(spec), ==, "metal-x86");
	g_assert_cmpstr(gs_machine_spec_default_policy(spec), ==, "call-srcu");
	g_assert_cmpstr(gs_machine_spec_overrides(spec), ==, "");
	g_assert_cmpstr(gs_machine_spec_host(arm), ==, "metal-arm64");
}

/* The module parameters' defaults, some of which depend on HZ. */
static void test_srcutree_defaults(void)
{
	static const struct {
		int hz;
		int64_t max_nodelay_phase, max_nodelay;
	} rows[] = {
		{ 100, 1000, 1000 }, { 250, 1000, 1000 }, { 300, 1000, 1000 }, { 1000, 400, 400 },
		/* 2 000 000 / HZ / 5, which at HZ=10000 is below the 100 of the other */
		{ 10000, 40, 100 },
	};

	for (unsigned int i = 0; i < G_N_ELEMENTS(rows); i++) {
		const GsMachineParams params = resolve(REQUEST(0), rows[i].hz);

		g_assert_cmpint(params.kernel.hz, ==, rows[i].hz);
		g_assert_cmpint(params.srcu.srcu_max_nodelay_phase, ==, rows[i].max_nodelay_phase);
		g_assert_cmpint(params.srcu.srcu_max_nodelay, ==, rows[i].max_nodelay);
		g_assert_cmpint(params.srcu.exp_holdoff_ns, ==, 25000);
		g_assert_cmpint(params.srcu.srcu_retry_check_delay_ns, ==, 5000);
		g_assert_cmpint(params.srcu.convert_to_big, ==, 3);
		g_assert_cmpint(params.srcu.big_cpu_lim, ==, 128);
		g_assert_false(params.srcu.rcu_normal);
		g_assert_false(params.srcu.rcu_expedited);
	}
}

/* Default, kernel, host, --set: the later wins, and the last --set of a name. */
static void test_layers(void)
{
	static const char kernel[] = "[profile]\nsummary=k\n[parameters]\n"
				     "cost.tick_ns=1\ncost.timer_ns=1\ncost.ipi_ns=1\n";
	static const char host[] = "[profile]\nsummary=h\ncpus=3\n[parameters]\n"
				   "cost.timer_ns=2\ncost.ipi_ns=2\n[work]\nKVM_IRQFD=4us\n";
	char *kernel_path = write_profile(kernel), *host_path = write_profile(host);
	const GsMachineRequest request = { .kernel = kernel_path, .host = host_path,
					   SET("cost.ipi_ns=3", "kvm.smm=0", "cost.ipi_ns=4us") };
	g_autoptr(GsMachineSpec) spec = new_spec(&request);
	GsMachineParams params;

	gs_machine_spec_resolve(spec, 100, &params);
	g_assert_cmpint(params.kernel.costs.irq_work_ns, ==, 0);
	g_assert_cmpint(params.kernel.costs.tick_ns, ==, 1);
	g_assert_cmpint(params.kernel.costs.timer_ns, ==, 2);
	g_assert_cmpint(params.kernel.costs.ipi_ns, ==, 4000);
	g_assert_false(params.kvm.smm);
	g_assert_cmpint(params.kernel.cpus, ==, 3);
	g_assert_cmpint(gs_machine_spec_cpus(spec), ==, 3);
	g_assert_cmpint(gs_machine_spec_work_ns(spec, "KVM_IRQFD"), ==, 4000);
	g_assert_cmpint(gs_machine_spec_work_ns(spec, "KVM_IOEVENTFD"), ==, 0);
	g_assert_cmpstr(gs_machine_spec_overrides(spec), ==,
			"cost.ipi_ns=3 kvm.smm=0 cost.ipi_ns=4us");
	drop_profile(kernel_path);
	drop_profile(host_path);
}

/* --cpus goes before the host profile's number. */
static void test_cpus(void)
{
	g_assert_cmpint(resolve(REQUEST(.host = "lab"), 100).kernel.cpus, ==, 2);
	g_assert_cmpint(resolve(REQUEST(.host = "lab", .cpus = 5), 100).kernel.cpus, ==, 5);
}

static void test_work(void)
{
	g_autoptr(GsMachineSpec) spec = new_spec(REQUEST(.host = "lab"));

	g_assert_cmpint(gs_machine_spec_work_ns(spec, "KVM_IOEVENTFD"), ==, 1150);
	/* "other" */
	g_assert_cmpint(gs_machine_spec_work_ns(spec, "KVM_SET_CPUID2"), ==, 5000);
}

/* What the kernel releases differ in. */
static void test_kernels(void)
{
	static const struct {
		const char *name, *policy;
		bool irq_work, pull, holds_lock, split_routes, barrier, avic;
	} rows[] = {
		{ "v6.1", "sync-expedited", false, false, false, true, false, false },
		{ "v6.9", "sync-expedited", false, true, false, true, false, false },
		{ "v6.12", "sync-expedited", false, true, false, false, false, false },
		{ "v6.18", "call-srcu", false, true, false, false, true, false },
		{ "v7.0", "call-srcu", true, true, false, false, true, false },
		{ "v7.3", "call-srcu", true, true, true, false, true, true },
	};

	for (unsigned int i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GsMachineSpec) spec = new_spec(REQUEST(.kernel = rows[i].name));
		GsMachineParams params;

		gs_machine_spec_resolve(spec, 250, &params);
		g_assert_cmpstr(gs_machine_spec_kernel(spec), ==, rows[i].name);
		g_assert_cmpstr(gs_machine_spec_default_policy(spec), ==, rows[i].policy);
		g_assert_true(params.srcu.start_by_irq_work == rows[i].irq_work);
		g_assert_true(params.kernel.timer_pull == rows[i].pull);
		g_assert_true(params.kvm.create_vcpu_holds_lock == rows[i].holds_lock);
		g_assert_true(params.kvm.split_irqchip_routes == rows[i].split_routes);
		g_assert_true(params.kvm.destroy_srcu_barrier == rows[i].barrier);
		g_assert_true(params.kvm.avic == rows[i].avic);
	}
}

/* A release without a profile gets another's, and whoever asked is told. */
static void test_release(void)
{
	g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GsMachineSpec) spec = new_spec(REQUEST(.kernel = "6.17", .notes = notes));

	g_assert_cmpstr(gs_machine_spec_kernel(spec), ==, "v6.12");
	g_assert_cmpstr(gs_machine_spec_default_policy(spec), ==, "sync-expedited");
	g_assert_cmpint(gs_machine_spec_hz(spec), ==, 0);
	g_assert_cmpuint(notes->len, ==, 1);
}

/* Every shipped profile loads, has a line of description, and names a policy there is. */
static void test_shipped(void)
{
	g_auto(GStrv) kernels = gs_machine_list_kernels();
	g_auto(GStrv) hosts = gs_machine_list_hosts();

	g_assert_cmpuint(g_strv_length(kernels), >=, 6);
	g_assert_cmpuint(g_strv_length(hosts), >=, 4);
	for (char **kernel = kernels; *kernel; kernel++) {
		g_autoptr(GsMachineSpec) spec = new_spec(REQUEST(.kernel = *kernel));
		g_autofree char *summary = gs_machine_describe_kernel(*kernel);

		g_assert_nonnull(gs_policy_lookup(gs_machine_spec_default_policy(spec)));
		g_assert_cmpint(strlen(summary), >, 0);
	}
	for (char **host = hosts; *host; host++) {
		g_autoptr(GsMachineSpec) spec = new_spec(REQUEST(.host = *host));
		g_autofree char *summary = gs_machine_describe_host(*host);

		g_assert_cmpint(gs_machine_spec_cpus(spec), >=, 1);
		g_assert_cmpint(gs_machine_spec_work_ns(spec, "KVM_CREATE_VCPU"), >, 0);
		g_assert_cmpint(gs_machine_spec_work_ns(spec, "KVM_ANYTHING"), >, 0);
		g_assert_cmpint(strlen(summary), >, 0);
	}
}

static void test_machines(void)
{
	static const GsMachineKind kinds[] = { GS_MACHINE_X86_VMX, GS_MACHINE_X86_SVM,
					       GS_MACHINE_ARM64 };
	const char *name, *summary;
	unsigned int count = 0;

	for (; gs_machine_describe(count, &name, &summary); count++) {
		g_assert_cmpuint(count, <, G_N_ELEMENTS(kinds));
		g_assert_true(resolve(REQUEST(.machine = name), 100).kvm.machine == kinds[count]);
		g_assert_cmpint(strlen(summary), >, 0);
	}
	g_assert_cmpuint(count, ==, G_N_ELEMENTS(kinds));
}

static void test_units(void)
{
	/* the kernel's own unit is bare: ns for one, us for the other */
	const GsMachineParams bare = resolve(REQUEST(SET("srcutree.exp_holdoff=30",
							 "srcutree.srcu_retry_check_delay=7")),
					     100);
	const GsMachineParams said =
		resolve(REQUEST(SET("srcutree.exp_holdoff=1.5us",
				    "srcutree.srcu_retry_check_delay=700ns")), 100);

	g_assert_cmpint(bare.srcu.exp_holdoff_ns, ==, 30);
	g_assert_cmpint(bare.srcu.srcu_retry_check_delay_ns, ==, 7000);
	g_assert_cmpint(said.srcu.exp_holdoff_ns, ==, 1500);
	g_assert_cmpint(said.srcu.srcu_retry_check_delay_ns, ==, 700);
}

static void test_booleans(void)
{
	static const struct {
		const char *set;
		bool on;
	} rows[] = {
		{ "tick.nohz=0", false }, { "tick.nohz=off", false }, { "tick.nohz=no", false },
		{ "tick.nohz=n", false }, { "tick.nohz=1", true },    { "tick.nohz=on", true },
		{ "tick.nohz=yes", true }, { "tick.nohz=y", true },   { "tick.nohz=idle", true },
	};

	for (unsigned int i = 0; i < G_N_ELEMENTS(rows); i++)
		g_assert_true(resolve(REQUEST(SET(rows[i].set)), 100).kernel.nohz_idle ==
			      rows[i].on);
}

static void test_tick_phase(void)
{
	static const struct {
		const char *set;
		int64_t ppm;
	} good[] = {
		{ "tick.phase=0", 0 },	       { "tick.phase=0.0", 0 },
		{ "tick.phase=0.35", 350000 }, { "tick.phase=0.000001", 1 },
		{ "tick.phase=0.999999", 999999 },
	};
	static const char *const bad[] = {
		"1", "1.0", "-0.1", ".5", "0.", "0.1234567", "0.5x", "35%", "", "0,5", "0.-5",
		"0.+5",
	};

	g_assert_cmpint(resolve(REQUEST(0), 100).run.tick_phase_ppm, ==, -1);
	for (unsigned int i = 0; i < G_N_ELEMENTS(good); i++)
		g_assert_cmpint(resolve(REQUEST(SET(good[i].set)), 100).run.tick_phase_ppm, ==,
				good[i].ppm);
	for (unsigned int i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autofree char *set = g_strconcat("tick.phase=", bad[i], NULL);
		g_autoptr(GError) error = NULL;

		g_test_message("%s", set);
		g_assert_null(gs_machine_spec_new(REQUEST(SET(set)), &error));
		g_assert_error(error, GS_MACHINE_ERROR, GS_MACHINE_ERROR_VALUE);
	}
}

static void test_unknown(void)
{
	expect_error(REQUEST(.kernel = "v7.3x"), GS_MACHINE_ERROR_UNKNOWN,
		     "unknown kernel 'v7.3x'; did you mean 'v7.3'?");
	expect_error(REQUEST(.kernel = "zzzzzzzz"), GS_MACHINE_ERROR_UNKNOWN,
		     "unknown kernel 'zzzzzzzz'");
	expect_error(REQUEST(.host = "metal-x68"), GS_MACHINE_ERROR_UNKNOWN,
		     "unknown host 'metal-x68'; did you mean 'metal-x86'?");
	expect_error(REQUEST(.machine = "x86-vxm"), GS_MACHINE_ERROR_UNKNOWN,
		     "unknown machine 'x86-vxm'; did you mean 'x86-vmx'?");
	expect_error(REQUEST(SET("kvm.sm=1")), GS_MACHINE_ERROR_UNKNOWN,
		     "unknown parameter 'kvm.sm'; did you mean 'kvm.smm'?");
	expect_error(REQUEST(SET("srcutree.exp_holdof=1")), GS_MACHINE_ERROR_UNKNOWN,
		     "unknown parameter 'srcutree.exp_holdof'; did you mean "
		     "'srcutree.exp_holdoff'?");
	expect_error(REQUEST(SET("kvm.smm")), GS_MACHINE_ERROR_VALUE,
		     "'kvm.smm' is not NAME=VALUE");
}

static void test_bad_values(void)
{
	static const char *const bad[] = {
		"kvm.smm=2", "kvm.smm=", "kvm.smm=true", "cost.tick_ns=-1", "cost.tick_ns=2s",
		"cost.tick_ns=1 fortnight", "cost.tick_ns=abc", "srcutree.convert_to_big=4",
		"srcutree.srcu_retry_check_delay=-5", "srcutree.srcu_max_nodelay=99999999999",
		"srcutree.srcu_retry_check_delay=9223372036854775807",
		"srcutree.exp_holdoff=99999999999999999999", "cpu.pin=-2", "cpu.pin=0x1",
		"tick.spread_ns=2ms",
	};

	expect_error(REQUEST(SET("kvm.smm=maybe")), GS_MACHINE_ERROR_VALUE,
		     "bad value 'maybe' for 'kvm.smm' (CONFIG_KVM_SMM: two address spaces, so "
		     "internal memslots are swapped twice)");
	for (unsigned int i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(gs_machine_spec_new(REQUEST(SET(bad[i])), &error));
		g_assert_error(error, GS_MACHINE_ERROR, GS_MACHINE_ERROR_VALUE);
	}
}

/* A CPU that a parameter names is there. */
static void test_cpu_range(void)
{
	static const char *const beyond[] = { "cpu.pin=2", "tick.timekeeper=2",
					      "tick.busy_cpus=3" };
	static const char *const within[] = { "cpu.pin=1", "tick.timekeeper=1",
					      "tick.busy_cpus=2" };

	for (unsigned int i = 0; i < G_N_ELEMENTS(beyond); i++) {
		g_autoptr(GsMachineSpec) spec =
			new_spec(REQUEST(.host = "lab", .cpus = 2, SET(within[i])));

		g_assert_cmpstr(gs_machine_spec_overrides(spec), ==, within[i]);
		expect_error(REQUEST(.host = "lab", .cpus = 2, SET(beyond[i])),
			     GS_MACHINE_ERROR_VALUE,
			     "a parameter names a CPU beyond the 2 there are");
	}
}

/* What is wrong with a profile file is said with its line. */
static void test_profile_errors(void)
{
	static const struct {
		const char *text, *message; /* the message behind the path */
	} rows[] = {
		{ "[profile]\nsummary=x\n\n[parameters]\nkvm.sm=1\n",
		  ":5: unknown parameter 'kvm.sm'; did you mean 'kvm.smm'?" },
		{ "[parameters]\n# comment\nkvm.smm=7\n",
		  ":3: bad value '7' for 'kvm.smm' (CONFIG_KVM_SMM: two address spaces, so "
		  "internal memslots are swapped twice)" },
		{ "[parameters]\nkvm.smm=1\nkvm.smm=0\n",
		  ":3: key 'kvm.smm' is already on line 2" },
		{ "[parametres]\n",
		  ":1: unknown group '[parametres]'; did you mean 'parameters'?" },
		{ "[profile]\nsumary=x\n",
		  ":2: unknown key 'sumary' in [profile]; did you mean 'summary'?" },
		{ "[profile]\ncpus=0\n", ":2: '0' is not a number from 1 to 1024" },
		{ "[work]\nKVM_IRQFD=fast\n", ":2: not a duration such as 25us or 1.5ms: 'fast'" },
		{ "[work]\nKVM_IRQFD=5\n", ":2: duration without a unit (ns, us, ms or s): '5'" },
	};

	for (unsigned int i = 0; i < G_N_ELEMENTS(rows); i++) {
		char *path = write_profile(rows[i].text);
		g_autoptr(GError) error = NULL;

		g_assert_null(gs_machine_spec_new(REQUEST(.host = path), &error));
		g_assert_error(error, GS_MACHINE_ERROR, GS_MACHINE_ERROR_FILE);
		g_assert_true(g_str_has_prefix(error->message, path));
		g_assert_cmpstr(error->message + strlen(path), ==, rows[i].message);
		drop_profile(path);
	}
}

static void test_profile_missing(void)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(gs_machine_spec_new(REQUEST(.host = "./no-such.ini"), &error));
	g_assert_error(error, GS_MACHINE_ERROR, GS_MACHINE_ERROR_UNKNOWN);
	g_assert_true(g_str_has_prefix(error->message, "cannot read host './no-such.ini': "));
}

/* Each parameter is described, once. */
static void test_describe(void)
{
	g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
	const char *name, *help;

	for (unsigned int i = 0; gs_params_describe(i, &name, &help); i++) {
		g_assert_true(g_hash_table_add(names, (void *)name));
		g_assert_cmpint(strlen(help), >, 0);
	}
	g_assert_true(g_hash_table_contains(names, "srcutree.exp_holdoff"));
	g_assert_true(g_hash_table_contains(names, "cost.tick_ns"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/machine-spec/defaults", test_defaults);
	g_test_add_func("/machine-spec/srcutree-defaults", test_srcutree_defaults);
	g_test_add_func("/machine-spec/layers", test_layers);
	g_test_add_func("/machine-spec/cpus", test_cpus);
	g_test_add_func("/machine-spec/work", test_work);
	g_test_add_func("/machine-spec/kernels", test_kernels);
	g_test_add_func("/machine-spec/release", test_release);
	g_test_add_func("/machine-spec/shipped", test_shipped);
	g_test_add_func("/machine-spec/machines", test_machines);
	g_test_add_func("/machine-spec/units", test_units);
	g_test_add_func("/machine-spec/booleans", test_booleans);
	g_test_add_func("/machine-spec/tick-phase", test_tick_phase);
	g_test_add_func("/machine-spec/unknown", test_unknown);
	g_test_add_func("/machine-spec/bad-values", test_bad_values);
	g_test_add_func("/machine-spec/cpu-range", test_cpu_range);
	g_test_add_func("/machine-spec/profile-errors", test_profile_errors);
	g_test_add_func("/machine-spec/profile-missing", test_profile_missing);
	g_test_add_func("/machine-spec/describe", test_describe);
	return g_test_run();
}
