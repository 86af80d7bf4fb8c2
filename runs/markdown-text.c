/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runs/markdown-text.h"

#include <string.h>

void gs_markdown_append_text(GString *out, const char *text)
{
	for (; *text; text++) {
		if (strchr("\\`*_{}[]<>#|~", *text))
			g_string_append_c(out, '\\');
		g_string_append_c(out, *text);
	}
}
