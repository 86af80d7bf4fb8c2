/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The lines of a log, of bounded length, without what terminals and editors
 * leave in them: carriage returns, colours, NULs in front.
 */
#ifndef GS_TEXT_LINES_H
#define GS_TEXT_LINES_H

#include "traces/span.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Up to @size bytes; 0 at the end of the log, -1 with @error set. */
typedef gssize (*GsReadFunc)(void *source, char *buffer, size_t size, GError **error);

typedef struct {
	GsReadFunc read;
	void *source;      /* borrowed, for read() */
	char *buffer;      /* owned */
	size_t begin, end; /* the part of the buffer not handed out yet */
	size_t capacity;
	size_t line_max;
	uint64_t number;  /* of the line handed out last, from 1 */
	bool has_escapes; /* in what was read up to now */
	bool ended;
	GError *failure; /* owned: why reading ended */
} GsTextLines;

typedef struct {
	GsSpan text;     /* valid until the next call */
	uint64_t number; /* of the line, from 1 */
	bool oversized;  /* longer than line_max; the text is empty */
	bool terminated; /* by a newline; only the last line may be without */
} GsTextLine;

void gs_text_lines_init(GsTextLines *lines, GsReadFunc read, void *source, size_t line_max);
void gs_text_lines_clear(GsTextLines *lines);

/* The next line. Returns false at the end and, with @error set, if reading fails. */
bool gs_text_lines_next(GsTextLines *lines, GsTextLine *line, GError **error);

/*
 * Up to @want bytes of what comes next, untidied, without handing them out; fewer
 * only before the end. Valid until the next call, like the line before, whose
 * text is gone. A read error is left for gs_text_lines_next() to meet.
 */
GsSpan gs_text_lines_ahead(GsTextLines *lines, size_t want);

#endif
