/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * --kernel=host: what the running system says about itself that a simulation
 * of it can use.
 */
#ifndef GS_RUNNING_SYSTEM_H
#define GS_RUNNING_SYSTEM_H

#include "models/params.h"

#include <glib.h>

typedef struct {
	char *release;       /* owned: as uname -r */
	int hz;              /* CONFIG_HZ; 0: not found */
	int cpus;            /* online ones; 0: not found */
	const char *machine; /* as in --machine, static; NULL: not found */
	GArray *assignments; /* owned: GsAssignment */
	GString *words;      /* owned: the same, "NAME=VALUE NAME=VALUE" */
} GsRunningSystem;

/*
 * Read the system whose /proc, /sys, /boot and /lib are below @root. What is not
 * there is left out; @notes (char *, owned by it) is told where each thing was
 * read and what is missing. Fails only where not even the release is known.
 */
GsRunningSystem *gs_running_system_read(const char *root, GPtrArray *notes, GError **error);
void gs_running_system_free(GsRunningSystem *system);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsRunningSystem, gs_running_system_free)

#endif
