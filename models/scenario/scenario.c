/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/scenario/scenario.h"

#include <string.h>

#include "models/params.h"
#include "models/scenario/scenario-keys.h"
#include "models/suggest.h"
#include "models/vmm/vmm-model.h"

G_DEFINE_QUARK(gs-scenario-error-quark, gs_scenario_error)

static gpointer copy_text(gconstpointer text, gpointer data)
{
	(void)data;
	return g_strdup(text);
}

static GPtrArray *copy_texts(GPtrArray *texts)
{
	GPtrArray *copy = g_ptr_array_copy(texts, copy_text, NULL);

	g_ptr_array_set_free_func(copy, g_free);
	return copy;
}

GsScenario *gs_scenario_copy(const GsScenario *scenario)
{
	GsScenario *copy = g_new(GsScenario, 1);

	*copy = *scenario;
	copy->library = gs_library_ref(scenario->library);
	copy->source = g_strdup(scenario->source);
	copy->title = g_strdup(scenario->title);
	copy->question = g_strdup(scenario->question);
	copy->vmm = g_strdup(scenario->vmm);
	copy->vmm_settings = copy_texts(scenario->vmm_settings);
	copy->kernel = g_strdup(scenario->kernel);
	copy->host = g_strdup(scenario->host);
	copy->machine = g_strdup(scenario->machine);
	copy->set = copy_texts(scenario->set);
	return copy;
}

void gs_scenario_free(GsScenario *scenario)
{
	gs_library_unref(scenario->library);
	g_free(scenario->source);
	g_free(scenario->title);
	g_free(scenario->question);
	g_free(scenario->vmm);
	g_ptr_array_unref(scenario->vmm_settings);
	g_free(scenario->kernel);
	g_free(scenario->host);
	g_free(scenario->machine);
	g_ptr_array_unref(scenario->set);
	g_free(scenario);
}

/* How "NAME=VALUE" compares with @name, by name. */
static int compare_setting(const char *setting, const char *name)
{
	const size_t length = strcspn(setting, "=");
	const int order = strncmp(setting, name, length);

	return order ? order : -(name[length] != '\0');
}

/* Where @name is in @settings, or belongs. */
static unsigned int find_setting(const GPtrArray *settings, const char *name, bool *ret_found)
{
	unsigned int i = 0;

	while (i < settings->len && compare_setting(g_ptr_array_index(settings, i), name) < 0)
		i++;
	*ret_found = i < settings->len && !compare_setting(g_ptr_array_index(settings, i), name);
	return i;
}

static void put_setting(GPtrArray *settings, const char *name, const char *value)
{
	bool found;
	const unsigned int i = find_setting(settings, name, &found);

	if (found)
		g_ptr_array_remove_index(settings, i);
	g_ptr_array_insert(settings, (int)i, g_strconcat(name, "=", value, NULL));
}

static char *get_setting(const GPtrArray *settings, const char *name)
{
	bool found;
	const unsigned int i = find_setting(settings, name, &found);

	return found ? g_strdup(strchr(g_ptr_array_index(settings, i), '=') + 1) : NULL;
}

static bool is_machine_parameter(const char *key)
{
	return strchr(key, '.') != NULL;
}

bool gs_scenario_set_machine_parameter(GsScenario *scenario, const char *key, const char *value,
				       GError **error)
{
	g_autofree char *text = NULL;
	GsAssignment assignment;

	if (!gs_params_parse(key, value, &assignment, error))
		return false;
	text = gs_params_text(&assignment);
	put_setting(scenario->set, key, text);
	return true;
}

bool gs_scenario_set_vmm_parameter(GsScenario *scenario, const char *key, const char *value,
				   GError **error)
{
	g_autoptr(GPtrArray) settings = copy_texts(scenario->vmm_settings);
	const GsVmmModel *model = gs_library_vmm(scenario->library, scenario->vmm, error);
	g_autofree char *text = NULL;

	if (!model)
		return false;
	g_ptr_array_add(settings, g_strconcat(key, "=", value, NULL));
	g_ptr_array_add(settings, NULL);
	text = gs_vmm_model_check_settings(model, (const char *const *)settings->pdata, error);
	if (text)
		put_setting(scenario->vmm_settings, key, text);
	return text != NULL;
}

bool gs_scenario_check_key(const GsScenario *scenario, const char *key, GError **error)
{
	const GsVmmModel *model = gs_library_vmm(scenario->library, scenario->vmm, error);
	g_autoptr(GPtrArray) known = NULL;
	g_autofree char *hint = NULL;
	const char *const *parameters;
	const char *name, *help;

	if (!model)
		return false;
	parameters = gs_vmm_model_parameters(model);
	if (gs_scenario_key_lookup(key) || g_strv_contains(parameters, key))
		return true;
	known = g_ptr_array_new();
	for (const GsScenarioKey *row = gs_scenario_keys; row->name; row++)
		g_ptr_array_add(known, (void *)row->name);
	for (const char *const *parameter = parameters; *parameter; parameter++)
		g_ptr_array_add(known, (void *)*parameter);
	for (unsigned int i = 0; gs_params_describe(i, &name, &help); i++)
		g_ptr_array_add(known, (void *)name);
	g_ptr_array_add(known, NULL);
	if (g_strv_contains((const char *const *)known->pdata, key))
		return true;
	hint = gs_suggest_hint(key, (const char *const *)known->pdata);
	g_set_error(error, GS_SCENARIO_ERROR, GS_SCENARIO_ERROR_UNKNOWN,
		    "unknown key '%s' (with VMM model '%s')%s", key, scenario->vmm, hint);
	return false;
}

/* Whether a file can hold @value: one line, no escapes. */
static bool check_text(const char *key, const char *value, GError **error)
{
	const char *bad = value;

	while (*bad && *bad != '\\' && !g_ascii_iscntrl(*bad))
		bad++;
	if (*value && !*bad && g_utf8_validate(value, -1, NULL))
		return true;
	g_set_error(error, GS_SCENARIO_ERROR, GS_SCENARIO_ERROR_VALUE, "%s: %s", key,
		    *value ? "the value is not a line of UTF-8 without backslashes" :
			     "the value is empty");
	return false;
}

bool gs_scenario_set(GsScenario *scenario, const char *key, const char *value, GError **error)
{
	const GsScenarioKey *row = gs_scenario_key_lookup(key);
	g_autofree char *stripped = g_strstrip(g_strdup(value));

	if (!row && !gs_scenario_check_key(scenario, key, error))
		return false;
	if (!check_text(key, stripped, error))
		return false;
	if (row)
		return row->set(scenario, stripped, error);
	if (is_machine_parameter(key))
		return gs_scenario_set_machine_parameter(scenario, key, stripped, error);
	return gs_scenario_set_vmm_parameter(scenario, key, stripped, error);
}

char *gs_scenario_get(const GsScenario *scenario, const char *key)
{
	const GsScenarioKey *row = gs_scenario_key_lookup(key);

	if (row)
		return row->get(scenario);
	return get_setting(is_machine_parameter(key) ? scenario->set : scenario->vmm_settings, key);
}

static void append_settings(GString *text, const char *group, const GPtrArray *settings)
{
	if (!settings->len)
		return;
	g_string_append_printf(text, "\n[%s]\n", group);
	for (unsigned int i = 0; i < settings->len; i++)
		g_string_append_printf(text, "%s\n",
				       (const char *)g_ptr_array_index(settings, i));
}

char *gs_scenario_text(const GsScenario *scenario)
{
	GString *text = g_string_new("[scenario]\n");

	for (const GsScenarioKey *key = gs_scenario_keys; key->name; key++) {
		g_autofree char *value = key->get(scenario);

		if (value)
			g_string_append_printf(text, "%s=%s\n", key->name, value);
	}
	append_settings(text, "vmm", scenario->vmm_settings);
	append_settings(text, "set", scenario->set);
	return g_string_free(text, FALSE);
}
