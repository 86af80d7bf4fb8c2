/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The result of a cell, read back. Nothing is taken for granted that gracesim would
 * not have written: a report of what is read cannot go wrong.
 */
#include <string.h>

#include "runs/store-db.h"

bool gs_store_has_cell(GsStore *store, unsigned int cell, const GsCase *ready, bool *ret_has,
		       GError **error)
{
	g_autoptr(sqlite3_stmt) found =
		gs_store_prepare(store, "SELECT digest FROM result WHERE cell = ?1", error);
	const char *digest;

	if (!found)
		return false;
	sqlite3_bind_int64(found, 1, cell);
	if (!gs_store_step(store, found, ret_has, error))
		return false;
	if (!*ret_has)
		return true;
	if (!gs_store_text(store, found, 0, &digest, error))
		return false;
	if (!strcmp(digest, ready->digest))
		return true;
	g_set_error(error, GS_STORE_ERROR, GS_STORE_ERROR_STUDY,
		    "'%s' has a result of cell %u that this command would not give: a VMM model or "
		    "a profile has changed since; begin a new file", store->path, cell);
	return false;
}

/* What reads a store, each statement for one table. */
typedef struct {
	sqlite3_stmt *results, *coordinates, *calls, *causes, *buckets;
} Reader;

static void reader_clear(Reader *reader)
{
	sqlite3_finalize(reader->results);
	sqlite3_finalize(reader->coordinates);
	sqlite3_finalize(reader->calls);
	sqlite3_finalize(reader->causes);
	sqlite3_finalize(reader->buckets);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Reader, reader_clear)

static bool reader_init(Reader *reader, const GsStore *store, GError **error)
{
	const struct {
		sqlite3_stmt **statement;
		const char *sql;
	} all[] = {
		{ &reader->results, "SELECT cell, scenario, digest, runs, run_count FROM result"
				    " ORDER BY cell" },
		{ &reader->coordinates, "SELECT position, key, value FROM coordinate"
					" WHERE cell = ?1 ORDER BY position" },
		{ &reader->calls, "SELECT call, name, occurrence, sample_count, stall_count,"
				  " min_ns, max_ns, sum_ns, wait_sum_ns FROM call"
				  " WHERE cell = ?1 ORDER BY call" },
		{ &reader->causes, "SELECT cause, waited_ns FROM cause WHERE cell = ?1"
				   " AND call = ?2 ORDER BY cause" },
		{ &reader->buckets, "SELECT low_ns, count FROM bucket WHERE cell = ?1 AND call = ?2"
				    " ORDER BY low_ns" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
		*all[i].statement = gs_store_prepare(store, all[i].sql, error);
		if (!*all[i].statement)
			return false;
	}
	return true;
}

/* Set the parameters "cell" and "call" of @statement, and forget its last rows. */
static void select_rows(sqlite3_stmt *statement, int64_t cell, int64_t call)
{
	sqlite3_reset(statement);
	sqlite3_bind_int64(statement, 1, cell);
	if (sqlite3_bind_parameter_count(statement) > 1)
		sqlite3_bind_int64(statement, 2, call);
}

static bool read_values(const GsStore *store, sqlite3_stmt *rows, const GsStudyInputs *inputs,
			GsCellResult *result, GError **error)
{
	const unsigned int count = g_strv_length(inputs->keys);
	unsigned int i = 0;
	bool row;

	select_rows(rows, result->index, 0);
	result->values = g_new0(char *, count + 1);
	while (gs_store_step(store, rows, &row, error)) {
		const char *key, *value;
		int64_t position;

		if (!row && i == count)
			return true;
		if (!row || i == count)
			return gs_store_damaged(store, error, "cell %u has no place on each axis",
						result->index);
		if (!gs_store_number(store, rows, 0, &position, error) ||
		    !gs_store_text(store, rows, 1, &key, error) ||
		    !gs_store_text(store, rows, 2, &value, error))
			return false;
		if (position != i || strcmp(key, inputs->keys[i]))
			return gs_store_damaged(store, error, "cell %u has other axes than cell 0",
						result->index);
		result->values[i++] = g_strdup(value);
	}
	return false;
}

static bool read_causes(const GsStore *store, sqlite3_stmt *rows, GsTallyCall *call, GError **error)
{
	int64_t last = GS_STORE_OWN_CAUSE - 1, waited_sum_ns = 0;
	bool row;

	while (gs_store_step(store, rows, &row, error)) {
		const int64_t cause = sqlite3_column_int64(rows, 0);
		int64_t waited_ns;

		if (!row)
			return true;
		if (!gs_store_number(store, rows, 1, &waited_ns, error))
			return false;
		if (cause <= last || cause > INT32_MAX || !waited_ns ||
		    waited_ns > GS_STORE_NUMBER_MAX - waited_sum_ns)
			return gs_store_damaged(store, error, "a cause of %s is none", call->name);
		last = cause;
		waited_sum_ns += waited_ns;
		gs_tally_call_add_cause(
			call, cause == GS_STORE_OWN_CAUSE ? GS_CAUSE_OWN : (int32_t)cause,
			waited_ns);
	}
	return false;
}

static bool read_buckets(const GsStore *store, sqlite3_stmt *rows, GsTallyCall *call,
			 GError **error)
{
	int64_t last_ns = -1;
	bool row;

	while (gs_store_step(store, rows, &row, error)) {
		int64_t low_ns, count;

		if (!row)
			return true;
		if (!gs_store_number(store, rows, 0, &low_ns, error) ||
		    !gs_store_number(store, rows, 1, &count, error))
			return false;
		/* in order, so that a damaged tree cannot lead us in a circle */
		if (low_ns <= last_ns ||
		    count > GS_STORE_NUMBER_MAX - (int64_t)call->latency.count ||
		    !gs_histogram_add_count(&call->latency, low_ns, (uint64_t)count))
			return gs_store_damaged(store, error, "a bucket of %s is none", call->name);
		last_ns = low_ns;
	}
	return false;
}

/* The sums of a call must be those of its histogram, as far as it tells. */
static bool read_sums(const GsStore *store, sqlite3_stmt *rows, GsTallyCall *call, GError **error)
{
	const int64_t sum_ns = sqlite3_column_int64(rows, 7); /* which may be INT64_MAX */
	int64_t sample_count, stall_count, min_ns, max_ns, wait_sum_ns;

	if (!gs_store_number(store, rows, 3, &sample_count, error) ||
	    !gs_store_number(store, rows, 4, &stall_count, error) ||
	    !gs_store_number(store, rows, 5, &min_ns, error) ||
	    !gs_store_number(store, rows, 6, &max_ns, error) ||
	    !gs_store_number(store, rows, 8, &wait_sum_ns, error))
		return false;
	if (call->latency.count != (uint64_t)sample_count || stall_count > sample_count ||
	    (sample_count &&
	     !gs_histogram_set_exact(&call->latency, min_ns, max_ns, sum_ns)))
		return gs_store_damaged(store, error, "the histogram of %s is of other samples",
					call->name);
	call->stall_count = (uint64_t)stall_count;
	call->wait_sum_ns = wait_sum_ns;
	return true;
}

static bool read_call(const GsStore *store, const Reader *reader, GsCellResult *result,
		      GError **error)
{
	const unsigned int n = result->tally->calls->len;
	int64_t number, occurrence;
	GsTallyCall *call;
	const char *name;

	if (!gs_store_number(store, reader->calls, 0, &number, error) ||
	    !gs_store_text(store, reader->calls, 1, &name, error) ||
	    !gs_store_number(store, reader->calls, 2, &occurrence, error))
		return false;
	if (number != n || occurrence > UINT32_MAX)
		return gs_store_damaged(store, error, "the calls of cell %u are not in order",
					result->index);
	call = gs_tally_add_call(result->tally, name, (uint32_t)occurrence);
	select_rows(reader->buckets, result->index, n);
	select_rows(reader->causes, result->index, n);
	return read_buckets(store, reader->buckets, call, error) &&
	       read_causes(store, reader->causes, call, error) &&
	       read_sums(store, reader->calls, call, error);
}

/* What reports take for granted: the two rows behind the calls, and causes that are calls. */
static bool check_tally(const GsStore *store, const GsCellResult *result, GError **error)
{
	const GsTally *tally = result->tally;
	const unsigned int last = tally->calls->len - 1;

	if (tally->calls->len < 2 || strcmp(gs_tally_call(tally, last - 1)->name, GS_TALLY_WAITS) ||
	    strcmp(gs_tally_call(tally, last)->name, GS_TALLY_START))
		return gs_store_damaged(store, error, "cell %u lacks the sums of its VMs",
					result->index);
	for (unsigned int n = 0; n <= last; n++) {
		const GArray *causes = gs_tally_call(tally, n)->causes;

		for (unsigned int i = 0; i < causes->len; i++)
			if (g_array_index(causes, GsTallyCause, i).cause >= (int32_t)last - 1)
				return gs_store_damaged(store, error, "a cause of %s is none",
							gs_tally_call(tally, n)->name);
	}
	return true;
}

static bool read_calls(const GsStore *store, const Reader *reader, GsCellResult *result,
		       GError **error)
{
	bool row;

	select_rows(reader->calls, result->index, 0);
	while (gs_store_step(store, reader->calls, &row, error)) {
		if (!row)
			return check_tally(store, result, error);
		if (!read_call(store, reader, result, error))
			break;
	}
	return false;
}

static GsCellResult *read_cell(const GsStore *store, const Reader *reader,
			       const GsStudyInputs *inputs, int64_t least, GError **error)
{
	g_autoptr(GsCellResult) result = g_new0(GsCellResult, 1);
	int64_t cell, runs, run_count;
	const char *scenario, *digest;

	result->tally = gs_tally_new_empty();
	if (!gs_store_number(store, reader->results, 0, &cell, error) ||
	    !gs_store_text(store, reader->results, 1, &scenario, error) ||
	    !gs_store_text(store, reader->results, 2, &digest, error) ||
	    !gs_store_number(store, reader->results, 3, &runs, error) ||
	    !gs_store_number(store, reader->results, 4, &run_count, error))
		return NULL;
	if (cell < least || cell >= inputs->point_count || !run_count || run_count > runs ||
	    runs > GS_SCENARIO_RUNS_MAX) {
		gs_store_damaged(store, error, "cell %" G_GINT64_FORMAT " is none of the study",
				 cell);
		return NULL;
	}
	result->index = (unsigned int)cell;
	result->scenario = g_strdup(scenario);
	result->digest = g_strdup(digest);
	result->runs = (unsigned int)runs;
	result->tally->run_count = (uint64_t)run_count;
	if (!read_values(store, reader->coordinates, inputs, result, error) ||
	    !read_calls(store, reader, result, error))
		return NULL;
	return g_steal_pointer(&result);
}

bool gs_store_each_cell(GsStore *store, const GsStudyInputs *inputs, GsStoreCellFunc func,
			void *user_data, GError **error)
{
	g_auto(Reader) reader = { 0 };
	int64_t least = 0;
	bool row;

	if (!reader_init(&reader, store, error))
		return false;
	while (gs_store_step(store, reader.results, &row, error)) {
		GsCellResult *result;

		if (!row)
			return true;
		result = read_cell(store, &reader, inputs, least, error);
		if (!result)
			return false;
		least = (int64_t)result->index + 1;
		if (!func(result, user_data, error))
			return false;
	}
	return false;
}
