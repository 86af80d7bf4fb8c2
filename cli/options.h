/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The values of options: numbers and lists, each error naming option and word.
 *
 * All fail with GS_CLI_ERROR_USAGE and leave what they return untouched.
 */
#ifndef GS_OPTIONS_H
#define GS_OPTIONS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "models/policy/policy.h"

/* The tick rates the kernel's configuration can have: below 24 its own arithmetic overflows. */
#define GS_HZ_MIN 24
#define GS_HZ_MAX 10000

/* Rows of a table of options that several commands have; what is given ends up at @at. */
#define GS_JOBS_ENTRY(at) \
	{ "jobs", 'j', 0, G_OPTION_ARG_STRING, at, \
	  "threads; results do not depend on it (one per CPU)", "N" }
#define GS_QUIET_ENTRY(at) { "quiet", 'q', 0, G_OPTION_ARG_NONE, at, "no notes on stderr", NULL }
#define GS_ARGUMENTS_ENTRY(at) \
	{ G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, at, NULL, NULL }

/* Read the decimal number @text, value of @option, from @min to @max. */
bool gs_option_parse_number(const char *option, const char *text, uint64_t min, uint64_t max,
			    uint64_t *ret_number, GError **error);

/* The threads that --jobs=@text asks for; NULL: it is not given. */
bool gs_option_parse_jobs(const char *text, unsigned int *ret_jobs, GError **error);

/*
 * Read "25us", "1.5ms" or, in nanoseconds, "25000", up to @max_ns.
 */
bool gs_option_parse_duration(const char *option, const char *text, int64_t max_ns,
			      int64_t *ret_ns, GError **error);

/* Read a list such as "100,250": tick rates, each once. Returns a GArray of int. */
GArray *gs_option_parse_hz_list(const char *option, const char *text, GError **error);

/* Read the name of one policy. */
const GsPolicy *gs_option_parse_policy(const char *option, const char *text, GError **error);

/* Read "all" or a list of names, each once. Returns a GPtrArray of const GsPolicy *. */
GPtrArray *gs_option_parse_policy_list(const char *option, const char *text, GError **error);

/*
 * Read "NAME" or "NAME:K". @ret_occurrence is -1 without K; the caller frees
 * @ret_name.
 */
bool gs_option_parse_call(const char *option, const char *text, char **ret_name,
			  int64_t *ret_occurrence, GError **error);

/* The index of @text in @words (NULL-terminated), -1 with @error set if it is none of them. */
int gs_option_parse_word(const char *option, const char *text, const char *const *words,
			 GError **error);

#endif
