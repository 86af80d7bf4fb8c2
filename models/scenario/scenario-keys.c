/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/scenario/scenario-keys.h"

#include <string.h>

#include "models/data-file.h"
#include "models/machine-spec.h"
#include "models/profile/kernel-lookup.h"
#include "models/scenario/start-pattern.h"
#include "models/suggest.h"
#include "sim/kernel/kernel-params.h"

/* The kernel that is not a release but the one that runs. */
#define RUNNING_KERNEL "host"

static bool fail_unknown(const char *what, const char *word, const char *const *known,
			 GError **error)
{
	g_autofree char *hint = gs_suggest_hint(word, known);
	g_autofree char *list = g_strjoinv(", ", (char **)known);

	g_set_error(error, GS_SCENARIO_ERROR, GS_SCENARIO_ERROR_UNKNOWN, "unknown %s '%s'%s%s",
		    what, word, *hint ? hint : "; there are ", *hint ? "" : list);
	return false;
}

static bool parse_count(const char *key, const char *value, uint64_t min, uint64_t max,
			uint64_t *ret_count, GError **error)
{
	guint64 count;

	if (!g_ascii_string_to_unsigned(value, 10, min, max, &count, NULL)) {
		g_set_error(error, GS_SCENARIO_ERROR, GS_SCENARIO_ERROR_VALUE,
			    "%s: '%s' is not a whole number from %" G_GUINT64_FORMAT
			    " to %" G_GUINT64_FORMAT, key, value, min, max);
		return false;
	}
	*ret_count = count;
	return true;
}

static char *format_count(uint64_t count)
{
	return g_strdup_printf("%" G_GUINT64_FORMAT, count);
}

static void take(char **field, char *value)
{
	g_free(*field);
	*field = value;
}

static bool set_vmm(GsScenario *scenario, const char *value, GError **error)
{
	if (!gs_library_vmm(scenario->library, value, error))
		return false;
	take(&scenario->vmm, g_strdup(value));
	return true;
}

static char *get_vmm(const GsScenario *scenario)
{
	return g_strdup(scenario->vmm);
}

/* Releases are spelt as tags: v6.18. */
static bool set_kernel(GsScenario *scenario, const char *value, GError **error)
{
	const bool is_number = g_ascii_isdigit(*value) && !gs_data_is_path(value);
	g_autofree char *name = g_strconcat(is_number ? "v" : "", value, NULL);
	g_autofree char *profile_name = NULL;

	if (strcmp(name, RUNNING_KERNEL)) {
		profile_name = gs_kernel_lookup(name, NULL, error);
		if (!profile_name || !gs_library_profile(scenario->library, GS_PROFILE_KERNEL,
							 profile_name, error))
			return false;
	}
	take(&scenario->kernel, g_steal_pointer(&name));
	return true;
}

static char *get_kernel(const GsScenario *scenario)
{
	return g_strdup(scenario->kernel);
}

static bool set_host(GsScenario *scenario, const char *value, GError **error)
{
	if (!gs_library_profile(scenario->library, GS_PROFILE_HOST, value, error))
		return false;
	take(&scenario->host, g_strdup(value));
	return true;
}

static char *get_host(const GsScenario *scenario)
{
	return g_strdup(scenario->host);
}

static bool set_machine(GsScenario *scenario, const char *value, GError **error)
{
	g_autoptr(GPtrArray) known = g_ptr_array_new();
	const char *name, *summary;

	for (unsigned int i = 0; gs_machine_describe(i, &name, &summary); i++) {
		g_ptr_array_add(known, (void *)name);
		if (strcmp(name, value))
			continue;
		take(&scenario->machine, g_strdup(value));
		return true;
	}
	g_ptr_array_add(known, NULL);
	return fail_unknown("machine", value, (const char *const *)known->pdata, error);
}

static char *get_machine(const GsScenario *scenario)
{
	return g_strdup(scenario->machine);
}

static bool set_cpus(GsScenario *scenario, const char *value, GError **error)
{
	uint64_t count;

	if (!parse_count("cpus", value, 1, GS_CPUS_MAX, &count, error))
		return false;
	scenario->cpus = (int)count;
	return true;
}

static char *get_cpus(const GsScenario *scenario)
{
	return scenario->cpus > 0 ? format_count((uint64_t)scenario->cpus) : NULL;
}

static bool set_hz(GsScenario *scenario, const char *value, GError **error)
{
	uint64_t hz;

	if (!parse_count("hz", value, GS_HZ_MIN, GS_HZ_MAX, &hz, error))
		return false;
	scenario->hz = (int)hz;
	return true;
}

static char *get_hz(const GsScenario *scenario)
{
	return format_count((uint64_t)scenario->hz);
}

static bool set_policy(GsScenario *scenario, const char *value, GError **error)
{
	const GsPolicy *policy = gs_policy_lookup(value);
	g_autoptr(GPtrArray) known = NULL;

	if (policy) {
		scenario->policy = policy;
		return true;
	}
	known = g_ptr_array_new();
	for (const GsPolicy *const *other = gs_policy_all(); *other; other++)
		g_ptr_array_add(known, (void *)(*other)->name);
	g_ptr_array_add(known, NULL);
	return fail_unknown("policy", value, (const char *const *)known->pdata, error);
}

static char *get_policy(const GsScenario *scenario)
{
	return scenario->policy ? g_strdup(scenario->policy->name) : NULL;
}

static bool set_vms(GsScenario *scenario, const char *value, GError **error)
{
	uint64_t count;

	if (!parse_count("vms", value, 1, GS_SCENARIO_VMS_MAX, &count, error))
		return false;
	scenario->vms = (unsigned int)count;
	return true;
}

static char *get_vms(const GsScenario *scenario)
{
	return format_count(scenario->vms);
}

static bool set_start(GsScenario *scenario, const char *value, GError **error)
{
	return gs_start_pattern_parse(value, &scenario->start, error);
}

static char *get_start(const GsScenario *scenario)
{
	return gs_start_pattern_format(scenario->start);
}

static bool set_runs(GsScenario *scenario, const char *value, GError **error)
{
	uint64_t count;

	if (!parse_count("runs", value, 1, GS_SCENARIO_RUNS_MAX, &count, error))
		return false;
	scenario->runs = (unsigned int)count;
	return true;
}

static char *get_runs(const GsScenario *scenario)
{
	return format_count(scenario->runs);
}

static bool set_seed(GsScenario *scenario, const char *value, GError **error)
{
	return parse_count("seed", value, 0, UINT64_MAX, &scenario->seed, error);
}

static char *get_seed(const GsScenario *scenario)
{
	return format_count(scenario->seed);
}

const GsScenarioKey gs_scenario_keys[] = {
	{ "vmm", set_vmm, get_vmm },
	{ "kernel", set_kernel, get_kernel },
	{ "host", set_host, get_host },
	{ "machine", set_machine, get_machine },
	{ "cpus", set_cpus, get_cpus },
	{ "hz", set_hz, get_hz },
	{ "policy", set_policy, get_policy },
	{ "vms", set_vms, get_vms },
	{ "start", set_start, get_start },
	{ "runs", set_runs, get_runs },
	{ "seed", set_seed, get_seed },
	{ 0 },
};

const GsScenarioKey *gs_scenario_key_lookup(const char *name)
{
	for (const GsScenarioKey *key = gs_scenario_keys; key->name; key++) {
		if (!strcmp(key->name, name))
			return key;
	}
	return NULL;
}
