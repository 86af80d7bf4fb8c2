/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/profile/kernel-release.h"

#include <glib.h>
#include <limits.h>
#include <string.h>

/* Take a number off the front of @text; no part of a release has more digits than this. */
static bool take_number(const char **text, unsigned int *ret_number)
{
	const size_t digits = strspn(*text, "0123456789");
	unsigned int number = 0;

	if (digits == 0 || digits > 6)
		return false;
	for (size_t i = 0; i < digits; i++)
		number = number * 10 + (unsigned int)((*text)[i] - '0');
	*text += digits;
	*ret_number = number;
	return true;
}

static bool take(const char **text, const char *word)
{
	if (!g_str_has_prefix(*text, word))
		return false;
	*text += strlen(word);
	return true;
}

bool gs_kernel_release_parse(const char *text, GsKernelRelease *ret_release)
{
	GsKernelRelease release = { 0 };

	take(&text, "v");
	if (!take_number(&text, &release.version) || !take(&text, ".") ||
	    !take_number(&text, &release.patchlevel))
		return false;
	if (take(&text, ".") && !take_number(&text, &release.sublevel))
		return false;
	if (take(&text, "-rc") && !take_number(&text, &release.rc))
		return false;
	/* "-amd64", "+", "_1", ".el9": the distribution's; "6.1x" is a slip. */
	if (g_ascii_isalnum(*text))
		return false;
	*ret_release = release;
	return true;
}

/* A release is newer than its candidates. */
static unsigned int rc_rank(const GsKernelRelease *release)
{
	return release->rc > 0 ? release->rc : UINT_MAX;
}

static int compare(unsigned int a, unsigned int b)
{
	return (a > b) - (a < b);
}

int gs_kernel_release_compare(const GsKernelRelease *a, const GsKernelRelease *b)
{
	if (a->version != b->version)
		return compare(a->version, b->version);
	if (a->patchlevel != b->patchlevel)
		return compare(a->patchlevel, b->patchlevel);
	if (a->sublevel != b->sublevel)
		return compare(a->sublevel, b->sublevel);
	return compare(rc_rank(a), rc_rank(b));
}
