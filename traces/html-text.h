/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What HTML made of a log: entities, and where the text is HTML as a whole its
 * tags. Only tags HTML has are taken for tags: "<unfinished ...>" and the <...>
 * behind descriptors stay.
 */
#ifndef GS_HTML_TEXT_H
#define GS_HTML_TEXT_H

#include "traces/span.h"

#include <glib.h>

typedef struct {
	bool tags;                /* the text is HTML; else only its entities are undone */
	size_t tag_bytes;         /* of a tag that goes on in the next line; 0: none */
	unsigned int quote_depth; /* <blockquote>s that are open */
} GsHtmlText;

/*
 * Append what @line says to @text, as whole lines: tags that break the line break
 * it, and quoted lines get the marks of a mail.
 */
void gs_html_text_decode(GsHtmlText *html, GsSpan line, GString *text);

/* Whether @line has entities where strace prints none: outside strings. */
bool gs_html_text_shows_entities(GsSpan line);

/* Whether @line has tags that only HTML has. */
bool gs_html_text_shows_tags(GsSpan line);

#endif
