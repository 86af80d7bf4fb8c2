/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is kept of a replay: quantiles per call and cell.
 *
 * A call here is one (name, occurrence), pooled over the VMs of the log: the
 * K-th KVM_IOEVENTFD of every VM is the same call seen again. Quantiles are
 * exact order statistics, no sketches: waits come in multiples of a tick, and
 * an approximation would put values between the ticks.
 */
#ifndef GS_SUMMARY_H
#define GS_SUMMARY_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "runs/call-pool.h"
#include "runs/replay.h"

/* In place of a call that caused a wait. */
#define GS_CAUSE_NONE (-1) /* nothing was waited for */
#define GS_CAUSE_OWN (-2)  /* a grace period that the call itself asked for, or a lock */

typedef struct {
	int64_t min_ns, p05_ns, median_ns, p95_ns, max_ns, mean_ns;
	int64_t mean_wait_ns;
	uint64_t sample_count; /* runs x VMs */
	uint64_t stall_count;  /* samples that waited over 0.3 jiffy */
	int32_t cause;         /* what most of the waiting was for: a call, or GS_CAUSE_... */
} GsCallStats;

typedef struct {
	const char *name; /* borrowed from the script */
	uint32_t occurrence;
	uint32_t vm_count;       /* VMs that make the call */
	uint32_t preamble_count; /* of them, those for which a VMM model supplied it */
	uint32_t observed_count; /* of them, those for which the log has a duration */
	int64_t observed_min_ns, observed_median_ns, observed_max_ns; /* 0 if observed_count is */
	bool waits;              /* in some run of some cell */
} GsCallSummary;

typedef struct {
	GArray *calls;      /* owned: GsCallSummary, in the order the log has the first of each */
	unsigned int cell_count;
	GsCallStats *stats; /* owned: [cell][call], and after the last call the sums of waits */
	GsCallPool *pool;   /* owned: of the same calls */
} GsSummary;

GsSummary *gs_summary_new(const GsScript *script, unsigned int cell_count);
void gs_summary_free(GsSummary *summary);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsSummary, gs_summary_free)

/* Reduce the samples of @cell; they are not needed afterwards. See GsReplayCellFunc. */
void gs_summary_add_cell(GsSummary *summary, const GsReplaySpec *spec, unsigned int cell,
			 const GsSample *samples);

static inline const GsCallSummary *gs_summary_call(const GsSummary *summary, unsigned int call)
{
	return &g_array_index(summary->calls, GsCallSummary, call);
}

static inline const GsCallStats *gs_summary_stats(const GsSummary *summary, unsigned int cell,
						  unsigned int call)
{
	return &summary->stats[(size_t)cell * (summary->calls->len + 1) + call];
}

/* The waits of all ioctls of one VM, summed within a run: in the fields of a latency. */
static inline const GsCallStats *gs_summary_waits(const GsSummary *summary, unsigned int cell)
{
	return gs_summary_stats(summary, cell, summary->calls->len);
}

/* A wait beyond this is a stall at @hz: nothing but a tick makes it. */
int64_t gs_stall_threshold_ns(int hz);

/* The @percent quantile of @count sorted values, between two of them by linear interpolation. */
int64_t gs_quantile_ns(const int64_t *sorted, size_t count, unsigned int percent);

#endif
