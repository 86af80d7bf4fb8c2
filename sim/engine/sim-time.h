/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Simulated time: int64_t nanoseconds, never floating point.
 *
 * An instant is a count of nanoseconds of the simulated CLOCK_MONOTONIC and is
 * called ..._at_ns or now_ns; a length of time is called ..._ns. The range,
 * +-292 years, is far beyond any run; arithmetic that could leave it aborts.
 */
#ifndef GS_SIM_TIME_H
#define GS_SIM_TIME_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define GS_NSEC_PER_USEC INT64_C(1000)
#define GS_NSEC_PER_MSEC INT64_C(1000000)
#define GS_NSEC_PER_SEC INT64_C(1000000000)

/* Later than every instant a run can reach. */
#define GS_TIME_NEVER_NS INT64_MAX

#define GS_TIME_ERROR gs_time_error_quark()
GQuark gs_time_error_quark(void);
typedef enum {
	GS_TIME_ERROR_NUMBER, /* not a decimal number */
	GS_TIME_ERROR_UNIT,   /* no unit, or not one of ns us ms s */
	GS_TIME_ERROR_RANGE,  /* negative, finer than a nanosecond, or beyond int64_t */
} GsTimeError;

/*
 * Read a duration such as "25us", "1.5 ms", "0s". The unit is required; digits
 * below a nanosecond are an error unless they are zero, not rounded away.
 * @ret_ns is untouched on failure.
 */
bool gs_duration_parse(const char *text, int64_t *ret_ns, GError **error);

/*
 * Write @ns for people, rounded to three or four significant digits and the unit
 * that fits: "137 us", "25.18 ms", "2.00 s", "0 ns". Independent of the locale.
 * The caller frees the text.
 */
char *gs_duration_format(int64_t ns);

/*
 * Write @ns, 0 or more, exactly, in the largest unit that does without a fraction:
 * "25us", "1500us", "0s". gs_duration_parse() reads it. The caller frees the text.
 */
char *gs_duration_text(int64_t ns);

#endif
