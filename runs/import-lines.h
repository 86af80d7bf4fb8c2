/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What became of the lines of the logs: used, another program's, not understood.
 */
#ifndef GS_IMPORT_LINES_H
#define GS_IMPORT_LINES_H

#include "runs/plain-table.h"
#include "traces/trace-reader.h"

/* Of @reader, at its end: a row for each file and, if there are several, one for all. */
void gs_import_lines_report(const GsTraceReader *reader, GsPlainForm form, GString *out);

/* Where the first line stands that is in no row; NULL: there is none. The caller frees it. */
char *gs_import_lines_missing(const GsTraceReader *reader);

#endif
