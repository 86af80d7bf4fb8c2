/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Stores of the same study joined, table by table. Each is read through first, so
 * that nothing damaged is copied.
 */
#include "runs/store-db.h"

static bool drop_cell(GsCellResult *result, void *user_data, GError **error)
{
	(void)user_data;
	(void)error;
	gs_cell_result_free(result);
	return true;
}

static bool check_whole(const char *path, GError **error)
{
	g_autoptr(GsStore) store = gs_store_open(path, GS_STORE_READ, error);
	g_autoptr(GsStudyInputs) inputs = store ? gs_store_load_inputs(store, error) : NULL;

	return inputs && gs_store_each_cell(store, inputs, drop_cell, NULL, error);
}

/* Execute @format with @table for each of its "%s"; @ret_rows: whether it gives rows. */
static bool run_on(const GsStore *store, const char *format, const char *table, bool *ret_rows,
		   GError **error)
{
	g_auto(GStrv) parts = g_strsplit(format, "%s", -1);
	g_autofree char *sql = g_strjoinv(table, parts);
	g_autoptr(sqlite3_stmt) statement = gs_store_prepare(store, sql, error);

	return statement && gs_store_step(store, statement, ret_rows, error);
}

/* Whether main or part has a row of @table, where @where holds, that the other has not. */
static bool compare(const GsStore *store, const char *table, const char *where, bool *ret_differ,
		    GError **error)
{
	static const char *const sides[][2] = { { "main", "part" }, { "part", "main" } };

	*ret_differ = false;
	for (size_t i = 0; i < G_N_ELEMENTS(sides) && !*ret_differ; i++) {
		g_autofree char *sql = g_strdup_printf(
			"SELECT * FROM %s.%%s%s EXCEPT SELECT * FROM %s.%%s%s LIMIT 1",
			sides[i][0], where, sides[i][1], where);

		if (!run_on(store, sql, table, ret_differ, error))
			return false;
	}
	return true;
}

static bool set_study_error(const char *path, const char *what, GError **error)
{
	g_set_error(error, GS_STORE_ERROR, GS_STORE_ERROR_STUDY,
		    "'%s' cannot be merged with the stores before it: %s", path, what);
	return false;
}

static bool check_study(GsStore *store, const char *path, GError **error)
{
	g_autoptr(GsStudyInputs) ours = gs_store_load_inputs(store, error), theirs = NULL;
	g_autoptr(GsStore) part = ours ? gs_store_open(path, GS_STORE_READ, error) : NULL;
	g_autofree char *difference = NULL;

	theirs = part ? gs_store_load_inputs(part, error) : NULL;
	if (!theirs)
		return false;
	difference = gs_store_difference(theirs, ours);
	return !difference || set_study_error(path, difference, error);
}

static bool check_plan(const GsStore *store, const char *path, GError **error)
{
	bool differ;

	for (const char *const *table = gs_store_plan_tables; *table; table++) {
		if (!compare(store, *table, "", &differ, error))
			return false;
		if (differ)
			return set_study_error(path, "it is of another study", error);
	}
	return true;
}

static bool check_overlap(const GsStore *store, const char *path, GError **error)
{
	static const char both[] = " WHERE cell IN (SELECT cell FROM main.result"
				   " INTERSECT SELECT cell FROM part.result)";
	bool differ;

	for (const char *const *table = gs_store_result_tables; *table; table++) {
		if (!compare(store, *table, both, &differ, error))
			return false;
		if (differ)
			return set_study_error(
				path, "it has another result of a cell that they have", error);
	}
	return true;
}

static bool copy_tables(const GsStore *store, const char *const *tables, const char *where,
			GError **error)
{
	g_autofree char *sql = g_strdup_printf("INSERT INTO main.%%s SELECT * FROM part.%%s%s",
					       where);
	bool rows;

	for (const char *const *table = tables; *table; table++)
		if (!run_on(store, sql, *table, &rows, error))
			return false;
	return true;
}

static bool copy_cells(const GsStore *store, GError **error)
{
	return gs_store_execute(store,
				"CREATE TEMP TABLE fresh AS SELECT cell FROM part.result"
				" EXCEPT SELECT cell FROM main.result", error) &&
	       copy_tables(store, gs_store_result_tables,
			   " WHERE cell IN (SELECT cell FROM temp.fresh)", error) &&
	       gs_store_execute(store, "DROP TABLE temp.fresh", error);
}

/* With the store at @path attached as "part". */
static bool merge_part(GsStore *store, const char *path, GError **error)
{
	int64_t count;

	if (!gs_store_ask(store, "SELECT count(*) FROM main.study", &count, error))
		return false;
	if (!count && !copy_tables(store, gs_store_plan_tables, "", error))
		return false;
	return check_study(store, path, error) && check_plan(store, path, error) &&
	       check_overlap(store, path, error) && copy_cells(store, error);
}

static bool attach(const GsStore *store, const char *path, GError **error)
{
	g_autoptr(sqlite3_stmt) add = gs_store_prepare(store, "ATTACH ?1 AS part", error);
	g_autofree char *plain = gs_store_plain_path(path);

	if (!add)
		return false;
	gs_store_bind_text(add, 1, plain);
	return gs_store_put(store, add, NULL, 0, error);
}

bool gs_store_merge(GsStore *store, const char *path, GError **error)
{
	/* attaching and detaching are done between transactions */
	return check_whole(path, error) && gs_store_execute(store, "COMMIT", error) &&
	       attach(store, path, error) && gs_store_execute(store, "BEGIN IMMEDIATE", error) &&
	       merge_part(store, path, error) && gs_store_execute(store, "COMMIT", error) &&
	       gs_store_execute(store, "DETACH part; BEGIN IMMEDIATE", error);
}
