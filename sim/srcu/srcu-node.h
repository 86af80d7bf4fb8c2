/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The combining tree through which requests reach the top of a big domain, and
 * the way from small to big. Small domains have no tree: requests go straight up.
 * Mirrors srcu_funnel_gp_start() and srcu_funnel_exp_start() of
 * kernel/rcu/srcutree.c (7.3).
 */
#ifndef GS_SRCU_NODE_H
#define GS_SRCU_NODE_H

#include "sim/srcu/srcu-struct.h"

/* @sdp needs grace period @s; start one if the domain is idle. */
void gs_srcu_funnel_gp_start(GsSrcuStruct *ssp, GsSrcuData *sdp, uint64_t s, bool do_norm);

/*
 * Grace period @s, already asked for, is now wanted expedited. @snp: from which
 * node up; NULL: at the top only. Touches no timer and no work item, which is
 * why an expedited request waits out the delay of a normal grace period.
 */
void gs_srcu_funnel_exp_start(GsSrcuStruct *ssp, GsSrcuNode *snp, uint64_t s);

/* Grace period @gpseq is over: schedule the callbacks of the leaves that recorded some. */
void gs_srcu_nodes_gp_end(GsSrcuStruct *ssp, uint64_t gpseq, int64_t cbdelay_jiffies);

/* A grace period has ended: one step nearer to BIG, if on the way. */
void gs_srcu_size_step(GsSrcuStruct *ssp);

#endif
