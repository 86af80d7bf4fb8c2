/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/machine-spec.h"

#include "models/profile/profile.h"
#include "models/suggest.h"

#include <string.h>

G_DEFINE_QUARK(gs-machine-error-quark, gs_machine_error)

#define DEFAULT_KERNEL "v7.3"

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
	const Machine *machine;
	int cpus;
	GsProfile *kernel, *host; /* owned */
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
	GString *overrides = g_string_new(NULL);

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

GsMachineSpec *gs_machine_spec_new(const GsMachineRequest *request, GError **error)
{
	g_autoptr(GsMachineSpec) spec = g_new0(GsMachineSpec, 1);

	spec->set = g_array_new(FALSE, FALSE, sizeof(GsAssignment));
	spec->machine = find_machine(request->machine ? request->machine : machines[0].name, error);
	if (!spec->machine)
		return NULL;
	spec->kernel = gs_profile_load(GS_PROFILE_KERNEL,
				       request->kernel ? request->kernel : DEFAULT_KERNEL, error);
	if (!spec->kernel)
		return NULL;
	spec->host = gs_profile_load(GS_PROFILE_HOST,
				     request->host ? request->host : spec->machine->host, error);
	if (!spec->host || !parse_set(spec, request->set, error))
		return NULL;
	spec->cpus = request->cpus > 0 ? request->cpus : MAX(spec->host->cpus, 1);
	if (!check_cpus(spec, error))
		return NULL;
	return g_steal_pointer(&spec);
}

void gs_machine_spec_free(GsMachineSpec *spec)
{
	g_clear_pointer(&spec->kernel, gs_profile_free);
	g_clear_pointer(&spec->host, gs_profile_free);
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
	assign_all(ret_params, spec->set);
}

void gs_machine_spec_resolve_recording(const GsMachineSpec *spec, int hz,
				       GsMachineParams *ret_params)
{
	gs_machine_spec_resolve(spec, hz, ret_params);
	ret_params->run.tick_phase_ppm = -1;
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
