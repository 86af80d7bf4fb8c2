/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The grace-period state machine and its worker, process_srcu().
 *
 * IDLE -> SCAN1 -> (flip) -> SCAN2 -> IDLE. A pass of the worker goes as far as
 * the readers allow; without readers one pass does it all.
 * Mirrors srcu_gp_start(), srcu_advance_state(), try_check_zero(), srcu_gp_end(),
 * srcu_reschedule() and process_srcu() of kernel/rcu/srcutree.c (7.3), and
 * srcu_irq_work() (7.0 and later).
 *
 * Invariant: "srcu-state" a grace period starts only from IDLE and ends only
 * from SCAN2.
 */
#ifndef GS_SRCU_GP_H
#define GS_SRCU_GP_H

#include "sim/srcu/srcu-struct.h"

/* IDLE -> SCAN1. */
void gs_srcu_gp_start(GsSrcuStruct *ssp);

/* A grace period has started from idle: get the worker going, at once or after a jiffy. */
void gs_srcu_kick_worker(GsSrcuStruct *ssp);

/* The work item: one pass. */
void gs_process_srcu(GsWork *work, GsTask *worker);

/* The interrupt between the start of a grace period and the queueing of its worker. */
void gs_srcu_irq_work(GsIrqWork *irq_work);

#endif
