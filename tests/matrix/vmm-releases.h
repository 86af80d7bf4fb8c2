/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The part of doc/VMM-MATRIX.md that compares kernel releases.
 */
#ifndef GS_VMM_RELEASES_H
#define GS_VMM_RELEASES_H

#include <glib.h>
#include <stdbool.h>

/* Run the models @vmms on every kernel profile and append the section to @out. */
bool gs_vmm_releases_append(char **vmms, GString *out, GError **error);

#endif
