/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scenarios from files: gracesim-scenario(5) tells the format. */
#include "models/scenario/scenario.h"

#include <string.h>

#include "models/data-file.h"
#include "models/scenario/scenario-keys.h"
#include "models/suggest.h"
#include "models/vmm/vmm-model.h"

#define SCENARIO_GROUP "scenario"
#define VMM_GROUP "vmm"
#define SET_GROUP "set"
#define SWEEP_GROUP "sweep"

/* Of [sweep]; all its other keys are axes. */
#define CONSTRAINT_KEY "constraint"

static const GsDataKind scenarios = {
	.folder = "/org/gracesim/scenario/",
	.what = "scenario",
	.source = "models/scenario/",
	.domain = gs_scenario_error_quark,
	.unknown_code = GS_SCENARIO_ERROR_UNKNOWN,
	.syntax_code = GS_SCENARIO_ERROR_SYNTAX,
};

static void axis_free(void *pointer)
{
	GsScenarioAxis *axis = pointer;

	g_free(axis->text);
	g_free(axis->place);
	g_free(axis);
}

GPtrArray *gs_scenario_axes_new(void)
{
	return g_ptr_array_new_with_free_func(axis_free);
}

void gs_scenario_axes_add(GPtrArray *axes, const char *place, const char *text, bool is_constraint)
{
	GsScenarioAxis *axis = g_new(GsScenarioAxis, 1);

	*axis = (GsScenarioAxis){ g_strdup(text), g_strdup(place), is_constraint };
	g_ptr_array_add(axes, axis);
}

static GsScenario *new_scenario(const char *source)
{
	GsScenario *scenario = g_new0(GsScenario, 1);

	scenario->library = gs_library_new();
	scenario->source = g_strdup(source);
	scenario->vmm_settings = g_ptr_array_new_with_free_func(g_free);
	scenario->set = g_ptr_array_new_with_free_func(g_free);
	scenario->hz = 250;
	scenario->vms = 1;
	scenario->runs = 400;
	scenario->seed = 1;
	return scenario;
}

/* Set @error to @failure, of @key in @group. */
static bool fail_at(const GsIniFile *ini, const char *group, const char *key,
		    const GError *failure, GError **error)
{
	gs_ini_file_fail(ini, group, key, error, "%s", failure->message);
	return false;
}

static bool check_groups(const GsIniFile *ini, GError **error)
{
	static const char *const known[] = {
		SCENARIO_GROUP, VMM_GROUP, SET_GROUP, SWEEP_GROUP, NULL
	};

	return gs_ini_file_check_groups(ini, known, error);
}

static bool check_scenario_keys(const GsIniFile *ini, GError **error)
{
	g_autoptr(GPtrArray) known = g_ptr_array_new();

	g_ptr_array_add(known, (void *)"title");
	g_ptr_array_add(known, (void *)"question");
	for (const GsScenarioKey *key = gs_scenario_keys; key->name; key++)
		g_ptr_array_add(known, (void *)key->name);
	g_ptr_array_add(known, NULL);
	return gs_ini_file_check_keys(ini, SCENARIO_GROUP, (const char *const *)known->pdata,
				      error);
}

/* Files a scenario names are found from its own folder. */
static char *locate(const GsScenario *scenario, const char *key, const char *value)
{
	const bool names_file = !strcmp(key, "vmm") || !strcmp(key, "kernel") ||
				!strcmp(key, "host");
	g_autofree char *folder = NULL;

	if (!names_file || !gs_data_is_path(value) || g_path_is_absolute(value))
		return g_strdup(value);
	folder = g_path_get_dirname(scenario->source);
	return strcmp(folder, ".") ? g_build_filename(folder, value, NULL) : g_strdup(value);
}

static bool read_key(GsScenario *scenario, const GsIniFile *ini, const GsScenarioKey *key,
		     GError **error)
{
	const char *value = gs_ini_file_get(ini, SCENARIO_GROUP, key->name);
	g_autoptr(GError) failure = NULL;
	g_autofree char *located = NULL;

	if (!value)
		return true;
	located = locate(scenario, key->name, value);
	if (!gs_scenario_set(scenario, key->name, located, &failure))
		return fail_at(ini, SCENARIO_GROUP, key->name, failure, error);
	return true;
}

static bool read_scenario_group(GsScenario *scenario, const GsIniFile *ini, GError **error)
{
	if (!check_scenario_keys(ini, error) ||
	    !gs_ini_file_require(ini, SCENARIO_GROUP, "vmm", error))
		return false;
	scenario->title = g_strdup(gs_ini_file_get(ini, SCENARIO_GROUP, "title"));
	scenario->question = g_strdup(gs_ini_file_get(ini, SCENARIO_GROUP, "question"));
	for (const GsScenarioKey *key = gs_scenario_keys; key->name; key++) {
		if (!read_key(scenario, ini, key, error))
			return false;
	}
	return true;
}

/* [vmm] and [set]: in the one are parameters of the model, in the other of the machine. */
static bool read_settings(GsScenario *scenario, const GsIniFile *ini, const char *group,
			  bool (*set)(GsScenario *scenario, const char *key, const char *value,
				      GError **error), GError **error)
{
	g_autofree const char **keys = gs_ini_file_keys(ini, group);

	for (const char **key = keys; *key; key++) {
		g_autoptr(GError) failure = NULL;

		if (!set(scenario, *key, gs_ini_file_get(ini, group, *key), &failure))
			return fail_at(ini, group, *key, failure, error);
	}
	return true;
}

/* Whether all keys of an axis, one or several in lockstep, are known. */
static bool check_axis_keys(const GsScenario *scenario, const GsIniFile *ini, const char *keys,
			    GError **error)
{
	g_auto(GStrv) words = g_strsplit(keys, ",", -1);
	g_autoptr(GError) failure = NULL;

	for (char **word = words; *word; word++) {
		if (!gs_scenario_check_key(scenario, *word, &failure))
			return fail_at(ini, SWEEP_GROUP, keys, failure, error);
		if (strcmp(*word, "runs"))
			continue;
		gs_ini_file_fail(ini, SWEEP_GROUP, keys, error,
				 "'runs' is no axis: every cell has as many");
		return false;
	}
	return true;
}

static bool read_sweep(const GsScenario *scenario, const GsIniFile *ini, GPtrArray *axes,
		       GError **error)
{
	g_autofree const char **keys = gs_ini_file_keys(ini, SWEEP_GROUP);

	for (const char **key = keys; *key; key++) {
		const char *value = gs_ini_file_require(ini, SWEEP_GROUP, *key, error);
		g_autofree char *place = gs_ini_file_place(ini, SWEEP_GROUP, *key);
		g_autofree char *axis = NULL;
		g_auto(GStrv) constraints = NULL;

		if (!value)
			return false;
		if (strcmp(*key, CONSTRAINT_KEY)) {
			if (!check_axis_keys(scenario, ini, *key, error))
				return false;
			axis = g_strconcat(*key, "=", value, NULL);
			if (axes)
				gs_scenario_axes_add(axes, place, axis, false);
			continue;
		}
		constraints = g_strsplit(value, ",", -1);
		for (char **constraint = constraints; axes && *constraint; constraint++)
			gs_scenario_axes_add(axes, place, g_strstrip(*constraint), true);
	}
	return true;
}

static GsScenario *read_ini(const char *source, const GsIniFile *ini, GPtrArray *axes,
			    GError **error)
{
	g_autoptr(GsScenario) scenario = new_scenario(source);

	if (!check_groups(ini, error) || !read_scenario_group(scenario, ini, error) ||
	    !read_settings(scenario, ini, VMM_GROUP, gs_scenario_set_vmm_parameter, error) ||
	    !read_settings(scenario, ini, SET_GROUP, gs_scenario_set_machine_parameter, error) ||
	    !read_sweep(scenario, ini, axes, error))
		return NULL;
	return g_steal_pointer(&scenario);
}

GsScenario *gs_scenario_parse(const char *source, const char *text, gsize length, GPtrArray *axes,
			      GError **error)
{
	g_autoptr(GsIniFile) ini = gs_ini_file_new(source, text, length, GS_SCENARIO_ERROR,
						   GS_SCENARIO_ERROR_SYNTAX, error);

	return ini ? read_ini(source, ini, axes, error) : NULL;
}

static GsScenario *from_model(const char *name, GError **error)
{
	g_autoptr(GsScenario) scenario = new_scenario(name);

	scenario->is_model = true;
	return gs_scenario_set(scenario, "vmm", name, error) ? g_steal_pointer(&scenario) : NULL;
}

/* Neither a scenario nor a model is called @name. */
static GsScenario *fail_unknown(const char *name, GError **error)
{
	g_auto(GStrv) scenario_names = gs_scenario_list(), model_names = gs_vmm_list();
	g_autoptr(GPtrArray) known = g_ptr_array_new();
	g_autofree char *hint = NULL;

	for (char **known_name = model_names; *known_name; known_name++)
		g_ptr_array_add(known, *known_name);
	for (char **known_name = scenario_names; *known_name; known_name++)
		g_ptr_array_add(known, *known_name);
	g_ptr_array_add(known, NULL);
	hint = gs_suggest_hint(name, (const char *const *)known->pdata);
	g_set_error(error, GS_SCENARIO_ERROR, GS_SCENARIO_ERROR_UNKNOWN,
		    "no VMM model or scenario '%s'%s", name,
		    *hint ? hint :
			    "; 'gracesim list vmms' and 'gracesim list scenarios' name them");
	return NULL;
}

GsScenario *gs_scenario_load(const char *name, GPtrArray *axes, GError **error)
{
	g_auto(GStrv) scenario_names = gs_scenario_list();
	g_auto(GStrv) model_names = gs_vmm_list();
	const bool is_path = gs_data_is_path(name);
	g_autoptr(GsIniFile) ini = NULL;

	if (!is_path && g_strv_contains((const char *const *)model_names, name))
		return from_model(name, error);
	if (!is_path && !g_strv_contains((const char *const *)scenario_names, name))
		return fail_unknown(name, error);
	ini = gs_data_open(&scenarios, name, error);
	if (!ini)
		return NULL;
	/* both have a [vmm], with other keys */
	if (is_path && !gs_ini_file_has(ini, SCENARIO_GROUP) &&
	    gs_ini_file_get(ini, VMM_GROUP, "name"))
		return from_model(name, error);
	return read_ini(name, ini, axes, error);
}

char **gs_scenario_list(void)
{
	return gs_data_list(&scenarios);
}

char *gs_scenario_describe(const char *name)
{
	g_autoptr(GsIniFile) ini = gs_data_open(&scenarios, name, NULL);

	return ini ? g_strdup(gs_ini_file_get(ini, SCENARIO_GROUP, "title")) : NULL;
}

char *gs_scenario_read_shipped(const char *name, GError **error)
{
	g_autoptr(GBytes) text = gs_data_read_shipped(&scenarios, name, error);

	return text ? g_strndup(g_bytes_get_data(text, NULL), g_bytes_get_size(text)) : NULL;
}
