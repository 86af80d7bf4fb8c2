/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One line on stderr that tells how far a long run is: only on a terminal, only
 * after half a second, at most ten times a second, gone at the end.
 */
#ifndef GS_PROGRESS_H
#define GS_PROGRESS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
	const char *label; /* borrowed */
	const char *unit;  /* borrowed: what is counted, to be shown with its rate; or NULL */
	bool enabled, drawn;
	int64_t started_us, drawn_us; /* g_get_monotonic_time() */
} GsProgress;

void gs_progress_init(GsProgress *progress, const char *label);
void gs_progress_update(GsProgress *progress, uint64_t done, uint64_t total);
void gs_progress_clear(GsProgress *progress);

#endif
