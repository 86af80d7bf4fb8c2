/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The forms in which rows are written. To add one: write runs/import-NAME.c,
 * declare it below and add it to the option --format.
 */
#ifndef GS_IMPORT_FORMAT_H
#define GS_IMPORT_FORMAT_H

#include "traces/import-row.h"
#include "traces/trace-reader.h"

typedef struct {
	/* Whatever the format remembers. @reader, borrowed, tells of files and series. */
	gpointer (*open)(const GsTraceReader *reader);
	/*
	 * Each row is looked at before all are in order and the first is written: to
	 * measure, or to refuse it. Rows of one @clock share a time. NULL: no need.
	 */
	bool (*look)(gpointer state, const GsImportRow *row, uint32_t clock, GError **error);
	void (*begin)(gpointer state, GString *out); /* all have been looked at; NULL: no need */
	void (*row)(gpointer state, const GsImportRow *row, GString *out);
	void (*end)(gpointer state, GString *out); /* NULL: no need */
	void (*close)(gpointer state);
	/* Calls whose beginning is not in the log stand where they end. */
	bool by_line;
} GsImportFormat;

extern const GsImportFormat gs_import_table, gs_import_csv, gs_import_jsonl, gs_import_strace;

#define GS_IMPORT_ERROR gs_import_error_quark()
GQuark gs_import_error_quark(void);
typedef enum {
	GS_IMPORT_ERROR_CLOCKS, /* times that have nothing in common, as one text */
	GS_IMPORT_ERROR_VM,     /* there is no such VM */
} GsImportError;

#endif
