/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/vmm/vmm-times.h"

#include <string.h>

#include "sim/engine/sim-time.h"

struct GsVmmTimes {
	const GsIniFile *ini; /* borrowed */
	GHashTable *lists;    /* owned: a value of ini, by address -> GArray of int64_t */
};

GsVmmTimes *gs_vmm_times_new(const GsIniFile *ini)
{
	GsVmmTimes *times = g_new(GsVmmTimes, 1);

	times->ini = ini;
	times->lists = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_array_unref);
	return times;
}

void gs_vmm_times_free(GsVmmTimes *times)
{
	g_hash_table_unref(times->lists);
	g_free(times);
}

/* The times in @text; NULL: one of them is none. */
static GArray *parse_list(const char *text, bool may_be_unknown, GError **error)
{
	g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(int64_t));
	/* of "" it makes no items, not one that is no time */
	g_auto(GStrv) items = g_strsplit(*text ? text : "?", ",", -1);

	for (char **item = items; *item; item++) {
		int64_t time_ns = GS_VMM_TIME_UNKNOWN;

		g_strstrip(*item);
		if (!(may_be_unknown && g_str_equal(*item, GS_VMM_TIME_UNKNOWN_TEXT)) &&
		    !gs_duration_parse(*item, &time_ns, error))
			return NULL;
		g_array_append_val(list, time_ns);
	}
	return g_steal_pointer(&list);
}

/* The list @key of @group, which has the value @text; NULL: @error is set. */
static const GArray *get_list(GsVmmTimes *times, const char *group, const char *key,
			      const char *text, GError **error)
{
	GArray *list = g_hash_table_lookup(times->lists, text);
	g_autoptr(GError) failure = NULL;

	if (list)
		return list;
	list = parse_list(text, !g_str_equal(key, "guest"), &failure);
	if (!list) {
		gs_ini_file_fail(times->ini, group, key, error, "%s", failure->message);
		return NULL;
	}
	g_hash_table_insert(times->lists, (char *)text, list);
	if (list->len == 1 || !g_str_equal(key, "think"))
		return list;
	gs_ini_file_fail(times->ini, group, key, error,
			 "one time expected; those of repetitions are think_between");
	return NULL;
}

bool gs_vmm_times_get(GsVmmTimes *times, const char *group, const char *key, uint64_t index,
		      int64_t *time_ns, GError **error)
{
	const char *text = gs_ini_file_get(times->ini, group, key);
	const GArray *list;

	if (!text)
		return true;
	list = get_list(times, group, key, text, error);
	if (!list || !gs_ini_file_require(times->ini, group, "think_source", error))
		return false;
	*time_ns = g_array_index(list, int64_t, index % list->len);
	return true;
}
