/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How long the grace-period worker waits before it looks again: the only place
 * delays come from. Mirrors srcu_get_delay() of kernel/rcu/srcutree.c (4.12 .. 7.3):
 * how releases differ is in sim/srcu/srcu-param.h.
 */
#ifndef GS_SRCU_DELAY_H
#define GS_SRCU_DELAY_H

#include "sim/srcu/srcu-struct.h"

/* srcu_gp_is_expedited(): has anybody asked for an expedited grace period yet to end? */
static inline bool gs_srcu_gp_is_expedited(const GsSrcuStruct *ssp)
{
	return gs_rcu_seq_before(ssp->srcu_gp_seq, ssp->srcu_gp_seq_needed_exp);
}

/*
 * In jiffies, 0 to 10. Asking has an effect: a 0 answered while an expedited
 * grace period runs uses up a little of the phase's no-delay budget.
 */
int64_t gs_srcu_get_delay(GsSrcuStruct *ssp);

#endif
