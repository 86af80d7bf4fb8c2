/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A mail whose newlines an archive turned into blanks: calls in running text,
 * with the quote marks of their lines left between the words. A call is found by
 * its name, which must be a system call's, by what stands before it and by its
 * grammar; what lies between calls is prose and comes out in sentences.
 */
#ifndef GS_COLLAPSED_TEXT_H
#define GS_COLLAPSED_TEXT_H

#include "traces/span.h"

#include <glib.h>

/* A call in running text. */
typedef struct {
	const char *begin, *end; /* where it stands, prefix and inner marks included */
	bool prefixed;
	bool steady; /* the prefix is one that every call of a log has, as "[pid N]" is not */
} GsCollapsedCall;

typedef struct {
	GsSpan rest;          /* not handed out yet */
	GsCollapsedCall call; /* the next one in it */
	bool searched, has_call;
	bool steady;   /* calls of the log have prefixes: one without is only talked about */
	GString *text; /* owned: a call without marks */
} GsCollapsedText;

void gs_collapsed_text_init(GsCollapsedText *collapsed);
void gs_collapsed_text_clear(GsCollapsedText *collapsed);

/* Whether @line, which must live on, is collapsed text: then its pieces can be had. */
bool gs_collapsed_text_begin(GsCollapsedText *collapsed, GsSpan line);

/*
 * The next piece, a call or some prose, valid until the next call. Not longer
 * than what it comes from, and in its order. False: there is none left.
 */
bool gs_collapsed_text_next(GsCollapsedText *collapsed, GsSpan *piece);

#endif
