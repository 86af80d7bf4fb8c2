/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How often which value came, for exact medians with bounded memory: a log has
 * far fewer latencies than calls. Where it has too many different ones, they are
 * counted by their first four digits.
 */
#ifndef GS_VALUE_TALLY_H
#define GS_VALUE_TALLY_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Different values from which on they are rounded. */
#define GS_VALUE_TALLY_MAX 65536

typedef struct GsValueTally GsValueTally;

GsValueTally *gs_value_tally_new(unsigned int distinct_max);
void gs_value_tally_free(GsValueTally *tally);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsValueTally, gs_value_tally_free)

/* @value is 0 or more. */
void gs_value_tally_add(GsValueTally *tally, int64_t value);

uint64_t gs_value_tally_count(const GsValueTally *tally);

/* The middle value, or what is half-way between the two; -1: there is none. */
int64_t gs_value_tally_median(GsValueTally *tally);

/* Whether values were rounded, so that the median is good to four digits. */
bool gs_value_tally_is_rounded(const GsValueTally *tally);

#endif
