/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/open-calls.h"

#define OPEN_CALLS_MAX (1u << 16)

GsOpenCall *gs_open_call_new(const GsOpenCall *call, GsSpan head)
{
	GsOpenCall *copy = g_new(GsOpenCall, 1);

	*copy = *call;
	copy->head = g_string_new_len(head.text, (gssize)head.length);
	return copy;
}

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

GsOpenCall *gs_open_calls_store(GsOpenCalls *calls, GsOpenCall *call)
{
	GsOpenCall *lost = gs_open_calls_take(calls, call->tid, call->layer);

	if (g_hash_table_size(calls->by_thread) >= OPEN_CALLS_MAX)
		return call;
	g_hash_table_insert(calls->by_thread, key_of(call->tid, call->layer), call);
	return lost;
}

GsOpenCall *gs_open_calls_peek(const GsOpenCalls *calls, int32_t tid, unsigned int layer)
{
	return g_hash_table_lookup(calls->by_thread, key_of(tid, layer));
}

GsOpenCall *gs_open_calls_take(GsOpenCalls *calls, int32_t tid, unsigned int layer)
{
	gpointer call = NULL;

	g_hash_table_steal_extended(calls->by_thread, key_of(tid, layer), NULL, &call);
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

	g_hash_table_iter_init(&iter, calls->by_thread);
	while (g_hash_table_iter_next(&iter, NULL, &call)) {
		g_ptr_array_add(all, call);
		g_hash_table_iter_steal(&iter);
	}
	g_ptr_array_sort(all, compare_lines);
	return all;
}
