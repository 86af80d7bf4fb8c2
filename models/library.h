/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The VMM models and profiles that have been read: each once, so that all points
 * of a study see one version of a file, and a point costs no parsing.
 *
 * For one thread at a time. What it gives out is immutable, belongs to it and
 * lives as long.
 */
#ifndef GS_LIBRARY_H
#define GS_LIBRARY_H

#include "models/profile/profile.h"
#include "models/vmm/vmm-model.h"

#include <glib.h>

typedef struct GsLibrary GsLibrary;

GsLibrary *gs_library_new(void);
GsLibrary *gs_library_ref(GsLibrary *library);
void gs_library_unref(GsLibrary *library);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsLibrary, gs_library_unref)

/* As gs_vmm_model_open() and gs_profile_load(). */
const GsVmmModel *gs_library_vmm(GsLibrary *library, const char *name, GError **error);
const GsProfile *gs_library_profile(GsLibrary *library, GsProfileKind kind, const char *name,
				    GError **error);

#endif
