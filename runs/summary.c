/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runs/summary.h"

#include <stdlib.h>
#include <string.h>

#include "sim/engine/sim-time.h"

/* A wait beyond this part of a jiffy is a stall: nothing but a tick makes it. */
#define STALL_JIFFIES_NUMERATOR 3
#define STALL_JIFFIES_DENOMINATOR 10

static int compare_ns(const void *a, const void *b)
{
	int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

	return (left > right) - (left < right);
}

int64_t gs_quantile_ns(const int64_t *sorted, size_t count, unsigned int percent)
{
	size_t position = (count - 1) * percent; /* in hundredths of a place */
	size_t below = position / 100;
	int64_t rest = (int64_t)(position % 100);

	if (!rest)
		return sorted[below];
	return sorted[below] + ((sorted[below + 1] - sorted[below]) * rest + 50) / 100;
}

static int64_t mean_ns(const int64_t *values, size_t count)
{
	int64_t sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += values[i];
	return (sum + (int64_t)count / 2) / (int64_t)count;
}

/* A key for the calls that are one: the same name, the same occurrence. */
typedef struct {
	const char *name;
	uint32_t occurrence;
} CallKey;

static unsigned int hash_key(gconstpointer key)
{
	const CallKey *call = key;

	return g_str_hash(call->name) ^ (call->occurrence * UINT32_C(2654435761));
}

static gboolean equal_keys(gconstpointer a, gconstpointer b)
{
	const CallKey *left = a, *right = b;

	return left->occurrence == right->occurrence && !strcmp(left->name, right->name);
}

/* Which calls of the script are one. */
static void pool_calls(GsSummary *summary, const GsScript *script)
{
	g_autoptr(GHashTable) known = g_hash_table_new_full(hash_key, equal_keys, g_free, NULL);

	summary->pool_of = g_new(uint32_t, script->calls->len);
	for (unsigned int i = 0; i < script->calls->len; i++) {
		const GsScriptCall *call = gs_script_call(script, i);
		CallKey *key = g_new(CallKey, 1);
		GsCallSummary *pooled;
		gpointer index;

		*key = (CallKey){ call->name, call->occurrence };
		if (g_hash_table_lookup_extended(known, key, NULL, &index)) {
			g_free(key);
		} else {
			GsCallSummary fresh = {
				.name = call->name,
				.occurrence = call->occurrence,
			};

			index = GUINT_TO_POINTER(summary->calls->len);
			g_array_append_val(summary->calls, fresh);
			g_hash_table_insert(known, key, index);
		}
		summary->pool_of[i] = GPOINTER_TO_UINT(index);
		pooled = &g_array_index(summary->calls, GsCallSummary, summary->pool_of[i]);
		pooled->vm_count++;
		pooled->preamble_count += call->from_preamble;
		pooled->observed_count += call->recorded_ns >= 0;
	}
}

/* The reverse of pool_of. */
static void list_members(GsSummary *summary, unsigned int script_call_count)
{
	unsigned int count = summary->calls->len;
	g_autofree uint32_t *next = g_new(uint32_t, count);

	summary->first = g_new0(uint32_t, count + 1);
	summary->members = g_new(uint32_t, script_call_count);
	for (unsigned int n = 0; n < count; n++) {
		next[n] = summary->first[n];
		summary->first[n + 1] = next[n] + gs_summary_call(summary, n)->vm_count;
	}
	for (unsigned int i = 0; i < script_call_count; i++)
		summary->members[next[summary->pool_of[i]]++] = i;
}

static void summarise_observed(GsSummary *summary, const GsScript *script)
{
	g_autofree int64_t *values = g_new(int64_t, script->calls->len);

	for (unsigned int n = 0; n < summary->calls->len; n++) {
		GsCallSummary *pooled = &g_array_index(summary->calls, GsCallSummary, n);
		size_t count = 0;

		for (uint32_t m = summary->first[n]; m < summary->first[n + 1]; m++) {
			const GsScriptCall *call = gs_script_call(script, summary->members[m]);

			if (call->recorded_ns >= 0)
				values[count++] = call->recorded_ns;
		}
		if (!count)
			continue;
		qsort(values, count, sizeof(*values), compare_ns);
		pooled->observed_min_ns = values[0];
		pooled->observed_median_ns = gs_quantile_ns(values, count, 50);
		pooled->observed_max_ns = values[count - 1];
	}
}

GsSummary *gs_summary_new(const GsScript *script, unsigned int cell_count)
{
	GsSummary *summary = g_new0(GsSummary, 1);

	summary->calls = g_array_new(FALSE, FALSE, sizeof(GsCallSummary));
	summary->cell_count = cell_count;
	pool_calls(summary, script);
	list_members(summary, script->calls->len);
	summarise_observed(summary, script);
	summary->stats = g_new0(GsCallStats, (size_t)cell_count * (summary->calls->len + 1));
	return summary;
}

void gs_summary_free(GsSummary *summary)
{
	g_array_unref(summary->calls);
	g_free(summary->stats);
	g_free(summary->pool_of);
	g_free(summary->members);
	g_free(summary->first);
	g_free(summary);
}

static bool is_stall(int64_t wait_ns, int hz)
{
	return wait_ns > GS_NSEC_PER_SEC / hz * STALL_JIFFIES_NUMERATOR / STALL_JIFFIES_DENOMINATOR;
}

/* Fill in what follows from the values alone; sorts them. */
static void summarise_values(GsCallStats *stats, int64_t *values, size_t count)
{
	qsort(values, count, sizeof(*values), compare_ns);
	stats->sample_count = (uint32_t)count;
	stats->min_ns = values[0];
	stats->p05_ns = gs_quantile_ns(values, count, 5);
	stats->median_ns = gs_quantile_ns(values, count, 50);
	stats->p95_ns = gs_quantile_ns(values, count, 95);
	stats->max_ns = values[count - 1];
	stats->mean_ns = mean_ns(values, count);
}

/*
 * What most of the waiting was for, by time and not by number of waits: one
 * stall of a tick says more than many brushes with a lock. @waited_ns is indexed
 * by call, after the last call comes GS_CAUSE_OWN.
 */
static int32_t main_cause(const int64_t *waited_ns, unsigned int call_count)
{
	unsigned int cause = call_count;

	for (unsigned int n = 0; n < call_count; n++)
		if (waited_ns[n] > waited_ns[cause])
			cause = n;
	if (!waited_ns[cause])
		return GS_CAUSE_NONE;
	return cause == call_count ? GS_CAUSE_OWN : (int32_t)cause;
}

static GsCallStats *stats_slot(GsSummary *summary, unsigned int cell, unsigned int n)
{
	return &summary->stats[(size_t)cell * (summary->calls->len + 1) + n];
}

static void summarise_call(GsSummary *summary, const GsReplaySpec *spec, unsigned int cell,
			   const GsSample *samples, unsigned int n, int64_t *values,
			   int64_t *waited_ns)
{
	GsCallStats *stats = stats_slot(summary, cell, n);
	unsigned int call_count = summary->calls->len;
	int64_t wait_sum_ns = 0;
	size_t count = 0;

	memset(waited_ns, 0, sizeof(*waited_ns) * (call_count + 1));
	for (unsigned int run = 0; run < spec->runs; run++) {
		const GsSample *of_run = samples + (size_t)run * spec->script->calls->len;

		for (uint32_t m = summary->first[n]; m < summary->first[n + 1]; m++) {
			const GsSample *sample = &of_run[summary->members[m]];

			values[count++] = sample->latency_ns;
			stats->stall_count += is_stall(sample->wait_ns, spec->cells[cell].hz);
			wait_sum_ns += sample->wait_ns;
			waited_ns[sample->cause < 0 ? call_count :
						      summary->pool_of[sample->cause]] +=
				sample->wait_ns;
		}
	}
	summarise_values(stats, values, count);
	stats->mean_wait_ns = (wait_sum_ns + (int64_t)count / 2) / (int64_t)count;
	stats->cause = main_cause(waited_ns, call_count);
	if (wait_sum_ns)
		g_array_index(summary->calls, GsCallSummary, n).waits = true;
}

/* The waits of each VM in each run, summed over its calls. */
static void summarise_waits(GsSummary *summary, const GsReplaySpec *spec, unsigned int cell,
			    const GsSample *samples)
{
	GsCallStats *stats = stats_slot(summary, cell, summary->calls->len);
	const GsScript *script = spec->script;
	size_t count = (size_t)spec->runs * script->vm_count;
	g_autofree int64_t *sums = g_new0(int64_t, count);

	for (unsigned int run = 0; run < spec->runs; run++)
		for (unsigned int i = 0; i < script->calls->len; i++)
			sums[(size_t)run * script->vm_count + gs_script_call(script, i)->vm] +=
				samples[(size_t)run * script->calls->len + i].wait_ns;
	for (size_t i = 0; i < count; i++)
		stats->stall_count += is_stall(sums[i], spec->cells[cell].hz);
	summarise_values(stats, sums, count);
	stats->mean_wait_ns = stats->mean_ns;
	stats->cause = GS_CAUSE_NONE;
}

void gs_summary_add_cell(GsSummary *summary, const GsReplaySpec *spec, unsigned int cell,
			 const GsSample *samples)
{
	g_autofree int64_t *waited_ns = g_new(int64_t, summary->calls->len + 1);
	g_autofree int64_t *values = NULL;
	uint32_t pooled_max = 0;

	for (unsigned int n = 0; n < summary->calls->len; n++)
		pooled_max = MAX(pooled_max, gs_summary_call(summary, n)->vm_count);
	values = g_new(int64_t, (size_t)pooled_max * spec->runs);
	for (unsigned int n = 0; n < summary->calls->len; n++)
		summarise_call(summary, spec, cell, samples, n, values, waited_ns);
	summarise_waits(summary, spec, cell, samples);
}
