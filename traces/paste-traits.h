/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What happened to a log on its way here. Told by the lines that are a tracer's
 * only once it is undone: a log whose lines are a tracer's as they stand was not
 * pasted, whatever its strings say.
 */
#ifndef GS_PASTE_TRAITS_H
#define GS_PASTE_TRAITS_H

#include "traces/mail-quotes.h"
#include "traces/span.h"

typedef struct {
	bool mail;             /* it begins with the header of one */
	bool pasted;           /* something is to be undone, a mail or any of the below */
	bool entities;         /* "&lt;0.000137&gt;" */
	bool tags;             /* it is HTML */
	bool quoted_printable; /* "ioctl(...) =3D 28", though no header says so */
	GsQuoteStyle quotes;
} GsPasteTraits;

/* Of a text that begins like @sample. */
GsPasteTraits gs_paste_traits_of(GsSpan sample);

/* Whether a line that nothing happened to may look like @line; cheap, and rarely wrong. */
static inline bool gs_paste_traits_suspects(GsSpan line, bool after_blank)
{
	if (line.length == 0)
		return false;
	if (line.length > 2000 || line.text[line.length - 1] == ';')
		return true;
	switch (*line.text) {
	case '>':
		return true;
	case 'F': /* "From somebody", a mailbox */
		return after_blank && gs_span_has_prefix(line, "From ");
	default:
		return false;
	}
}

#endif
