/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runs/csv.h"

#include <inttypes.h>
#include <string.h>

void gs_csv_append_text(GString *out, const char *text, char separator)
{
	if (!text[strcspn(text, ",\"\r\n")]) {
		g_string_append(out, text);
	} else {
		g_string_append_c(out, '"');
		for (; *text; text++) {
			if (*text == '"')
				g_string_append_c(out, '"');
			g_string_append_c(out, *text);
		}
		g_string_append_c(out, '"');
	}
	g_string_append_c(out, separator);
}

void gs_csv_append_number(GString *out, int64_t number, char separator)
{
	g_string_append_printf(out, "%" PRId64 "%c", number, separator);
}
