/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A log as a VMM model: import's form that is no rows.
 */
#ifndef GS_IMPORT_MODEL_H
#define GS_IMPORT_MODEL_H

#include "traces/script-from-strace.h"

typedef struct {
	GsScriptOptions script;
	int64_t vm; /* of the series, from 0; -1: the first that is no scratch VM */
} GsImportModelOptions;

/*
 * The model of one VM of what @reader, at its beginning, reads; @source is for
 * messages and for the model's own words. Adds to @notes (char *, owned by it) what
 * of the log is not in the model. The caller frees the text.
 */
char *gs_import_model(GsTraceReader *reader, const char *source,
		      const GsImportModelOptions *options, GPtrArray *notes, GError **error);

#endif
