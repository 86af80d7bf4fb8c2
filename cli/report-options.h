/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Options of all commands that report on ioctls: in which form, and of which.
 */
#ifndef GS_REPORT_OPTIONS_H
#define GS_REPORT_OPTIONS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "runs/report.h"
#include "traces/script.h"

/* The writer of --format=@text; NULL stands for "table". NULL, with @error set: no such form. */
GsReportWriter gs_report_option_writer(const char *text, GError **error);

/* Whether report and samples go to different places. */
bool gs_report_option_check_outputs(const char *output, const char *samples, GError **error);

/*
 * Whether @script has what --call asks for: ioctl @call, in some VM as the
 * @occurrence-th of its name, -1: as any. Fails with a hint.
 */
bool gs_report_option_check_call(const GsScript *script, const char *call, int64_t occurrence,
				 GError **error);

#endif
