/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is kept of the runs of a cell, however many: histograms, sums, counts.
 *
 * All of it adds up, so tallies of parts of the runs merge to the tally of the
 * whole, in any order. A tally owns all it names and knows no script: one read
 * back from a store is the same thing.
 */
#ifndef GS_TALLY_H
#define GS_TALLY_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "runs/call-pool.h"
#include "runs/replay.h"
#include "runs/summary.h"
#include "sim/stats/histogram.h"

/*
 * Two rows behind the calls, one value per VM and run: the waits of all its
 * ioctls, summed; and from its arrival, or, if that is not known, from its first
 * call, to its first KVM_RUN, or, if it has none, to the end of its last call.
 */
#define GS_TALLY_WAITS "(waits)"
#define GS_TALLY_START "(start)"

typedef struct {
	int32_t cause;     /* index of a call, or GS_CAUSE_OWN */
	int64_t waited_ns; /* above 0 */
} GsTallyCause;

typedef struct {
	char *name;           /* "KVM_CREATE_VCPU", GS_TALLY_WAITS, GS_TALLY_START */
	uint32_t occurrence;  /* 0 of the latter two */
	GsHistogram latency;
	int64_t wait_sum_ns;
	uint64_t stall_count; /* those that waited over 0.3 jiffy, as GsCallStats has it */
	GArray *causes;       /* GsTallyCause, ascending by cause, what was waited for it */
} GsTallyCall;

/* A VM within one run. */
typedef struct {
	int64_t begin_ns, run_ns, end_ns, wait_ns; /* end_ns -1: it makes no call */
} GsTallyVm;

typedef struct {
	GArray *calls;      /* GsTallyCall */
	uint64_t run_count;
	GArray *vms;        /* GsTallyVm: scratch of gs_tally_add_run() */
} GsTally;

/* A tally of no runs of the calls of @pool and, behind them, GS_TALLY_WAITS and GS_TALLY_START. */
GsTally *gs_tally_new(const GsCallPool *pool);
void gs_tally_free(GsTally *tally);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsTally, gs_tally_free)

/* For one that is read back: of no calls, which gs_tally_add_call() adds. */
GsTally *gs_tally_new_empty(void);
GsTallyCall *gs_tally_add_call(GsTally *tally, const char *name, uint32_t occurrence);

/* Note that @call waited @waited_ns, above 0, for @cause. */
void gs_tally_call_add_cause(GsTallyCall *call, int32_t cause, int64_t waited_ns);

/*
 * Add a run at @hz; @samples has one for each call of the script @pool is of,
 * @arrivals_ns one instant for each of its VMs; NULL: not known.
 */
void gs_tally_add_run(GsTally *tally, const GsCallPool *pool, const GsSample *samples,
		      const int64_t *arrivals_ns, int hz);

/* Add the runs of @from to @into. False, with nothing done: they are not of the same calls. */
bool gs_tally_merge(GsTally *into, const GsTally *from);

static inline const GsTallyCall *gs_tally_call(const GsTally *tally, unsigned int n)
{
	return &g_array_index(tally->calls, GsTallyCall, n);
}

/* The index of a call, -1 if it is not there. */
int gs_tally_find(const GsTally *tally, const char *name, uint32_t occurrence);

/* What most of its waiting was for: a call, or GS_CAUSE_... */
int32_t gs_tally_main_cause(const GsTallyCall *call);

/* The figures that the reports of a replay show; quantiles are as exact as the histogram. */
void gs_tally_stats(const GsTally *tally, unsigned int n, GsCallStats *ret_stats);

#endif
