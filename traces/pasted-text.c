/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/pasted-text.h"

#include "traces/collapsed-text.h"
#include "traces/decoded-lines.h"
#include "traces/html-text.h"
#include "traces/mail-headers.h"
#include "traces/mail-parts.h"
#include "traces/mail-quotes.h"
#include "traces/paste-traits.h"
#include "traces/quoted-printable.h"
#include "traces/text-nbsp.h"

/* How much of a text tells what happened to it, and of a mail that it is one. */
#define SAMPLE_BYTES ((size_t)64 << 10)
#define HEADER_BYTES ((size_t)8 << 10)

/*
 * A line goes through these steps, each of which may make several of one:
 *
 *   next_text_line()     the mail's own lines leave, transfer encodings are undone
 *   next_marked_line()   HTML
 *   unmark()             no-break spaces, quote marks, indentation
 *   next_pasted()        collapsed text
 *
 * as soon as there is any sign that there is something to undo.
 */
struct GsPastedText {
	GsTextLines *lines; /* borrowed */
	bool sampled;
	bool after_blank;
	GsPasteTraits traits;
	uint64_t own_count;

	GsMailParts parts;
	GsTextLine held; /* read, but text before it goes out first */
	bool is_held;
	GString *held_text; /* owned */

	GsDecodedLines transfer;
	gint base64_state;
	guint base64_save;

	GsHtmlText html;
	GsDecodedLines markup;

	GString *bare; /* owned: a line without no-break spaces */

	GsCollapsedText collapsed;
	GsPastedLine whole; /* the line the pieces are from */
	bool in_pieces;
};

GsPastedText *gs_pasted_text_new(GsTextLines *lines)
{
	GsPastedText *text = g_new0(GsPastedText, 1);

	text->lines = lines;
	text->after_blank = true;
	text->held_text = g_string_new(NULL);
	text->bare = g_string_new(NULL);
	gs_mail_parts_init(&text->parts);
	gs_decoded_lines_init(&text->transfer, lines->line_max);
	gs_decoded_lines_init(&text->markup, lines->line_max);
	gs_collapsed_text_init(&text->collapsed);
	return text;
}

void gs_pasted_text_free(GsPastedText *text)
{
	gs_mail_parts_clear(&text->parts);
	gs_decoded_lines_clear(&text->transfer);
	gs_decoded_lines_clear(&text->markup);
	gs_collapsed_text_clear(&text->collapsed);
	g_string_free(text->held_text, TRUE);
	g_string_free(text->bare, TRUE);
	g_free(text);
}

uint64_t gs_pasted_text_own_count(const GsPastedText *text)
{
	return text->own_count;
}

/* Look at what comes, with @line before it, for what has to be undone. */
static void sample(GsPastedText *text, GsSpan line)
{
	GsSpan ahead = gs_text_lines_ahead(text->lines, SAMPLE_BYTES);
	g_autoptr(GString) all = NULL;

	if (line.length) {
		all = g_string_new_len(line.text, (gssize)line.length);
		g_string_append_c(all, '\n');
		g_string_append_len(all, ahead.text, (gssize)ahead.length);
		ahead = gs_span(all->str, all->str + all->len);
	}
	text->traits = gs_paste_traits_of(ahead);
	if (text->traits.mail)
		gs_mail_parts_begin(&text->parts);
}

/* The next line of the file. */
static bool next_line(GsPastedText *text, GsTextLine *line, GError **error)
{
	if (text->is_held) {
		*line = text->held;
		text->is_held = false;
		return true;
	}
	/* mails one behind the other, without a mailbox's "From " lines */
	if (gs_mail_parts_may_begin(&text->parts) &&
	    gs_mail_header_begins(gs_text_lines_ahead(text->lines, HEADER_BYTES), true))
		gs_mail_parts_begin(&text->parts);
	return gs_text_lines_next(text->lines, line, error);
}

static void hold(GsPastedText *text, const GsTextLine *line)
{
	text->held = *line;
	text->is_held = true;
}

static GsMailTransfer transfer_of(const GsPastedText *text)
{
	if (text->parts.transfer == GS_MAIL_TRANSFER_PLAIN && text->traits.quoted_printable)
		return GS_MAIL_TRANSFER_QUOTED_PRINTABLE;
	return text->parts.transfer;
}

static void decode(GsPastedText *text, GsMailTransfer transfer, const GsTextLine *line)
{
	GString *decoded = gs_decoded_lines_feed(&text->transfer, line->number);

	if (transfer == GS_MAIL_TRANSFER_BASE64) {
		size_t begin = decoded->len;

		g_string_set_size(decoded, begin + line->text.length / 4 * 3 + 6);
		g_string_set_size(decoded,
				  begin + g_base64_decode_step(line->text.text, line->text.length,
							       (guchar *)decoded->str + begin,
							       &text->base64_state,
							       &text->base64_save));
	} else if (!gs_quoted_printable_decode(line->text, decoded)) {
		g_string_append_c(decoded, '\n');
	}
}

/* What is left of an encoded part is a line of its own. */
static void end_part(GsPastedText *text)
{
	gs_decoded_lines_end(&text->transfer);
	text->base64_state = 0;
	text->base64_save = 0;
}

/* The next line of text, with no transfer encoding. */
static bool next_text_line(GsPastedText *text, GsTextLine *line, GError **error)
{
	for (;;) {
		GsMailTransfer transfer;

		if (gs_decoded_lines_take(&text->transfer, line))
			return true;
		if (!next_line(text, line, error)) {
			end_part(text);
			return gs_decoded_lines_take(&text->transfer, line);
		}
		if (line->oversized) {
			if (gs_decoded_lines_is_empty(&text->transfer))
				return true;
			hold(text, line);
			end_part(text);
			continue;
		}
		if (gs_mail_parts_take(&text->parts, &line->text)) {
			text->own_count++;
			end_part(text);
			continue;
		}
		transfer = transfer_of(text);
		if (transfer == GS_MAIL_TRANSFER_PLAIN)
			return true;
		decode(text, transfer, line);
	}
}

/* The next line of text, with no HTML in it. */
static bool next_marked_line(GsPastedText *text, GsTextLine *line, GError **error)
{
	for (;;) {
		if (gs_decoded_lines_take(&text->markup, line))
			return true;
		if (!next_text_line(text, line, error))
			return false;
		text->html.tags = text->parts.html || text->traits.tags;
		if (line->oversized || !(text->html.tags || text->traits.entities))
			return true;
		gs_html_text_decode(&text->html, line->text,
				    gs_decoded_lines_feed(&text->markup, line->number));
	}
}

/* @line as its author had it, without what quoting put in front. */
static GsSpan unmark(GsPastedText *text, GsSpan line, unsigned int *depth)
{
	g_string_truncate(text->bare, 0);
	g_string_append_len(text->bare, line.text, (gssize)line.length);
	if (gs_text_nbsp_to_blanks(text->bare))
		line = gs_span(text->bare->str, text->bare->str + text->bare->len);
	return gs_mail_unindent(gs_mail_unquote(line, text->traits.quotes, depth));
}

static bool next_piece(GsPastedText *text, GsPastedLine *line)
{
	*line = text->whole;
	if (!gs_collapsed_text_next(&text->collapsed, &line->text))
		return false;
	line->terminated = line->terminated || text->collapsed.rest.length > 0;
	return true;
}

static bool next_pasted(GsPastedText *text, GsPastedLine *line, GError **error)
{
	GsTextLine marked;

	for (;;) {
		if (text->in_pieces && next_piece(text, line))
			return true;
		text->in_pieces = false;
		if (!next_marked_line(text, &marked, error))
			return false;
		*line = (GsPastedLine){
			.text = marked.text,
			.number = marked.number,
			.oversized = marked.oversized,
			.terminated = marked.terminated,
			.mail = text->parts.mail,
			.pasted = true,
		};
		if (!line->oversized)
			line->text = unmark(text, marked.text, &line->depth);
		if (!gs_collapsed_text_begin(&text->collapsed, line->text))
			return true;
		text->whole = *line;
		text->in_pieces = true;
	}
}

/* Whether a paste begins with @line after all; then it is put back. */
static bool turn_pasted(GsPastedText *text, GsTextLine *line)
{
	if (!gs_mail_is_from_line(line->text) && !gs_paste_traits_of(line->text).pasted)
		return false;
	g_string_truncate(text->held_text, 0);
	g_string_append_len(text->held_text, line->text.text, (gssize)line->text.length);
	line->text = gs_span(text->held_text->str, text->held_text->str + text->held_text->len);
	text->parts.any_text = line->number > 1;
	text->parts.blank_before = text->after_blank;
	sample(text, line->text);
	text->traits.pasted = true;
	hold(text, line);
	return true;
}

bool gs_pasted_text_next(GsPastedText *text, GsPastedLine *line, GError **error)
{
	GsTextLine plain;

	if (!text->sampled) {
		text->sampled = true;
		sample(text, gs_span_string(""));
	}
	if (text->traits.pasted)
		return next_pasted(text, line, error);
	if (!gs_text_lines_next(text->lines, &plain, error))
		return false;
	if (gs_paste_traits_suspects(plain.text, text->after_blank) && turn_pasted(text, &plain))
		return next_pasted(text, line, error);
	text->after_blank = plain.text.length == 0;
	*line = (GsPastedLine){
		.text = plain.text,
		.number = plain.number,
		.oversized = plain.oversized,
		.terminated = plain.terminated,
	};
	return true;
}
