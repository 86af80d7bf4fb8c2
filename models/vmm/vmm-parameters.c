/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/vmm/vmm-parameters.h"

#include <string.h>

#include "models/suggest.h"
#include "models/vmm/vmm-expression.h"
#include "models/vmm/vmm-model.h"

#define PREFIX "parameter "

typedef struct {
	const char *name;
	uint64_t value, min, max;
	char **choices; /* owned; NULL: any number from min to max */
} Parameter;

static void parameter_clear(Parameter *parameter)
{
	g_strfreev(parameter->choices);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Parameter, parameter_clear)

void gs_vmm_set_name(GHashTable *names, const char *name, uint64_t value)
{
	uint64_t *copy = g_new(uint64_t, 1);

	*copy = value;
	g_hash_table_replace(names, g_strdup(name), copy);
}

bool gs_vmm_get_number(const GsIniFile *ini, const char *group, const char *key,
		       GHashTable *names, uint64_t *value, GError **error)
{
	const char *text = gs_ini_file_get(ini, group, key);
	g_autofree char *problem = NULL;

	if (!text)
		return true;
	problem = gs_vmm_evaluate(text, names, value);
	if (problem)
		gs_ini_file_fail(ini, group, key, error, "%s", problem);
	return !problem;
}

/* What is wrong with @value for @parameter, to be freed; NULL: nothing. */
static char *check_range(const Parameter *parameter, uint64_t value)
{
	if (value >= parameter->min && value <= parameter->max)
		return NULL;
	return g_strdup_printf("%" G_GUINT64_FORMAT " is not in %" G_GUINT64_FORMAT
			       " to %" G_GUINT64_FORMAT,
			       value, parameter->min, parameter->max);
}

static char *parse_choice(const Parameter *parameter, const char *text, uint64_t *value)
{
	const char *const *choices = (const char *const *)parameter->choices;
	g_autofree char *all = NULL, *hint = NULL;

	for (*value = 0; choices[*value]; (*value)++) {
		if (g_str_equal(text, choices[*value]))
			return NULL;
	}
	all = g_strjoinv(", ", parameter->choices);
	hint = gs_suggest_hint(text, choices);
	return g_strdup_printf("'%s' is none of %s%s", text, all, hint);
}

/* What is wrong with @text as a value of @parameter, to be freed; NULL: nothing. */
static char *parse_value(const Parameter *parameter, const char *text, GHashTable *names,
			 uint64_t *value)
{
	char *problem;

	if (parameter->choices)
		return parse_choice(parameter, text, value);
	problem = gs_vmm_evaluate(text, names, value);
	return problem ? problem : check_range(parameter, *value);
}

/* "mmio, pci": names for 0 and 1. */
static bool read_choices(const GsIniFile *ini, const char *group, GHashTable *names,
			 Parameter *parameter, GError **error)
{
	static const char *const bounds[] = { "min", "max" };
	const char *text = gs_ini_file_get(ini, group, "choices");

	if (!text)
		return true;
	for (size_t i = 0; i < G_N_ELEMENTS(bounds); i++) {
		if (!gs_ini_file_get(ini, group, bounds[i]))
			continue;
		gs_ini_file_fail(ini, group, bounds[i], error, "'%s' and 'choices'", bounds[i]);
		return false;
	}
	parameter->choices = g_strsplit(text, ",", -1);
	for (unsigned int i = 0; parameter->choices[i]; i++) {
		const char *choice = g_strstrip(parameter->choices[i]);

		if (!g_ascii_isalpha(choice[0]) || g_hash_table_contains(names, choice)) {
			gs_ini_file_fail(ini, group, "choices", error, "%s '%s'",
					 *choice ? "not a name, or one there is already:" :
						   "name missing:",
					 choice);
			return false;
		}
		gs_vmm_set_name(names, choice, i);
	}
	return true;
}

/* The last of @settings for @name, NULL: none. */
static const char *find_setting(const char *const *settings, const char *name)
{
	const size_t length = strlen(name);
	const char *found = NULL;

	for (; settings && *settings; settings++) {
		if (!strncmp(*settings, name, length) && (*settings)[length] == '=')
			found = *settings + length + 1;
	}
	return found;
}

static bool read_parameter(const GsIniFile *ini, const char *group, const char *const *settings,
			   GHashTable *names, GError **error)
{
	g_auto(Parameter) parameter = { .name = group + strlen(PREFIX), .max = UINT64_MAX };
	const char *text = gs_ini_file_get(ini, group, "default");
	const char *setting = find_setting(settings, parameter.name);
	g_autofree char *problem = NULL;

	if (!gs_ini_file_require(ini, group, "summary", error) ||
	    !gs_ini_file_require(ini, group, "default", error) ||
	    !gs_vmm_get_number(ini, group, "min", names, &parameter.min, error) ||
	    !gs_vmm_get_number(ini, group, "max", names, &parameter.max, error) ||
	    !read_choices(ini, group, names, &parameter, error))
		return false;
	problem = parse_value(&parameter, text, names, &parameter.value);
	if (problem) {
		gs_ini_file_fail(ini, group, "default", error, "%s", problem);
		return false;
	}
	if (setting)
		problem = parse_value(&parameter, setting, names, &parameter.value);
	if (problem) {
		g_set_error(error, GS_VMM_ERROR, GS_VMM_ERROR_SETTING, "%s: %s", parameter.name,
			    problem);
		return false;
	}
	gs_vmm_set_name(names, parameter.name, parameter.value);
	return true;
}

/* Whether each of @settings is for one of @parameters (NULL-terminated). */
static bool check_settings(const char *model, const char *const *settings,
			   const char *const *parameters, GError **error)
{
	for (; settings && *settings; settings++) {
		g_autofree char *name = g_strndup(*settings, strcspn(*settings, "="));
		g_autofree char *hint = NULL;

		if (!strchr(*settings, '=')) {
			g_set_error(error, GS_VMM_ERROR, GS_VMM_ERROR_SETTING,
				    "NAME=VALUE expected, not '%s'", *settings);
			return false;
		}
		if (g_strv_contains(parameters, name))
			continue;
		hint = gs_suggest_hint(name, parameters);
		g_set_error(error, GS_VMM_ERROR, GS_VMM_ERROR_SETTING,
			    "VMM model '%s' has no parameter '%s'%s", model, name, hint);
		return false;
	}
	return true;
}

char **gs_vmm_parameter_names(const GsIniFile *ini)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();

	for (const char *const *group = gs_ini_file_groups(ini); *group; group++) {
		if (g_str_has_prefix(*group, PREFIX))
			g_ptr_array_add(names, g_strdup(*group + strlen(PREFIX)));
	}
	g_ptr_array_add(names, NULL);
	return (char **)g_ptr_array_free(g_steal_pointer(&names), FALSE);
}

bool gs_vmm_read_parameters(const GsIniFile *ini, const char *name, const char *const *settings,
			    GHashTable *names, GError **error)
{
	const char *const *groups = gs_ini_file_groups(ini);
	g_auto(GStrv) parameters = gs_vmm_parameter_names(ini);

	if (!check_settings(name, settings, (const char *const *)parameters, error))
		return false;
	for (unsigned int i = 0; groups[i]; i++) {
		if (g_str_has_prefix(groups[i], PREFIX) &&
		    !read_parameter(ini, groups[i], settings, names, error))
			return false;
	}
	return true;
}

/* @text without its spaces. */
static char *squeeze(const char *text)
{
	g_auto(GStrv) words = g_strsplit(text, " ", -1);

	return g_strjoinv(NULL, words);
}

char *gs_vmm_setting_value(const GsIniFile *ini, const char *name, const char *const *settings,
			   GError **error)
{
	const char *last = settings[g_strv_length((char **)settings) - 1];
	g_autoptr(GHashTable) names =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	g_autoptr(GHashTable) no_names = g_hash_table_new(g_str_hash, g_str_equal);
	g_autofree char *problem = NULL;
	uint64_t value;

	if (!gs_vmm_read_parameters(ini, name, settings, names, error))
		return NULL;
	last = strchr(last, '=') + 1;
	problem = gs_vmm_evaluate(last, no_names, &value);
	return problem ? squeeze(last) : g_strdup_printf("%" G_GUINT64_FORMAT, value);
}
