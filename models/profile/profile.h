/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Profiles: the constants of a kernel release or of a host, as data.
 *
 *   [profile]     summary=...; kernel: policy=...; host: cpus=...
 *   [parameters]  NAME=VALUE, the names of models/params.c
 *   [work]        host: IOCTL=DURATION, what the ioctl takes by itself; other=...
 *
 * Shipped ones are compiled in (models/profile/{kernel,host}-NAME.ini); a user's
 * own is a file. Comments in a profile say where each value comes from.
 */
#ifndef GS_PROFILE_H
#define GS_PROFILE_H

#include "models/ini-file.h"
#include "models/params.h"

#include <glib.h>

typedef enum {
	GS_PROFILE_KERNEL,
	GS_PROFILE_HOST,
} GsProfileKind;

typedef struct {
	char *name;             /* owned */
	char *summary;          /* owned */
	char *policy;           /* owned; kernel: what it shipped with */
	int cpus;               /* host: how many a run has unless told otherwise */
	GArray *assignments;    /* owned: GsAssignment */
	GHashTable *work_ns;    /* owned: ioctl name -> int64_t *; "other" among them */
} GsProfile;

/* Load shipped profile @name, or, if it has a '/' or ends in ".ini", that file. */
GsProfile *gs_profile_load(GsProfileKind kind, const char *name, GError **error);

/* The profile @name that is in @ini, which stays the caller's. */
GsProfile *gs_profile_read(const GsIniFile *ini, const char *name, GError **error);
void gs_profile_free(GsProfile *profile);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsProfile, gs_profile_free)

/* Names of the shipped ones, NULL-terminated, kernels by release; free with g_strfreev(). */
char **gs_profile_list(GsProfileKind kind);

#endif
