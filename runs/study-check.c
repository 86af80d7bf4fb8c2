/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runs/study-check.h"

#include "runs/study.h"

/* Which of the keys of @plan may make a point one that cannot be; owned by the caller. */
static GArray *deciding_keys(const GsStudyPlan *plan)
{
	static const char *const free_keys[] = { "hz", "policy", "seed", NULL };
	GArray *keys = g_array_new(FALSE, FALSE, sizeof(unsigned int));

	for (unsigned int key = 0; key < plan->keys->len; key++)
		if (!g_strv_contains(free_keys, g_ptr_array_index(plan->keys, key)))
			g_array_append_val(keys, key);
	return keys;
}

/* Equal for points that are alike in @keys. */
static char *settings_of(const GsStudyPlan *plan, unsigned int point, const GArray *keys)
{
	GString *text = g_string_new(NULL);

	for (unsigned int i = 0; i < keys->len; i++) {
		const unsigned int key = g_array_index(keys, unsigned int, i);

		g_string_append(text, gs_study_plan_value(plan, point, key));
		g_string_append_c(text, '\n');
	}
	return g_string_free(text, FALSE);
}

bool gs_study_check(const GsStudyPlan *plan, const GsStudyReport *report, GError **error)
{
	g_autoptr(GsCaseMaker) maker = gs_case_maker_new();
	g_autoptr(GHashTable) seen =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GArray) keys = deciding_keys(plan);
	g_autoptr(GsStudyReport) known = gs_study_report_new(report->inputs, &report->options);

	for (unsigned int i = 0; i < plan->points->len; i++) {
		char *settings = settings_of(plan, i, keys);
		g_autoptr(GsCase) ready = NULL;

		if (g_hash_table_contains(seen, settings)) {
			g_free(settings);
			continue;
		}
		g_hash_table_add(seen, settings);
		if (g_hash_table_size(seen) > GS_STUDY_CHECK_MAX)
			return true;
		ready = gs_study_case_new(plan, i, maker, NULL, error);
		if (!ready)
			return false;
		gs_study_report_add_calls(known, ready->pool);
	}
	return !report->options.call || gs_study_report_check_call(known, error);
}
