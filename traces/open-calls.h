/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The calls a log's threads are inside of: begun, their end not read yet.
 */
#ifndef GS_OPEN_CALLS_H
#define GS_OPEN_CALLS_H

#include "traces/trace-line.h"

#include <glib.h>

typedef struct {
	int32_t tid;
	unsigned int layer; /* as in GsTraceLine */
	GString *head;      /* owned: the call as far as it was printed, without prefix */
	GsStampKind stamp;
	int64_t start_ns, resolution_ns; /* as in GsTraceRecord, */
	int64_t steady_ns, steady_resolution_ns; /* and these */
	uint64_t line;
} GsOpenCall;

/* Takes what @call says but the head, which is copied from @head. */
GsOpenCall *gs_open_call_new(const GsOpenCall *call, GsSpan head);
void gs_open_call_free(GsOpenCall *call);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsOpenCall, gs_open_call_free)

static inline GsSpan gs_open_call_head(const GsOpenCall *call)
{
	return gs_span(call->head->str, call->head->str + call->head->len);
}

typedef struct {
	GHashTable *by_thread; /* owned: GsOpenCall, by tid and layer */
} GsOpenCalls;

void gs_open_calls_init(GsOpenCalls *calls);
void gs_open_calls_clear(GsOpenCalls *calls);

/*
 * Remember @call, which is taken. Returns the one that has lost its end by that,
 * for the caller to free: the thread's call before it in its layer, or, if more
 * threads are inside calls than any machine has, @call itself. NULL: none.
 */
GsOpenCall *gs_open_calls_store(GsOpenCalls *calls, GsOpenCall *call);

/* What thread @tid is inside of in @layer; NULL: nothing. Borrowed. */
GsOpenCall *gs_open_calls_peek(const GsOpenCalls *calls, int32_t tid, unsigned int layer);

/* As above, and forget it; the caller frees it. */
GsOpenCall *gs_open_calls_take(GsOpenCalls *calls, int32_t tid, unsigned int layer);

/* All of them, in the order in which they began in the file; the caller frees the array. */
GPtrArray *gs_open_calls_take_all(GsOpenCalls *calls);

#endif
