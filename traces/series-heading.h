/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Lines that say what the log below them shows.
 */
#ifndef GS_SERIES_HEADING_H
#define GS_SERIES_HEADING_H

#include "traces/span.h"

typedef enum {
	GS_HEADING_NONE,
	GS_HEADING_NEAR,  /* in a mail: if nothing else stands between it and the calls */
	GS_HEADING_PLAIN, /* in any text: "Before the patch:", "HZ=1000" */
} GsHeadingKind;

/*
 * What @line, without quote marks, is; @title is set to it without ornament.
 * @pasted: there are people's words in the text, not only programs'.
 */
GsHeadingKind gs_series_heading(GsSpan line, bool pasted, GsSpan *title);

#endif
