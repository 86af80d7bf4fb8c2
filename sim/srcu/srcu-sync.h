/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Waiting for grace periods. A synchronize is a callback and a sleep: it goes
 * through the same queue as call_srcu().
 * Mirrors synchronize_srcu(), synchronize_srcu_expedited(), srcu_should_expedite()
 * and srcu_barrier() of kernel/rcu/srcutree.c (7.3).
 */
#ifndef GS_SRCU_SYNC_H
#define GS_SRCU_SYNC_H

#include "sim/srcu/srcu-struct.h"

/* One wait of one task: the callback on its stack. Belongs to the waiting task. */
typedef struct {
	GsRcuHead head;
	GsCompletion done;
	GsSrcuStruct *ssp;
	GsTaskStep then;
} GsSrcuSync;

/* One srcu_barrier() of one task. */
typedef struct {
	GsSrcuStruct *ssp;
	uint64_t snap;
	GsTaskStep then;
} GsSrcuBarrier;

/*
 * From a step, last: wait for a full grace period of @ssp, then do @then.
 * @sync is unused until then. The caller has spent GsCosts.srcu_request_ns.
 */
void gs_synchronize_srcu(GsSrcuStruct *ssp, GsSrcuSync *sync, GsTask *task, GsTaskStep then);
void gs_synchronize_srcu_expedited(GsSrcuStruct *ssp, GsSrcuSync *sync, GsTask *task,
				   GsTaskStep then);

/* Is the domain idle enough for a normal synchronize to be expedited? */
bool gs_srcu_should_expedite(const GsSrcuStruct *ssp);

/*
 * From a step, last: wait until every callback queued so far has run, on
 * whatever schedule they are; then do @then.
 */
void gs_srcu_barrier(GsSrcuStruct *ssp, GsSrcuBarrier *barrier, GsTask *task, GsTaskStep then);

#endif
