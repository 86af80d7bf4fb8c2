/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A small table, filled cell by cell, and its three forms: aligned for people,
 * CSV, and a JSON object a row.
 */
#ifndef GS_PLAIN_TABLE_H
#define GS_PLAIN_TABLE_H

#include <glib.h>
#include <stdint.h>

typedef enum {
	GS_CELL_TEXT,   /* "" is nothing */
	GS_CELL_NUMBER, /* below 0 is nothing */
	GS_CELL_TIME,   /* nanoseconds, for people seconds; below 0 is nothing */
} GsCellKind;

typedef struct {
	const char *heading; /* for people */
	const char *name;    /* for programs */
	GsCellKind kind;
} GsColumn;

typedef struct GsPlainTable GsPlainTable;

/* @columns is borrowed. */
GsPlainTable *gs_plain_table_new(const GsColumn *columns, unsigned int column_count);
void gs_plain_table_free(GsPlainTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsPlainTable, gs_plain_table_free)

/* The next cell; a row begins behind the last column. */
void gs_plain_table_add_text(GsPlainTable *table, const char *text);
void gs_plain_table_add_number(GsPlainTable *table, int64_t number);

typedef enum {
	GS_PLAIN_TABLE, /* aligned; columns without anything in them are left out */
	GS_PLAIN_CSV,
	GS_PLAIN_JSONL,
} GsPlainForm;

/* @type is what JSON objects say they are. */
void gs_plain_table_append(const GsPlainTable *table, GsPlainForm form, const char *type,
			   GString *out);

#endif
