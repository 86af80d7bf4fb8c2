/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runs/case.h"

#include <string.h>

#include "runs/case-maker.h"

/* With its end, lest two texts in a row be taken for two others. */
static void hash_text(GChecksum *checksum, const char *text)
{
	g_checksum_update(checksum, (const guchar *)text, (gssize)strlen(text) + 1);
}

static void hash_number(GChecksum *checksum, int64_t number)
{
	g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, number);

	hash_text(checksum, text);
}

static void hash_parameters(GChecksum *checksum, const GsMachineParams *params)
{
	GsAssignment assignment;

	for (unsigned int i = 0; gs_params_get(params, i, &assignment); i++) {
		g_autofree char *value = gs_params_text(&assignment);

		hash_text(checksum, gs_params_name(assignment.param));
		hash_text(checksum, value);
	}
}

/* The scenario but for its number of runs, with the policy it comes to. */
static char *hashed_text(const GsCase *ready)
{
	g_autoptr(GsScenario) scenario = gs_scenario_copy(ready->scenario);

	scenario->policy = ready->policy;
	scenario->runs = 1;
	return gs_scenario_text(scenario);
}

/*
 * Of profiles what they come to is hashed and not their text: a comment changes
 * nothing, a running kernel's own parameters do.
 */
static char *compute_digest(const GsCase *ready)
{
	g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
	g_autofree char *text = hashed_text(ready);

	hash_text(checksum, PACKAGE_VERSION);
	hash_text(checksum, text);
	hash_text(checksum, ready->starts->digest);
	hash_text(checksum, gs_machine_spec_machine(ready->machine));
	hash_number(checksum, gs_machine_spec_cpus(ready->machine));
	hash_parameters(checksum, &ready->params);
	return g_strdup(g_checksum_get_string(checksum));
}

static const GsPolicy *choose_policy(const GsCase *ready, GError **error)
{
	const char *name = gs_machine_spec_default_policy(ready->machine);
	const GsPolicy *policy = ready->scenario->policy;

	if (!policy)
		policy = gs_policy_lookup(name);
	if (!policy)
		g_set_error(error, GS_MACHINE_ERROR, GS_MACHINE_ERROR_FILE,
			    "kernel profile '%s' names an unknown policy '%s'",
			    gs_machine_spec_kernel(ready->machine), name);
	return policy;
}

GsCase *gs_case_new_from(const GsScenario *scenario, GsMachineSpec *machine, GsCaseStarts *starts,
			 GError **error)
{
	g_autoptr(GsCase) ready = g_new0(GsCase, 1);

	ready->scenario = gs_scenario_copy(scenario);
	ready->machine = gs_machine_spec_ref(machine);
	ready->starts = gs_case_starts_ref(starts);
	ready->script = starts->script;
	ready->program = starts->program;
	ready->work_ns = starts->work_ns;
	ready->pool = starts->pool;
	gs_machine_spec_resolve(ready->machine, scenario->hz, &ready->params);
	ready->policy = choose_policy(ready, error);
	if (!ready->policy)
		return NULL;
	ready->digest = compute_digest(ready);
	return g_steal_pointer(&ready);
}

GsCase *gs_case_new(const GsScenario *scenario, GPtrArray *notes, GError **error)
{
	g_autoptr(GsCaseMaker) maker = gs_case_maker_new();

	return gs_case_maker_make(maker, scenario, notes, error);
}

void gs_case_free(GsCase *ready)
{
	g_clear_pointer(&ready->scenario, gs_scenario_free);
	g_clear_pointer(&ready->machine, gs_machine_spec_free);
	g_clear_pointer(&ready->starts, gs_case_starts_unref);
	g_free(ready->digest);
	g_free(ready);
}

GsRunSetup gs_case_setup(const GsCase *ready)
{
	return (GsRunSetup){
		.program = ready->program,
		.params = &ready->params,
		.policy = ready->policy,
		.work_ns = ready->work_ns,
		.seed = ready->scenario->seed,
	};
}
