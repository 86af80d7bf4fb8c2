/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/vmm/vmm-model.h"

#include "models/data-file.h"
#include "models/vmm/vmm-layout.h"

G_DEFINE_QUARK(gs-vmm-error-quark, gs_vmm_error)

static const GsDataKind vmm_models = {
	.folder = "/org/gracesim/vmm/",
	.what = "VMM model",
	.source = "models/vmm/",
	.domain = gs_vmm_error_quark,
	.unknown_code = GS_VMM_ERROR_UNKNOWN,
	.syntax_code = GS_VMM_ERROR_SYNTAX,
};

char **gs_vmm_list(void)
{
	return gs_data_list(&vmm_models);
}

GsScript *gs_vmm_model_load(const char *name, GError **error)
{
	g_autoptr(GsIniFile) ini = gs_data_open(&vmm_models, name, error);

	return ini ? gs_vmm_layout(ini, name, error) : NULL;
}

char *gs_vmm_describe(const char *name)
{
	g_autoptr(GsIniFile) ini = gs_data_open(&vmm_models, name, NULL);

	return ini ? g_strdup(gs_ini_file_get(ini, "vmm", "summary")) : NULL;
}
