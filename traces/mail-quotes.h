/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What mailers and authors put in front of lines: quote marks and indentation.
 */
#ifndef GS_MAIL_QUOTES_H
#define GS_MAIL_QUOTES_H

#include "traces/span.h"

/* Marks beyond '>' in the first column, which is one everywhere. */
typedef struct {
	bool indented; /* '>' behind blanks too: every record of the text has it so */
	bool bars;     /* "| " */
	bool colons;   /* ": " */
} GsQuoteStyle;

/*
 * @line without its quote marks, whose number is put in @depth. The stacks that
 * strace -k prints begin with " > ", which is none.
 */
GsSpan gs_mail_unquote(GsSpan line, GsQuoteStyle style, unsigned int *depth);

/* @line without indentation, but with the blank that belongs to what strace prints. */
GsSpan gs_mail_unindent(GsSpan line);

#endif
