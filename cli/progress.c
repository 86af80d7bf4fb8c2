/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/progress.h"

#include <stdio.h>
#include <unistd.h>

#define FIRST_AFTER_US (G_USEC_PER_SEC / 2)
#define REDRAW_EVERY_US (G_USEC_PER_SEC / 10)

/* Back to the first column, and forget what is there. */
#define CLEAR_LINE "\r\033[K"

void gs_progress_init(GsProgress *progress, const char *label)
{
	const char *terminal = g_getenv("TERM");

	*progress = (GsProgress){
		.label = label,
		.enabled = isatty(STDERR_FILENO) && g_strcmp0(terminal, "dumb"),
		.started_us = g_get_monotonic_time(),
	};
}

void gs_progress_update(GsProgress *progress, uint64_t done, uint64_t total)
{
	int64_t now_us, elapsed_us;

	if (!progress->enabled || !done || done > total)
		return;
	now_us = g_get_monotonic_time();
	elapsed_us = now_us - progress->started_us;
	if (elapsed_us < FIRST_AFTER_US || now_us - progress->drawn_us < REDRAW_EVERY_US)
		return;
	progress->drawn = true;
	progress->drawn_us = now_us;
	fprintf(stderr, CLEAR_LINE "%.60s: %d %%", progress->label, (int)(100 * done / total));
	if (progress->unit)
		fprintf(stderr, ", %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " %s, %.0f/s", done,
			total, progress->unit, (double)done / elapsed_us * G_USEC_PER_SEC);
	fprintf(stderr, ", %d s left",
		(int)((double)elapsed_us / done * (total - done) / G_USEC_PER_SEC));
	fflush(stderr);
}

void gs_progress_clear(GsProgress *progress)
{
	if (progress->drawn)
		fputs(CLEAR_LINE, stderr);
	progress->drawn = false;
}
