/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/open-calls.h"

#define OPEN_CALLS_MAX (1u << 16)

/* Longer heads are not kept for the next call. */
#define KEPT_HEAD_BYTES_MAX 1024

void gs_open_call_free(GsOpenCall *call)
{
	if (!call)
		return;
	g_string_free(call->head, TRUE);
	g_free(call);
}

static gpointer key_of(int32_t tid, unsigned int layer)
{
	return GSIZE_TO_POINTER((gsize)tid * GS_TRACE_LAYERS + layer);
}

void gs_open_calls_init(GsOpenCalls *calls)
{
	calls->by_thread =
		g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)gs_open_call_free);
}

void gs_open_calls_clear(GsOpenCalls *calls)
{
	g_clear_pointer(&calls->by_thread, g_hash_table_unref);
}

static GsOpenCall *find(const GsOpenCalls *calls, int32_t tid, unsigned int layer)
{
	return g_hash_table_lookup(calls->by_thread, key_of(tid, layer));
}

static void assign(GsOpenCall *kept, const GsOpenCall *call, GsSpan head)
{
	GString *text = kept->head;

	*kept = *call;
	kept->head = text;
	g_string_truncate(text, 0);
	g_string_append_len(text, head.text, (gssize)head.length);
}

static gboolean has_ended(gpointer key, gpointer call, gpointer unused)
{
	(void)key;
	(void)unused;
	return ((const GsOpenCall *)call)->ended;
}

GsOpenCall *gs_open_calls_store(GsOpenCalls *calls, const GsOpenCall *call, GsSpan head)
{
	GsOpenCall *kept = find(calls, call->tid, call->layer), *lost;

	if (kept && kept->ended) {
		assign(kept, call, head);
		return NULL;
	}
	lost = gs_open_calls_take(calls, call->tid, call->layer);
	kept = g_new(GsOpenCall, 1);
	kept->head = g_string_sized_new(head.length);
	assign(kept, call, head);
	if (g_hash_table_size(calls->by_thread) >= OPEN_CALLS_MAX &&
	    !g_hash_table_foreach_remove(calls->by_thread, has_ended, NULL))
		return kept;
	g_hash_table_insert(calls->by_thread, key_of(call->tid, call->layer), kept);
	return lost;
}

GsOpenCall *gs_open_calls_peek(const GsOpenCalls *calls, int32_t tid, unsigned int layer)
{
	GsOpenCall *call = find(calls, tid, layer);

	return call && !call->ended ? call : NULL;
}

void gs_open_calls_end(GsOpenCalls *calls, GsOpenCall *call)
{
	if (call->head->allocated_len > KEPT_HEAD_BYTES_MAX)
		g_hash_table_remove(calls->by_thread, key_of(call->tid, call->layer));
	else
		call->ended = true;
}

GsOpenCall *gs_open_calls_take(GsOpenCalls *calls, int32_t tid, unsigned int layer)
{
	GsOpenCall *call = find(calls, tid, layer);

	if (!call)
		return NULL;
	if (call->ended) {
		g_hash_table_remove(calls->by_thread, key_of(tid, layer));
		return NULL;
	}
	g_hash_table_steal(calls->by_thread, key_of(tid, layer));
	return call;
}

static int compare_lines(const void *a, const void *b)
{
	const GsOpenCall *left = *(GsOpenCall *const *)a, *right = *(GsOpenCall *const *)b;

	return (left->line > right->line) - (left->line < right->line);
}

GPtrArray *gs_open_calls_take_all(GsOpenCalls *calls)
{
	GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)gs_open_call_free);
	GHashTableIter iter;
	gpointer call;

	g_hash_table_foreach_remove(calls->by_thread, has_ended, NULL);
	g_hash_table_iter_init(&iter, calls->by_thread);
	while (g_hash_table_iter_next(&iter, NULL, &call)) {
		g_ptr_array_add(all, call);
		g_hash_table_iter_steal(&iter);
	}
	g_ptr_array_sort(all, compare_lines);
	return all;
}
