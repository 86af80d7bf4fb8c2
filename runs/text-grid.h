/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A grid of short texts for a terminal or a mail: labels down, headings across.
 *
 * A cell is a figure and, behind " (", more about it: figures end below each
 * other, so that their units stand out.
 */
#ifndef GS_TEXT_GRID_H
#define GS_TEXT_GRID_H

#include <glib.h>
#include <stdbool.h>

/* Lines are no longer where that can be had. */
#define GS_TEXT_GRID_WIDTH 100

typedef struct {
	GPtrArray *headings; /* owned: char *, of the columns */
	GPtrArray *labels;   /* owned: char *, of the rows */
	GPtrArray *texts;    /* owned: char *, [row * columns + column] */
} GsTextGrid;

GsTextGrid *gs_text_grid_new(void);
void gs_text_grid_free(GsTextGrid *grid);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsTextGrid, gs_text_grid_free)

/* These take the text. Headings come first; a row is its label, then a text for each heading. */
void gs_text_grid_add_heading(GsTextGrid *grid, char *heading);
void gs_text_grid_add_label(GsTextGrid *grid, char *label);
void gs_text_grid_add_text(GsTextGrid *grid, char *text);

/* Whether its lines, with narrow gaps if need be, are no longer than GS_TEXT_GRID_WIDTH. */
bool gs_text_grid_fits(const GsTextGrid *grid);

/* Aligned by columns, with narrow gaps if it does not fit with wide ones. */
void gs_text_grid_append_plain(const GsTextGrid *grid, GString *out);

/* As a Markdown table; @corner heads the labels. */
void gs_text_grid_append_markdown(const GsTextGrid *grid, const char *corner, GString *out);

#endif
