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

struct GsVmmModel {
	char *name;        /* owned */
	GsIniFile *ini;    /* owned */
	char **parameters; /* owned */
	char *digest;      /* owned */
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

/* What its hosts are, where the header does not say. */
static const char *architecture_of(const GsIniFile *ini)
{
	const char *architecture = gs_ini_file_get(ini, "vmm", "architecture");

	return architecture ? architecture : "x86";
}

GsVmmModel *gs_vmm_model_open(const char *name, GError **error)
{
	g_autoptr(GsIniFile) ini = open_model(name, error);
	g_autoptr(GChecksum) checksum = NULL;
	GsVmmModel *model;

	if (!ini || !gs_vmm_check_keys(ini, error))
		return NULL;
	checksum = g_checksum_new(G_CHECKSUM_SHA256);
	gs_ini_file_hash(ini, checksum);
	model = g_new(GsVmmModel, 1);
	model->name = g_strdup(name);
	model->parameters = gs_vmm_parameter_names(ini);
	model->digest = g_strdup(g_checksum_get_string(checksum));
	model->ini = g_steal_pointer(&ini);
	return model;
}

void gs_vmm_model_free(GsVmmModel *model)
{
	g_free(model->name);
	gs_ini_file_free(model->ini);
	g_strfreev(model->parameters);
	g_free(model->digest);
	g_free(model);
}

const char *gs_vmm_model_architecture(const GsVmmModel *model)
{
	return architecture_of(model->ini);
}

const char *const *gs_vmm_model_parameters(const GsVmmModel *model)
{
	return (const char *const *)model->parameters;
}

const char *gs_vmm_model_digest(const GsVmmModel *model)
{
	return model->digest;
}

GsScript *gs_vmm_model_script(const GsVmmModel *model, const char *const *settings,
			      GError **error)
{
	return gs_vmm_layout_checked(model->ini, model->name, settings, error);
}

char *gs_vmm_model_check_settings(const GsVmmModel *model, const char *const *settings,
				  GError **error)
{
	return gs_vmm_setting_value(model->ini, model->name, settings, error);
}

GsScript *gs_vmm_model_load_with(const char *name, const char *const *settings, GError **error)
{
	g_autoptr(GsVmmModel) model = gs_vmm_model_open(name, error);

	return model ? gs_vmm_model_script(model, settings, error) : NULL;
}

GsScript *gs_vmm_model_load(const char *name, GError **error)
{
	return gs_vmm_model_load_with(name, NULL, error);
}

char *gs_vmm_architecture(const char *name)
{
	g_autoptr(GsIniFile) ini = gs_data_open(&vmm_models, name, NULL);

	return ini ? g_strdup(architecture_of(ini)) : NULL;
}

char *gs_vmm_describe(const char *name)
{
	g_autoptr(GsIniFile) ini = gs_data_open(&vmm_models, name, NULL);

	return ini ? g_strdup(gs_ini_file_get(ini, "vmm", "summary")) : NULL;
}
