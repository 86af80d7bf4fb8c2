/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text in Markdown: names of files and calls may hold what Markdown gives a meaning to. */
#ifndef GS_MARKDOWN_TEXT_H
#define GS_MARKDOWN_TEXT_H

#include <glib.h>

/* Append @text so that it is shown as it is. */
void gs_markdown_append_text(GString *out, const char *text);

#endif
