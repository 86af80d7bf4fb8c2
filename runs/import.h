/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Logs as rows, one a record, in the order in which the calls started.
 *
 * All is read before the first row is written, because a call that started first
 * may end last; what does not fit into memory meanwhile lies in temporary files.
 */
#ifndef GS_IMPORT_H
#define GS_IMPORT_H

#include "runs/import-format.h"
#include "traces/import-meaning.h"
#include "traces/import-summary.h"
#include "traces/row-sorter.h"

#include <stdio.h>

/* Of rows in memory; with it a log of any size is read in less than 32 MiB. */
#define GS_IMPORT_BUDGET_BYTES ((size_t)16 << 20)

typedef struct {
	const char *const *paths;     /* ended by NULL */
	uint32_t series;              /* this one alone, counted from 1; 0: all */
	const GsImportFormat *format; /* NULL: no rows are wanted */
	bool summarise;
	size_t budget_bytes;
} GsImportSpec;

typedef struct {
	GsImportSpec spec;
	GsTraceReader *reader;    /* owned, at its end */
	GsRowSorter *sorter;      /* owned; NULL: no rows are wanted */
	gpointer state;           /* owned: of spec.format */
	GsImportMeaning meaning;  /* of the rows so far */
	GsImportSummary *summary; /* owned; NULL: not asked for */
} GsImport;

/* Read all of @spec->paths. */
GsImport *gs_import_read(const GsImportSpec *spec, GError **error);
void gs_import_free(GsImport *import);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsImport, gs_import_free)

/*
 * Write the rows in the form asked for. Stops early if @stream fails: whoever
 * closes it must look. Fails itself only if a temporary file does.
 */
bool gs_import_write(GsImport *import, FILE *stream, GError **error);

#endif
