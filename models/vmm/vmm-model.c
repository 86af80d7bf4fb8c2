/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/vmm/vmm-model.h"

#include <string.h>

#include "models/data-file.h"
#include "models/vmm/vmm-keys.h"
#include "models/vmm/vmm-layout.h"
#include "models/vmm/vmm-parameters.h"

#define PART_PREFIX "part "

G_DEFINE_QUARK(gs-vmm-error-quark, gs_vmm_error)

static const GsDataKind vmm_models = {
	.folder = "/org/gracesim/vmm/",
	.what = "VMM model",
	.source = "models/vmm/",
	.domain = gs_vmm_error_quark,
	.unknown_code = GS_VMM_ERROR_UNKNOWN,
	.syntax_code = GS_VMM_ERROR_SYNTAX,
};

static const GsDataKind vmm_parts = {
	.folder = "/org/gracesim/vmm-part/",
	.what = "part of a VMM model",
	.source = "models/vmm/parts/",
	.domain = gs_vmm_error_quark,
	.unknown_code = GS_VMM_ERROR_UNKNOWN,
	.syntax_code = GS_VMM_ERROR_SYNTAX,
};

/* A part has no parts of its own. */
static bool check_part(const GsIniFile *part, GError **error)
{
	for (const char *const *group = gs_ini_file_groups(part); *group; group++) {
		if (!g_str_has_prefix(*group, PART_PREFIX))
			continue;
		gs_ini_file_fail(part, *group, NULL, error, "a part in a part");
		return false;
	}
	return true;
}

/* Insert the part @group names: one that comes with the program, or a file beside the model. */
static bool insert_part(GsIniFile *ini, const char *name, const char *group, GError **error)
{
	const char *part_name = group + strlen(PART_PREFIX);
	g_autofree char *folder = g_path_get_dirname(name);
	g_autofree char *beside = g_build_filename(folder, part_name, NULL);
	const bool is_file = gs_data_is_path(part_name);
	g_autoptr(GError) failure = NULL;
	g_autoptr(GsIniFile) part =
		gs_data_open(&vmm_parts, is_file ? beside : part_name, &failure);

	if (part)
		return check_part(part, error) && gs_ini_file_insert(ini, group, part, error);
	if (g_error_matches(failure, GS_VMM_ERROR, GS_VMM_ERROR_UNKNOWN))
		gs_ini_file_fail(ini, group, NULL, error, "%s", failure->message);
	else
		g_propagate_error(error, g_steal_pointer(&failure));
	return false;
}

static GsIniFile *open_model(const char *name, GError **error)
{
	g_autoptr(GsIniFile) ini = gs_data_open(&vmm_models, name, error);
	g_auto(GStrv) groups = NULL;

	if (!ini)
		return NULL;
	groups = g_strdupv((char **)gs_ini_file_groups(ini));
	for (char **group = groups; *group; group++) {
		if (g_str_has_prefix(*group, PART_PREFIX) && !insert_part(ini, name, *group, error))
			return NULL;
	}
	return g_steal_pointer(&ini);
}

char **gs_vmm_list(void)
{
	return gs_data_list(&vmm_models);
}

GsScript *gs_vmm_model_load_with(const char *name, const char *const *settings, GError **error)
{
	g_autoptr(GsIniFile) ini = open_model(name, error);

	return ini ? gs_vmm_layout(ini, name, settings, error) : NULL;
}

GsScript *gs_vmm_model_load(const char *name, GError **error)
{
	return gs_vmm_model_load_with(name, NULL, error);
}

char *gs_vmm_architecture(const char *name)
{
	g_autoptr(GsIniFile) ini = gs_data_open(&vmm_models, name, NULL);
	const char *architecture = ini ? gs_ini_file_get(ini, "vmm", "architecture") : NULL;

	if (!ini)
		return NULL;
	return g_strdup(architecture ? architecture : "x86");
}

char *gs_vmm_describe(const char *name)
{
	g_autoptr(GsIniFile) ini = gs_data_open(&vmm_models, name, NULL);

	return ini ? g_strdup(gs_ini_file_get(ini, "vmm", "summary")) : NULL;
}

char **gs_vmm_list_parameters(const char *name, GError **error)
{
	g_autoptr(GsIniFile) ini = open_model(name, error);

	return ini ? gs_vmm_parameter_names(ini) : NULL;
}

char *gs_vmm_check_settings(const char *name, const char *const *settings, GError **error)
{
	g_autoptr(GsIniFile) ini = open_model(name, error);

	if (!ini || !gs_vmm_check_keys(ini, error))
		return NULL;
	return gs_vmm_setting_value(ini, name, settings, error);
}

bool gs_vmm_model_hash(const char *name, GChecksum *checksum, GError **error)
{
	g_autoptr(GsIniFile) ini = open_model(name, error);

	if (ini)
		gs_ini_file_hash(ini, checksum);
	return ini != NULL;
}
