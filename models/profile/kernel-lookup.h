/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which kernel profile stands for a release: its own, or else the newest that
 * is not newer. A profile holds until the next one says what changed.
 */
#ifndef GS_KERNEL_LOOKUP_H
#define GS_KERNEL_LOOKUP_H

#include <glib.h>

/*
 * What to load for kernel @name: @name itself if that is a shipped profile, a
 * file or nothing known, the profile to use if it is any other release. Adds to
 * @notes (char *, owned by it) where that is not the release asked for. The
 * caller frees the result; NULL with GS_MACHINE_ERROR_UNKNOWN if the release is
 * older than all profiles.
 */
char *gs_kernel_lookup(const char *name, GPtrArray *notes, GError **error);

/* Sort names of kernel profiles, oldest release first, what is no release last. */
void gs_kernel_sort(char **names);

#endif
