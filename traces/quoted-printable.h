/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The transfer encoding "quoted-printable" of mails, one line at a time.
 */
#ifndef GS_QUOTED_PRINTABLE_H
#define GS_QUOTED_PRINTABLE_H

#include "traces/span.h"

#include <glib.h>

/*
 * Append what @line says to @text; what is no escape stays as it is. Returns
 * whether the line goes on in the next: it ends in a soft line break.
 */
bool gs_quoted_printable_decode(GsSpan line, GString *text);

/* Whether @line has results as the encoding writes them, "ioctl(...) =3D 28". */
bool gs_quoted_printable_shows(GsSpan line);

#endif
