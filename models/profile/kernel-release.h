/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Kernel releases as uname -r and people write them: v6.17, 6.12.57-amd64,
 * 5.19-rc1.
 */
#ifndef GS_KERNEL_RELEASE_H
#define GS_KERNEL_RELEASE_H

#include <stdbool.h>

typedef struct {
	unsigned int version, patchlevel, sublevel; /* 6, 12, 57 */
	unsigned int rc;                            /* of v5.19-rc1: 1; 0: released */
} GsKernelRelease;

/*
 * Read @text. What a distribution puts behind the numbers is ignored; false if
 * @text does not begin with a release.
 */
bool gs_kernel_release_parse(const char *text, GsKernelRelease *ret_release);

/* Below, at or above 0, as @a is older than, the same as or newer than @b. */
int gs_kernel_release_compare(const GsKernelRelease *a, const GsKernelRelease *b);

#endif
