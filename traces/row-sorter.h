/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Puts rows in order with bounded memory: what does not fit waits, sorted, in
 * temporary files without a name, and is merged at the end.
 */
#ifndef GS_ROW_SORTER_H
#define GS_ROW_SORTER_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Rows are ordered by these, the first that differs; equal ones as they were added. */
typedef struct {
	uint32_t series;
	uint32_t clock; /* rows of one share a time */
	int64_t time_ns;
	uint32_t file;
	uint64_t line;
} GsRowKey;

typedef struct GsRowSorter GsRowSorter;

/* Keep up to @budget_bytes of rows in memory. Temporary files go to @folder. */
GsRowSorter *gs_row_sorter_new(const char *folder, size_t budget_bytes);
void gs_row_sorter_free(GsRowSorter *sorter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsRowSorter, gs_row_sorter_free)

/* Fails, with a G_FILE_ERROR, only if a temporary file does. */
bool gs_row_sorter_add(GsRowSorter *sorter, const GsRowKey *key, const void *row, size_t size,
		       GError **error);

/*
 * The next row in order, valid until the next call; false at the end and, with
 * @error set, if a temporary file fails. No row can be added any more.
 */
bool gs_row_sorter_next(GsRowSorter *sorter, const void **row, size_t *size, GError **error);

/* How often rows were written out. */
unsigned int gs_row_sorter_spill_count(const GsRowSorter *sorter);

#endif
