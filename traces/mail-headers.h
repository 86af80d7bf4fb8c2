/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The header of a mail: where one begins, and what its fields say of the text
 * behind it.
 */
#ifndef GS_MAIL_HEADERS_H
#define GS_MAIL_HEADERS_H

#include "traces/span.h"

typedef struct {
	bool multipart;
	bool alternative; /* multipart whose parts all say the same */
	bool message;     /* a mail in the mail */
	bool html;
	GsSpan boundary; /* of a multipart; empty: it has none */
} GsMailContentType;

/* "From somebody Fri Feb 13 14:45:32 2026": what separates the mails of a mailbox. */
bool gs_mail_is_from_line(GsSpan line);

/* Whether @text begins with a header; @transported: with one that went through the mail. */
bool gs_mail_header_begins(GsSpan text, bool transported);

/* Split "Name: value". */
bool gs_mail_split_field(GsSpan line, GsSpan *name, GsSpan *value);

/* Whether @text is @word, however it is written. */
bool gs_mail_is_word(GsSpan text, const char *word);

/* The value of a Content-Type field. */
GsMailContentType gs_mail_content_type(GsSpan value);

#endif
