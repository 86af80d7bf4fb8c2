/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/suggest.h"

#include <glib.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>

/* Below this length nearly every word contains the fragment. */
#define MIN_FRAGMENT_LENGTH 3

/*
 * Optimal string alignment: the least number of insertions, deletions,
 * substitutions and swaps of neighbours that turn @a into @b.
 */
static unsigned int edit_distance(const char *a, const char *b)
{
	size_t a_length = strlen(a), b_length = strlen(b);
	size_t width = b_length + 1;
	g_autofree unsigned int *cells = g_new(unsigned int, 3 * width);
	unsigned int *before = cells, *above = cells + width, *row = cells + 2 * width;

	for (size_t j = 0; j <= b_length; j++)
		row[j] = j;
	for (size_t i = 1; i <= a_length; i++) {
		unsigned int *free_row = before;

		before = above;
		above = row;
		row = free_row;
		row[0] = i;
		for (size_t j = 1; j <= b_length; j++) {
			unsigned int best = above[j - 1] + (a[i - 1] != b[j - 1]);

			best = MIN(best, above[j] + 1);
			best = MIN(best, row[j - 1] + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				best = MIN(best, before[j - 2] + 1);
			row[j] = best;
		}
	}
	return row[b_length];
}

const char *gs_suggest_nearest(const char *word, const char *const *candidates)
{
	g_autofree char *wanted = g_ascii_strdown(word, -1);
	size_t length = strlen(wanted);
	unsigned int limit = MAX(1, length / 3), nearest_distance = UINT_MAX;
	const char *nearest = NULL;
	bool nearest_is_fragment = false;

	for (size_t i = 0; candidates[i]; i++) {
		g_autofree char *candidate = g_ascii_strdown(candidates[i], -1);
		unsigned int distance = edit_distance(wanted, candidate);
		bool is_fragment = length >= MIN_FRAGMENT_LENGTH && strstr(candidate, wanted);

		if (!is_fragment && (distance > limit || distance >= length))
			continue;
		/* Who leaves something out makes no mistake: that comes before every mistake. */
		if (is_fragment == nearest_is_fragment ? distance < nearest_distance :
							 is_fragment) {
			nearest = candidates[i];
			nearest_distance = distance;
			nearest_is_fragment = is_fragment;
		}
	}
	return nearest;
}

char *gs_suggest_hint(const char *word, const char *const *candidates)
{
	const char *nearest = gs_suggest_nearest(word, candidates);

	return nearest ? g_strdup_printf("; did you mean '%s'?", nearest) : g_strdup("");
}
