/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Lines of a kind: how many, and where the first is.
 */
#ifndef GS_LINE_COUNT_H
#define GS_LINE_COUNT_H

#include <stdint.h>

typedef struct {
	uint64_t count;
	uint64_t first; /* its number; 0: there is none */
	uint64_t last;  /* likewise */
} GsLineCount;

/* A line that is taken in pieces, as collapsed text is, counts once. */
static inline void gs_line_count_add(GsLineCount *lines, uint64_t number)
{
	if (number == lines->last)
		return;
	lines->last = number;
	lines->count++;
	if (!lines->first || number < lines->first)
		lines->first = number;
}

/* What was taken for such a line is of another kind in a later piece. */
static inline void gs_line_count_take_back(GsLineCount *lines, uint64_t number)
{
	if (!lines->count || number != lines->last)
		return;
	lines->count--;
	lines->last = 0;
	if (lines->first == number)
		lines->first = 0;
}

#endif
