/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where the rows of logs stand among each other: by when their calls started, as
 * far as that is known.
 *
 * A thread does one call after the other. If one starts before that thread's call
 * before it, the clock was set back: what follows in that file is then taken to
 * come after what was before, and only the order knows of it.
 */
#ifndef GS_IMPORT_ORDER_H
#define GS_IMPORT_ORDER_H

#include "traces/import-row.h"
#include "traces/row-sorter.h"

typedef struct GsImportOrder GsImportOrder;

/*
 * @by_line: a call whose beginning is not in the log stands where its line does,
 * at its end, as a tracer prints it.
 */
GsImportOrder *gs_import_order_new(bool by_line);
void gs_import_order_free(GsImportOrder *order);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsImportOrder, gs_import_order_free)

/*
 * The place of @row. Rows come as the reader hands them out; @main_tid is who
 * tid 0 is in its file, 0 while that is not known.
 */
GsRowKey gs_import_order_place(GsImportOrder *order, const GsImportRow *row, int32_t main_tid);

#endif
