/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runs/json-text.h"

static void append_key(GString *out, const char *key)
{
	if (out->len && out->str[out->len - 1] != '{')
		g_string_append_c(out, ',');
	g_string_append_printf(out, "\"%s\":", key);
}

static void append_escaped(GString *out, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char byte = (unsigned char)text[i];

		if (byte == '"' || byte == '\\') {
			g_string_append_c(out, '\\');
			g_string_append_c(out, (char)byte);
		} else if (byte < 0x20 || byte == 0x7f) {
			g_string_append_printf(out, "\\u%04x", byte);
		} else {
			g_string_append_c(out, (char)byte);
		}
	}
}

void gs_json_append_text(GString *out, const char *key, GsSpan text)
{
	append_key(out, key);
	g_string_append_c(out, '"');
	if (g_utf8_validate_len(text.text, text.length, NULL)) {
		append_escaped(out, text.text, text.length);
	} else {
		g_autofree char *valid = g_utf8_make_valid(text.text, (gssize)text.length);

		append_escaped(out, valid, strlen(valid));
	}
	g_string_append_c(out, '"');
}

static void append_null(GString *out, const char *key)
{
	append_key(out, key);
	g_string_append(out, "null");
}

void gs_json_append_text_or_null(GString *out, const char *key, GsSpan text)
{
	if (text.length)
		gs_json_append_text(out, key, text);
	else
		append_null(out, key);
}

void gs_json_append_number(GString *out, const char *key, int64_t number)
{
	append_key(out, key);
	g_string_append_printf(out, "%" G_GINT64_FORMAT, number);
}

void gs_json_append_number_or_null(GString *out, const char *key, int64_t number, int64_t min)
{
	if (number < min)
		append_null(out, key);
	else
		gs_json_append_number(out, key, number);
}
