/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/paste-traits.h"

#include "traces/collapsed-text.h"
#include "traces/html-text.h"
#include "traces/mail-headers.h"
#include "traces/quoted-printable.h"
#include "traces/syscall-names.h"
#include "traces/text-nbsp.h"
#include "traces/trace-scanner.h"

/* strace pads gaps in front; a number that large is the pid of an indented line. */
#define GAP_MIN_TO_BE_TID_NS (INT64_C(300) * 1000000000)

typedef enum {
	FIT_NONE,
	FIT_BEGINS, /* like a tracer's line */
	FIT_WHOLE,  /* is one */
} Fit;

/* How many lines showed what. */
typedef struct {
	unsigned int whole; /* a tracer's as they are */
	unsigned int bare_gt, indented_gt, bars, colons, indented, spaces;
	unsigned int entities, tags, quoted_printable, collapsed;
} Tally;

static Fit fit_of(GsSpan line)
{
	g_autoptr(GString) scratch = g_string_new(NULL);

	for (const GsTraceScanner *const *scanner = gs_trace_scanners; *scanner; scanner++) {
		GsTracePrefix prefix;
		GsTraceLine parts;

		g_string_truncate(scratch, 0);
		switch ((*scanner)->scan(line, &prefix, &parts, scratch)) {
		case GS_LINE_COMPLETE:
		case GS_LINE_UNFINISHED:
			if (*scanner == &gs_scan_strace && !gs_is_syscall_name(parts.name))
				break;
			if (*line.text == ' ' && prefix.gap_ns >= GAP_MIN_TO_BE_TID_NS)
				return FIT_BEGINS;
			return FIT_WHOLE;
		case GS_LINE_RESUMED:
			return FIT_WHOLE;
		case GS_LINE_CUT:
			if (gs_is_syscall_name(parts.name))
				return FIT_BEGINS;
			break;
		default:
			break;
		}
	}
	return FIT_NONE;
}

/* Quote marks and indentation, in all styles at once, and which it was. */
static GsSpan undo_marks(GsSpan line, Tally *seen)
{
	const GsQuoteStyle any = { .indented = true, .bars = true, .colons = true };
	unsigned int depth;
	GsSpan text = gs_mail_unquote(line, any, &depth);

	if (depth > 0) {
		GsSpan trimmed = gs_span_trim(line);

		seen->bars = *trimmed.text == '|';
		seen->colons = *trimmed.text == ':';
		seen->indented_gt = *trimmed.text == '>' && trimmed.text > line.text;
		seen->bare_gt = *trimmed.text == '>' && trimmed.text == line.text;
	} else {
		text = gs_mail_unindent(line);
		seen->indented = text.length < line.length;
	}
	return text;
}

static void add(Tally *tally, const Tally *seen)
{
	tally->bare_gt += seen->bare_gt;
	tally->indented_gt += seen->indented_gt;
	tally->bars += seen->bars;
	tally->colons += seen->colons;
	tally->indented += seen->indented;
	tally->spaces += seen->spaces;
	tally->entities += seen->entities;
	tally->tags += seen->tags;
}

/* @line with its transfer encoding, entities and blanks undone, as lines. */
static void undo_encodings(GsSpan line, GString *text, Tally *seen)
{
	g_autoptr(GString) decoded = g_string_new(NULL);

	if (gs_quoted_printable_shows(line)) {
		gs_quoted_printable_decode(line, decoded);
		line = gs_span(decoded->str, decoded->str + decoded->len);
	}
	seen->entities = gs_html_text_shows_entities(line);
	seen->tags = gs_html_text_shows_tags(line);
	if (seen->entities || seen->tags) {
		GsHtmlText html = { .tags = true };

		gs_html_text_decode(&html, line, text);
	} else {
		g_string_append_len(text, line.text, (gssize)line.length);
	}
	seen->spaces = gs_text_nbsp_to_blanks(text);
}

static void take_line(GsSpan line, GsCollapsedText *collapsed, Tally *tally)
{
	g_autoptr(GString) text = NULL;
	Tally encodings = { 0 };
	Fit fit;
	GsSpan left;

	if (gs_span_trim(line).length == 0)
		return;
	/* a mark may pass for the beginning of a thread's name */
	fit = *line.text == '>' ? FIT_NONE : fit_of(line);
	if (fit == FIT_WHOLE) {
		tally->whole++;
		return;
	}
	/* the call may have begun in the line before */
	tally->quoted_printable += gs_quoted_printable_shows(line);
	text = g_string_new(NULL);
	undo_encodings(line, text, &encodings);
	left = gs_span(text->str, text->str + text->len);
	while (left.length) {
		const char *newline = memchr(left.text, '\n', left.length);
		GsSpan piece = gs_span(left.text, newline ? newline : left.text + left.length),
		       bare;
		Tally seen = encodings;

		left = gs_span_drop(left, piece.length + 1);
		if (gs_span_trim(piece).length == 0)
			continue;
		bare = undo_marks(piece, &seen);
		if (bare.length && fit_of(bare) > fit) {
			add(tally, &seen);
		} else if (gs_collapsed_text_begin(collapsed, bare)) {
			add(tally, &seen);
			tally->collapsed++;
		}
	}
}

GsPasteTraits gs_paste_traits_of(GsSpan sample)
{
	GsSpan left = sample;
	GsPasteTraits traits = { .mail = gs_mail_header_begins(sample, false) };
	GsCollapsedText collapsed;
	Tally tally = { 0 };

	gs_collapsed_text_init(&collapsed);
	while (left.length) {
		const char *newline = memchr(left.text, '\n', left.length);
		GsSpan line = gs_span(left.text, newline ? newline : left.text + left.length);

		if (left.text == sample.text && gs_mail_is_from_line(line))
			traits.pasted = true;
		left = gs_span_drop(left, line.length + 1);
		if (line.length && line.text[line.length - 1] == '\r')
			line.length--;
		take_line(line, &collapsed, &tally);
	}
	gs_collapsed_text_clear(&collapsed);
	traits.entities = tally.entities > 0;
	traits.tags = tally.tags > 0;
	traits.quoted_printable = tally.quoted_printable > 0 && tally.whole == 0;
	traits.quotes = (GsQuoteStyle){
		.indented = tally.indented_gt > 0 && tally.whole == 0,
		.bars = tally.bars > 0,
		.colons = tally.colons > 0,
	};
	/* in a log on a terminal, calls stand behind what a program printed without a newline */
	traits.pasted |= traits.mail || traits.entities || traits.tags || traits.quoted_printable ||
			 traits.quotes.indented || tally.bare_gt || tally.bars || tally.colons ||
			 tally.spaces || tally.indented > tally.whole ||
			 (tally.collapsed > 0 && tally.whole == 0);
	return traits;
}
