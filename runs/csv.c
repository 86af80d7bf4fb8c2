/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runs/csv.h"

#include <stdbool.h>
#include <string.h>

static bool needs_quotes(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (text[i] == ',' || text[i] == '"' || text[i] == '\r' || text[i] == '\n')
			return true;
	return false;
}

void gs_csv_append_bytes(GString *out, const char *text, size_t length, char separator)
{
	const char *end = text + length;

	if (!needs_quotes(text, length)) {
		g_string_append_len(out, text, (gssize)length);
	} else {
		g_string_append_c(out, '"');
		for (; text < end; text++) {
			if (*text == '"')
				g_string_append_c(out, '"');
			g_string_append_c(out, *text);
		}
		g_string_append_c(out, '"');
	}
	g_string_append_c(out, separator);
}

void gs_csv_append_text(GString *out, const char *text, char separator)
{
	gs_csv_append_bytes(out, text, strlen(text), separator);
}

void gs_csv_append_number(GString *out, int64_t number, char separator)
{
	uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;
	char digits[24];
	size_t begin = sizeof(digits);

	/* by hand: a log has millions of rows, and printf() is most of the time it takes */
	digits[--begin] = separator;
	do {
		digits[--begin] = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest);
	if (number < 0)
		digits[--begin] = '-';
	g_string_append_len(out, digits + begin, (gssize)(sizeof(digits) - begin));
}
