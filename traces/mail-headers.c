/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/mail-headers.h"

#include <glib.h>

/* Fields a header is known by, those first that transport adds. */
static const char *const known_fields[] = {
	"Delivered-To", "Message-ID",   "MIME-Version", "Received",    "Return-Path",
	"Cc",           "Content-Type", "Date",         "From",        "List-Id",
	"Reply-To",     "References",   "Subject",      "In-Reply-To", "To",
};
#define TRANSPORT_FIELDS 5

bool gs_mail_is_word(GsSpan text, const char *word)
{
	return text.length == strlen(word) &&
	       g_ascii_strncasecmp(text.text, word, text.length) == 0;
}

static bool has_prefix(GsSpan text, const char *prefix)
{
	size_t length = strlen(prefix);

	return text.length >= length && g_ascii_strncasecmp(text.text, prefix, length) == 0;
}

bool gs_mail_is_from_line(GsSpan line)
{
	const char *end = line.text + line.length, *colon;

	if (!gs_span_has_prefix(line, "From ") || line.length > 500)
		return false;
	/* the time, and behind it the year */
	for (colon = line.text; (colon = memchr(colon, ':', (size_t)(end - colon))); colon++) {
		GsSpan rest = gs_span(colon + 1, end);

		if (!g_ascii_isdigit(colon[-1]) || rest.length < 7 ||
		    !g_ascii_isdigit(*rest.text) || !g_ascii_isdigit(rest.text[1]))
			continue;
		for (size_t i = 2; i + 4 < rest.length; i++) {
			const char *year = rest.text + i;

			if (*year == ' ' && g_ascii_isdigit(year[1]) && g_ascii_isdigit(year[2]) &&
			    g_ascii_isdigit(year[3]) && g_ascii_isdigit(year[4]))
				return true;
		}
	}
	return false;
}

bool gs_mail_split_field(GsSpan line, GsSpan *name, GsSpan *value)
{
	size_t length = 0;

	while (length < line.length && (g_ascii_isalnum(line.text[length]) ||
					line.text[length] == '-' || line.text[length] == '_'))
		length++;
	if (length == 0 || length == line.length || line.text[length] != ':' ||
	    !g_ascii_isalpha(*line.text))
		return false;
	*name = gs_span(line.text, line.text + length);
	*value = gs_span_trim(gs_span_drop(line, length + 1));
	return true;
}

bool gs_mail_header_begins(GsSpan text, bool transported)
{
	unsigned int known = 0, transport = 0;

	for (unsigned int lines = 0; text.length && lines < 200; lines++) {
		const char *newline = memchr(text.text, '\n', text.length);
		GsSpan line = gs_span(text.text, newline ? newline : text.text + text.length);
		GsSpan name, value;
		unsigned int field = 0;

		text = gs_span_drop(text, line.length + 1);
		if (lines > 0 && line.length && (*line.text == ' ' || *line.text == '\t'))
			continue;
		if (!gs_mail_split_field(line, &name, &value))
			break;
		while (field < G_N_ELEMENTS(known_fields) &&
		       !gs_mail_is_word(name, known_fields[field]))
			field++;
		/* programs print fields too, but do not begin with From: or Subject: */
		if (field == G_N_ELEMENTS(known_fields) && lines == 0 && !has_prefix(name, "X-") &&
		    !has_prefix(name, "DKIM-") && !has_prefix(name, "ARC-") &&
		    !has_prefix(name, "Authentication-"))
			return false;
		known += field < G_N_ELEMENTS(known_fields);
		transport += field < TRANSPORT_FIELDS;
	}
	return known >= 2 && (!transported || transport >= 1);
}

/* The parameter @name of a field's value: ; name="text" or ; name=text. */
static GsSpan parameter(GsSpan value, const char *name)
{
	GsSpan found = gs_span(value.text, value.text);

	for (;;) {
		const char *end = value.text + value.length;
		const char *semicolon = memchr(value.text, ';', value.length), *close;

		if (!semicolon)
			return found;
		value = gs_span_trim(gs_span(semicolon + 1, end));
		if (!has_prefix(value, name) || value.length <= strlen(name) ||
		    value.text[strlen(name)] != '=')
			continue;
		value = gs_span_drop(value, strlen(name) + 1);
		if (value.length && *value.text == '"') {
			value = gs_span_drop(value, 1);
			close = memchr(value.text, '"', value.length);
		} else {
			close = memchr(value.text, ';', value.length);
		}
		if (!close)
			return gs_span_trim(value);
		return gs_span_trim(gs_span(value.text, close));
	}
}

GsMailContentType gs_mail_content_type(GsSpan value)
{
	GsMailContentType type = {
		.multipart = has_prefix(value, "multipart/"),
		.alternative = has_prefix(value, "multipart/alternative"),
		.message = has_prefix(value, "message/rfc822"),
		.html = has_prefix(value, "text/html"),
		.boundary = gs_span(value.text, value.text),
	};

	if (type.multipart)
		type.boundary = parameter(value, "boundary");
	return type;
}
