/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * When the VMs of a fleet start, in words:
 *   storm           all at once
 *   every:10ms      one after another, so far apart
 *   poisson:100/s   at random, so often on average
 * A distance in time may be given as a rate, and a rate as a time.
 */
#ifndef GS_START_PATTERN_H
#define GS_START_PATTERN_H

#include "traces/script.h"

#include <glib.h>
#include <stdbool.h>

/* No two starts are further apart. */
#define GS_START_INTERVAL_MAX_NS (INT64_C(3600) * 1000000000)

/* Fails with GS_SCENARIO_ERROR_VALUE, saying which units there are where one is missing. */
bool gs_start_pattern_parse(const char *text, GsStartPattern *ret_pattern, GError **error);

/* The one spelling of @pattern, which parses to the same; to be freed. */
char *gs_start_pattern_format(GsStartPattern pattern);

#endif
