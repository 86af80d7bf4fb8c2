/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/mail-quotes.h"

#include <glib.h>

static GsSpan drop_blanks(GsSpan text)
{
	while (text.length && (*text.text == ' ' || *text.text == '\t'))
		text = gs_span_drop(text, 1);
	return text;
}

/* "> /lib/libc.so.6(ioctl+0x3f) [0x10bc5b]" */
static bool is_stack_frame(GsSpan text)
{
	return gs_span_has_prefix(text, "> ") &&
	       g_strstr_len(text.text, (gssize)text.length, ") [0x");
}

static bool is_mark(GsSpan text, GsQuoteStyle style)
{
	if (!text.length)
		return false;
	if (*text.text == '>')
		return true;
	if (text.length > 1 && text.text[1] != ' ')
		return false;
	return (style.bars && *text.text == '|') || (style.colons && *text.text == ':');
}

GsSpan gs_mail_unquote(GsSpan line, GsQuoteStyle style, unsigned int *depth)
{
	*depth = 0;
	for (;;) {
		GsSpan mark = *depth > 0 || style.indented ? drop_blanks(line) : line;

		if (!is_mark(mark, style) || (mark.text - line.text > 1 && is_stack_frame(mark)))
			break;
		line = gs_span_drop(mark, 1);
		++*depth;
	}
	if (*depth > 0 && line.length && *line.text == ' ')
		line = gs_span_drop(line, 1);
	return line;
}

GsSpan gs_mail_unindent(GsSpan line)
{
	GsSpan rest = drop_blanks(line);

	if (rest.text > line.text && rest.text[-1] == ' ' &&
	    (gs_span_has_prefix(rest, "> ") || gs_span_has_prefix(rest, "| ") ||
	     gs_span_has_prefix(rest, "VCPU")))
		return gs_span(rest.text - 1, rest.text + rest.length);
	return rest;
}
