/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/decoded-lines.h"

void gs_decoded_lines_init(GsDecodedLines *lines, size_t line_max)
{
	*lines = (GsDecodedLines){ .text = g_string_new(NULL), .line_max = line_max };
}

void gs_decoded_lines_clear(GsDecodedLines *lines)
{
	g_string_free(lines->text, TRUE);
}

GString *gs_decoded_lines_feed(GsDecodedLines *lines, uint64_t number)
{
	g_string_erase(lines->text, 0, (gssize)lines->at);
	lines->at = 0;
	lines->fed_at = lines->text->len;
	lines->fed_number = number;
	if (lines->fed_at == 0 && !lines->oversized)
		lines->number = number;
	return lines->text;
}

bool gs_decoded_lines_is_empty(const GsDecodedLines *lines)
{
	return lines->at == lines->text->len && !lines->oversized;
}

void gs_decoded_lines_end(GsDecodedLines *lines)
{
	if (!gs_decoded_lines_is_empty(lines))
		g_string_append_c(lines->text, '\n');
}

bool gs_decoded_lines_take(GsDecodedLines *lines, GsTextLine *line)
{
	const char *begin = lines->text->str + lines->at;
	size_t left = lines->text->len - lines->at, length;
	const char *newline = memchr(begin, '\n', left);

	if (!newline) {
		if (left > lines->line_max) {
			lines->oversized = true;
			g_string_truncate(lines->text, lines->at);
		}
		return false;
	}
	length = (size_t)(newline - begin);
	*line = (GsTextLine){
		.number = lines->number,
		.oversized = lines->oversized || length > lines->line_max,
		.terminated = true,
	};
	lines->at += length + 1;
	if (lines->at >= lines->fed_at)
		lines->number = lines->fed_number;
	lines->oversized = false;
	while (length && begin[length - 1] == '\r')
		length--;
	line->text = gs_span(begin, line->oversized ? begin : begin + length);
	return true;
}
