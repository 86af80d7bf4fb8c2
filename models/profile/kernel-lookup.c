/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/profile/kernel-lookup.h"

#include <stdlib.h>
#include <string.h>

#include "models/data-file.h"
#include "models/machine-spec.h"
#include "models/profile/kernel-release.h"
#include "models/profile/profile.h"

static int compare_names(const void *a, const void *b)
{
	const char *names[] = { *(char *const *)a, *(char *const *)b };
	GsKernelRelease releases[2];
	bool known[2];

	for (int i = 0; i < 2; i++)
		known[i] = gs_kernel_release_parse(names[i], &releases[i]);
	if (known[0] != known[1])
		return known[0] ? -1 : 1;
	if (known[0]) {
		const int order = gs_kernel_release_compare(&releases[0], &releases[1]);

		if (order != 0)
			return order;
	}
	return strcmp(names[0], names[1]);
}

void gs_kernel_sort(char **names)
{
	qsort(names, g_strv_length(names), sizeof(*names), compare_names);
}

/* The newest of @profiles, sorted, that is not newer than @release. */
static const char *newest_not_newer(char *const *profiles, const GsKernelRelease *release)
{
	const char *found = NULL;
	GsKernelRelease candidate;

	for (; *profiles; profiles++) {
		if (gs_kernel_release_parse(*profiles, &candidate) &&
		    gs_kernel_release_compare(&candidate, release) <= 0)
			found = *profiles;
	}
	return found;
}

static char *describe(const char *name, const GsKernelRelease *release, const char *profile,
		      const char *newest)
{
	GsKernelRelease own;

	gs_kernel_release_parse(profile, &own);
	if (own.version == release->version && own.patchlevel == release->patchlevel)
		return g_strdup_printf("kernel '%s' is simulated by profile %s", name, profile);
	if (strcmp(profile, newest) == 0)
		return g_strdup_printf("kernel '%s' is newer than all profiles and simulated by "
				       "the newest, %s", name, profile);
	return g_strdup_printf("kernel '%s' has no profile and is simulated by %s, the newest "
			       "before it", name, profile);
}

char *gs_kernel_lookup(const char *name, GPtrArray *notes, GError **error)
{
	g_auto(GStrv) profiles = gs_profile_list(GS_PROFILE_KERNEL);
	GsKernelRelease release, own;
	const char *profile;

	if (gs_data_is_path(name) || g_strv_contains((const char *const *)profiles, name) ||
	    !gs_kernel_release_parse(name, &release))
		return g_strdup(name);
	profile = newest_not_newer(profiles, &release);
	if (!profile) {
		g_set_error(error, GS_MACHINE_ERROR, GS_MACHINE_ERROR_UNKNOWN,
			    "kernel '%s' is older than the oldest there is a profile of, '%s'",
			    name, profiles[0]);
		return NULL;
	}
	gs_kernel_release_parse(profile, &own);
	if (notes && gs_kernel_release_compare(&own, &release) != 0)
		g_ptr_array_add(notes, describe(name, &release, profile,
						profiles[g_strv_length(profiles) - 1]));
	return g_strdup(profile);
}
