/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as a store, or a good one after a zero byte and bytes to change in it, or
 * after any SQL: reading it gives a report or an error, and so does merging it.
 */
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runs/study-report.h"
#include "tests/fuzz/fuzz-check.h"
#include "tests/fuzz/fuzz.h"
#include "tests/lib/gs-test-store.h"

/* How long a statement may take, in instructions of SQLite's. */
#define SQL_STEPS_MAX 200000

static char *path, *joint_path; /* of the store at hand, and of that it is merged into */
static char *good;              /* a store's contents */
static gsize good_size;

static void remove_files(void)
{
	g_remove(path);
	g_remove(joint_path);
}

static void make_good_store(void)
{
	g_autoptr(GsStudyPlan) plan = gs_test_plan("hz=100,250", 3);

	path = g_strdup_printf("%s/gs-fuzz-store-%d", g_get_tmp_dir(), (int)getpid());
	joint_path = g_strconcat(path, "-joint", NULL);
	remove_files();
	atexit(remove_files);
	gs_test_store_make(path, plan, 1, 0, 1);
	FUZZ_CHECK(g_file_get_contents(path, &good, &good_size, NULL));
}

static int give_up(void *data)
{
	(void)data;
	return 1;
}

/* @data: where, in three bytes, and what to set there; and so on. */
static void change_bytes(const uint8_t *data, size_t size)
{
	g_autofree char *contents = g_malloc(good_size);

	memcpy(contents, good, good_size);
	for (; size >= 4; data += 4, size -= 4) {
		const size_t at = (size_t)data[0] << 16 | (size_t)data[1] << 8 | data[2];

		contents[at % good_size] = (char)data[3];
	}
	FUZZ_CHECK(g_file_set_contents(path, contents, (gssize)good_size, NULL));
}

/* What goes wrong here is not our concern. */
static void execute(const uint8_t *data, size_t size)
{
	g_autofree char *sql = g_strndup((const char *)data, size);
	sqlite3 *db = NULL;

	if (sqlite3_open(path, &db) == SQLITE_OK) {
		sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0); /* no other files */
		sqlite3_limit(db, SQLITE_LIMIT_LENGTH, 1 << 20);
		sqlite3_progress_handler(db, SQL_STEPS_MAX, give_up, NULL);
		sqlite3_exec(db, "PRAGMA ignore_check_constraints = ON;"
				 "PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY",
			     NULL, NULL, NULL);
		sqlite3_exec(db, sql, NULL, NULL, NULL);
	}
	sqlite3_close_v2(db);
}

static bool add_result(GsCellResult *result, void *user_data, GError **error)
{
	(void)error;
	gs_study_report_add(user_data, result);
	gs_cell_result_free(result);
	return true;
}

static bool report(GsStore *store, GError **error)
{
	const GsStudyReportOptions options = { .occurrence = -1, .budget_ns = 1000000 };
	g_autoptr(GsStudyInputs) inputs = gs_store_load_inputs(store, error);
	g_autoptr(GsStudyReport) made = inputs ? gs_study_report_new(inputs, &options) : NULL;
	g_autoptr(GPtrArray) missing = NULL;
	unsigned int count;

	if (!made || !gs_store_each_cell(store, inputs, add_result, made, error))
		return false;
	for (size_t i = 0; gs_study_report_formats[i]; i++) {
		g_autoptr(GString) text = g_string_new(NULL);

		gs_study_report_writers[i](made, text);
		FUZZ_CHECK(g_utf8_validate(text->str, (gssize)text->len, NULL));
	}
	missing = gs_store_missing(store, 3, &count, error);
	return missing != NULL;
}

static bool merge(GError **error)
{
	g_autoptr(GsStore) joint = NULL;

	g_remove(joint_path);
	joint = gs_store_open_draft(joint_path, "joint", error);
	return gs_store_merge(joint, path, error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char magic[] = "SQLite format 3";
	const bool is_file = size >= sizeof(magic) && !memcmp(data, magic, sizeof(magic));
	g_autoptr(GError) error = NULL, merge_error = NULL;
	g_autoptr(GsStore) store = NULL;
	bool reported, merged;

	if (!good)
		make_good_store();
	FUZZ_CHECK(g_file_set_contents(path, is_file ? (const char *)data : good,
				       (gssize)(is_file ? size : good_size), NULL));
	if (size && !data[0])
		change_bytes(data + 1, size - 1);
	else if (!is_file)
		execute(data, size);
	store = gs_store_open(path, GS_STORE_READ, &error);
	reported = store && report(store, &error);
	FUZZ_CHECK(reported == (error == NULL));
	g_clear_pointer(&store, gs_store_close);
	merged = merge(&merge_error);
	FUZZ_CHECK(merged == (merge_error == NULL));
	return 0;
}
