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

/* What the script says of calls that are one. */
static void add_calls(GsSummary *summary, const GsScript *script)
{
	const GsCallPool *pool = summary->pool;

	for (unsigned int n = 0; n < pool->calls->len; n++) {
		const GsPooledCall *pooled = gs_call_pool_call(pool, n);
		GsCallSummary fresh = {
			.name = pooled->name,
			.occurrence = pooled->occurrence,
			.vm_count = pooled->vm_count,
		};

		for (uint32_t m = pool->first[n]; m < pool->first[n + 1]; m++) {
			const GsScriptCall *call = gs_script_call(script, pool->members[m]);

			fresh.preamble_count += call->from_preamble;
			fresh.observed_count += call->recorded_ns >= 0;
		}
		g_array_append_val(summary->calls, fresh);
	}
}

static void summarise_observed(GsSummary *summary, const GsScript *script)
{
	g_autofree int64_t *values = g_new(int64_t, script->calls->len);
	const GsCallPool *pool = summary->pool;

	for (unsigned int n = 0; n < summary->calls->len; n++) {
		GsCallSummary *pooled = &g_array_index(summary->calls, GsCallSummary, n);
		size_t count = 0;

		for (uint32_t m = pool->first[n]; m < pool->first[n + 1]; m++) {
			const GsScriptCall *call = gs_script_call(script, pool->members[m]);

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
	summary->pool = gs_call_pool_new(script);
	add_calls(summary, script);
	summarise_observed(summary, script);
	summary->stats = g_new0(GsCallStats, (size_t)cell_count * (summary->calls->len + 1));
	return summary;
}

void gs_summary_free(GsSummary *summary)
{
	g_array_unref(summary->calls);
	g_free(summary->stats);
	gs_call_pool_free(summary->pool);
	g_free(summary);
}

int64_t gs_stall_threshold_ns(int hz)
{
	return GS_NSEC_PER_SEC / hz * STALL_JIFFIES_NUMERATOR / STALL_JIFFIES_DENOMINATOR;
}

/* Fill in what follows from the values alone; sorts them. */
static void summarise_values(GsCallStats *stats, int64_t *values, size_t count)
{
	qsort(values, count, sizeof(*values), compare_ns);
	stats->sample_count = count;
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
	const GsCallPool *pool = summary->pool;
	const int64_t stall_ns = gs_stall_threshold_ns(spec->cells[cell].hz);
	unsigned int call_count = summary->calls->len;
	int64_t wait_sum_ns = 0;
	size_t count = 0;

	memset(waited_ns, 0, sizeof(*waited_ns) * (call_count + 1));
	for (unsigned int run = 0; run < spec->runs; run++) {
		const GsSample *of_run = samples + (size_t)run * spec->script->calls->len;

		for (uint32_t m = pool->first[n]; m < pool->first[n + 1]; m++) {
			const GsSample *sample = &of_run[pool->members[m]];

			values[count++] = sample->latency_ns;
			stats->stall_count += sample->wait_ns > stall_ns;
			wait_sum_ns += sample->wait_ns;
			waited_ns[sample->cause < 0 ? call_count :
						      pool->entries[sample->cause].pool] +=
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
	const int64_t stall_ns = gs_stall_threshold_ns(spec->cells[cell].hz);
	const GsScript *script = spec->script;
	size_t count = (size_t)spec->runs * script->vm_count;
	g_autofree int64_t *sums = g_new0(int64_t, count);

	for (unsigned int run = 0; run < spec->runs; run++)
		for (unsigned int i = 0; i < script->calls->len; i++)
			sums[(size_t)run * script->vm_count + gs_script_call(script, i)->vm] +=
				samples[(size_t)run * script->calls->len + i].wait_ns;
	for (size_t i = 0; i < count; i++)
		stats->stall_count += sums[i] > stall_ns;
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
