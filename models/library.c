/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/library.h"

struct GsLibrary {
	gatomicrefcount references;
	GHashTable *models;      /* owned: name -> GsVmmModel */
	GHashTable *profiles[2]; /* owned, by GsProfileKind: name -> GsProfile */
};

static void free_model(gpointer model)
{
	gs_vmm_model_free(model);
}

static void free_profile(gpointer profile)
{
	gs_profile_free(profile);
}

GsLibrary *gs_library_new(void)
{
	GsLibrary *library = g_new0(GsLibrary, 1);

	g_atomic_ref_count_init(&library->references);
	library->models = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_model);
	for (size_t kind = 0; kind < G_N_ELEMENTS(library->profiles); kind++)
		library->profiles[kind] =
			g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_profile);
	return library;
}

GsLibrary *gs_library_ref(GsLibrary *library)
{
	g_atomic_ref_count_inc(&library->references);
	return library;
}

void gs_library_unref(GsLibrary *library)
{
	if (!g_atomic_ref_count_dec(&library->references))
		return;
	g_hash_table_unref(library->models);
	for (size_t kind = 0; kind < G_N_ELEMENTS(library->profiles); kind++)
		g_hash_table_unref(library->profiles[kind]);
	g_free(library);
}

const GsVmmModel *gs_library_vmm(GsLibrary *library, const char *name, GError **error)
{
	GsVmmModel *model = g_hash_table_lookup(library->models, name);

	if (model)
		return model;
	model = gs_vmm_model_open(name, error);
	if (model)
		g_hash_table_insert(library->models, g_strdup(name), model);
	return model;
}

const GsProfile *gs_library_profile(GsLibrary *library, GsProfileKind kind, const char *name,
				    GError **error)
{
	GsProfile *profile = g_hash_table_lookup(library->profiles[kind], name);

	if (profile)
		return profile;
	profile = gs_profile_load(kind, name, error);
	if (profile)
		g_hash_table_insert(library->profiles[kind], g_strdup(name), profile);
	return profile;
}
