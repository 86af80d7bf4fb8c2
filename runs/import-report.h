/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What logs hold, without a row for each call.
 */
#ifndef GS_IMPORT_REPORT_H
#define GS_IMPORT_REPORT_H

#include "runs/import.h"
#include "runs/plain-table.h"

/*
 * The series, their calls by request, and what became of the lines. CSV has room
 * for one table: it is that of the calls.
 */
void gs_import_report_summary(const GsImport *import, GsPlainForm form, GString *out);

/* Add to @notes (of char *, owned) where the summary is less than exact. */
void gs_import_report_add_notes(const GsImport *import, GPtrArray *notes);

#endif
