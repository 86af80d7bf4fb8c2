/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The stacks that perf prints below an event, a function a line.
 */
#ifndef GS_PERF_FRAME_H
#define GS_PERF_FRAME_H

#include "traces/span.h"

#include <glib.h>

/* "f+0x3b (/usr/lib/libc.so.6)", "f+0x5b ([kernel.kallsyms])", "f (inlined)" */
static inline bool gs_perf_is_frame(GsSpan text)
{
	static const char *const places[] = { " (/", " ([", " (inlined)" };

	for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
		if (g_strstr_len(text.text, (gssize)text.length, places[i]))
			return text.text[text.length - 1] == ')';
	}
	return false;
}

#endif
