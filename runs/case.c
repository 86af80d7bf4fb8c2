/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runs/case.h"

#include <string.h>

#include "models/vmm/vmm-model.h"
#include "runs/fleet.h"
#include "runs/replay-notes.h"
#include "runs/replay-work.h"

/* What the model's hosts are, where neither the scenario nor the running kernel says. */
static const char *default_machine(const GsScenario *scenario)
{
	g_autofree char *architecture = gs_vmm_architecture(scenario->vmm);

	return architecture && !strcmp(architecture, "arm64") ? "arm64" : NULL;
}

static GsMachineSpec *make_machine(const GsScenario *scenario, GPtrArray *notes, GError **error)
{
	g_autoptr(GPtrArray) set = g_ptr_array_new();
	GsMachineRequest request = {
		.kernel = scenario->kernel,
		.host = scenario->host,
		.machine = scenario->machine ? scenario->machine : default_machine(scenario),
		.cpus = scenario->cpus,
		.notes = notes,
	};

	for (unsigned int i = 0; i < scenario->set->len; i++)
		g_ptr_array_add(set, g_ptr_array_index(scenario->set, i));
	g_ptr_array_add(set, NULL);
	request.set = (const char *const *)set->pdata;
	return gs_machine_spec_new(&request, error);
}

/* The model and what is set of it: "firecracker vcpus=4". */
static void label(GsScript *script, const GsScenario *scenario)
{
	GString *text = g_string_new(scenario->vmm);

	for (unsigned int i = 0; i < scenario->vmm_settings->len; i++)
		g_string_append_printf(text, " %s",
				       (const char *)g_ptr_array_index(scenario->vmm_settings, i));
	g_free(script->label);
	script->label = g_string_free(text, FALSE);
}

static GsScript *make_script(const GsScenario *scenario, GError **error)
{
	g_autoptr(GPtrArray) settings = g_ptr_array_new();
	g_autoptr(GsScript) one = NULL;
	GsScript *fleet;

	for (unsigned int i = 0; i < scenario->vmm_settings->len; i++)
		g_ptr_array_add(settings, g_ptr_array_index(scenario->vmm_settings, i));
	g_ptr_array_add(settings, NULL);
	one = gs_vmm_model_load_with(scenario->vmm, (const char *const *)settings->pdata, error);
	if (!one)
		return NULL;
	fleet = gs_fleet_script_new(one, scenario->vms, scenario->start, error);
	if (fleet)
		label(fleet, scenario);
	return fleet;
}

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
static char *compute_digest(const GsCase *ready, GError **error)
{
	g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
	g_autofree char *text = hashed_text(ready);

	hash_text(checksum, PACKAGE_VERSION);
	hash_text(checksum, text);
	if (!gs_vmm_model_hash(ready->scenario->vmm, checksum, error))
		return NULL;
	hash_text(checksum, gs_machine_spec_machine(ready->machine));
	hash_number(checksum, gs_machine_spec_cpus(ready->machine));
	hash_parameters(checksum, &ready->params);
	/* the VMs are copies of the first */
	for (unsigned int i = 0; i < ready->program->call_count / ready->scenario->vms; i++)
		hash_number(checksum, ready->work_ns[i]);
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

GsCase *gs_case_new(const GsScenario *scenario, GPtrArray *notes, GError **error)
{
	g_autoptr(GsCase) ready = g_new0(GsCase, 1);
	g_autoptr(GPtrArray) unread = g_ptr_array_new_with_free_func(g_free);

	if (!notes)
		notes = unread;
	ready->scenario = gs_scenario_copy(scenario);
	ready->machine = make_machine(scenario, notes, error);
	if (!ready->machine)
		return NULL;
	gs_machine_spec_resolve(ready->machine, scenario->hz, &ready->params);
	ready->policy = choose_policy(ready, error);
	if (!ready->policy)
		return NULL;
	ready->script = make_script(scenario, error);
	if (!ready->script)
		return NULL;
	ready->program = gs_program_new(ready->script, error);
	if (!ready->program)
		return NULL;
	gs_replay_note_unknowns(ready->program, ready->params.kvm.machine, notes);
	ready->work_ns = gs_replay_guess_work(&(GsReplaySpec){ .machine = ready->machine },
					      ready->program);
	ready->pool = gs_call_pool_new(ready->script);
	ready->digest = compute_digest(ready, error);
	return ready->digest ? g_steal_pointer(&ready) : NULL;
}

void gs_case_free(GsCase *ready)
{
	g_clear_pointer(&ready->scenario, gs_scenario_free);
	g_clear_pointer(&ready->machine, gs_machine_spec_free);
	g_clear_pointer(&ready->program, gs_program_free);
	g_clear_pointer(&ready->script, gs_script_free);
	g_clear_pointer(&ready->pool, gs_call_pool_free);
	g_free(ready->work_ns);
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
