/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The lines of a log, of bounded length, without what terminals and editors
 * leave in them: carriage returns, colours, NULs in front.
 */
#ifndef GS_STRACE_LINES_H
#define GS_STRACE_LINES_H

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
	uint64_t number; /* of the line handed out last, from 1 */
	bool ended;
} GsStraceLines;

typedef struct {
	GsSpan text;     /* valid until the next call */
	bool oversized;  /* longer than line_max; the text is empty */
	bool terminated; /* by a newline; only the last line may be without */
} GsTextLine;

void gs_strace_lines_init(GsStraceLines *lines, GsReadFunc read, void *source, size_t line_max);
void gs_strace_lines_clear(GsStraceLines *lines);

/* The next line. Returns false at the end and, with @error set, if reading fails. */
bool gs_strace_lines_next(GsStraceLines *lines, GsTextLine *line, GError **error);

#endif
