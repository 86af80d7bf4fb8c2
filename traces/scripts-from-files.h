/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The scripts of the files on a command line.
 */
#ifndef GS_SCRIPTS_FROM_FILES_H
#define GS_SCRIPTS_FROM_FILES_H

#include "traces/script-from-strace.h"

/*
 * Read the traces that @paths (NULL-terminated, see trace-inputs.h) name, each
 * file or -ff set for itself: gs_scripts_from_reader() of one after the other.
 */
GPtrArray *gs_scripts_from_files(const char *const *paths, const GsScriptOptions *options,
				 GError **error);

/* The first script of one file or -ff set. The caller frees it. */
GsScript *gs_script_from_strace(const char *path, const GsScriptOptions *options, GError **error);

#endif
