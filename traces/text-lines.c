/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/text-lines.h"

#define READ_BYTES ((size_t)256 << 10)
#define ESCAPE '\033'

void gs_text_lines_init(GsTextLines *lines, GsReadFunc read, void *source, size_t line_max)
{
	*lines = (GsTextLines){ .read = read, .source = source, .line_max = line_max };
}

void gs_text_lines_clear(GsTextLines *lines)
{
	g_clear_pointer(&lines->buffer, g_free);
	g_clear_error(&lines->failure);
}

/* Read more behind what is there; an error is kept until what came before is handed out. */
static void fill(GsTextLines *lines)
{
	gssize count;

	if (lines->begin > 0) {
		memmove(lines->buffer, lines->buffer + lines->begin, lines->end - lines->begin);
		lines->end -= lines->begin;
		lines->begin = 0;
	}
	if (lines->capacity - lines->end < READ_BYTES) {
		lines->capacity = lines->end + READ_BYTES;
		lines->buffer = g_realloc(lines->buffer, lines->capacity);
	}
	count = lines->read(lines->source, lines->buffer + lines->end, lines->capacity - lines->end,
			    &lines->failure);
	if (count <= 0) {
		lines->ended = true;
		return;
	}
	/* to ask for each line would take as long as to find its end */
	if (!lines->has_escapes)
		lines->has_escapes = memchr(lines->buffer + lines->end, ESCAPE, (size_t)count);
	lines->end += (size_t)count;
}

GsSpan gs_text_lines_ahead(GsTextLines *lines, size_t want)
{
	while (lines->end - lines->begin < want && !lines->ended)
		fill(lines);
	return (GsSpan){ .text = lines->buffer ? lines->buffer + lines->begin : "",
			 .length = MIN(want, lines->end - lines->begin) };
}

/* Take "ESC [ ... m" sequences out of the line, in place, and the "ESC [ K" grep adds. */
static size_t strip_colours(char *text, size_t length)
{
	size_t kept = 0;

	for (size_t at = 0; at < length; at++) {
		size_t close = at + 2;

		if (text[at] != ESCAPE || at + 1 >= length || text[at + 1] != '[') {
			text[kept++] = text[at];
			continue;
		}
		while (close < length && (g_ascii_isdigit(text[close]) || text[close] == ';'))
			close++;
		if (close < length && (text[close] == 'm' || text[close] == 'K'))
			at = close;
		else
			text[kept++] = text[at];
	}
	return kept;
}

static GsSpan tidy(const GsTextLines *lines, char *text, size_t length)
{
	/* most lines are as they should be */
	if (length && *text != '\0' && text[length - 1] != '\r' && !lines->has_escapes)
		return gs_span(text, text + length);
	while (length && text[length - 1] == '\r')
		length--;
	while (length && *text == '\0') {
		text++;
		length--;
	}
	if (lines->has_escapes && memchr(text, ESCAPE, length))
		length = strip_colours(text, length);
	return gs_span(text, text + length);
}

bool gs_text_lines_next(GsTextLines *lines, GsTextLine *line, GError **error)
{
	size_t searched = 0;

	*line = (GsTextLine){ .terminated = true };
	for (;;) {
		char *begin = lines->buffer ? lines->buffer + lines->begin : NULL, *newline = NULL;
		size_t length = lines->end - lines->begin;

		if (length > searched)
			newline = memchr(begin + searched, '\n', length - searched);
		if (newline) {
			size_t line_length = (size_t)(newline - begin);

			lines->begin += line_length + 1;
			line->number = ++lines->number;
			if (line_length > lines->line_max)
				line->oversized = true;
			line->text = line->oversized ? gs_span(begin, begin)
						     : tidy(lines, begin, line_length);
			return true;
		}
		searched = length;
		if (length > lines->line_max) {
			line->oversized = true;
			lines->begin = lines->end;
			searched = 0;
		}
		if (!lines->ended) {
			fill(lines);
			continue;
		}
		if (length == 0 && !line->oversized) {
			if (lines->failure)
				g_propagate_error(error, g_steal_pointer(&lines->failure));
			return false;
		}
		line->number = ++lines->number;
		line->terminated = false;
		line->text = line->oversized ? gs_span(begin, begin) : tidy(lines, begin, length);
		lines->begin = lines->end;
		return true;
	}
}
