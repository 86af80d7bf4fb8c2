/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The times of a VMM model: think=, think_between= and guest=. What is repeated
 * may have a list, a time for each repetition in turn.
 */
#ifndef GS_VMM_TIMES_H
#define GS_VMM_TIMES_H

#include "models/ini-file.h"

#include <stdbool.h>
#include <stdint.h>

/* think=unknown: there is some, and nobody knows how much. */
#define GS_VMM_TIME_UNKNOWN INT64_C(-1)
#define GS_VMM_TIME_UNKNOWN_TEXT "unknown"

typedef struct GsVmmTimes GsVmmTimes;

/* @ini is borrowed; lists in it are read once, however often they are asked for. */
GsVmmTimes *gs_vmm_times_new(const GsIniFile *ini);
void gs_vmm_times_free(GsVmmTimes *times);

/*
 * The time @key of @group of repetition @index, from 0; past its end a list begins
 * again. @time_ns is left alone if there is no such key. A group that has a time
 * must say in think_source on what it rests.
 */
bool gs_vmm_times_get(GsVmmTimes *times, const char *group, const char *key, uint64_t index,
		      int64_t *time_ns, GError **error);

#endif
