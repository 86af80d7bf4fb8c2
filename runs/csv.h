/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fields of a CSV file, quoted as in RFC 4180 where they need it; lines end in \n. */
#ifndef GS_CSV_H
#define GS_CSV_H

#include <glib.h>
#include <stdint.h>

/* Append @text as a field, and the @separator that follows it. */
void gs_csv_append_text(GString *out, const char *text, char separator);

/* As above, for @length bytes at @text. */
void gs_csv_append_bytes(GString *out, const char *text, size_t length, char separator);

/* Append @number as a field, and the @separator that follows it. */
void gs_csv_append_number(GString *out, int64_t number, char separator);

#endif
