/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which lines of a mail, or of a mailbox, are text and which are the mail's own:
 * headers, boundaries, and parts that repeat in HTML what was said in plain text.
 * What does not look like a mail after all is text.
 */
#ifndef GS_MAIL_PARTS_H
#define GS_MAIL_PARTS_H

#include "traces/span.h"

#include <glib.h>

/* Multiparts nested deeper are text. */
#define GS_MAIL_NESTING_MAX 16

/* What is kept of a field or a boundary; RFC 2046 wants boundaries of 70 at most. */
#define GS_MAIL_FIELD_MAX_BYTES 4096

typedef enum {
	GS_MAIL_TRANSFER_PLAIN, /* 7bit, 8bit, binary, unknown */
	GS_MAIL_TRANSFER_QUOTED_PRINTABLE,
	GS_MAIL_TRANSFER_BASE64,
} GsMailTransfer;

typedef struct {
	char *boundary;   /* owned */
	bool alternative; /* its parts all say the same */
	bool said;        /* and one that had calls in it is over */
	bool repeats;     /* all of it repeats what was said */
} GsMailLevel;

typedef struct {
	/* the part the text belongs to */
	GsMailTransfer transfer;
	bool html;
	bool repeats;
	unsigned int mail; /* index, from 0 */

	/* private */
	bool any_mail; /* there was a header */
	bool mailbox;  /* there was a "From " line, so ">From " is escaped */
	bool any_text; /* there was text before, so the next mail is not the first */
	bool blank_before;
	bool in_header;
	GString *field; /* owned: the field under way, unfolded; empty: none */
	char *boundary; /* owned: from the header under way */
	bool alternative, message;
	GsMailLevel levels[GS_MAIL_NESTING_MAX];
	unsigned int level_count;
} GsMailParts;

void gs_mail_parts_init(GsMailParts *parts);
void gs_mail_parts_clear(GsMailParts *parts);

/* A mail begins with the next line, its header. */
void gs_mail_parts_begin(GsMailParts *parts);

/* Whether a mail might begin with the next line, after the one before. */
bool gs_mail_parts_may_begin(const GsMailParts *parts);

/*
 * Take the next line of the file. False: it is text, of the part that @parts now
 * tells; its mailbox escape is undone.
 */
bool gs_mail_parts_take(GsMailParts *parts, GsSpan *line);

#endif
