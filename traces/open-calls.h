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
	bool ended; /* kept for the thread's next call */
} GsOpenCall;

void gs_open_call_free(GsOpenCall *call);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsOpenCall, gs_open_call_free)

static inline GsSpan gs_open_call_head(const GsOpenCall *call)
{
	return gs_span(call->head->str, call->head->str + call->head->len);
}

/*
 * The same few threads begin and end most calls: what held one that has ended stays
 * where it is until its thread begins the next or exits.
 */
typedef struct {
	GHashTable *by_thread; /* owned: GsOpenCall, by tid and layer */
} GsOpenCalls;

void gs_open_calls_init(GsOpenCalls *calls);
void gs_open_calls_clear(GsOpenCalls *calls);

/*
 * Remember @call, with a copy of @head as its head. Returns the one that has lost its
 * end by that, for the caller to free: the thread's call before it in its layer, or,
 * if more threads are inside calls than any machine has, @call. NULL: none.
 */
GsOpenCall *gs_open_calls_store(GsOpenCalls *calls, const GsOpenCall *call, GsSpan head);

/* What thread @tid is inside of in @layer; NULL: nothing. Borrowed. */
GsOpenCall *gs_open_calls_peek(const GsOpenCalls *calls, int32_t tid, unsigned int layer);

/* @call, which is one of these, has ended: forget it. */
void gs_open_calls_end(GsOpenCalls *calls, GsOpenCall *call);

/* What thread @tid is inside of in @layer, to be forgotten here; the caller frees it. */
GsOpenCall *gs_open_calls_take(GsOpenCalls *calls, int32_t tid, unsigned int layer);

/* All of them, in the order in which they began in the file; the caller frees the array. */
GPtrArray *gs_open_calls_take_all(GsOpenCalls *calls);

#endif
