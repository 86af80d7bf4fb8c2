/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/profile/running-system.h"

#include <gio/gio.h>
#include <string.h>

#include "models/machine-spec.h"

/* One file of /sys that holds the value of one parameter. */
typedef struct {
	const char *file;
	const char *param;
	bool per_hz; /* the default follows HZ, so it must not be fixed where it is just that */
} SysParam;

typedef struct {
	const char *folder;
	const char *without; /* what to say where the folder is not there */
	const SysParam *params;
	unsigned int count;
} SysFolder;

static const SysParam srcutree_params[] = {
	{ "exp_holdoff", "srcutree.exp_holdoff", false },
	{ "srcu_retry_check_delay", "srcutree.srcu_retry_check_delay", false },
	{ "srcu_max_nodelay_phase", "srcutree.srcu_max_nodelay_phase", true },
	{ "srcu_max_nodelay", "srcutree.srcu_max_nodelay", true },
	{ "convert_to_big", "srcutree.convert_to_big", false },
	{ "big_cpu_lim", "srcutree.big_cpu_lim", false },
};

static const SysParam rcu_params[] = {
	{ "rcu_normal", "rcupdate.rcu_normal", false },
	{ "rcu_expedited", "rcupdate.rcu_expedited", false },
};

static const SysParam intel_params[] = {
	{ "unrestricted_guest", "kvm.unrestricted_guest", false },
	{ "flexpriority", "kvm.flexpriority", false },
};

static const SysParam amd_params[] = {
	{ "avic", "kvm.avic", false },
};

static const SysFolder sys_folders[] = {
	{ "/sys/module/srcutree/parameters", "SRCU's parameters are the profile's",
	  srcutree_params, G_N_ELEMENTS(srcutree_params) },
	{ "/sys/kernel", "RCU's switches are off", rcu_params, G_N_ELEMENTS(rcu_params) },
	{ "/sys/module/kvm_intel/parameters", NULL, intel_params, G_N_ELEMENTS(intel_params) },
	{ "/sys/module/kvm_amd/parameters", NULL, amd_params, G_N_ELEMENTS(amd_params) },
};

/* While reading. */
typedef struct {
	const char *root;
	GsRunningSystem *system;
	GPtrArray *notes;
} Reader;

static void note(const Reader *reader, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void note(const Reader *reader, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	g_ptr_array_add(reader->notes, g_strdup_vprintf(format, arguments));
	va_end(arguments);
}

/* The text of @path below the root, blanks at its ends taken off; NULL: it cannot be read. */
static char *read_text(const Reader *reader, const char *path, gsize *ret_length, GError **error)
{
	g_autofree char *full_path = g_build_filename(reader->root, path, NULL);
	char *text;

	return g_file_get_contents(full_path, &text, ret_length, error) ? text : NULL;
}

static char *read_word(const Reader *reader, const char *path, GError **error)
{
	char *text = read_text(reader, path, NULL, error);

	return text ? g_strstrip(text) : NULL;
}

static bool exists(const Reader *reader, const char *path)
{
	g_autofree char *full_path = g_build_filename(reader->root, path, NULL);

	return g_file_test(full_path, G_FILE_TEST_EXISTS);
}

/* Set @name; @read, if not NULL, collects what was set from one source. */
static bool assign(const Reader *reader, const char *name, const char *value, GString *read)
{
	GsAssignment assignment;

	if (!gs_params_parse(name, value, &assignment, NULL))
		return false;
	g_array_append_val(reader->system->assignments, assignment);
	g_string_append_printf(reader->system->words, "%s%s=%s",
			       reader->system->words->len > 0 ? " " : "", name, value);
	g_string_append_printf(read, " %s=%s", name, value);
	return true;
}

/* The value of CONFIG_@option in @config: "" if it is not set, NULL if it does not exist. */
static char *config_value(const char *config, const char *option)
{
	g_autofree char *pattern =
		g_strdup_printf("^(?:CONFIG_%s=(.*)|# CONFIG_%s is not set)$", option, option);
	g_autoptr(GRegex) regex = g_regex_new(pattern, G_REGEX_MULTILINE | G_REGEX_RAW, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;

	if (!g_regex_match(regex, config, 0, &match))
		return NULL;
	char *value = g_match_info_fetch(match, 1);
	return value ? value : g_strdup("");
}

static bool config_is_on(const char *config, const char *option)
{
	g_autofree char *value = config_value(config, option);

	return value && strcmp(value, "y") == 0;
}

static char *decompress(const char *data, gsize length, GError **error)
{
	g_autoptr(GConverter) gunzip =
		G_CONVERTER(g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP));
	g_autoptr(GInputStream) packed =
		g_memory_input_stream_new_from_data(data, (gssize)length, NULL);
	g_autoptr(GInputStream) unpacked = g_converter_input_stream_new(packed, gunzip);
	g_autoptr(GOutputStream) text = g_memory_output_stream_new_resizable();

	if (g_output_stream_splice(text, unpacked, G_OUTPUT_STREAM_SPLICE_NONE, NULL, error) < 0 ||
	    !g_output_stream_write_all(text, "", 1, NULL, NULL, error) ||
	    !g_output_stream_close(text, NULL, error))
		return NULL;
	return g_memory_output_stream_steal_data(G_MEMORY_OUTPUT_STREAM(text));
}

/* The configuration the kernel was built with, and where it was; NULL: nowhere. */
static char *read_config(const Reader *reader, char **ret_path)
{
	const char *release = reader->system->release;
	g_autofree char *boot = g_strconcat("/boot/config-", release, NULL);
	g_autofree char *modules = g_strconcat("/lib/modules/", release, "/config", NULL);
	const char *const plain[] = { boot, modules };
	g_autofree char *packed = NULL;
	gsize length;

	packed = read_text(reader, "/proc/config.gz", &length, NULL);
	if (packed) {
		g_autoptr(GError) failure = NULL;
		char *config = decompress(packed, length, &failure);

		if (config) {
			*ret_path = g_strdup("/proc/config.gz");
			return config;
		}
		note(reader, "/proc/config.gz: %s", failure->message);
	}
	for (unsigned int i = 0; i < G_N_ELEMENTS(plain); i++) {
		char *config = read_text(reader, plain[i], NULL, NULL);

		if (config) {
			*ret_path = g_strdup(plain[i]);
			return config;
		}
	}
	note(reader, "neither /proc/config.gz, %s nor %s can be read: HZ, tick.nohz and kvm.smm "
		     "are not the system's", boot, modules);
	return NULL;
}

/* The value of @word in the boot line, NULL if it is not in there; the last one counts. */
static char *boot_value(const char *boot_line, const char *word)
{
	g_auto(GStrv) words = g_strsplit_set(boot_line, " \t\n", -1);
	const size_t length = strlen(word);
	char *value = NULL;

	for (char **each = words; *each; each++) {
		if (strncmp(*each, word, length) == 0 && (*each)[length] == '=') {
			g_free(value);
			value = g_strdup(*each + length + 1);
		}
	}
	return value;
}

static void check_preemption(const Reader *reader, const char *config, const char *boot_line)
{
	g_autofree char *mode = boot_value(boot_line, "preempt");

	if (config_is_on(config, "PREEMPT_RT"))
		note(reader, "CONFIG_PREEMPT_RT is not modelled");
	else if (mode ? strcmp(mode, "full") == 0 : config_is_on(config, "PREEMPT"))
		note(reader, "full preemption is not modelled: a thread keeps its CPU while it is "
			     "in the kernel");
}

static void read_build_and_boot(const Reader *reader)
{
	GsRunningSystem *system = reader->system;
	g_autofree char *path = NULL, *config = read_config(reader, &path);
	g_autofree char *cmdline = read_word(reader, "/proc/cmdline", NULL);
	const char *boot_line = cmdline ? cmdline : "";
	g_autofree char *nohz = boot_value(boot_line, "nohz");
	g_autofree char *nohz_full = boot_value(boot_line, "nohz_full");
	g_autofree char *skew = boot_value(boot_line, "skew_tick");
	g_autoptr(GString) read = g_string_new(NULL);

	if (config) {
		g_autofree char *hz = config_value(config, "HZ"), *smm = NULL;
		gint64 number;

		if (hz && g_ascii_string_to_signed(hz, 10, GS_HZ_MIN, GS_HZ_MAX, &number, NULL)) {
			system->hz = (int)number;
			g_string_append_printf(read, " HZ=%d", system->hz);
		}
		assign(reader, "tick.nohz", config_is_on(config, "NO_HZ_COMMON") ? "idle" : "off",
		       read);
		smm = config_value(config, "KVM_SMM");
		if (smm)
			assign(reader, "kvm.smm", *smm ? "1" : "0", read);
		note(reader, "read %s:%s", path, read->str);
		check_preemption(reader, config, boot_line);
	}
	if (!cmdline) {
		note(reader, "cannot read /proc/cmdline: nohz= and skew_tick= are taken not to be "
			     "given");
		return;
	}
	g_string_truncate(read, 0);
	if (nohz && (strcmp(nohz, "off") == 0 || strcmp(nohz, "0") == 0))
		assign(reader, "tick.nohz", "off", read);
	assign(reader, "tick.skew_tick", skew && strcmp(skew, "1") == 0 ? "1" : "0", read);
	note(reader, "read /proc/cmdline:%s", read->str);
	if (nohz_full)
		note(reader, "nohz_full CPUs are not modelled: they tick like the others");
}

/* "0-3,6" is five. */
static int count_cpus(const char *list)
{
	g_auto(GStrv) ranges = g_strsplit(list, ",", -1);
	gint64 count = 0;

	for (char **range = ranges; *range; range++) {
		g_auto(GStrv) ends = g_strsplit(*range, "-", 2);
		gint64 first, last;

		if (!g_ascii_string_to_signed(ends[0], 10, 0, G_MAXINT, &first, NULL))
			return 0;
		last = first;
		if (ends[1] && !g_ascii_string_to_signed(ends[1], 10, first, G_MAXINT, &last, NULL))
			return 0;
		count += last - first + 1;
	}
	return (int)MIN(count, GS_CPUS_MAX);
}

static void read_cpus(const Reader *reader)
{
	static const char path[] = "/sys/devices/system/cpu/online";
	g_autofree char *online = read_word(reader, path, NULL);

	reader->system->cpus = online ? count_cpus(online) : 0;
	if (reader->system->cpus > 0)
		note(reader, "read %s: cpus=%d", path, reader->system->cpus);
	else
		note(reader, "cannot read %s: the number of CPUs is the host profile's", path);
}

/*
 * Some values are not ones to set: convert_to_big has contention as a bit of its
 * own once the system runs, and modules say Y and N.
 */
static char *settable(const SysParam *param, const char *text)
{
	guint64 number;

	if (strcmp(text, "Y") == 0 || strcmp(text, "N") == 0)
		return g_strdup(*text == 'Y' ? "1" : "0");
	if (strcmp(param->file, "convert_to_big") == 0 &&
	    g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT, &number, NULL))
		return g_strdup_printf("%u", (unsigned int)number & 0xf);
	return g_strdup(text);
}

/* Whether @value is what a kernel of this HZ has by itself. */
static bool is_default(const Reader *reader, const SysParam *param, const char *value)
{
	GsMachineParams defaults;
	GsAssignment assignment;

	if (reader->system->hz == 0 || !gs_params_parse(param->param, value, &assignment, NULL))
		return false;
	gs_params_init(&defaults, reader->system->hz, 1, GS_MACHINE_X86_VMX);
	return gs_params_has(&defaults, &assignment);
}

static void read_sys_folder(const Reader *reader, const SysFolder *folder)
{
	g_autoptr(GString) read = g_string_new(NULL);

	if (!exists(reader, folder->folder)) {
		if (folder->without)
			note(reader, "there is no %s: %s", folder->folder, folder->without);
		return;
	}
	for (unsigned int i = 0; i < folder->count; i++) {
		const SysParam *param = &folder->params[i];
		g_autofree char *path = g_build_filename(folder->folder, param->file, NULL);
		g_autoptr(GError) failure = NULL;
		g_autofree char *text = read_word(reader, path, &failure);
		g_autofree char *value = NULL;

		if (!text) {
			note(reader, "cannot read %s: %s is the profile's", path, param->param);
			continue;
		}
		value = settable(param, text);
		if (param->per_hz && is_default(reader, param, value))
			continue;
		if (!assign(reader, param->param, value, read))
			note(reader, "%s: '%s' is not understood, %s is the profile's", path, text,
			     param->param);
	}
	if (read->len > 0)
		note(reader, "read %s:%s", folder->folder, read->str);
}

static void find_machine(const Reader *reader)
{
	g_autofree char *arch = read_word(reader, "/proc/sys/kernel/arch", NULL);
	const char *because = NULL;

	if (exists(reader, "/sys/module/kvm_intel")) {
		reader->system->machine = "x86-vmx";
		because = "/sys/module/kvm_intel is there";
	} else if (exists(reader, "/sys/module/kvm_amd")) {
		reader->system->machine = "x86-svm";
		because = "/sys/module/kvm_amd is there";
	} else if (arch && strcmp(arch, "aarch64") == 0) {
		reader->system->machine = "arm64";
		because = "/proc/sys/kernel/arch says aarch64";
	}
	if (because)
		note(reader, "machine=%s: %s", reader->system->machine, because);
	else
		note(reader, "neither kvm_intel nor kvm_amd is loaded: the machine and KVM's "
			     "parameters are not the system's");
}

GsRunningSystem *gs_running_system_read(const char *root, GPtrArray *notes, GError **error)
{
	static const char release_path[] = "/proc/sys/kernel/osrelease";
	g_autoptr(GsRunningSystem) system = g_new0(GsRunningSystem, 1);
	const Reader reader = { .root = root, .system = system, .notes = notes };
	g_autoptr(GError) failure = NULL;

	system->assignments = g_array_new(FALSE, FALSE, sizeof(GsAssignment));
	system->words = g_string_new(NULL);
	system->release = read_word(&reader, release_path, &failure);
	if (!system->release) {
		g_set_error(error, GS_MACHINE_ERROR, GS_MACHINE_ERROR_FILE,
			    "kernel 'host': the running release is not known: %s",
			    failure->message);
		return NULL;
	}
	note(&reader, "read %s: %s", release_path, system->release);
	read_build_and_boot(&reader);
	read_cpus(&reader);
	find_machine(&reader);
	for (unsigned int i = 0; i < G_N_ELEMENTS(sys_folders); i++)
		read_sys_folder(&reader, &sys_folders[i]);
	return g_steal_pointer(&system);
}

void gs_running_system_free(GsRunningSystem *system)
{
	g_free(system->release);
	g_array_unref(system->assignments);
	g_string_free(system->words, TRUE);
	g_free(system);
}
