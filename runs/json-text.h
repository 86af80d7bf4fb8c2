/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Members of a JSON object on one line: "key":value, after a comma if they are not the first. */
#ifndef GS_JSON_TEXT_H
#define GS_JSON_TEXT_H

#include "traces/span.h"

#include <glib.h>

/* @text as a string; bytes that are no UTF-8 become U+FFFD. */
void gs_json_append_text(GString *out, const char *key, GsSpan text);

/* As above, but an empty @text is null. */
void gs_json_append_text_or_null(GString *out, const char *key, GsSpan text);

void gs_json_append_number(GString *out, const char *key, int64_t number);

/* As above, but null if it is below @min. */
void gs_json_append_number_or_null(GString *out, const char *key, int64_t number, int64_t min);

#endif
