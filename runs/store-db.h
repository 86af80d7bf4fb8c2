/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SQLite for the files of the store, which alone include this: statements, and
 * errors that name the file. What returns false has set its error.
 */
#ifndef GS_STORE_DB_H
#define GS_STORE_DB_H

#include <sqlite3.h>

#include "runs/store.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(sqlite3_stmt, sqlite3_finalize)

/* Numbers from a file are below this, so that two of them can be added. */
#define GS_STORE_NUMBER_MAX (INT64_MAX / 2)

/* In the file, what GS_CAUSE_OWN is in memory. */
#define GS_STORE_OWN_CAUSE (-1)

struct GsStore {
	sqlite3 *db;      /* owned */
	char *path;       /* owned: as the user knows it, for messages */
	GsStoreMode mode;
};

/* Set @error to what SQLite complained of last; always false. */
bool gs_store_fail(const GsStore *store, GError **error);

/* Set @error to "'PATH' is damaged: ..."; always false. Takes printf arguments. */
bool gs_store_damaged(const GsStore *store, GError **error, const char *format, ...)
	G_GNUC_PRINTF(3, 4);

/* Execute @sql, which gives no rows. */
bool gs_store_execute(const GsStore *store, const char *sql, GError **error);

/* NULL on failure. */
sqlite3_stmt *gs_store_prepare(const GsStore *store, const char *sql, GError **error);

/* Go to the next row; @ret_row tells whether there is one. Without one @statement is reset. */
bool gs_store_step(const GsStore *store, sqlite3_stmt *statement, bool *ret_row, GError **error);

/* Bind @numbers to the first @count parameters of @statement, and execute it. */
bool gs_store_put(const GsStore *store, sqlite3_stmt *statement, const int64_t *numbers, int count,
		  GError **error);

/* Bind @text, which outlives the execution, to a parameter that gs_store_put() leaves alone. */
void gs_store_bind_text(sqlite3_stmt *statement, int parameter, const char *text);

/* A column of the row at hand: a number from 0 to GS_STORE_NUMBER_MAX; a text, borrowed. */
bool gs_store_number(const GsStore *store, sqlite3_stmt *statement, int column,
		     int64_t *ret_number, GError **error);
bool gs_store_text(const GsStore *store, sqlite3_stmt *statement, int column,
		   const char **ret_text, GError **error);

/* The one number that @sql asks for; of no row 0. */
bool gs_store_ask(const GsStore *store, const char *sql, int64_t *ret_number, GError **error);

/* @path as SQLite takes it, for which ":memory:" and "file:" are no files; to be freed. */
char *gs_store_plain_path(const char *path);

/* In what the study of a store differs from @ours, for a message, to be freed; NULL: in nothing. */
char *gs_store_difference(const GsStudyInputs *theirs, const GsStudyInputs *ours);

/* Make the tables in an empty file; check that those of another are ours. */
bool gs_store_create_schema(const GsStore *store, GError **error);
bool gs_store_check_schema(const GsStore *store, GError **error);

/* The tables of the plan, and of results, that with a row for each cell first; NULL-terminated. */
extern const char *const gs_store_plan_tables[];
extern const char *const gs_store_result_tables[];

/* Make what was written permanent, and go on writing. */
bool gs_store_commit(const GsStore *store, GError **error);

#endif
