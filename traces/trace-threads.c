/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/trace-threads.h"

/* More live threads than Linux gives out pids are a lie. */
#define THREADS_MAX (1u << 22)

void gs_trace_threads_init(GsTraceThreads *threads, int32_t main_tid)
{
	*threads = (GsTraceThreads){
		.live = g_hash_table_new(NULL, NULL),
		.announced = g_hash_table_new(NULL, NULL),
		.main_tid = main_tid,
	};
}

void gs_trace_threads_clear(GsTraceThreads *threads)
{
	g_clear_pointer(&threads->live, g_hash_table_unref);
	g_clear_pointer(&threads->announced, g_hash_table_unref);
}

static void add(GHashTable *tids, int32_t tid)
{
	if (g_hash_table_size(tids) < THREADS_MAX)
		g_hash_table_add(tids, GINT_TO_POINTER(tid));
}

/* The only thread that is traced; 0: there are more, or none is known. */
static int32_t only_live(const GsTraceThreads *threads)
{
	GHashTableIter iter;
	gpointer key;

	if (g_hash_table_size(threads->live) != 1)
		return 0;
	g_hash_table_iter_init(&iter, threads->live);
	g_hash_table_iter_next(&iter, &key, NULL);
	return GPOINTER_TO_INT(key);
}

int32_t gs_trace_threads_find(GsTraceThreads *threads, const GsTracePrefix *prefix, bool *ret_named)
{
	gpointer tid = GINT_TO_POINTER(prefix->tid);
	int32_t only;

	/* a thread nobody announced is the one that ran without a name until now */
	*ret_named = prefix->bracketed && threads->unnamed_seen && !threads->main_tid &&
		     !g_hash_table_contains(threads->announced, tid);
	if (*ret_named)
		threads->main_tid = prefix->tid;
	if (prefix->bracketed)
		add(threads->live, prefix->tid);
	if (prefix->tid >= 0)
		return prefix->tid;
	only = only_live(threads);
	if (only)
		return only;
	threads->unnamed_seen = true;
	return threads->main_tid;
}

void gs_trace_threads_announce(GsTraceThreads *threads, int32_t tid)
{
	add(threads->live, tid);
	add(threads->announced, tid);
}

void gs_trace_threads_exit(GsTraceThreads *threads, int32_t tid)
{
	g_hash_table_remove(threads->live, GINT_TO_POINTER(tid));
	g_hash_table_remove(threads->announced, GINT_TO_POINTER(tid));
}
