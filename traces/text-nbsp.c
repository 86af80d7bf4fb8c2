/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/text-nbsp.h"

#include <string.h>

#define NBSP '\xa0'
#define NBSP_LEAD '\xc2'

static bool is_ascii(char byte)
{
	return (unsigned char)byte < 0x80;
}

bool gs_text_nbsp_to_blanks(GString *text)
{
	const char *end = text->str + text->len;
	const char *found = memchr(text->str, NBSP, text->len);
	size_t from, to;

	if (!found)
		return false;
	from = to = (size_t)(found - text->str);
	for (; text->str + from < end; from++) {
		char byte = text->str[from];
		char before = to > 0 ? text->str[to - 1] : ' ';

		if (byte == NBSP && before == NBSP_LEAD) {
			text->str[to - 1] = ' ';
			continue;
		}
		/* alone, it is Latin-1's; otherwise it is the rest of a character */
		if (byte == NBSP && is_ascii(before))
			byte = ' ';
		text->str[to++] = byte;
	}
	g_string_truncate(text, to);
	return true;
}
