/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The tables of a store. SQLite keeps their text with its comments, so that a file
 * explains itself; and a file whose tables have another text is not ours. A change
 * here needs a new SCHEMA_VERSION.
 */
#include <string.h>

#include "runs/store-db.h"

#define APPLICATION_ID 0x67726163 /* "grac" */
#define SCHEMA_VERSION 1

static const struct {
	const char *name, *sql;
} tables[] = {
	{ "study",
	  "CREATE TABLE study ( -- what was asked; one row\n"
	  "  id INTEGER PRIMARY KEY CHECK (id = 1),\n"
	  "  version TEXT NOT NULL,                 -- of gracesim\n"
	  "  title TEXT,\n"
	  "  scenario TEXT NOT NULL,                -- what the axes vary\n"
	  "  point_count INTEGER NOT NULL CHECK (point_count > 0),\n"
	  "  precision_ppm INTEGER NOT NULL CHECK (precision_ppm >= 0), -- 0: all runs are done\n"
	  "  keeps_samples INTEGER NOT NULL CHECK (keeps_samples IN (0, 1))\n"
	  ") STRICT" },
	{ "axis",
	  "CREATE TABLE axis ( -- as gracesim sweep takes them\n"
	  "  axis INTEGER PRIMARY KEY CHECK (axis >= 0),\n"
	  "  is_constraint INTEGER NOT NULL CHECK (is_constraint IN (0, 1)),\n"
	  "  text TEXT NOT NULL                     -- hz=100,250 or vcpus<=cpus\n"
	  ") STRICT" },
	{ "coordinate",
	  "CREATE TABLE coordinate ( -- where each cell lies, done or not\n"
	  "  cell INTEGER NOT NULL CHECK (cell >= 0),\n"
	  "  position INTEGER NOT NULL CHECK (position >= 0), -- of the key among those varied\n"
	  "  key TEXT NOT NULL,\n"
	  "  value TEXT NOT NULL,\n"
	  "  PRIMARY KEY (cell, position)\n"
	  ") STRICT, WITHOUT ROWID" },
	{ "result",
	  "CREATE TABLE result ( -- a row for each cell that is done\n"
	  "  cell INTEGER PRIMARY KEY CHECK (cell >= 0),\n"
	  "  scenario TEXT NOT NULL,                -- gracesim run takes it\n"
	  "  digest TEXT NOT NULL,                  -- SHA-256 of all its inputs\n"
	  "  runs INTEGER NOT NULL CHECK (runs > 0), -- that it asks for\n"
	  "  run_count INTEGER NOT NULL CHECK (run_count BETWEEN 1 AND runs) -- precision reached\n"
	  ") STRICT" },
	{ "call",
	  "CREATE TABLE call ( -- what the n-th call of a name took, over all runs and VMs\n"
	  "  cell INTEGER NOT NULL REFERENCES result,\n"
	  "  call INTEGER NOT NULL CHECK (call >= 0),\n"
	  "  name TEXT NOT NULL,                               -- or (waits), (start): of a VM\n"
	  "  occurrence INTEGER NOT NULL CHECK (occurrence >= 0),\n"
	  "  sample_count INTEGER NOT NULL CHECK (sample_count >= 0),\n"
	  "  stall_count INTEGER NOT NULL CHECK (stall_count BETWEEN 0 AND sample_count),\n"
	  "  min_ns INTEGER NOT NULL CHECK (min_ns >= 0),\n"
	  "  max_ns INTEGER NOT NULL CHECK (max_ns >= min_ns),\n"
	  "  sum_ns INTEGER NOT NULL CHECK (sum_ns >= max_ns),\n"
	  "  wait_sum_ns INTEGER NOT NULL CHECK (wait_sum_ns >= 0),\n"
	  "  PRIMARY KEY (cell, call)\n"
	  ") STRICT, WITHOUT ROWID" },
	{ "cause",
	  "CREATE TABLE cause ( -- what a call waited for\n"
	  "  cell INTEGER NOT NULL,\n"
	  "  call INTEGER NOT NULL,\n"
	  "  cause INTEGER NOT NULL CHECK (cause >= -1),       -- a call; -1: its own doing\n"
	  "  waited_ns INTEGER NOT NULL CHECK (waited_ns > 0),\n"
	  "  PRIMARY KEY (cell, call, cause),\n"
	  "  FOREIGN KEY (cell, call) REFERENCES call\n"
	  ") STRICT, WITHOUT ROWID" },
	{ "bucket",
	  "CREATE TABLE bucket ( -- the histogram of a call\n"
	  "  cell INTEGER NOT NULL,\n"
	  "  call INTEGER NOT NULL,\n"
	  "  low_ns INTEGER NOT NULL CHECK (low_ns >= 0),\n"
	  "  high_ns INTEGER NOT NULL CHECK (high_ns >= low_ns), -- the greatest value in it\n"
	  "  count INTEGER NOT NULL CHECK (count > 0),\n"
	  "  PRIMARY KEY (cell, call, low_ns),\n"
	  "  FOREIGN KEY (cell, call) REFERENCES call\n"
	  ") STRICT, WITHOUT ROWID" },
	{ "sample",
	  "CREATE TABLE sample ( -- each simulated call, if they are kept\n"
	  "  cell INTEGER NOT NULL,\n"
	  "  run INTEGER NOT NULL CHECK (run >= 0),\n"
	  "  vm INTEGER NOT NULL CHECK (vm >= 0),\n"
	  "  call INTEGER NOT NULL,\n"
	  "  start_ns INTEGER NOT NULL CHECK (start_ns >= 0),\n"
	  "  latency_ns INTEGER NOT NULL CHECK (latency_ns >= 0),\n"
	  "  wait_ns INTEGER NOT NULL CHECK (wait_ns BETWEEN 0 AND latency_ns),\n"
	  "  PRIMARY KEY (cell, run, vm, call),\n"
	  "  FOREIGN KEY (cell, call) REFERENCES call\n"
	  ") STRICT, WITHOUT ROWID" },
	{ "overview",
	  "CREATE VIEW overview AS -- for people; quantiles are to be had from bucket\n"
	  "  SELECT cell, (SELECT group_concat(key || '=' || value, ' ') FROM coordinate\n"
	  "    WHERE coordinate.cell = call.cell) AS point,\n"
	  "    name, occurrence, sample_count, stall_count, min_ns,\n"
	  "    sum_ns / max(sample_count, 1) AS mean_ns, max_ns\n"
	  "  FROM call" },
};

const char *const gs_store_plan_tables[] = { "study", "axis", "coordinate", NULL };
const char *const gs_store_result_tables[] = { "result", "call",   "cause",
					       "bucket", "sample", NULL };

bool gs_store_create_schema(const GsStore *store, GError **error)
{
	g_autofree char *stamp = g_strdup_printf("PRAGMA application_id = %d;"
						 "PRAGMA user_version = %d",
						 APPLICATION_ID, SCHEMA_VERSION);

	for (size_t i = 0; i < G_N_ELEMENTS(tables); i++)
		if (!gs_store_execute(store, tables[i].sql, error))
			return false;
	return gs_store_execute(store, stamp, error);
}

static bool check_stamp(const GsStore *store, GError **error)
{
	int64_t application, version;

	if (!gs_store_ask(store, "PRAGMA application_id", &application, error) ||
	    !gs_store_ask(store, "PRAGMA user_version", &version, error))
		return false;
	if (application != APPLICATION_ID) {
		g_set_error(error, GS_STORE_ERROR, GS_STORE_ERROR_NONE, "'%s' is no result store",
			    store->path);
		return false;
	}
	if (version != SCHEMA_VERSION) {
		g_set_error(error, GS_STORE_ERROR, GS_STORE_ERROR_NONE,
			    "'%s' was written by a newer version of gracesim", store->path);
		return false;
	}
	return true;
}

bool gs_store_check_schema(const GsStore *store, GError **error)
{
	g_autoptr(sqlite3_stmt) found = NULL;
	bool row = false;

	if (!check_stamp(store, error))
		return false;
	found = gs_store_prepare(store, "SELECT sql FROM sqlite_schema WHERE name = ?1", error);
	if (!found)
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(tables); i++) {
		gs_store_bind_text(found, 1, tables[i].name);
		if (!gs_store_step(store, found, &row, error))
			return false;
		if (!row || g_strcmp0((const char *)sqlite3_column_text(found, 0), tables[i].sql))
			return gs_store_damaged(store, error, "table %s is not as it was made",
						tables[i].name);
		sqlite3_reset(found);
	}
	return true;
}
