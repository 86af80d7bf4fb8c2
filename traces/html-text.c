/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/html-text.h"

#define NBSP 0xa0

/* A tag longer than this was none: the text goes on. */
#define TAG_BYTES_MAX 4096

#define QUOTE_DEPTH_MAX 64

typedef enum {
	TAG_NONE,
	TAG_INLINE,
	TAG_BREAK, /* begins a line */
	TAG_QUOTE, /* likewise, and quotes what is inside */
} TagKind;

static const struct {
	const char *name;
	TagKind kind;
} tags[] = {
	{ "a", TAG_INLINE },    { "b", TAG_INLINE },      { "blockquote", TAG_QUOTE },
	{ "body", TAG_BREAK },  { "br", TAG_BREAK },      { "code", TAG_INLINE },
	{ "div", TAG_BREAK },   { "em", TAG_INLINE },     { "font", TAG_INLINE },
	{ "h1", TAG_BREAK },    { "h2", TAG_BREAK },      { "h3", TAG_BREAK },
	{ "head", TAG_BREAK },  { "hr", TAG_BREAK },      { "html", TAG_BREAK },
	{ "i", TAG_INLINE },    { "img", TAG_INLINE },    { "kbd", TAG_INLINE },
	{ "li", TAG_BREAK },    { "meta", TAG_INLINE },   { "ol", TAG_BREAK },
	{ "p", TAG_BREAK },     { "pre", TAG_BREAK },     { "samp", TAG_INLINE },
	{ "span", TAG_INLINE }, { "strong", TAG_INLINE }, { "style", TAG_BREAK },
	{ "table", TAG_BREAK }, { "tbody", TAG_BREAK },   { "td", TAG_INLINE },
	{ "title", TAG_BREAK }, { "tr", TAG_BREAK },      { "tt", TAG_INLINE },
	{ "u", TAG_INLINE },    { "ul", TAG_BREAK },      { "var", TAG_INLINE },
};

static const struct {
	const char *name;
	gunichar character;
} entities[] = {
	{ "amp", '&' }, { "apos", '\'' }, { "gt", '>' },
	{ "lt", '<' },  { "nbsp", NBSP }, { "quot", '"' },
};

/* Which tag opens or closes at the '<' that @text begins with. */
static TagKind tag_at(GsSpan text, bool *closing)
{
	size_t length = 0;

	text = gs_span_drop(text, 1);
	*closing = text.length && *text.text == '/';
	if (*closing)
		text = gs_span_drop(text, 1);
	/* <!DOCTYPE html>, <!-- --> */
	if (text.length > 1 && *text.text == '!' &&
	    (g_ascii_isalpha(text.text[1]) || text.text[1] == '-'))
		return TAG_INLINE;
	while (length < text.length && g_ascii_isalnum(text.text[length]))
		length++;
	if (length < text.length && !strchr("> \t/", text.text[length]))
		return TAG_NONE;
	for (size_t i = 0; i < G_N_ELEMENTS(tags); i++) {
		if (strlen(tags[i].name) == length &&
		    g_ascii_strncasecmp(tags[i].name, text.text, length) == 0)
			return tags[i].kind;
	}
	return TAG_NONE;
}

/* How long the entity is that @text begins with; 0: it is none. */
static size_t entity_at(GsSpan text, gunichar *character)
{
	const char *close = memchr(text.text, ';', MIN(text.length, 10));
	GsSpan name;
	guint64 code;

	if (!close)
		return 0;
	name = gs_span(text.text + 1, close);
	for (size_t i = 0; i < G_N_ELEMENTS(entities); i++) {
		if (gs_span_equals(name, entities[i].name)) {
			*character = entities[i].character;
			return name.length + 2;
		}
	}
	if (name.length < 2 || *name.text != '#')
		return 0;
	name = gs_span_drop(name, 1);
	{
		bool hex = *name.text == 'x' || *name.text == 'X';
		g_autofree char *digits = g_strndup(name.text + hex, name.length - hex);

		if (!g_ascii_string_to_unsigned(digits, hex ? 16 : 10, 1, 0x10ffff, &code, NULL) ||
		    !g_unichar_validate((gunichar)code))
			return 0;
		*character = (gunichar)code;
		return (size_t)(close + 1 - text.text);
	}
}

static bool at_line_start(const GString *text)
{
	return text->len == 0 || text->str[text->len - 1] == '\n';
}

static void begin_line(const GsHtmlText *html, GString *text)
{
	if (!html->quote_depth || !at_line_start(text))
		return;
	for (unsigned int i = 0; i < html->quote_depth; i++)
		g_string_append_c(text, '>');
	g_string_append_c(text, ' ');
}

static void apply_tag(GsHtmlText *html, TagKind kind, bool closing, GString *text)
{
	if (kind == TAG_INLINE)
		return;
	if (!at_line_start(text))
		g_string_append_c(text, '\n');
	if (kind != TAG_QUOTE)
		return;
	if (closing && html->quote_depth > 0)
		html->quote_depth--;
	else if (!closing && html->quote_depth < QUOTE_DEPTH_MAX)
		html->quote_depth++;
}

/* Drop the rest of a tag off @line; what a tag may be is bounded. */
static GsSpan finish_tag(GsHtmlText *html, GsSpan line)
{
	const char *close = memchr(line.text, '>', line.length);
	size_t length = close ? (size_t)(close + 1 - line.text) : line.length;

	html->tag_bytes += length;
	if (html->tag_bytes > TAG_BYTES_MAX) {
		html->tag_bytes = 0;
		return line;
	}
	if (close)
		html->tag_bytes = 0;
	return gs_span_drop(line, length);
}

void gs_html_text_decode(GsHtmlText *html, GsSpan line, GString *text)
{
	bool blank = gs_span_trim(line).length == 0;
	const char *end = line.text + line.length;

	if (html->tag_bytes)
		line = finish_tag(html, line);
	while (line.length) {
		const char *at = line.text;
		size_t entity_length;
		gunichar character;
		bool closing;
		TagKind kind;

		while (at < end && *at != '&' && !(html->tags && *at == '<'))
			at++;
		if (at > line.text) {
			begin_line(html, text);
			g_string_append_len(text, line.text, at - line.text);
		}
		line = gs_span(at, end);
		if (at == end)
			break;
		if (*at == '<') {
			kind = tag_at(line, &closing);
			if (kind != TAG_NONE) {
				apply_tag(html, kind, closing, text);
				html->tag_bytes = 1;
				line = finish_tag(html, gs_span_drop(line, 1));
				continue;
			}
		} else {
			entity_length = entity_at(line, &character);
			if (entity_length) {
				begin_line(html, text);
				g_string_append_unichar(text, character == NBSP ? ' ' : character);
				line = gs_span_drop(line, entity_length);
				continue;
			}
		}
		begin_line(html, text);
		g_string_append_c(text, *at);
		line = gs_span_drop(line, 1);
	}
	if (blank || !at_line_start(text))
		g_string_append_c(text, '\n');
}

/* The next @wanted byte from @at on that is in no string, or @end. */
static const char *find_outside_strings(const char *at, const char *end, char wanted)
{
	bool inside = false;

	for (; at < end; at++) {
		if (*at == '"')
			inside = !inside;
		else if (*at == '\\')
			at++;
		else if (*at == wanted && !inside)
			return at;
	}
	return end;
}

bool gs_html_text_shows_entities(GsSpan line)
{
	const char *end = line.text + line.length, *at = line.text;
	gunichar character;

	if (!memchr(line.text, '&', line.length))
		return false;
	while ((at = find_outside_strings(at, end, '&')) < end) {
		if (entity_at(gs_span(at, end), &character))
			return true;
		at++;
	}
	return false;
}

bool gs_html_text_shows_tags(GsSpan line)
{
	const char *end = line.text + line.length, *at = line.text;
	bool closing;

	while ((at = find_outside_strings(at, end, '<')) < end) {
		GsSpan rest = gs_span(at, end);

		if (tag_at(rest, &closing) != TAG_NONE && memchr(at, '>', rest.length) &&
		    (closing || gs_span_has_prefix(rest, "<br") ||
		     gs_span_has_prefix(rest, "<!D") || at == line.text))
			return true;
		at++;
	}
	return false;
}
