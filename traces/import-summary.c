/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/import-summary.h"

#include "traces/value-tally.h"

/* Linux has not nearly as many calls and requests: a log of more gets one row for the rest. */
#define CALLS_MAX 4096
#define OTHER_CALLS "(others)"

typedef struct {
	GsImportCallSummary shown;
	GsValueTally *latencies; /* owned */
} Call;

typedef struct {
	GsImportSeriesSummary shown;
	GHashTable *calls;   /* owned: name, borrowed from the value -> Call, owned */
	GHashTable *threads; /* owned: group and tid, an int64_t */
	GHashTable *vms;     /* owned: set of numbers */
	uint32_t clock;
	int64_t first_ns, last_ns;
	bool timed, two_clocks;
} Series;

struct GsImportSummary {
	GPtrArray *series; /* owned: Series, by number */
	GString *name;     /* owned: scratch */
};

static void call_free(gpointer pointer)
{
	Call *call = pointer;

	gs_value_tally_free(call->latencies);
	g_free(call->shown.name);
	g_free(call);
}

static void series_free(gpointer pointer)
{
	Series *series = pointer;

	g_clear_pointer(&series->shown.calls, g_ptr_array_unref);
	g_hash_table_unref(series->calls);
	g_hash_table_unref(series->threads);
	g_hash_table_unref(series->vms);
	g_free(series);
}

GsImportSummary *gs_import_summary_new(void)
{
	GsImportSummary *summary = g_new(GsImportSummary, 1);

	summary->series = g_ptr_array_new_with_free_func(series_free);
	summary->name = g_string_new(NULL);
	return summary;
}

void gs_import_summary_free(GsImportSummary *summary)
{
	g_ptr_array_unref(summary->series);
	g_string_free(summary->name, TRUE);
	g_free(summary);
}

static Series *series_new(uint32_t number)
{
	Series *series = g_new0(Series, 1);

	series->shown.series = number;
	series->calls = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, call_free);
	series->threads = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	series->vms = g_hash_table_new(NULL, NULL);
	return series;
}

static Series *get_series(GsImportSummary *summary, uint32_t number)
{
	while (number >= summary->series->len)
		g_ptr_array_add(summary->series, series_new(summary->series->len));
	return g_ptr_array_index(summary->series, number);
}

static Call *get_call(GsImportSummary *summary, Series *series, GsSpan name)
{
	Call *call;

	g_string_truncate(summary->name, 0);
	g_string_append_len(summary->name, name.text, (gssize)name.length);
	call = g_hash_table_lookup(series->calls, summary->name->str);
	if (!call && g_hash_table_size(series->calls) >= CALLS_MAX) {
		g_string_assign(summary->name, OTHER_CALLS);
		call = g_hash_table_lookup(series->calls, OTHER_CALLS);
	}
	if (call)
		return call;
	call = g_new0(Call, 1);
	call->shown.name = g_strdup(summary->name->str);
	call->shown.max_ns = -1;
	call->latencies = gs_value_tally_new(GS_VALUE_TALLY_MAX);
	g_hash_table_insert(series->calls, call->shown.name, call);
	return call;
}

static void count_call(Call *call, const GsImportRow *row)
{
	GsImportCallSummary *shown = &call->shown;

	shown->count++;
	shown->errors += row->status == GS_CALL_ERROR;
	shown->restarted += row->status == GS_CALL_RESTARTED;
	shown->unfinished += row->status == GS_CALL_UNFINISHED;
	if (row->latency_ns < 0)
		return;
	gs_value_tally_add(call->latencies, row->latency_ns);
	shown->max_ns = MAX(shown->max_ns, row->latency_ns);
	/* centuries add up only in logs that are made to */
	shown->total_ns += MIN(row->latency_ns, INT64_MAX - shown->total_ns);
}

static void count_time(Series *series, const GsImportRow *row, uint32_t clock)
{
	int64_t end_ns = row->start_ns + MAX(row->latency_ns, 0);

	if (row->start_ns < 0)
		return;
	if (!series->timed) {
		series->timed = true;
		series->clock = clock;
		series->first_ns = row->start_ns;
		series->last_ns = end_ns;
	}
	series->two_clocks |= series->clock != clock;
	series->first_ns = MIN(series->first_ns, row->start_ns);
	series->last_ns = MAX(series->last_ns, end_ns);
}

static void count_thread(Series *series, const GsImportRow *row, int32_t main_tid)
{
	uint32_t tid = (uint32_t)(row->tid ? row->tid : main_tid);
	gint64 key = (gint64)((uint64_t)row->group << 32 | tid), *owned_key;

	if (!tid || g_hash_table_contains(series->threads, &key))
		return;
	owned_key = g_new(gint64, 1);
	*owned_key = key;
	g_hash_table_add(series->threads, owned_key);
}

void gs_import_summary_add(GsImportSummary *summary, const GsImportRow *row, uint32_t clock,
			   int32_t main_tid)
{
	Series *series = get_series(summary, row->series);
	GsSpan name = row->request.length ? row->request : row->call;

	series->shown.records++;
	count_call(get_call(summary, series, name), row);
	count_time(series, row, clock);
	count_thread(series, row, main_tid);
	if (row->vm != GS_VM_NONE)
		g_hash_table_add(series->vms, GINT_TO_POINTER(row->vm));
}

static gint compare_calls(gconstpointer a, gconstpointer b)
{
	const GsImportCallSummary *first = *(const GsImportCallSummary *const *)a;
	const GsImportCallSummary *second = *(const GsImportCallSummary *const *)b;

	if (first->total_ns != second->total_ns)
		return first->total_ns > second->total_ns ? -1 : 1;
	if (first->count != second->count)
		return first->count > second->count ? -1 : 1;
	return strcmp(first->name, second->name);
}

static void finish_series(Series *series)
{
	GHashTableIter iter;
	gpointer value;

	series->shown.thread_count = g_hash_table_size(series->threads);
	series->shown.vm_count = g_hash_table_size(series->vms);
	series->shown.span_ns =
		series->timed && !series->two_clocks ? series->last_ns - series->first_ns : -1;
	series->shown.calls = g_ptr_array_new();
	g_hash_table_iter_init(&iter, series->calls);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		Call *call = value;

		call->shown.timed_count = gs_value_tally_count(call->latencies);
		call->shown.median_ns = gs_value_tally_median(call->latencies);
		call->shown.rounded = gs_value_tally_is_rounded(call->latencies);
		g_ptr_array_add(series->shown.calls, &call->shown);
	}
	g_ptr_array_sort(series->shown.calls, compare_calls);
}

const GPtrArray *gs_import_summary_finish(GsImportSummary *summary)
{
	for (unsigned int i = summary->series->len; i-- > 0;) {
		Series *series = g_ptr_array_index(summary->series, i);

		if (series->shown.records && !series->shown.calls)
			finish_series(series);
		else if (!series->shown.records)
			g_ptr_array_remove_index(summary->series, i);
	}
	return summary->series;
}
