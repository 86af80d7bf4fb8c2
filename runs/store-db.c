/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runs/store-db.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

static void set_error(const GsStore *store, GError **error, GsStoreError code, const char *verdict)
{
	g_set_error(error, GS_STORE_ERROR, code, "'%s' %s", store->path, verdict);
}

/* What the system said, if it was the system: of the last failure, or of the file's last one. */
static int system_errno(const GsStore *store)
{
	int errnum = sqlite3_system_errno(store->db);

	if (!errnum)
		sqlite3_file_control(store->db, "main", SQLITE_FCNTL_LAST_ERRNO, &errnum);
	return errnum;
}

static void set_system_error(const GsStore *store, GError **error, int errnum)
{
	g_set_error(error, GS_STORE_ERROR, GS_STORE_ERROR_FILE, "cannot %s '%s': %s",
		    store->mode == GS_STORE_READ ? "read" : "write", store->path,
		    errnum ? g_strerror(errnum) : sqlite3_errmsg(store->db));
}

bool gs_store_fail(const GsStore *store, GError **error)
{
	const int extended = sqlite3_extended_errcode(store->db);

	switch (extended & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		set_error(store, error, GS_STORE_ERROR_BUSY, "is in use by another process");
		break;
	case SQLITE_NOTADB:
		set_error(store, error, GS_STORE_ERROR_NONE, "is no result store");
		break;
	case SQLITE_CORRUPT:
		gs_store_damaged(store, error, "%s", sqlite3_errmsg(store->db));
		break;
	case SQLITE_FULL:
		set_system_error(store, error, ENOSPC);
		break;
	case SQLITE_READONLY:
		if (extended == SQLITE_READONLY_ROLLBACK || extended == SQLITE_READONLY_RECOVERY)
			set_error(store, error, GS_STORE_ERROR_FILE,
				  "was being written when its writer was ended, and can be mended "
				  "only where it may be written");
		else
			set_system_error(store, error, EACCES);
		break;
	default:
		set_system_error(store, error, system_errno(store));
		break;
	}
	return false;
}

bool gs_store_damaged(const GsStore *store, GError **error, const char *format, ...)
{
	g_autofree char *what = NULL;
	va_list arguments;

	va_start(arguments, format);
	what = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	g_set_error(error, GS_STORE_ERROR, GS_STORE_ERROR_FILE, "'%s' is damaged: %s", store->path,
		    what);
	return false;
}

bool gs_store_execute(const GsStore *store, const char *sql, GError **error)
{
	return sqlite3_exec(store->db, sql, NULL, NULL, NULL) == SQLITE_OK ||
	       gs_store_fail(store, error);
}

sqlite3_stmt *gs_store_prepare(const GsStore *store, const char *sql, GError **error)
{
	sqlite3_stmt *statement = NULL;

	if (sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL) != SQLITE_OK)
		gs_store_fail(store, error);
	return statement;
}

bool gs_store_step(const GsStore *store, sqlite3_stmt *statement, bool *ret_row, GError **error)
{
	const int status = sqlite3_step(statement);

	*ret_row = status == SQLITE_ROW;
	if (status == SQLITE_ROW)
		return true;
	if (status != SQLITE_DONE)
		gs_store_fail(store, error); /* before the reset forgets the reason */
	sqlite3_reset(statement);
	return status == SQLITE_DONE;
}

bool gs_store_put(const GsStore *store, sqlite3_stmt *statement, const int64_t *numbers, int count,
		  GError **error)
{
	bool row;

	for (int i = 0; i < count; i++)
		sqlite3_bind_int64(statement, i + 1, numbers[i]);
	return gs_store_step(store, statement, &row, error);
}

void gs_store_bind_text(sqlite3_stmt *statement, int parameter, const char *text)
{
	sqlite3_bind_text(statement, parameter, text, -1, SQLITE_STATIC);
}

bool gs_store_number(const GsStore *store, sqlite3_stmt *statement, int column,
		     int64_t *ret_number, GError **error)
{
	const int64_t number = sqlite3_column_int64(statement, column);

	*ret_number = number;
	if (sqlite3_column_type(statement, column) == SQLITE_INTEGER && number >= 0 &&
	    number <= GS_STORE_NUMBER_MAX)
		return true;
	return gs_store_damaged(store, error, "%s is no count or duration",
				sqlite3_column_name(statement, column));
}

bool gs_store_text(const GsStore *store, sqlite3_stmt *statement, int column,
		   const char **ret_text, GError **error)
{
	const char *text = (const char *)sqlite3_column_text(statement, column);
	const int length = sqlite3_column_bytes(statement, column);

	*ret_text = text;
	if (text && g_utf8_validate(text, length, NULL)) /* which wants no NUL in it either */
		return true;
	return gs_store_damaged(store, error, "%s is no text",
				sqlite3_column_name(statement, column));
}

bool gs_store_ask(const GsStore *store, const char *sql, int64_t *ret_number, GError **error)
{
	g_autoptr(sqlite3_stmt) statement = gs_store_prepare(store, sql, error);
	bool row;

	*ret_number = 0;
	if (!statement || !gs_store_step(store, statement, &row, error))
		return false;
	if (row)
		*ret_number = sqlite3_column_int64(statement, 0);
	return true;
}
