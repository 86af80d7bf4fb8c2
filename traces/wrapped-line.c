/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/wrapped-line.h"

void gs_wrapped_line_begin(GsWrappedLine *wrapped, GsSpan text, uint64_t line, unsigned int depth)
{
	*wrapped = (GsWrappedLine){
		.text = g_string_new_len(text.text, (gssize)text.length),
		.line = line,
		.first_bytes = text.length,
		.pieces = g_array_new(FALSE, FALSE, sizeof(GsWrappedPiece)),
		.depth = depth,
	};
}

bool gs_wrapped_line_add(GsWrappedLine *wrapped, GsSpan text, uint64_t line)
{
	GsWrappedPiece piece = { .line = line };

	if (wrapped->pieces->len >= GS_WRAPPED_PIECES_MAX ||
	    wrapped->text->len + text.length >= GS_WRAPPED_BYTES_MAX)
		return false;
	/* a message of strace's comes between two bytes, a mailer's newline between two words */
	if (!wrapped->spliced || wrapped->pieces->len) {
		text = gs_span_trim(text);
		g_string_append_c(wrapped->text, ' ');
	}
	piece.begin = wrapped->text->len;
	g_string_append_len(wrapped->text, text.text, (gssize)text.length);
	piece.end = wrapped->text->len;
	g_array_append_val(wrapped->pieces, piece);
	return true;
}

GsSpan gs_wrapped_line_piece(const GsWrappedLine *wrapped, unsigned int index, uint64_t *line)
{
	const GsWrappedPiece *piece = &g_array_index(wrapped->pieces, GsWrappedPiece, index);

	*line = piece->line;
	return gs_span(wrapped->text->str + piece->begin, wrapped->text->str + piece->end);
}

void gs_wrapped_line_clear(GsWrappedLine *wrapped)
{
	if (!wrapped->text)
		return;
	g_string_free(wrapped->text, TRUE);
	g_array_unref(wrapped->pieces);
	*wrapped = (GsWrappedLine){ .text = NULL };
}
