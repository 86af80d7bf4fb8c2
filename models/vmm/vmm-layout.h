/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From a VMM model's file to a script: parameters are given their values,
 * repetitions are written out, threads and think time are assigned. The format
 * is that of doc/VMM-MODELS.md.
 */
#ifndef GS_VMM_LAYOUT_H
#define GS_VMM_LAYOUT_H

#include "models/ini-file.h"
#include "traces/script.h"

/* Far more than any VM start; a typing mistake must not fill the memory. */
#define GS_VMM_CALLS_MAX 1000000

/*
 * One run of the model @name in @ini, with @settings as for
 * gs_vmm_read_parameters(). All of the file is checked, also what a value of 0 or
 * a condition leaves out. The caller frees the script.
 */
GsScript *gs_vmm_layout(const GsIniFile *ini, const char *name, const char *const *settings,
			GError **error);

/* The same of a file that gs_vmm_check_keys() has found right. */
GsScript *gs_vmm_layout_checked(const GsIniFile *ini, const char *name,
				const char *const *settings, GError **error);

#endif
