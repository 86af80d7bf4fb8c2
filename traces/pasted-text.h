/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The lines of a log as its tracer wrote them, even if the log comes in a mail:
 * quote marks, transfer encodings, HTML entities and indentation are undone, a
 * mail that an archive stored as one line is split at its records. A plain log
 * passes through as it is, at no cost to speak of.
 *
 * The mail's own lines (headers, boundaries, a part that says in HTML what the
 * one before said in plain text) are not handed out, only counted. Records that
 * a mailer wrapped come out in the pieces it made: joining is the reader's work.
 */
#ifndef GS_PASTED_TEXT_H
#define GS_PASTED_TEXT_H

#include "traces/span.h"
#include "traces/text-lines.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
	GsSpan text;        /* valid until the next call */
	uint64_t number;    /* of the file's line where it begins, from 1 */
	bool oversized;     /* longer than line_max; the text is empty */
	bool terminated;    /* by a newline; only the last line may be without */
	unsigned int depth; /* of mail quoting; 0: the author's own */
	unsigned int mail;  /* index of the mail in a mailbox, from 0 */
	bool pasted;        /* the text is a mail or a paste: prose is to be expected */
} GsPastedLine;

typedef struct GsPastedText GsPastedText;

/* @lines is borrowed, and nobody else may take lines from it. */
GsPastedText *gs_pasted_text_new(GsTextLines *lines);
void gs_pasted_text_free(GsPastedText *text);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsPastedText, gs_pasted_text_free)

/* The next line. Returns false at the end and, with @error set, if reading fails. */
bool gs_pasted_text_next(GsPastedText *text, GsPastedLine *line, GError **error);

/* How many lines of the file so far were the mail's own. */
uint64_t gs_pasted_text_own_count(const GsPastedText *text);

#endif
