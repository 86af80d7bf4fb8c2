/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A line that ends inside a call, and the lines after it that may be its rest:
 * mailers wrap long lines, and what a traced program prints lands in the middle
 * of the line that traces its write().
 */
#ifndef GS_WRAPPED_LINE_H
#define GS_WRAPPED_LINE_H

#include "traces/span.h"

#include <glib.h>

/* What a call printed by strace -v may take at 72 columns; more is something else. */
#define GS_WRAPPED_PIECES_MAX 128
#define GS_WRAPPED_BYTES_MAX (64u << 10)

typedef struct {
	GString *text;      /* owned: the pieces put together; NULL: there is none */
	uint64_t line;      /* of the first */
	size_t first_bytes; /* how long that is */
	GArray *pieces;     /* owned: GsWrappedPiece, from the second on */
	unsigned int depth; /* of quoting: a deeper line is another author's */
	int32_t tid;         /* whose line it is; messages that follow may leave others alone */
	bool spliced;       /* it was a message of strace's that ended the line */
} GsWrappedLine;

typedef struct {
	uint64_t line;
	size_t begin, end; /* in the text */
} GsWrappedPiece;

static inline bool gs_wrapped_line_is_open(const GsWrappedLine *wrapped)
{
	return wrapped->text != NULL;
}

static inline GsSpan gs_wrapped_line_text(const GsWrappedLine *wrapped)
{
	return gs_span(wrapped->text->str, wrapped->text->str + wrapped->text->len);
}

void gs_wrapped_line_begin(GsWrappedLine *wrapped, GsSpan text, uint64_t line, unsigned int depth);

/* Put @text behind what is there; false: it has become too long for a call. */
bool gs_wrapped_line_add(GsWrappedLine *wrapped, GsSpan text, uint64_t line);

/* The @index-th piece that was added, from 0. */
GsSpan gs_wrapped_line_piece(const GsWrappedLine *wrapped, unsigned int index, uint64_t *line);

void gs_wrapped_line_clear(GsWrappedLine *wrapped);

#endif
