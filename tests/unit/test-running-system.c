/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * --kernel=host, on systems made of a few files below a folder of their own.
 */
#include <gio/gio.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "models/machine-spec.h"
#include "models/profile/running-system.h"

/* A system, and what reading it said. */
typedef struct {
	char *root;
	GPtrArray *notes;
} System;

static void put(const System *system, const char *path, const char *data, gssize length)
{
	g_autofree char *full_path = g_build_filename(system->root, path, NULL);
	g_autofree char *folder = g_path_get_dirname(full_path);
	g_autoptr(GError) error = NULL;

	g_assert_cmpint(g_mkdir_with_parents(folder, 0700), ==, 0);
	g_file_set_contents(full_path, data, length, &error);
	g_assert_no_error(error);
}

static void put_text(const System *system, const char *path, const char *text)
{
	put(system, path, text, -1);
}

static void put_gzip(const System *system, const char *path, const char *text)
{
	g_autoptr(GConverter) gzip =
		G_CONVERTER(g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP, -1));
	char packed[4096];
	gsize read, written;

	g_assert_cmpint(g_converter_convert(gzip, text, strlen(text), packed, sizeof(packed),
					    G_CONVERTER_INPUT_AT_END, &read, &written, NULL),
			==, G_CONVERTER_FINISHED);
	put(system, path, packed, (gssize)written);
}

static System *system_new(const char *release)
{
	System *system = g_new0(System, 1);

	system->root = g_dir_make_tmp("gracesim-XXXXXX", NULL);
	g_assert_nonnull(system->root);
	system->notes = g_ptr_array_new_with_free_func(g_free);
	if (release)
		put_text(system, "proc/sys/kernel/osrelease", release);
	return system;
}

static void remove_tree(const char *path)
{
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *inner = g_build_filename(path, name, NULL);

		remove_tree(inner);
	}
	g_remove(path);
}

static void system_free(System *system)
{
	remove_tree(system->root);
	g_ptr_array_unref(system->notes);
	g_free(system->root);
	g_free(system);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(System, system_free)

static GsRunningSystem *read_system(const System *system)
{
	g_autoptr(GError) error = NULL;
	GsRunningSystem *running = gs_running_system_read(system->root, system->notes, &error);

	g_assert_no_error(error);
	return running;
}

static bool noted(const System *system, const char *note)
{
	for (unsigned int i = 0; i < system->notes->len; i++) {
		if (strcmp(g_ptr_array_index(system->notes, i), note) == 0)
			return true;
	}
	for (unsigned int i = 0; i < system->notes->len; i++)
		g_test_message("note: %s", (char *)g_ptr_array_index(system->notes, i));
	return false;
}

#define CONFIG "CONFIG_HZ_250=y\nCONFIG_HZ=250\nCONFIG_NO_HZ_COMMON=y\n" \
	       "# CONFIG_KVM_SMM is not set\nCONFIG_PREEMPT_NONE=y\n"

/* An Intel server with everything in its place. */
static System *intel_server(void)
{
	System *system = system_new("6.12.57-amd64\n");

	put_gzip(system, "proc/config.gz", CONFIG);
	put_text(system, "proc/cmdline", "BOOT_IMAGE=/vmlinuz root=/dev/sda1 skew_tick=1 quiet\n");
	put_text(system, "sys/devices/system/cpu/online", "0-3,6,8-9\n");
	put_text(system, "sys/module/srcutree/parameters/exp_holdoff", "50000\n");
	put_text(system, "sys/module/srcutree/parameters/srcu_retry_check_delay", "7\n");
	put_text(system, "sys/module/srcutree/parameters/srcu_max_nodelay_phase", "1000\n");
	put_text(system, "sys/module/srcutree/parameters/srcu_max_nodelay", "123\n");
	put_text(system, "sys/module/srcutree/parameters/convert_to_big", "16\n");
	put_text(system, "sys/module/srcutree/parameters/big_cpu_lim", "128\n");
	put_text(system, "sys/kernel/rcu_normal", "1\n");
	put_text(system, "sys/kernel/rcu_expedited", "0\n");
	put_text(system, "sys/module/kvm_intel/parameters/unrestricted_guest", "N\n");
	put_text(system, "sys/module/kvm_intel/parameters/flexpriority", "Y\n");
	return system;
}

static GsMachineParams resolve(const System *system, const GsMachineRequest *request, int hz,
			       GsMachineSpec **ret_spec)
{
	GsMachineRequest asked = *request;
	g_autoptr(GError) error = NULL;
	GsMachineParams params;

	asked.kernel = "host";
	asked.root = system->root;
	asked.notes = system->notes;
	*ret_spec = gs_machine_spec_new(&asked, &error);
	g_assert_no_error(error);
	gs_machine_spec_resolve(*ret_spec, hz, &params);
	return params;
}

static void test_everything(void)
{
	g_autoptr(System) system = intel_server();
	g_autoptr(GsMachineSpec) spec = NULL;
	const GsMachineParams params = resolve(system, &(GsMachineRequest){ 0 }, 250, &spec);

	g_assert_cmpstr(gs_machine_spec_kernel(spec), ==, "v6.12");
	g_assert_cmpstr(gs_machine_spec_default_policy(spec), ==, "sync-expedited");
	g_assert_cmpstr(gs_machine_spec_machine(spec), ==, "x86-vmx");
	g_assert_cmpint(gs_machine_spec_hz(spec), ==, 250);
	g_assert_cmpint(gs_machine_spec_cpus(spec), ==, 7);
	g_assert_true(params.kernel.nohz_idle);
	g_assert_true(params.kernel.skew_tick);
	g_assert_false(params.kvm.smm);
	g_assert_false(params.kvm.unrestricted_guest);
	g_assert_true(params.kvm.flexpriority);
	g_assert_cmpint(params.srcu.exp_holdoff_ns, ==, 50000);
	g_assert_cmpint(params.srcu.srcu_retry_check_delay_ns, ==, 7000);
	g_assert_cmpint(params.srcu.srcu_max_nodelay, ==, 123);
	g_assert_cmpint(params.srcu.convert_to_big, ==, 0);
	g_assert_true(params.srcu.rcu_normal);
	g_assert_false(params.srcu.rcu_expedited);
	g_assert_true(noted(system, "read /proc/sys/kernel/osrelease: 6.12.57-amd64"));
	g_assert_true(noted(system, "read /proc/config.gz: HZ=250 tick.nohz=idle kvm.smm=0"));
	g_assert_true(noted(system, "read /proc/cmdline: tick.skew_tick=1"));
	g_assert_true(noted(system, "read /sys/devices/system/cpu/online: cpus=7"));
	g_assert_true(noted(system, "machine=x86-vmx: /sys/module/kvm_intel is there"));
	g_assert_true(noted(system, "kernel '6.12.57-amd64' is simulated by profile v6.12"));
}

/* A default that follows HZ goes on following it; one that was set does not. */
static void test_per_hz(void)
{
	g_autoptr(System) system = intel_server();
	g_autoptr(GsMachineSpec) spec = NULL;
	const GsMachineParams params = resolve(system, &(GsMachineRequest){ 0 }, 1000, &spec);

	g_assert_cmpint(params.srcu.srcu_max_nodelay_phase, ==, 400);
	g_assert_cmpint(params.srcu.srcu_max_nodelay, ==, 123);
}

/* What the command line says goes before what the system says; what it read is on record. */
static void test_asked(void)
{
	static const char *const set[] = { "kvm.smm=1", NULL };
	g_autoptr(System) system = intel_server();
	g_autoptr(GsMachineSpec) spec = NULL;
	const GsMachineRequest asked = { .machine = "x86-svm", .host = "lab", .cpus = 2,
					 .set = set };
	const GsMachineParams params = resolve(system, &asked, 100, &spec);

	g_assert_cmpstr(gs_machine_spec_machine(spec), ==, "x86-svm");
	g_assert_cmpint(params.kernel.cpus, ==, 2);
	g_assert_true(params.kvm.smm);
	g_assert_cmpstr(gs_machine_spec_overrides(spec), ==,
			"tick.nohz=idle kvm.smm=0 tick.skew_tick=1 srcutree.exp_holdoff=50000 "
			"srcutree.srcu_retry_check_delay=7 srcutree.srcu_max_nodelay=123 "
			"srcutree.convert_to_big=0 srcutree.big_cpu_lim=128 rcupdate.rcu_normal=1 "
			"rcupdate.rcu_expedited=0 kvm.unrestricted_guest=0 kvm.flexpriority=1 "
			"kvm.smm=1");
}

/* Nothing but a release: all else is as without --kernel=host, and that is said. */
static void test_bare(void)
{
	g_autoptr(System) system = system_new("7.3.4");
	g_autoptr(GsMachineSpec) spec = NULL, plain = NULL;
	const GsMachineParams params = resolve(system, &(GsMachineRequest){ 0 }, 100, &spec);
	GsMachineParams expected;

	plain = gs_machine_spec_new(&(GsMachineRequest){ .kernel = "v7.3" }, NULL);
	gs_machine_spec_resolve(plain, 100, &expected);
	g_assert_cmpstr(gs_machine_spec_overrides(spec), ==, "");
	g_assert_cmpint(gs_machine_spec_hz(spec), ==, 0);
	g_assert_cmpint(params.kernel.cpus, ==, expected.kernel.cpus);
	g_assert_true(params.kvm.smm == expected.kvm.smm);
	g_assert_cmpint(params.srcu.exp_holdoff_ns, ==, expected.srcu.exp_holdoff_ns);
	g_assert_true(noted(system,
			    "neither /proc/config.gz, /boot/config-7.3.4 nor "
			    "/lib/modules/7.3.4/config can be read: HZ, tick.nohz and kvm.smm are "
			    "not the system's"));
	g_assert_true(noted(system, "cannot read /proc/cmdline: nohz= and skew_tick= are taken "
				    "not to be given"));
	g_assert_true(noted(system, "cannot read /sys/devices/system/cpu/online: the number of "
				    "CPUs is the host profile's"));
	g_assert_true(noted(system, "there is no /sys/module/srcutree/parameters: SRCU's "
				    "parameters are the profile's"));
	g_assert_true(noted(system, "neither kvm_intel nor kvm_amd is loaded: the machine and "
				    "KVM's parameters are not the system's"));
}

/* The file in /boot, an AMD, a kernel that ticks always, and values nobody knows. */
static void test_boot_config(void)
{
	g_autoptr(System) system = system_new("6.18.2");
	g_autoptr(GsMachineSpec) spec = NULL;

	put_text(system, "boot/config-6.18.2",
		 "CONFIG_HZ=100\nCONFIG_HZ_PERIODIC=y\nCONFIG_KVM_SMM=y\nCONFIG_PREEMPT=y\n");
	put_text(system, "proc/cmdline", "nohz_full=1-3");
	put_text(system, "sys/module/kvm_amd/parameters/avic", "Y");
	put_text(system, "sys/module/srcutree/parameters/exp_holdoff", "many");
	const GsMachineParams params = resolve(system, &(GsMachineRequest){ 0 }, 100, &spec);

	g_assert_cmpstr(gs_machine_spec_machine(spec), ==, "x86-svm");
	g_assert_cmpint(gs_machine_spec_hz(spec), ==, 100);
	g_assert_false(params.kernel.nohz_idle);
	g_assert_false(params.kernel.skew_tick);
	g_assert_true(params.kvm.smm);
	g_assert_true(params.kvm.avic);
	g_assert_cmpint(params.srcu.exp_holdoff_ns, ==, 25000);
	g_assert_true(noted(system,
			    "read /boot/config-6.18.2: HZ=100 tick.nohz=off kvm.smm=1"));
	g_assert_true(noted(system, "full preemption is not modelled: a thread keeps its CPU "
				    "while it is in the kernel"));
	g_assert_true(noted(system, "nohz_full CPUs are not modelled: they tick like the others"));
	g_assert_true(noted(system, "/sys/module/srcutree/parameters/exp_holdoff: 'many' is not "
				    "understood, srcutree.exp_holdoff is the profile's"));
	g_assert_true(noted(system, "cannot read /sys/module/srcutree/parameters/big_cpu_lim: "
				    "srcutree.big_cpu_lim is the profile's"));
}

/* The boot line goes before the build; a damaged config.gz falls back on the next file. */
static void test_boot_line(void)
{
	g_autoptr(System) system = system_new("6.18.2");
	g_autoptr(GsRunningSystem) running = NULL;

	put_text(system, "proc/config.gz", "not gzip");
	put_text(system, "lib/modules/6.18.2/config", CONFIG "CONFIG_PREEMPT=y\n");
	put_text(system, "proc/cmdline", "nohz=on preempt=full nohz=off preempt=lazy");
	put_text(system, "proc/sys/kernel/arch", "aarch64\n");
	running = read_system(system);
	g_assert_cmpint(running->hz, ==, 250);
	g_assert_cmpstr(running->machine, ==, "arm64");
	g_assert_cmpstr(running->words->str, ==,
			"tick.nohz=idle kvm.smm=0 tick.nohz=off tick.skew_tick=0");
	g_assert_true(noted(system, "read /lib/modules/6.18.2/config: HZ=250 tick.nohz=idle "
				    "kvm.smm=0"));
	for (unsigned int i = 0; i < system->notes->len; i++)
		g_assert_null(strstr(g_ptr_array_index(system->notes, i), "preemption"));
}

static void test_no_release(void)
{
	g_autoptr(System) system = system_new(NULL);
	g_autoptr(GError) error = NULL;

	g_assert_null(gs_running_system_read(system->root, system->notes, &error));
	g_assert_error(error, GS_MACHINE_ERROR, GS_MACHINE_ERROR_FILE);
	g_assert_true(g_str_has_prefix(error->message,
				       "kernel 'host': the running release is not known: "));
}

static void test_cpu_lists(void)
{
	static const struct {
		const char *online;
		int cpus;
	} rows[] = {
		{ "0", 1 }, { "0-1\n", 2 }, { "0,2,4", 3 }, { "1-3,5-6", 5 }, { "0-8191", 1024 },
		{ "", 0 }, { "none", 0 }, { "3-1", 0 }, { "0-", 0 },
	};

	for (unsigned int i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(System) system = system_new("6.18.2");
		g_autoptr(GsRunningSystem) running = NULL;

		g_test_message("'%s'", rows[i].online);
		put_text(system, "sys/devices/system/cpu/online", rows[i].online);
		running = read_system(system);
		g_assert_cmpint(running->cpus, ==, rows[i].cpus);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/running-system/everything", test_everything);
	g_test_add_func("/running-system/per-hz", test_per_hz);
	g_test_add_func("/running-system/asked", test_asked);
	g_test_add_func("/running-system/bare", test_bare);
	g_test_add_func("/running-system/boot-config", test_boot_config);
	g_test_add_func("/running-system/boot-line", test_boot_line);
	g_test_add_func("/running-system/no-release", test_no_release);
	g_test_add_func("/running-system/cpu-lists", test_cpu_lists);
	return g_test_run();
}
