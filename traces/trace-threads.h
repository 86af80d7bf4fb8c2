/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which thread a line of a log belongs to.
 *
 * On a terminal strace prints "[pid N]" only while it traces more than one
 * thread, so that a line without one is of the only thread there is; who that
 * was at the beginning may turn out later.
 */
#ifndef GS_TRACE_THREADS_H
#define GS_TRACE_THREADS_H

#include "traces/trace-line.h"

#include <glib.h>

typedef struct {
	GHashTable *live;      /* owned: tids of "[pid N]" style logs */
	GHashTable *announced; /* owned: tids that "Process N attached" introduced */
	int32_t main_tid;      /* whom tid 0 is; 0: not known yet */
	bool unnamed_seen;     /* a call without tid, so that the main thread goes by 0 */
} GsTraceThreads;

/* @main_tid: of a file of one thread, as strace -ff writes them; else 0. */
void gs_trace_threads_init(GsTraceThreads *threads, int32_t main_tid);
void gs_trace_threads_clear(GsTraceThreads *threads);

/* Whether @prefix says whose line it is, whatever was before: strace -o names everybody. */
static inline bool gs_trace_prefix_is_certain(const GsTracePrefix *prefix)
{
	return prefix->tid >= 0 && !prefix->bracketed;
}

/*
 * Whose line it is that begins with @prefix; 0: the log has not said yet.
 * @ret_named is set if it is the one that went by 0 until now.
 */
int32_t gs_trace_threads_find(GsTraceThreads *threads, const GsTracePrefix *prefix,
			      bool *ret_named);

/* "strace: Process @tid attached" */
void gs_trace_threads_announce(GsTraceThreads *threads, int32_t tid);

void gs_trace_threads_exit(GsTraceThreads *threads, int32_t tid);

#endif
