/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The segmented callback list: callbacks in order of arrival, cut into those
 * that are done, that wait for a grace period, and that have no number yet.
 *
 * Mirrors kernel/rcu/rcu_segcblist.c (7.3). Segment lengths are not kept: only
 * which segments are empty has an effect here.
 */
#ifndef GS_RCU_SEGCBLIST_H
#define GS_RCU_SEGCBLIST_H

#include <stdbool.h>
#include <stdint.h>

typedef struct GsRcuHead GsRcuHead;
typedef void (*GsRcuCallback)(GsRcuHead *head);

/* Embedded in what a callback is about, as in the kernel. */
struct GsRcuHead {
	GsRcuHead *next;
	GsRcuCallback func;
};

enum {
	GS_RCU_DONE,       /* their grace period is over */
	GS_RCU_WAIT,       /* wait for their segment's gp_seq */
	GS_RCU_NEXT_READY, /* wait for theirs, a later one */
	GS_RCU_NEXT,       /* no number yet */
	GS_RCU_CBLIST_NSEGS,
};

/* Callbacks first in, first out. */
typedef struct {
	GsRcuHead *first, *last;
	uint64_t gp_seq; /* of WAIT and NEXT_READY */
} GsRcuSegment;

typedef struct {
	GsRcuSegment segments[GS_RCU_CBLIST_NSEGS];
	long len; /* callbacks not yet invoked, those being invoked included */
} GsRcuSegcblist;

void gs_rcu_segcblist_init(GsRcuSegcblist *list);

static inline bool gs_rcu_segcblist_segempty(const GsRcuSegcblist *list, int segment)
{
	return !list->segments[segment].first;
}

/* Is anything invocable? */
bool gs_rcu_segcblist_ready_cbs(const GsRcuSegcblist *list);

/* Does anything still wait for a grace period? */
bool gs_rcu_segcblist_pend_cbs(const GsRcuSegcblist *list);

/* Append to NEXT. */
void gs_rcu_segcblist_enqueue(GsRcuSegcblist *list, GsRcuHead *head);

/* Append behind the last callback, in its segment. False, and nothing done, if there is none. */
bool gs_rcu_segcblist_entrain(GsRcuSegcblist *list, GsRcuHead *head);

/* Grace period @seq is over: what waited for it, or for an earlier one, is done. */
void gs_rcu_segcblist_advance(GsRcuSegcblist *list, uint64_t seq);

/* Give what has no number yet, or a later one, number @seq. False if that changed nothing. */
bool gs_rcu_segcblist_accelerate(GsRcuSegcblist *list, uint64_t seq);

/* Take the done callbacks, linked by next; NULL if there are none. Leaves len to the caller. */
GsRcuHead *gs_rcu_segcblist_extract_done_cbs(GsRcuSegcblist *list);

#endif
