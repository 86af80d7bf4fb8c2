/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runs/store.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runs/store-db.h"

/* How long to wait for who reads, or puts a cell on the disk. */
#define WAIT_MS 60000
/* Who may write may do so for as long as its study takes: do not wait for that. */
#define WAIT_FOR_WRITER_MS 500

G_DEFINE_QUARK(gs-store-error-quark, gs_store_error)

/*
 * A rollback journal, not a write-ahead log, as that needs memory shared by all
 * who have the file open, which no network file system gives. EXTRA: a cell is on
 * the disk, and the journal's name off it, before the next one is begun.
 */
static const char durable[] = "PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA";
static const char draft[] = "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = FULL";

/* A file may come from a stranger: nothing in it is executed. */
static bool set_up(const GsStore *store, GError **error)
{
	sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(store->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(store->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_db_config(store->db, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL);
	sqlite3_busy_timeout(store->db, WAIT_MS);
	if (!gs_store_execute(store, "PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY",
			      error))
		return false;
	if (store->mode == GS_STORE_READ)
		return gs_store_execute(store, "PRAGMA query_only = ON", error);
	if (sqlite3_db_readonly(store->db, "main") != 1)
		return true;
	g_set_error(error, GS_STORE_ERROR, GS_STORE_ERROR_FILE,
		    "cannot write '%s': it is read-only", store->path);
	return false;
}

/*
 * Take the right to write, and keep it between the cells: readers may still come
 * in, another writer may not.
 */
static bool begin(const GsStore *store, GError **error)
{
	bool begun;

	sqlite3_busy_timeout(store->db, WAIT_FOR_WRITER_MS);
	begun = gs_store_execute(store, "BEGIN IMMEDIATE", error);
	sqlite3_busy_timeout(store->db, WAIT_MS);
	return begun;
}

bool gs_store_commit(const GsStore *store, GError **error)
{
	return gs_store_execute(store, "COMMIT", error) && begin(store, error);
}

/* Whether the file was empty, or not there. */
static bool is_new(const GsStore *store, bool *ret_new, GError **error)
{
	int64_t tables, application;

	if (!gs_store_ask(store, "SELECT count(*) FROM sqlite_schema", &tables, error) ||
	    !gs_store_ask(store, "PRAGMA application_id", &application, error))
		return false;
	*ret_new = !tables && !application;
	return true;
}

/* A journal's mode is kept in the file: what is not ours is not given ours. */
static bool set_journal(const GsStore *store, GError **error)
{
	bool fresh;

	if (!is_new(store, &fresh, error) || (!fresh && !gs_store_check_schema(store, error)))
		return false;
	return gs_store_execute(store, store->mode == GS_STORE_DRAFT ? draft : durable, error);
}

static bool enter(GsStore *store, GError **error)
{
	bool fresh = false;

	if (store->mode == GS_STORE_READ)
		return gs_store_execute(store, "BEGIN", error) &&
		       gs_store_check_schema(store, error);
	if (!set_journal(store, error) || !begin(store, error) || !is_new(store, &fresh, error))
		return false;
	/* not committed before there is a study in it */
	return fresh ? gs_store_create_schema(store, error) : gs_store_check_schema(store, error);
}

/* Why there can be no new file at @path; 0: there can. SQLite would not tell. */
static int check_folder(const char *path)
{
	g_autofree char *folder = g_path_get_dirname(path);

	return access(folder, W_OK | X_OK) ? errno : 0;
}

/* What is no file could keep us waiting, or be changed by being opened. */
static bool check_file(const char *path, GsStoreMode mode, GError **error)
{
	struct stat status;
	int errnum = 0;

	if (stat(path, &status))
		errnum = errno == ENOENT && mode != GS_STORE_READ ? check_folder(path) : errno;
	else if (S_ISDIR(status.st_mode))
		errnum = EISDIR;
	else if (!S_ISREG(status.st_mode))
		errnum = EINVAL;
	if (!errnum)
		return true;
	g_set_error(error, GS_STORE_ERROR, GS_STORE_ERROR_FILE, "cannot %s '%s': %s",
		    mode == GS_STORE_READ ? "read" : "write", path, g_strerror(errnum));
	return false;
}

char *gs_store_plain_path(const char *path)
{
	return g_strconcat(g_path_is_absolute(path) ? "" : "./", path, NULL);
}

/* @name is that of @path for messages. */
static GsStore *open_as(const char *path, const char *name, GsStoreMode mode, GError **error)
{
	/* a reader must be able to clean up after a writer that was killed */
	const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
			  (mode == GS_STORE_READ ? 0 : SQLITE_OPEN_CREATE);
	g_autofree char *plain = gs_store_plain_path(path);
	g_autoptr(GsStore) store = NULL;

	if (!check_file(path, mode, error))
		return NULL;
	store = g_new0(GsStore, 1);
	store->path = g_strdup(name);
	store->mode = mode;
	if (sqlite3_open_v2(plain, &store->db, flags, NULL) != SQLITE_OK) {
		gs_store_fail(store, error);
		return NULL;
	}
	if (!set_up(store, error) || !enter(store, error))
		return NULL;
	return g_steal_pointer(&store);
}

GsStore *gs_store_open(const char *path, GsStoreMode mode, GError **error)
{
	return open_as(path, path, mode, error);
}

GsStore *gs_store_open_draft(const char *path, const char *name, GError **error)
{
	return open_as(path, name, GS_STORE_DRAFT, error);
}

void gs_store_close(GsStore *store)
{
	sqlite3_close_v2(store->db); /* what was not committed is rolled back */
	g_free(store->path);
	g_free(store);
}
