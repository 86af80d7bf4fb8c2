/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The result of a cell, written. */
#include "runs/store-db.h"

static bool put_result(const GsStore *store, const GsCellResult *result, GError **error)
{
	g_autoptr(sqlite3_stmt) add = gs_store_prepare(
		store, "INSERT INTO result VALUES (?1, ?4, ?5, ?2, ?3)", error);
	const int64_t numbers[] = { result->index, result->runs,
				    (int64_t)result->tally->run_count };

	if (!add)
		return false;
	gs_store_bind_text(add, 4, result->scenario);
	gs_store_bind_text(add, 5, result->digest);
	return gs_store_put(store, add, numbers, G_N_ELEMENTS(numbers), error);
}

static bool put_calls(const GsStore *store, const GsCellResult *result, GError **error)
{
	g_autoptr(sqlite3_stmt) add = gs_store_prepare(
		store, "INSERT INTO call VALUES (?1, ?2, ?10, ?3, ?4, ?5, ?6, ?7, ?8, ?9)", error);

	for (unsigned int n = 0; add && n < result->tally->calls->len; n++) {
		const GsTallyCall *call = gs_tally_call(result->tally, n);
		const GsHistogram *latency = &call->latency;
		const int64_t numbers[] = {
			result->index,
			n,
			call->occurrence,
			(int64_t)latency->count,
			(int64_t)call->stall_count,
			latency->count ? latency->min_ns : 0,
			latency->max_ns,
			latency->sum_ns,
			call->wait_sum_ns,
		};

		gs_store_bind_text(add, 10, call->name);
		if (!gs_store_put(store, add, numbers, G_N_ELEMENTS(numbers), error))
			return false;
	}
	return add != NULL;
}

static bool put_causes(const GsStore *store, const GsCellResult *result, GError **error)
{
	g_autoptr(sqlite3_stmt) add =
		gs_store_prepare(store, "INSERT INTO cause VALUES (?1, ?2, ?3, ?4)", error);

	for (unsigned int n = 0; add && n < result->tally->calls->len; n++) {
		const GArray *causes = gs_tally_call(result->tally, n)->causes;

		for (unsigned int i = 0; i < causes->len; i++) {
			const GsTallyCause *cause = &g_array_index(causes, GsTallyCause, i);
			const int64_t numbers[] = {
				result->index, n,
				cause->cause == GS_CAUSE_OWN ? GS_STORE_OWN_CAUSE : cause->cause,
				cause->waited_ns
			};

			if (!gs_store_put(store, add, numbers, G_N_ELEMENTS(numbers), error))
				return false;
		}
	}
	return add != NULL;
}

static bool put_buckets(const GsStore *store, const GsCellResult *result, GError **error)
{
	g_autoptr(sqlite3_stmt) add =
		gs_store_prepare(store, "INSERT INTO bucket VALUES (?1, ?2, ?3, ?4, ?5)", error);

	for (unsigned int n = 0; add && n < result->tally->calls->len; n++) {
		GsHistogramBucket bucket = { 0 };

		while (gs_histogram_next(&gs_tally_call(result->tally, n)->latency, &bucket)) {
			const int64_t numbers[] = { result->index, n, bucket.low_ns,
						    bucket.last_ns, (int64_t)bucket.count };

			if (!gs_store_put(store, add, numbers, G_N_ELEMENTS(numbers), error))
				return false;
		}
	}
	return add != NULL;
}

static bool put_samples(const GsStore *store, const GsCellResult *result, const GsCallPool *pool,
			const GsSample *samples, GError **error)
{
	g_autoptr(sqlite3_stmt) add = gs_store_prepare(
		store, "INSERT INTO sample VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)", error);

	if (!add)
		return false;
	for (uint64_t run = 0; run < result->tally->run_count; run++)
		for (uint32_t i = 0; i < pool->entry_count; i++) {
			const GsSample *sample = samples++;
			const int64_t numbers[] = {
				result->index,        (int64_t)run,     pool->entries[i].vm,
				pool->entries[i].pool, sample->start_ns, sample->latency_ns,
				sample->wait_ns
			};

			if (!gs_store_put(store, add, numbers, G_N_ELEMENTS(numbers), error))
				return false;
		}
	return true;
}

bool gs_store_put_cell(GsStore *store, const GsCellResult *result, const GsCallPool *pool,
		       const GsSample *samples, GError **error)
{
	return put_result(store, result, error) && put_calls(store, result, error) &&
	       put_causes(store, result, error) && put_buckets(store, result, error) &&
	       (!samples || put_samples(store, result, pool, samples, error)) &&
	       gs_store_commit(store, error);
}
