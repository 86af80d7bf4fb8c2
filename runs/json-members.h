/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Members of an object that a JsonBuilder is in. */
#ifndef GS_JSON_MEMBERS_H
#define GS_JSON_MEMBERS_H

#include <json-glib/json-glib.h>
#include <stdbool.h>
#include <stdint.h>

void gs_json_add_int(JsonBuilder *json, const char *key, int64_t value);
void gs_json_add_bool(JsonBuilder *json, const char *key, bool value);

/* NULL becomes null; bytes that are no UTF-8, as file names may have, become U+FFFD. */
void gs_json_add_text(JsonBuilder *json, const char *key, const char *value);

/* A member that is an object or an array, to be ended by the caller. */
void gs_json_begin_object(JsonBuilder *json, const char *key);
void gs_json_begin_array(JsonBuilder *json, const char *key);

/* Append what was built, indented, and a newline. */
void gs_json_append(JsonBuilder *json, GString *out);

#endif
