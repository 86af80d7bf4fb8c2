/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/srcu/rcu-segcblist.h"

#include "sim/srcu/rcu-seq.h"

#include <stddef.h>

static void append(GsRcuSegment *segment, GsRcuHead *first, GsRcuHead *last)
{
	if (segment->last)
		segment->last->next = first;
	else
		segment->first = first;
	segment->last = last;
}

/* Everything in @from goes behind what is in @to. */
static void splice(GsRcuSegment *to, GsRcuSegment *from)
{
	if (!from->first)
		return;
	append(to, from->first, from->last);
	from->first = from->last = NULL;
}

void gs_rcu_segcblist_init(GsRcuSegcblist *list)
{
	*list = (GsRcuSegcblist){ .len = 0 };
}

bool gs_rcu_segcblist_ready_cbs(const GsRcuSegcblist *list)
{
	return !gs_rcu_segcblist_segempty(list, GS_RCU_DONE);
}

bool gs_rcu_segcblist_pend_cbs(const GsRcuSegcblist *list)
{
	return !gs_rcu_segcblist_segempty(list, GS_RCU_WAIT) ||
	       !gs_rcu_segcblist_segempty(list, GS_RCU_NEXT_READY) ||
	       !gs_rcu_segcblist_segempty(list, GS_RCU_NEXT);
}

void gs_rcu_segcblist_enqueue(GsRcuSegcblist *list, GsRcuHead *head)
{
	head->next = NULL;
	append(&list->segments[GS_RCU_NEXT], head, head);
	list->len++;
}

bool gs_rcu_segcblist_entrain(GsRcuSegcblist *list, GsRcuHead *head)
{
	int last = GS_RCU_NEXT;

	/* len counts callbacks that are being invoked too: nothing may overtake those. */
	if (list->len == 0)
		return false;
	while (last > GS_RCU_DONE && gs_rcu_segcblist_segempty(list, last))
		last--;
	head->next = NULL;
	append(&list->segments[last], head, head);
	list->len++;
	return true;
}

void gs_rcu_segcblist_advance(GsRcuSegcblist *list, uint64_t seq)
{
	GsRcuSegment *wait = &list->segments[GS_RCU_WAIT];
	GsRcuSegment *next_ready = &list->segments[GS_RCU_NEXT_READY];

	if (wait->first && gs_rcu_seq_before(seq, wait->gp_seq))
		return;
	splice(&list->segments[GS_RCU_DONE], wait);
	if (!next_ready->first)
		return;
	if (gs_rcu_seq_done(seq, next_ready->gp_seq)) {
		splice(&list->segments[GS_RCU_DONE], next_ready);
	} else {
		splice(wait, next_ready);
		wait->gp_seq = next_ready->gp_seq;
	}
}

bool gs_rcu_segcblist_accelerate(GsRcuSegcblist *list, uint64_t seq)
{
	int into = GS_RCU_NEXT;
	bool changed = false;

	/* Down to the segment behind the last that must keep its own, earlier number. */
	while (into > GS_RCU_WAIT && (gs_rcu_segcblist_segempty(list, into - 1) ||
				      gs_rcu_seq_done(list->segments[into - 1].gp_seq, seq)))
		into--;
	if (into == GS_RCU_NEXT)
		return false;
	for (int from = into + 1; from <= GS_RCU_NEXT; from++)
		splice(&list->segments[into], &list->segments[from]);
	if (!gs_rcu_segcblist_segempty(list, into)) {
		list->segments[into].gp_seq = seq;
		changed = true;
	}
	return changed;
}

GsRcuHead *gs_rcu_segcblist_extract_done_cbs(GsRcuSegcblist *list)
{
	GsRcuSegment *done = &list->segments[GS_RCU_DONE];
	GsRcuHead *first = done->first;

	done->first = done->last = NULL;
	return first;
}
