/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Times as tracers print them: seconds with a fraction of some digits.
 */
#ifndef GS_TIME_TEXT_H
#define GS_TIME_TEXT_H

#include "traces/trace-line.h"

#include <glib.h>

/* 0, 3, 6 or 9: the digits that @resolution_ns has, more if @ns would lose by it. */
unsigned int gs_time_digits(int64_t ns, int64_t resolution_ns);

/* "1795363734.049964" */
void gs_time_append_seconds(GString *out, int64_t ns, unsigned int digits);

/* "14:45:32.914330"; midnight wraps */
void gs_time_append_clock(GString *out, int64_t ns, unsigned int digits);

#endif
