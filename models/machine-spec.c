/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/machine-spec.h"

#include "models/library.h"
#include "models/profile/kernel-lookup.h"
#include "models/profile/running-system.h"
#include "models/suggest.h"

#include <string.h>

G_DEFINE_QUARK(gs-machine-error-quark, gs_machine_error)

#define DEFAULT_KERNEL "v7.3"
#define RUNNING_KERNEL "host"

typedef struct {
	const char *name, *summary;
	GsMachineKind kind;
	const char *host; /* the host profile that fits it */
} Machine;

static const Machine machines[] = {
	{ "x86-vmx", "Intel: the first vCPU installs the APIC access page", GS_MACHINE_X86_VMX,
	  "metal-x86" },
	{ "x86-svm", "AMD: so does it there only with AVIC", GS_MACHINE_X86_SVM, "metal-x86" },
	{ "arm64", "Arm: vCPUs first, then the interrupt controller", GS_MACHINE_ARM64,
	  "metal-arm64" },
};

struct GsMachineSpec {
	gatomicrefcount references;
	const Machine *machine;
	int cpus;
	GsLibrary *library;       /* a reference to whose the profiles are */
	const GsProfile *kernel, *host;
	GsRunningSystem *running; /* owned; NULL: the kernel is not "host" */
	GArray *set;              /* owned: GsAssignment */
	char *overrides;          /* owned */
};

static const Machine *find_machine(const char *name, GError **error)
{
	const char *names[G_N_ELEMENTS(machines) + 1] = { NULL };

	for (unsigned int i = 0; i < G_N_ELEMENTS(machines); i++) {
		if (strcmp(machines[i].name, name) == 0)
			return &machines[i];
		names[i] = machines[i].name;
	}
	g_autofree char *hint = gs_suggest_hint(name, names);
	g_set_error(error, GS_MACHINE_ERROR, GS_MACHINE_ERROR_UNKNOWN, "unknown machine '%s'%s",
		    name, hint);
	return NULL;
}

static bool parse_set(GsMachineSpec *spec, const char *const *set, GError **error)
{
	GString *overrides = g_string_new(spec->running ? spec->running->words->str : NULL);

	for (; set && *set; set++) {
		const char *equals = strchr(*set, '=');
		GsAssignment assignment;

		if (!equals) {
			g_set_error(error, GS_MACHINE_ERROR, GS_MACHINE_ERROR_VALUE,
				    "'%s' is not NAME=VALUE", *set);
			break;
		}
		g_autofree char *name = g_strndup(*set, (size_t)(equals - *set));
		if (!gs_params_parse(name, equals + 1, &assignment, error))
			break;
		g_array_append_val(spec->set, assignment);
		g_string_append_printf(overrides, "%s%s", overrides->len > 0 ? " " : "", *set);
	}
	spec->overrides = g_string_free(overrides, FALSE);
	return !set || !*set;
}

/* What only makes sense for the number of CPUs there are. */
static bool check_cpus(const GsMachineSpec *spec, GError **error)
{
	GsMachineParams params;

	gs_machine_spec_resolve(spec, GS_HZ_MIN, &params);
	if (params.kernel.cpu_pin < spec->cpus && params.kernel.tick_timekeeper < spec->cpus &&
	    params.kernel.tick_busy_cpus <= spec->cpus)
		return true;
	g_set_error(error, GS_MACHINE_ERROR, GS_MACHINE_ERROR_VALUE,
		    "a parameter names a CPU beyond the %d there are", spec->cpus);
	return false;
}

static bool load_kernel(GsMachineSpec *spec, const GsMachineRequest *request, GPtrArray *notes,
			GError **error)
{
	const char *name = request->kernel ? request->kernel : DEFAULT_KERNEL;
	g_autofree char *profile = NULL;

	if (strcmp(name, RUNNING_KERNEL) == 0) {
		spec->running = gs_running_system_read(request->root ? request->root : "/", notes,
						       error);
		if (!spec->running)
			return false;
		name = spec->running->release;
	}
	profile = gs_kernel_lookup(name, notes, error);
	if (!profile)
		return false;
	spec->kernel = gs_library_profile(spec->library, GS_PROFILE_KERNEL, profile, error);
	return spec->kernel != NULL;
}

static int choose_cpus(const GsMachineSpec *spec, const GsMachineRequest *request)
{
	if (request->cpus > 0)
		return request->cpus;
	if (spec->running && spec->running->cpus > 0)
		return spec->running->cpus;
	return gs_machine_spec_host_cpus(spec);
}

static const char *choose_machine(const GsMachineSpec *spec, const GsMachineRequest *request)
{
	if (request->machine)
		return request->machine;
	if (spec->running && spec->running->machine)
		return spec->running->machine;
	return machines[0].name;
}

GsMachineSpec *gs_machine_spec_new(const GsMachineRequest *request, GError **error)
{
	g_autoptr(GsMachineSpec) spec = g_new0(GsMachineSpec, 1);
	g_autoptr(GPtrArray) unread = g_ptr_array_new_with_free_func(g_free);

	g_atomic_ref_count_init(&spec->references);
	spec->library = request->library ? gs_library_ref(request->library) : gs_library_new();
	spec->set = g_array_new(FALSE, FALSE, sizeof(GsAssignment));
	if (!load_kernel(spec, request, request->notes ? request->notes : unread, error))
		return NULL;
	spec->machine = find_machine(choose_machine(spec, request), error);
	if (!spec->machine)
		return NULL;
	spec->host = gs_library_profile(spec->library, GS_PROFILE_HOST,
					request->host ? request->host : spec->machine->host, error);
	if (!spec->host || !parse_set(spec, request->set, error))
		return NULL;
	spec->cpus = choose_cpus(spec, request);
	if (!check_cpus(spec, error))
		return NULL;
	return g_steal_pointer(&spec);
}

GsMachineSpec *gs_machine_spec_ref(GsMachineSpec *spec)
{
	g_atomic_ref_count_inc(&spec->references);
	return spec;
}

void gs_machine_spec_free(GsMachineSpec *spec)
{
	if (!g_atomic_ref_count_dec(&spec->references))
		return;
	gs_library_unref(spec->library);
	g_clear_pointer(&spec->running, gs_running_system_free);
	g_array_unref(spec->set);
	g_free(spec->overrides);
	g_free(spec);
}

const char *gs_machine_spec_kernel(const GsMachineSpec *spec)
{
	return spec->kernel->name;
}

const char *gs_machine_spec_host(const GsMachineSpec *spec)
{
	return spec->host->name;
}

const char *gs_machine_spec_machine(const GsMachineSpec *spec)
{
	return spec->machine->name;
}

int gs_machine_spec_cpus(const GsMachineSpec *spec)
{
	return spec->cpus;
}

int gs_machine_spec_hz(const GsMachineSpec *spec)
{
	return spec->running ? spec->running->hz : 0;
}

int gs_machine_spec_host_cpus(const GsMachineSpec *spec)
{
	return MAX(spec->host->cpus, 1);
}

const char *gs_machine_spec_default_policy(const GsMachineSpec *spec)
{
	return spec->kernel->policy ? spec->kernel->policy : "call-srcu";
}

const char *gs_machine_spec_overrides(const GsMachineSpec *spec)
{
	return spec->overrides;
}

static void assign_all(GsMachineParams *params, const GArray *layer)
{
	for (unsigned int i = 0; i < layer->len; i++)
		gs_params_assign(params, &g_array_index(layer, GsAssignment, i));
}

void gs_machine_spec_resolve(const GsMachineSpec *spec, int hz, GsMachineParams *ret_params)
{
	gs_params_init(ret_params, hz, spec->cpus, spec->machine->kind);
	assign_all(ret_params, spec->kernel->assignments);
	assign_all(ret_params, spec->host->assignments);
	if (spec->running)
		assign_all(ret_params, spec->running->assignments);
	assign_all(ret_params, spec->set);
}

void gs_machine_spec_resolve_recording(const GsMachineSpec *spec, int hz, int cpus,
				       GsMachineParams *ret_params)
{
	gs_machine_spec_resolve(spec, hz, ret_params);
	ret_params->run.tick_phase_ppm = -1;
	ret_params->kernel.cpus = cpus;
	if (ret_params->kernel.cpu_pin >= cpus)
		ret_params->kernel.cpu_pin = -1;
	if (ret_params->kernel.tick_timekeeper >= cpus)
		ret_params->kernel.tick_timekeeper = -1;
	ret_params->kernel.tick_busy_cpus = MIN(ret_params->kernel.tick_busy_cpus, cpus);
}

int64_t gs_machine_spec_work_ns(const GsMachineSpec *spec, const char *name)
{
	const int64_t *work_ns = g_hash_table_lookup(spec->host->work_ns, name);

	if (!work_ns)
		work_ns = g_hash_table_lookup(spec->host->work_ns, "other");
	return work_ns ? *work_ns : 0;
}

bool gs_machine_describe(unsigned int i, const char **ret_name, const char **ret_summary)
{
	if (i >= G_N_ELEMENTS(machines))
		return false;
	*ret_name = machines[i].name;
	*ret_summary = machines[i].summary;
	return true;
}

char **gs_machine_list_kernels(void)
{
	return gs_profile_list(GS_PROFILE_KERNEL);
}

char **gs_machine_list_hosts(void)
{
	return gs_profile_list(GS_PROFILE_HOST);
}

static char *describe(GsProfileKind kind, const char *name)
{
	g_autoptr(GsProfile) profile = gs_profile_load(kind, name, NULL);

	return g_strdup(profile && profile->summary ? profile->summary : "");
}

char *gs_machine_describe_kernel(const char *name)
{
	return describe(GS_PROFILE_KERNEL, name);
}

char *gs_machine_describe_host(const char *name)
{
	return describe(GS_PROFILE_HOST, name);
}
