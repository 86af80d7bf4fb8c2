/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Asking for grace periods without waiting for them.
 * Mirrors call_srcu(), srcu_gp_start_if_needed(), start_poll_synchronize_srcu(),
 * poll_state_synchronize_srcu() and srcu_expedite_current() of
 * kernel/rcu/srcutree.c (7.3), and call_srcu_expedited() as proposed in March 2026.
 *
 * All act at the instant they are called, on the CPU that is executing; the
 * processor time they take (GsCosts.srcu_request_ns) is the caller's to spend.
 */
#ifndef GS_SRCU_CALL_H
#define GS_SRCU_CALL_H

#include "sim/srcu/srcu-struct.h"

/* Call @func(@head) after a full grace period, always a normal one whatever the sysfs knobs say. */
void gs_call_srcu(GsSrcuStruct *ssp, GsRcuHead *head, GsRcuCallback func);

/* As gs_call_srcu(), expedited unless rcu_normal is set. */
void gs_call_srcu_expedited(GsSrcuStruct *ssp, GsRcuHead *head, GsRcuCallback func);

/* Start a normal grace period if need be; the cookie to poll with. */
uint64_t gs_start_poll_synchronize_srcu(GsSrcuStruct *ssp);
bool gs_poll_state_synchronize_srcu(const GsSrcuStruct *ssp, uint64_t cookie);

/*
 * Expedite the grace period that runs: an expedited callback that does nothing,
 * whatever the sysfs knobs say. If the worker sleeps, it sleeps on.
 */
void gs_srcu_expedite_current(GsSrcuStruct *ssp);

/*
 * The common path: @head, already filled in, or NULL, wants a grace period.
 * Returns the number at which it will be over.
 */
uint64_t gs_srcu_gp_start_if_needed(GsSrcuStruct *ssp, GsRcuHead *head, bool do_norm);

#endif
