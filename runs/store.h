/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A store: one SQLite file that keeps a study while it is run, and afterwards.
 *
 * It holds what was asked, every point of the plan, and the result of each cell
 * that is done. A cell is one transaction: whatever ends the program, a store
 * has every cell it was given and no part of another. Nothing of when, where and
 * by whom is in it, so the same study has the same content wherever it was run.
 * doc/STORE.md describes the tables.
 *
 * While a store is open for writing nobody else can write to it; reading is
 * possible. A file may be anything: what is no store, or damaged, is an error.
 */
#ifndef GS_STORE_H
#define GS_STORE_H

#include <glib.h>
#include <stdbool.h>

#include "runs/call-pool.h"
#include "runs/cell-result.h"
#include "runs/replay.h"
#include "runs/study-plan.h"

#define GS_STORE_ERROR gs_store_error_quark()
GQuark gs_store_error_quark(void);
typedef enum {
	GS_STORE_ERROR_FILE,  /* cannot be read or written, or is damaged */
	GS_STORE_ERROR_NONE,  /* is no store, or that of a newer version */
	GS_STORE_ERROR_BUSY,  /* someone else writes to it */
	GS_STORE_ERROR_STUDY, /* holds another study */
} GsStoreError;

typedef enum {
	GS_STORE_READ,
	GS_STORE_WRITE, /* created if it is not there */
	GS_STORE_DRAFT, /* see gs_store_open_draft() */
} GsStoreMode;

typedef struct GsStore GsStore;

GsStore *gs_store_open(const char *path, GsStoreMode mode, GError **error);

/*
 * Write to the empty file @path, which the caller renames to @name at the end, or
 * throws away if anything fails. For gs_store_merge().
 */
GsStore *gs_store_open_draft(const char *path, const char *name, GError **error);

void gs_store_close(GsStore *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsStore, gs_store_close)

/*
 * Begin a study in a new store, or continue it: if the store has another, the
 * error says what differs. @plan has all points: it is not yet cut to a shard.
 */
bool gs_store_begin_study(GsStore *store, const GsStudyInputs *inputs, const GsStudyPlan *plan,
			  bool keep_samples, GError **error);

/* What the store is of; the caller frees it. */
GsStudyInputs *gs_store_load_inputs(GsStore *store, GError **error);

/*
 * Whether the store has the result of @cell. It is an error if that is not what
 * @ready would give, because a model or a profile has changed since.
 */
bool gs_store_has_cell(GsStore *store, unsigned int cell, const GsCase *ready, bool *ret_has,
		       GError **error);

/*
 * Add a cell, for good when this returns. @samples are those of all its runs, and
 * @pool says of which calls; NULL: they are not kept.
 */
bool gs_store_put_cell(GsStore *store, const GsCellResult *result, const GsCallPool *pool,
		       const GsSample *samples, GError **error);

/* Takes @result. Returns false, with @error set, to end. */
typedef bool (*GsStoreCellFunc)(GsCellResult *result, void *user_data, GError **error);

/* Read every cell there is, in the order of the plan. @inputs are the store's own. */
bool gs_store_each_cell(GsStore *store, const GsStudyInputs *inputs, GsStoreCellFunc func,
			void *user_data, GError **error);

/* The names of the points that have no result yet, "hz=100 policy=sync": char *, up to @most. */
GPtrArray *gs_store_missing(GsStore *store, unsigned int most, unsigned int *ret_count,
			    GError **error);

/*
 * Add to @store, a draft, all that the store at @path has. An error if that is of
 * another study, or has another result of a cell that is there.
 */
bool gs_store_merge(GsStore *store, const char *path, GError **error);

#endif
