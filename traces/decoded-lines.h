/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Text that comes in portions which are not lines, taken line by line: what
 * decoding makes of a mail's lines.
 */
#ifndef GS_DECODED_LINES_H
#define GS_DECODED_LINES_H

#include "traces/text-lines.h"

typedef struct {
	GString *text; /* owned: what is not taken yet is from @at on */
	size_t at;
	size_t line_max; /* longer lines are not kept */
	bool oversized;  /* the line under way was longer */
	uint64_t number; /* of the file's line where that one begins */
	size_t fed_at;   /* where the last portion begins */
	uint64_t fed_number;
} GsDecodedLines;

void gs_decoded_lines_init(GsDecodedLines *lines, size_t line_max);
void gs_decoded_lines_clear(GsDecodedLines *lines);

/* Where to append what the file's line @number says. All lines must have been taken. */
GString *gs_decoded_lines_feed(GsDecodedLines *lines, uint64_t number);

/* The line under way, if any, has no more text. */
void gs_decoded_lines_end(GsDecodedLines *lines);

/* No line is under way. */
bool gs_decoded_lines_is_empty(const GsDecodedLines *lines);

/* The next line that is complete; its text is valid until the next feed. */
bool gs_decoded_lines_take(GsDecodedLines *lines, GsTextLine *line);

#endif
