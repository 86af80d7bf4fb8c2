/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/quoted-printable.h"

bool gs_quoted_printable_decode(GsSpan line, GString *text)
{
	const char *at, *end;
	bool soft;

	/* blanks at the end are no part of the text: gateways put them there */
	while (line.length && gs_is_blank(line.text[line.length - 1]))
		line.length--;
	soft = line.length && line.text[line.length - 1] == '=';
	if (soft)
		line.length--;
	end = line.text + line.length;
	for (at = line.text; at < end;) {
		const char *equals = memchr(at, '=', (size_t)(end - at));
		int high, low;

		if (!equals)
			equals = end;
		g_string_append_len(text, at, equals - at);
		at = equals;
		if (at == end)
			break;
		high = end - at > 2 ? g_ascii_xdigit_value(at[1]) : -1;
		low = end - at > 2 ? g_ascii_xdigit_value(at[2]) : -1;
		if (high >= 0 && low >= 0) {
			g_string_append_c(text, (char)(high << 4 | low));
			at += 3;
		} else {
			g_string_append_c(text, *at++);
		}
	}
	return soft;
}

/* "=3D 28", "=3D -1 EINTR", "=3D ?" */
static bool is_result(const char *at, const char *end)
{
	return end - at > 4 && memcmp(at, "=3D ", 4) == 0 &&
	       (g_ascii_isdigit(at[4]) || at[4] == '-' || at[4] == '?');
}

bool gs_quoted_printable_shows(GsSpan line)
{
	const char *end = line.text + line.length;

	for (const char *at = line.text; (at = memchr(at, '=', (size_t)(end - at))); at++) {
		const char *before = at;

		while (before > line.text && gs_is_blank(before[-1]))
			before--;
		if (before < at && before > line.text && before[-1] == ')' && is_result(at, end))
			return true;
	}
	return false;
}
