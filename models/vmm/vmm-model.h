/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * VMM models: the ioctls a VMM issues at a VM's start, as data (models/vmm/NAME.ini).
 */
#ifndef GS_VMM_MODEL_H
#define GS_VMM_MODEL_H

#include "traces/script.h"

#include <glib.h>

#define GS_VMM_ERROR gs_vmm_error_quark()
GQuark gs_vmm_error_quark(void);
typedef enum {
	GS_VMM_ERROR_UNKNOWN, /* no such model, and no such file */
	GS_VMM_ERROR_SYNTAX,  /* malformed model file, with file:line */
	GS_VMM_ERROR_NO_MATCH, /* the log's first call is not in the model */
	GS_VMM_ERROR_SETTING,  /* no such parameter, or not a value for it */
	GS_VMM_ERROR_LIMIT,    /* more calls than a model may make */
} GsVmmError;

/* Names of the models that come with the program; free with g_strfreev(). */
char **gs_vmm_list(void);

/* A model as it was read, with its parts. Immutable. */
typedef struct GsVmmModel GsVmmModel;

/*
 * Read model @name, or, if it has a '/' or ends in ".ini", that file. Its keys are
 * checked, its values where they are used. The caller frees the model.
 */
GsVmmModel *gs_vmm_model_open(const char *name, GError **error);
void gs_vmm_model_free(GsVmmModel *model);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsVmmModel, gs_vmm_model_free)

/* What its hosts are: "x86" or "arm64". Borrowed, like the next two. */
const char *gs_vmm_model_architecture(const GsVmmModel *model);

/* The names of its parameters, NULL-terminated. */
const char *const *gs_vmm_model_parameters(const GsVmmModel *model);

/* SHA-256, in hex, of all that it and its parts say but comments. */
const char *gs_vmm_model_digest(const GsVmmModel *model);

/*
 * One VM, one run of it, with some parameters set: "NAME=VALUE", NULL-terminated,
 * the last of a name wins; NULL: none. A value may be a number as in a model's file
 * or, where the parameter has choices, one of these.
 */
GsScript *gs_vmm_model_script(const GsVmmModel *model, const char *const *settings,
			      GError **error);

/* The value of the last of @settings, after a check of all: see gs_vmm_setting_value(). */
char *gs_vmm_model_check_settings(const GsVmmModel *model, const char *const *settings,
				  GError **error);

/* Open, take the script, free: the second with parameters set. */
GsScript *gs_vmm_model_load(const char *name, GError **error);
GsScript *gs_vmm_model_load_with(const char *name, const char *const *settings, GError **error);

/* gs_vmm_model_architecture() of a model; NULL: there is none such. The caller frees it. */
char *gs_vmm_architecture(const char *name);

/* One line of description; the caller frees it. */
char *gs_vmm_describe(const char *name);

/*
 * Put before the first call of every VM of @script that does not begin with
 * KVM_CREATE_VM the calls model @name makes before that call.
 */
bool gs_vmm_add_preamble(GsScript *script, const char *name, GError **error);

#endif
