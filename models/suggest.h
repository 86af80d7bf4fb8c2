/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * "Did you mean": the known word nearest to one that is not known.
 */
#ifndef GS_SUGGEST_H
#define GS_SUGGEST_H

/*
 * The candidate that whoever typed @word most likely meant: one that contains
 * it, or the one fewest typing mistakes away, case ignored. NULL if none is
 * near. @candidates is NULL-terminated; the result is borrowed from it, the
 * first of equals.
 */
const char *gs_suggest_nearest(const char *word, const char *const *candidates);

/*
 * What to append to an error about the unknown @word: "; did you mean 'x'?",
 * or "" if nothing is near. The caller frees it.
 */
char *gs_suggest_hint(const char *word, const char *const *candidates);

#endif
