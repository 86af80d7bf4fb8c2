/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A study in a file: what goes in comes out, and what is no such file is told. */
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "tests/lib/gs-test-store.h"

#define AXIS "hz=100,250,1000"
#define POINTS 3
#define RUNS 40
#define SEED 7

typedef struct {
	char *folder;
	GsStudyPlan *plan;
	GsStudyInputs *inputs;
	GsScript *script;
	GsCallPool *pool;
	char *path; /* of a store that is not there yet */
} Fixture;

static void set_up(Fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	(void)data;
	fixture->folder = g_dir_make_tmp("gs-store-XXXXXX", &error);
	g_assert_no_error(error);
	fixture->path = g_build_filename(fixture->folder, "study.db", NULL);
	fixture->plan = gs_test_plan(AXIS, RUNS);
	fixture->inputs = gs_study_inputs_new(fixture->plan, 0);
	fixture->script = gs_test_plan_script();
	fixture->pool = gs_call_pool_new(fixture->script);
}

static void tear_down(Fixture *fixture, gconstpointer data)
{
	g_autoptr(GDir) folder = g_dir_open(fixture->folder, 0, NULL);
	const char *name;

	(void)data;
	while ((name = g_dir_read_name(folder))) {
		g_autofree char *path = g_build_filename(fixture->folder, name, NULL);

		g_remove(path);
	}
	g_rmdir(fixture->folder);
	gs_call_pool_free(fixture->pool);
	gs_script_free(fixture->script);
	gs_study_inputs_free(fixture->inputs);
	gs_study_plan_free(fixture->plan);
	g_free(fixture->path);
	g_free(fixture->folder);
}

static char *file_of(const Fixture *fixture, const char *name)
{
	return g_build_filename(fixture->folder, name, NULL);
}

static GsStore *open_store(const char *path, GsStoreMode mode)
{
	g_autoptr(GError) error = NULL;
	GsStore *store = gs_store_open(path, mode, &error);

	g_assert_no_error(error);
	return store;
}

static void append_call(GString *text, const GsTallyCall *call)
{
	GsHistogramBucket bucket = { 0 };

	g_string_append_printf(text, "%s %u: %" G_GUINT64_FORMAT " %" G_GINT64_FORMAT
			       " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT "; waits %" G_GINT64_FORMAT
			       " stalls %" G_GUINT64_FORMAT ";", call->name, call->occurrence,
			       call->latency.count, call->latency.min_ns, call->latency.max_ns,
			       call->latency.sum_ns, call->wait_sum_ns, call->stall_count);
	while (gs_histogram_next(&call->latency, &bucket))
		g_string_append_printf(text, " %" G_GINT64_FORMAT "x%" G_GUINT64_FORMAT,
				       bucket.low_ns, bucket.count);
	for (unsigned int i = 0; i < call->causes->len; i++) {
		const GsTallyCause *cause = &g_array_index(call->causes, GsTallyCause, i);

		g_string_append_printf(text, " %d:%" G_GINT64_FORMAT, cause->cause,
				       cause->waited_ns);
	}
	g_string_append_c(text, '\n');
}

/* All there is in a result, to be compared. */
static void append_result(GString *text, const GsCellResult *result)
{
	g_autofree char *values = g_strjoinv(" ", result->values);

	g_string_append_printf(text, "cell %u: %s\n%s\n%s %u %" G_GUINT64_FORMAT "\n",
			       result->index, values, result->scenario, result->digest,
			       result->runs, result->tally->run_count);
	for (unsigned int n = 0; n < result->tally->calls->len; n++)
		append_call(text, gs_tally_call(result->tally, n));
}

static bool take_result(GsCellResult *result, void *user_data, GError **error)
{
	(void)error;
	append_result(user_data, result);
	gs_cell_result_free(result);
	return true;
}

/* Every cell of the store @path, as text; and that the file is in order. */
static char *contents_of(const char *path)
{
	g_autoptr(GsStore) store = open_store(path, GS_STORE_READ);
	g_autoptr(GError) error = NULL;
	g_autoptr(GsStudyInputs) inputs = gs_store_load_inputs(store, &error);
	GString *text = g_string_new(NULL);

	g_assert_no_error(error);
	gs_store_each_cell(store, inputs, take_result, text, &error);
	g_assert_no_error(error);
	return g_string_free(text, FALSE);
}

/* What the store of a whole study has to hold. */
static char *wanted_contents(const Fixture *fixture, uint32_t seed)
{
	GString *text = g_string_new(NULL);

	for (unsigned int i = 0; i < POINTS; i++) {
		g_autoptr(GsCellResult) result =
			gs_test_cell_result(fixture->plan, i, seed, fixture->pool, NULL);

		append_result(text, result);
	}
	return g_string_free(text, FALSE);
}

/* Execute @sql as somebody would who has the file. */
static void change(const char *path, const char *sql)
{
	sqlite3 *db = NULL;
	char *message = NULL;

	g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
	sqlite3_exec(db, sql, NULL, NULL, &message);
	g_assert_cmpstr(message, ==, NULL);
	sqlite3_close(db);
}

static int64_t ask(const char *path, const char *sql)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *statement = NULL;
	int64_t number;

	g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
	g_assert_cmpint(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), ==, SQLITE_OK);
	g_assert_cmpint(sqlite3_step(statement), ==, SQLITE_ROW);
	number = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	sqlite3_close(db);
	return number;
}

/* Reading all of the store @path fails with @code and a message that fits @pattern. */
static void assert_refused(const char *path, int code, const char *pattern)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(GsStore) store = gs_store_open(path, GS_STORE_READ, &error);
	g_autoptr(GsStudyInputs) inputs = store ? gs_store_load_inputs(store, &error) : NULL;

	g_assert_true(!inputs || !gs_store_each_cell(store, inputs, take_result, text, &error));
	g_assert_error(error, GS_STORE_ERROR, code);
	if (!g_pattern_match_simple(pattern, error->message))
		g_error("'%s' is not '%s'", error->message, pattern);
}

static void test_round_trip(Fixture *fixture, gconstpointer data)
{
	g_autofree char *wanted = wanted_contents(fixture, SEED), *found = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(GsStudyInputs) inputs = NULL;
	g_autoptr(GsStore) store = NULL;

	(void)data;
	gs_test_store_make(fixture->path, fixture->plan, SEED, 0, 1);
	found = contents_of(fixture->path);
	g_assert_cmpstr(found, ==, wanted);
	store = open_store(fixture->path, GS_STORE_READ);
	inputs = gs_store_load_inputs(store, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(inputs->version, ==, PACKAGE_VERSION);
	g_assert_cmpstr(inputs->scenario, ==, fixture->inputs->scenario);
	g_assert_cmpstr(inputs->axes[0], ==, fixture->inputs->axes[0]);
	g_assert_cmpstr(inputs->keys[0], ==, "hz");
	g_assert_null(inputs->keys[1]);
	g_assert_cmpuint(inputs->point_count, ==, POINTS);
}

/* The tables agree with each other and with what their columns are called. */
static void test_tables(Fixture *fixture, gconstpointer data)
{
	const char *path = fixture->path;

	(void)data;
	gs_test_store_make(path, fixture->plan, SEED, 0, 1);
	g_assert_cmpint(ask(path, "SELECT count(*) FROM pragma_foreign_key_check"), ==, 0);
	g_assert_cmpint(ask(path, "SELECT integrity_check = 'ok' FROM pragma_integrity_check"), ==,
			1);
	g_assert_cmpint(ask(path, "SELECT count(*) FROM call WHERE sample_count <> (SELECT"
				  " sum(count) FROM bucket WHERE bucket.cell = call.cell"
				  " AND bucket.call = call.call)"), ==, 0);
	g_assert_cmpint(ask(path, "SELECT count(*) FROM bucket JOIN call USING (cell, call)"
				  " WHERE high_ns < min_ns OR low_ns > max_ns"), ==, 0);
	g_assert_cmpint(ask(path, "SELECT count(*) FROM overview WHERE point = 'hz=250'"
				  " AND name = 'KVM_IOEVENTFD'"), ==, 2);
}

static void test_samples(Fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GsStore) store = open_store(fixture->path, GS_STORE_WRITE);
	g_autofree GsSample *samples = NULL;
	g_autoptr(GsCellResult) result =
		gs_test_cell_result(fixture->plan, 0, SEED, fixture->pool, &samples);
	g_autofree char *sql = NULL;

	(void)data;
	gs_store_begin_study(store, fixture->inputs, fixture->plan, true, &error);
	g_assert_no_error(error);
	gs_store_put_cell(store, result, fixture->pool, samples, &error);
	g_assert_no_error(error);
	g_clear_pointer(&store, gs_store_close);
	g_assert_cmpint(ask(fixture->path, "SELECT count(*) FROM sample"), ==, RUNS * 6);
	/* the last call of the last run: the second KVM_IOEVENTFD of VM 1 */
	sql = g_strdup_printf("SELECT latency_ns FROM sample JOIN call USING (cell, call) WHERE"
			      " run = %d AND vm = 1 AND name = 'KVM_IOEVENTFD' AND occurrence = 1",
			      RUNS - 1);
	g_assert_cmpint(ask(fixture->path, sql), ==, samples[RUNS * 6 - 1].latency_ns);
}

static void test_continue(Fixture *fixture, gconstpointer data)
{
	g_autofree char *wanted = wanted_contents(fixture, SEED), *found = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) missing = NULL;
	g_autoptr(GsStore) store = NULL;
	unsigned int count;
	bool has;

	(void)data;
	gs_test_store_make(fixture->path, fixture->plan, SEED, 0, 2); /* cells 0 and 2 */
	store = open_store(fixture->path, GS_STORE_WRITE);
	gs_store_begin_study(store, fixture->inputs, fixture->plan, false, &error);
	g_assert_no_error(error);
	missing = gs_store_missing(store, 10, &count, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(count, ==, 1);
	g_assert_cmpuint(missing->len, ==, 1);
	g_assert_cmpstr(g_ptr_array_index(missing, 0), ==, "hz=250");
	for (unsigned int i = 0; i < POINTS; i++) {
		g_autoptr(GsCellResult) result =
			gs_test_cell_result(fixture->plan, i, SEED, fixture->pool, NULL);
		const GsCase ready = gs_test_case(result);

		g_assert_true(gs_store_has_cell(store, i, &ready, &has, &error));
		g_assert_cmpint(has, ==, i != 1);
		if (!has)
			gs_store_put_cell(store, result, fixture->pool, NULL, &error);
		g_assert_no_error(error);
	}
	g_clear_pointer(&store, gs_store_close);
	found = contents_of(fixture->path);
	g_assert_cmpstr(found, ==, wanted);
}

static void test_model_changed(Fixture *fixture, gconstpointer data)
{
	const GsCase changed = { .digest = (char *)"another" };
	g_autoptr(GError) error = NULL;
	g_autoptr(GsStore) store = NULL;
	bool has;

	(void)data;
	gs_test_store_make(fixture->path, fixture->plan, SEED, 0, 1);
	store = open_store(fixture->path, GS_STORE_WRITE);
	g_assert_false(gs_store_has_cell(store, 1, &changed, &has, &error));
	g_assert_error(error, GS_STORE_ERROR, GS_STORE_ERROR_STUDY);
}

/* Continuing the store of AXIS and RUNS with another plan says in what it differs. */
static void assert_other_study(const Fixture *fixture, const char *axis, unsigned int runs,
			       bool keep_samples, const char *pattern)
{
	g_autoptr(GsStudyPlan) plan = gs_test_plan(axis, runs);
	g_autoptr(GsStudyInputs) inputs = gs_study_inputs_new(plan, 0);
	g_autoptr(GError) error = NULL;
	g_autoptr(GsStore) store = open_store(fixture->path, GS_STORE_WRITE);

	g_assert_false(gs_store_begin_study(store, inputs, plan, keep_samples, &error));
	g_assert_error(error, GS_STORE_ERROR, GS_STORE_ERROR_STUDY);
	if (!g_pattern_match_simple(pattern, error->message))
		g_error("'%s' is not '%s'", error->message, pattern);
}

static void test_other_study(Fixture *fixture, gconstpointer data)
{
	(void)data;
	gs_test_store_make(fixture->path, fixture->plan, SEED, 0, 1);
	assert_other_study(fixture, "hz=100,250", RUNS, false,
			   "'*study.db' holds another study: it has the axis 'hz=100,250,1000', "
			   "not 'hz=100,250'; *");
	assert_other_study(fixture, "cpus=1,2", RUNS, false, "*'hz=100,250,1000', not 'cpus=1,2'*");
	assert_other_study(fixture, AXIS, RUNS + 1, false,
			   "*its scenario has 'runs*=*40', not *41'*");
	assert_other_study(fixture, AXIS, RUNS, true, "*it keeps no samples*");
	change(fixture->path, "UPDATE study SET version = '0.0.1'");
	assert_other_study(fixture, AXIS, RUNS, false, "*it is of version '0.0.1', not *");
}

static void test_one_writer(Fixture *fixture, gconstpointer data)
{
	g_autofree char *found = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(GsStore) store = NULL;

	(void)data;
	gs_test_store_make(fixture->path, fixture->plan, SEED, 0, 1);
	store = open_store(fixture->path, GS_STORE_WRITE);
	g_assert_null(gs_store_open(fixture->path, GS_STORE_WRITE, &error));
	g_assert_error(error, GS_STORE_ERROR, GS_STORE_ERROR_BUSY);
	found = contents_of(fixture->path); /* but it can be read meanwhile */
}

static void test_no_store(Fixture *fixture, gconstpointer data)
{
	g_autofree char *text = file_of(fixture, "text"), *empty = file_of(fixture, "empty");
	g_autofree char *other = file_of(fixture, "other.db"), *gone = file_of(fixture, "gone");
	g_autoptr(GError) error = NULL;

	(void)data;
	g_assert_true(g_file_set_contents(text, "no database at all, but long enough for one; so "
						"that its header is read and found to be none\n",
					  -1, NULL));
	g_assert_true(g_file_set_contents(empty, "", 0, NULL));
	change(other, "PRAGMA journal_mode = WAL; CREATE TABLE study (id INTEGER)");
	assert_refused(text, GS_STORE_ERROR_NONE, "'*text' is no result store");
	assert_refused(empty, GS_STORE_ERROR_NONE, "'*empty' is no result store");
	assert_refused(other, GS_STORE_ERROR_NONE, "'*other.db' is no result store");
	assert_refused(gone, GS_STORE_ERROR_FILE, "cannot read '*gone': No such file or directory");
	assert_refused(fixture->folder, GS_STORE_ERROR_FILE, "cannot read '*': Is a directory");
	/* nor is any of them written to */
	g_assert_null(gs_store_open(other, GS_STORE_WRITE, &error));
	g_assert_error(error, GS_STORE_ERROR, GS_STORE_ERROR_NONE);
	g_assert_cmpint(ask(other, "SELECT count(*) FROM sqlite_schema"), ==, 1);
	g_assert_cmpint(ask(other, "SELECT journal_mode = 'wal' FROM pragma_journal_mode"), ==, 1);
}

static void test_newer_schema(Fixture *fixture, gconstpointer data)
{
	(void)data;
	gs_test_store_make(fixture->path, fixture->plan, SEED, 0, 1);
	change(fixture->path, "PRAGMA user_version = 2");
	assert_refused(fixture->path, GS_STORE_ERROR_NONE, "'*' was written by a newer *");
}

/* Each of these makes a store that SQLite finds nothing wrong with. */
static void test_damaged(Fixture *fixture, gconstpointer data)
{
	static const char *const damages[] = {
		"DELETE FROM study",
		"UPDATE study SET point_count = 2",
		"UPDATE bucket SET count = count + 1 WHERE cell = 1 AND call = 2",
		"DELETE FROM bucket WHERE call = 1",
		"UPDATE bucket SET low_ns = low_ns + 1 WHERE low_ns > 1000000",
		"UPDATE call SET min_ns = max_ns",
		"UPDATE call SET sum_ns = -1",
		"UPDATE call SET stall_count = sample_count + 1",
		"UPDATE call SET wait_sum_ns = 9223372036854775807",
		"DELETE FROM call WHERE call = 1",
		"DELETE FROM call WHERE name = '(start)'",
		"UPDATE call SET name = x'ff00' || name WHERE call = 0",
		"UPDATE cause SET cause = 77 WHERE cause = 2",
		"UPDATE cause SET waited_ns = 0",
		"UPDATE result SET run_count = 0",
		"UPDATE coordinate SET key = 'cpus' WHERE cell = 2",
		"DELETE FROM coordinate WHERE cell = 1",
		"ALTER TABLE call ADD COLUMN more TEXT",
		"DROP TABLE bucket",
		"DROP TABLE cause; CREATE VIEW cause AS SELECT 1 AS cell, 2 AS call, 3 AS cause",
	};

	(void)data;
	for (size_t i = 0; i < G_N_ELEMENTS(damages); i++) {
		g_autofree char *sql =
			g_strconcat("PRAGMA ignore_check_constraints = ON;", damages[i], NULL);

		g_test_message("%s", damages[i]);
		gs_test_store_make(fixture->path, fixture->plan, SEED, 0, 1);
		change(fixture->path, sql);
		assert_refused(fixture->path, GS_STORE_ERROR_FILE, "'*study.db' is damaged: *");
		g_assert_cmpint(g_remove(fixture->path), ==, 0);
	}
}

static void test_cut_off(Fixture *fixture, gconstpointer data)
{
	g_autofree char *contents = NULL;
	gsize length;

	(void)data;
	gs_test_store_make(fixture->path, fixture->plan, SEED, 0, 1);
	g_assert_true(g_file_get_contents(fixture->path, &contents, &length, NULL));
	g_assert_true(g_file_set_contents(fixture->path, contents, (gssize)length / 2, NULL));
	assert_refused(fixture->path, GS_STORE_ERROR_FILE, "'*study.db' is damaged: *");
}

/* SQLite has other ideas of these names. */
static void test_names(Fixture *fixture, gconstpointer data)
{
	static const char *const names[] = { ":memory:", "file:x?mode=memory" };
	g_autofree char *before = g_get_current_dir();

	(void)data;
	g_assert_cmpint(g_chdir(fixture->folder), ==, 0);
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		gs_test_store_make(names[i], fixture->plan, SEED, 0, 1);
		g_assert_true(g_file_test(names[i], G_FILE_TEST_IS_REGULAR));
	}
	g_assert_cmpint(g_chdir(before), ==, 0);
}

/* The contents of the stores merged in that order; or NULL, and @ret_error is set. */
static char *merged(const Fixture *fixture, const char *const *paths, GError **ret_error)
{
	g_autofree char *path = file_of(fixture, "merged.db");
	g_autoptr(GsStore) store = gs_store_open_draft(path, "merged", ret_error);
	char *contents = NULL;
	bool done = true;

	for (; *paths && done; paths++)
		done = gs_store_merge(store, *paths, ret_error);
	g_clear_pointer(&store, gs_store_close);
	if (done)
		contents = contents_of(path);
	g_remove(path);
	return contents;
}

static void test_merge(Fixture *fixture, gconstpointer data)
{
	g_autofree char *wanted = wanted_contents(fixture, SEED);
	g_autofree char *a = file_of(fixture, "a"), *b = file_of(fixture, "b");
	g_autofree char *c = file_of(fixture, "c"), *all = file_of(fixture, "all");
	const char *const orders[][5] = { { a, b, c }, { c, a, b }, { b, a, c, b },
					  { a, all }, { all, c }, { all } };

	(void)data;
	gs_test_store_make(a, fixture->plan, SEED, 0, 3);
	gs_test_store_make(b, fixture->plan, SEED, 1, 3);
	gs_test_store_make(c, fixture->plan, SEED, 2, 3);
	gs_test_store_make(all, fixture->plan, SEED, 0, 1);
	for (size_t i = 0; i < G_N_ELEMENTS(orders); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *found = merged(fixture, orders[i], &error);

		g_assert_no_error(error);
		g_assert_cmpstr(found, ==, wanted);
	}
}

static void assert_not_merged(const Fixture *fixture, const char *a, const char *b,
			      const char *pattern)
{
	const char *const paths[] = { a, b, NULL };
	g_autoptr(GError) error = NULL;

	g_assert_null(merged(fixture, paths, &error));
	g_assert_nonnull(error);
	if (!g_pattern_match_simple(pattern, error->message))
		g_error("'%s' is not '%s'", error->message, pattern);
}

static void test_no_merge(Fixture *fixture, gconstpointer data)
{
	g_autoptr(GsStudyPlan) other_plan = gs_test_plan("hz=100,250", RUNS);
	g_autofree char *a = file_of(fixture, "a"), *same = file_of(fixture, "same-cells");
	g_autofree char *other = file_of(fixture, "other-study");

	(void)data;
	gs_test_store_make(a, fixture->plan, SEED, 0, 1);
	gs_test_store_make(same, fixture->plan, SEED + 1, 0, 2);
	gs_test_store_make(other, other_plan, SEED, 0, 1);
	assert_not_merged(fixture, a, same,
			  "'*same-cells' cannot be merged *: it has another result*");
	assert_not_merged(fixture, a, other,
			  "'*other-study' cannot be merged *'hz=100,250', not *");
	assert_not_merged(fixture, a, "missing", "cannot read 'missing': *");
	change(same, "DELETE FROM bucket WHERE call = 0");
	assert_not_merged(fixture, a, same, "'*same-cells' is damaged: *");
}

int main(int argc, char **argv)
{
	static const struct {
		const char *path;
		void (*test)(Fixture *fixture, gconstpointer data);
	} tests[] = {
		{ "/store/round-trip", test_round_trip },
		{ "/store/tables", test_tables },
		{ "/store/samples", test_samples },
		{ "/store/continue", test_continue },
		{ "/store/model-changed", test_model_changed },
		{ "/store/other-study", test_other_study },
		{ "/store/one-writer", test_one_writer },
		{ "/store/no-store", test_no_store },
		{ "/store/newer-schema", test_newer_schema },
		{ "/store/damaged", test_damaged },
		{ "/store/cut-off", test_cut_off },
		{ "/store/names", test_names },
		{ "/store/merge", test_merge },
		{ "/store/no-merge", test_no_merge },
	};

	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
	return g_test_run();
}
