/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/options.h"

#include <string.h>

#include "cli/command.h"
#include "models/suggest.h"
#include "sim/engine/sim-time.h"

#define JOBS_MAX 1024

static bool is_number(const char *text, uint64_t min, uint64_t max, uint64_t *ret_number)
{
	guint64 number = 0;

	/* Takes digits only: no sign, no space, no other base. */
	if (!g_ascii_string_to_unsigned(text, 10, min, max, &number, NULL))
		return false;
	*ret_number = number;
	return true;
}

bool gs_option_parse_number(const char *option, const char *text, uint64_t min, uint64_t max,
			    uint64_t *ret_number, GError **error)
{
	if (is_number(text, min, max, ret_number))
		return true;
	return gs_usage_error(error, "%s: '%s' is not a whole number from %" G_GUINT64_FORMAT
			      " to %" G_GUINT64_FORMAT, option, text, min, max);
}

bool gs_option_parse_jobs(const char *text, unsigned int *ret_jobs, GError **error)
{
	uint64_t jobs = g_get_num_processors();

	if (text && !gs_option_parse_number("--jobs", text, 1, JOBS_MAX, &jobs, error))
		return false;
	*ret_jobs = (unsigned int)jobs;
	return true;
}

bool gs_option_parse_duration(const char *option, const char *text, int64_t max_ns,
			      int64_t *ret_ns, GError **error)
{
	g_autofree char *most = NULL;
	uint64_t number;
	int64_t ns;

	if (is_number(text, 0, (uint64_t)max_ns, &number)) {
		*ret_ns = (int64_t)number;
		return true;
	}
	if (gs_duration_parse(text, &ns, NULL) && ns <= max_ns) {
		*ret_ns = ns;
		return true;
	}
	most = gs_duration_format(max_ns);
	return gs_usage_error(error,
			      "%s: '%s' is not a duration such as 25us or 25000 (ns), up to %s",
			      option, text, most);
}

/* The words of a list; NULL with @error set if one is empty or there twice. */
static char **split_list(const char *option, const char *text, GError **error)
{
	g_auto(GStrv) words = g_strsplit(text, ",", -1);

	if (!words[0]) {
		gs_usage_error(error, "%s: the list is empty", option);
		return NULL;
	}
	for (unsigned int i = 0; words[i]; i++) {
		if (!*words[i]) {
			gs_usage_error(error, "%s: an element of '%s' is empty", option, text);
			return NULL;
		}
		for (unsigned int j = 0; j < i; j++)
			if (!strcmp(words[i], words[j])) {
				gs_usage_error(error, "%s: '%s' is listed twice", option, words[i]);
				return NULL;
			}
	}
	return g_steal_pointer(&words);
}

GArray *gs_option_parse_hz_list(const char *option, const char *text, GError **error)
{
	g_auto(GStrv) words = split_list(option, text, error);
	g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(int));

	if (!words)
		return NULL;
	for (char **word = words; *word; word++) {
		uint64_t number;
		int hz;

		if (!is_number(*word, GS_HZ_MIN, GS_HZ_MAX, &number)) {
			gs_usage_error(error, "%s: '%s' is not a tick rate from %d to %d", option,
				       *word, GS_HZ_MIN, GS_HZ_MAX);
			return NULL;
		}
		hz = (int)number;
		for (unsigned int i = 0; i < list->len; i++)
			if (g_array_index(list, int, i) == hz) { /* "0100" */
				gs_usage_error(error, "%s: %d is listed twice", option, hz);
				return NULL;
			}
		g_array_append_val(list, hz);
	}
	return g_steal_pointer(&list);
}

const GsPolicy *gs_option_parse_policy(const char *option, const char *text, GError **error)
{
	const GsPolicy *policy = gs_policy_lookup(text);
	g_autoptr(GPtrArray) names = NULL;
	g_autofree char *hint = NULL;

	if (policy)
		return policy;
	names = g_ptr_array_new();
	for (const GsPolicy *const *known = gs_policy_all(); *known; known++)
		g_ptr_array_add(names, (void *)(*known)->name);
	g_ptr_array_add(names, NULL);
	hint = gs_suggest_hint(text, (const char *const *)names->pdata);
	gs_usage_error(error, "%s: unknown policy '%s'%s", option, text,
		       *hint ? hint : "; 'gracesim list policies' lists them");
	return NULL;
}

GPtrArray *gs_option_parse_policy_list(const char *option, const char *text, GError **error)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new();
	g_auto(GStrv) words = NULL;

	if (!strcmp(text, "all")) {
		for (const GsPolicy *const *policy = gs_policy_all(); *policy; policy++)
			g_ptr_array_add(list, (void *)*policy);
		return g_steal_pointer(&list);
	}
	words = split_list(option, text, error);
	if (!words)
		return NULL;
	for (char **word = words; *word; word++) {
		const GsPolicy *policy = gs_option_parse_policy(option, *word, error);

		if (!policy)
			return NULL;
		g_ptr_array_add(list, (void *)policy);
	}
	return g_steal_pointer(&list);
}

bool gs_option_parse_call(const char *option, const char *text, char **ret_name,
			  int64_t *ret_occurrence, GError **error)
{
	const char *colon = strchr(text, ':');
	uint64_t occurrence = 0;

	if (colon == text || !*text)
		return gs_usage_error(error, "%s: '%s' names no ioctl; write NAME or NAME:K",
				      option, text);
	if (colon && !is_number(colon + 1, 0, UINT32_MAX, &occurrence))
		return gs_usage_error(error, "%s: '%s' is not an occurrence: they count from 0",
				      option, colon + 1);
	*ret_name = colon ? g_strndup(text, (size_t)(colon - text)) : g_strdup(text);
	*ret_occurrence = colon ? (int64_t)occurrence : -1;
	return true;
}

int gs_option_parse_word(const char *option, const char *text, const char *const *words,
			 GError **error)
{
	g_autofree char *list = NULL, *hint = NULL;

	for (int i = 0; words[i]; i++)
		if (!strcmp(words[i], text))
			return i;
	list = g_strjoinv(", ", (char **)words);
	hint = gs_suggest_hint(text, words);
	gs_usage_error(error, "%s: '%s' is none of %s%s", option, text, list, hint);
	return -1;
}
