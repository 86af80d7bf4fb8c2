/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * No-break spaces, which mailers and browsers put where blanks were.
 */
#ifndef GS_TEXT_NBSP_H
#define GS_TEXT_NBSP_H

#include <glib.h>
#include <stdbool.h>

/* Make blanks of those in @text, in UTF-8 or Latin-1; whether there were any. */
bool gs_text_nbsp_to_blanks(GString *text);

#endif
