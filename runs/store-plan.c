/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a store is of: written once, then only compared. */
#include <string.h>

#include "runs/store-db.h"

static char **steal_strv(GPtrArray *texts)
{
	g_ptr_array_add(texts, NULL);
	return (char **)g_ptr_array_free(texts, FALSE);
}

/* The first column of all rows of @sql, as a list. */
static char **load_texts(const GsStore *store, const char *sql, GError **error)
{
	g_autoptr(sqlite3_stmt) statement = gs_store_prepare(store, sql, error);
	g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
	const char *text;
	bool row;

	if (!statement)
		return NULL;
	while (gs_store_step(store, statement, &row, error)) {
		if (!row)
			return steal_strv(g_steal_pointer(&texts));
		if (!gs_store_text(store, statement, 0, &text, error))
			break;
		g_ptr_array_add(texts, g_strdup(text));
	}
	return NULL;
}

static bool load_study(const GsStore *store, GsStudyInputs *inputs, GError **error)
{
	g_autoptr(sqlite3_stmt) row = gs_store_prepare(
		store, "SELECT version, scenario, point_count, precision_ppm, title FROM study",
		error);
	const char *version, *scenario, *title = NULL;
	int64_t point_count, precision_ppm;
	bool found;

	if (!row || !gs_store_step(store, row, &found, error))
		return false;
	if (!found)
		return gs_store_damaged(store, error, "there is no study in it");
	if (!gs_store_text(store, row, 0, &version, error) ||
	    !gs_store_text(store, row, 1, &scenario, error) ||
	    !gs_store_number(store, row, 2, &point_count, error) ||
	    !gs_store_number(store, row, 3, &precision_ppm, error) ||
	    (sqlite3_column_type(row, 4) != SQLITE_NULL &&
	     !gs_store_text(store, row, 4, &title, error)))
		return false;
	if (point_count < 1 || point_count > GS_STUDY_POINTS_MAX || precision_ppm > INT32_MAX)
		return gs_store_damaged(store, error, "the study has no such number of points");
	inputs->version = g_strdup(version);
	inputs->scenario = g_strdup(scenario);
	inputs->title = g_strdup(title);
	inputs->point_count = (unsigned int)point_count;
	inputs->precision_ppm = (unsigned int)precision_ppm;
	return true;
}

GsStudyInputs *gs_store_load_inputs(GsStore *store, GError **error)
{
	g_autoptr(GsStudyInputs) inputs = g_new0(GsStudyInputs, 1);

	if (!load_study(store, inputs, error))
		return NULL;
	inputs->keys = load_texts(
		store, "SELECT key FROM coordinate WHERE cell = 0 ORDER BY position", error);
	if (!inputs->keys)
		return NULL;
	inputs->axes = load_texts(
		store, "SELECT text FROM axis WHERE NOT is_constraint ORDER BY axis", error);
	if (!inputs->axes)
		return NULL;
	inputs->constraints = load_texts(
		store, "SELECT text FROM axis WHERE is_constraint ORDER BY axis", error);
	return inputs->constraints ? g_steal_pointer(&inputs) : NULL;
}

static bool put_axes(const GsStore *store, char **texts, bool is_constraint, int64_t *number,
		     GError **error)
{
	g_autoptr(sqlite3_stmt) add =
		gs_store_prepare(store, "INSERT INTO axis VALUES (?1, ?2, ?3)", error);

	for (char **text = texts; add && *text; text++) {
		gs_store_bind_text(add, 3, *text);
		if (!gs_store_put(store, add, (int64_t[]){ (*number)++, is_constraint }, 2, error))
			return false;
	}
	return add != NULL;
}

static bool put_coordinates(const GsStore *store, const GsStudyPlan *plan, GError **error)
{
	g_autoptr(sqlite3_stmt) add =
		gs_store_prepare(store, "INSERT INTO coordinate VALUES (?1, ?2, ?3, ?4)", error);

	for (unsigned int i = 0; add && i < plan->points->len; i++) {
		const int64_t cell = gs_study_plan_point(plan, i)->index;

		for (unsigned int key = 0; key < plan->keys->len; key++) {
			gs_store_bind_text(add, 3, g_ptr_array_index(plan->keys, key));
			gs_store_bind_text(add, 4, gs_study_plan_value(plan, i, key));
			if (!gs_store_put(store, add, (int64_t[]){ cell, key }, 2, error))
				return false;
		}
	}
	return add != NULL;
}

static bool put_study(const GsStore *store, const GsStudyInputs *inputs, const GsStudyPlan *plan,
		      bool keep_samples, GError **error)
{
	g_autoptr(sqlite3_stmt) add = gs_store_prepare(
		store, "INSERT INTO study VALUES (1, ?4, ?5, ?6, ?1, ?2, ?3)", error);
	const int64_t numbers[] = { inputs->point_count, inputs->precision_ppm, keep_samples };
	int64_t axis = 0;

	if (!add)
		return false;
	gs_store_bind_text(add, 4, inputs->version);
	gs_store_bind_text(add, 5, inputs->title);
	gs_store_bind_text(add, 6, inputs->scenario);
	return gs_store_put(store, add, numbers, G_N_ELEMENTS(numbers), error) &&
	       put_axes(store, inputs->axes, false, &axis, error) &&
	       put_axes(store, inputs->constraints, true, &axis, error) &&
	       put_coordinates(store, plan, error) && gs_store_commit(store, error);
}

/* The first text in which two lists differ, for a message. */
static char *difference_of_texts(const char *what, char **theirs, char **ours)
{
	unsigned int i = 0;

	while (theirs[i] && ours[i] && !strcmp(theirs[i], ours[i]))
		i++;
	if (!theirs[i] && !ours[i])
		return NULL;
	return g_strdup_printf("%s '%s', not '%s'", what, theirs[i] ? theirs[i] : "",
			       ours[i] ? ours[i] : "");
}

static char *difference_of_lines(const char *what, const char *theirs, const char *ours)
{
	g_auto(GStrv) their_lines = g_strsplit(theirs ? theirs : "", "\n", -1);
	g_auto(GStrv) our_lines = g_strsplit(ours ? ours : "", "\n", -1);

	return difference_of_texts(what, their_lines, our_lines);
}

char *gs_store_difference(const GsStudyInputs *theirs, const GsStudyInputs *ours)
{
	char *difference = difference_of_lines("it is of version", theirs->version, ours->version);

	if (!difference)
		difference = difference_of_lines("it has the title", theirs->title, ours->title);
	if (!difference)
		difference = difference_of_lines("its scenario has", theirs->scenario,
						 ours->scenario);
	if (!difference)
		difference = difference_of_texts("it has the axis", theirs->axes, ours->axes);
	if (!difference)
		difference = difference_of_texts("it has the constraint", theirs->constraints,
						 ours->constraints);
	if (!difference && theirs->precision_ppm != ours->precision_ppm)
		difference = g_strdup_printf("its precision is %u ppm, not %u ppm",
					     theirs->precision_ppm, ours->precision_ppm);
	if (!difference && theirs->point_count != ours->point_count)
		difference = g_strdup_printf("it has %u points, not %u", theirs->point_count,
					     ours->point_count);
	return difference;
}

static bool check_same_study(GsStore *store, const GsStudyInputs *inputs, bool keep_samples,
			     GError **error)
{
	g_autoptr(GsStudyInputs) theirs = gs_store_load_inputs(store, error);
	g_autofree char *difference = NULL;
	int64_t keeps_samples;

	if (!theirs ||
	    !gs_store_ask(store, "SELECT keeps_samples FROM study", &keeps_samples, error))
		return false;
	difference = gs_store_difference(theirs, inputs);
	if (!difference && !keeps_samples != !keep_samples)
		difference = g_strdup(keeps_samples ? "it keeps samples" : "it keeps no samples");
	if (!difference)
		return true;
	g_set_error(error, GS_STORE_ERROR, GS_STORE_ERROR_STUDY,
		    "'%s' holds another study: %s; only the command that began it continues it",
		    store->path, difference);
	return false;
}

bool gs_store_begin_study(GsStore *store, const GsStudyInputs *inputs, const GsStudyPlan *plan,
			  bool keep_samples, GError **error)
{
	int64_t count;

	if (!gs_store_ask(store, "SELECT count(*) FROM study", &count, error))
		return false;
	return count ? check_same_study(store, inputs, keep_samples, error) :
		       put_study(store, inputs, plan, keep_samples, error);
}

GPtrArray *gs_store_missing(GsStore *store, unsigned int most, unsigned int *ret_count,
			    GError **error)
{
	static const char which[] =
		"SELECT group_concat(key || '=' || value, ' ') FROM coordinate"
		" WHERE cell NOT IN (SELECT cell FROM result) GROUP BY cell ORDER BY cell";
	static const char how_many[] =
		"SELECT point_count - (SELECT count(*) FROM result) FROM study";
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(sqlite3_stmt) statement = gs_store_prepare(store, which, error);
	int64_t count;
	bool row = true;

	if (!statement || !gs_store_ask(store, how_many, &count, error))
		return NULL;
	while (names->len < most) {
		const char *name;

		if (!gs_store_step(store, statement, &row, error))
			return NULL;
		if (!row)
			break;
		if (!gs_store_text(store, statement, 0, &name, error))
			return NULL;
		g_ptr_array_add(names, g_strdup(name));
	}
	*ret_count = (unsigned int)CLAMP(count, 0, GS_STUDY_POINTS_MAX);
	return g_steal_pointer(&names);
}
