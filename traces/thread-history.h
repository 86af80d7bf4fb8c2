/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a log says of its threads, whatever they call: who made whom, who waited,
 * and how many system calls there were.
 */
#ifndef GS_THREAD_HISTORY_H
#define GS_THREAD_HISTORY_H

#include "traces/trace-record.h"

#include <glib.h>

typedef struct GsThreadHistory GsThreadHistory;

GsThreadHistory *gs_thread_history_new(void);
void gs_thread_history_free(GsThreadHistory *history);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsThreadHistory, gs_thread_history_free)

/* Take the log's next record. Returns which of its thread's calls it is, from 1. */
uint32_t gs_thread_history_take(GsThreadHistory *history, const GsTraceRecord *record);

/* The log is read: times count from @epoch_ns on, and thread 0 is @main_tid. */
void gs_thread_history_settle(GsThreadHistory *history, int64_t epoch_ns, int32_t main_tid);

/* How a thread came to be: clone(), clone3(), fork() or vfork() returned its id. */
typedef struct {
	int32_t tid, creator;
	int64_t at_ns;    /* when that call began */
	uint32_t ordinal; /* of the creator's calls */
} GsThreadBirth;

/*
 * The birth of the thread that is called @tid at @at_ns, the latest until then;
 * NULL: the log does not show it.
 */
const GsThreadBirth *gs_thread_history_birth(const GsThreadHistory *history, int32_t tid,
					     int64_t at_ns);

/*
 * Whether thread @tid, in one of its calls before the @ordinal-th, waited for
 * somebody: whom, the log does not tell.
 */
bool gs_thread_history_waited(const GsThreadHistory *history, int32_t tid, uint32_t ordinal);

#endif
