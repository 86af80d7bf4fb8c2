/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From the end of a grace period to the callbacks that waited for it.
 * Mirrors srcu_schedule_cbs_sdp(), srcu_delay_timer() and
 * srcu_invoke_callbacks() of kernel/rcu/srcutree.c (7.3).
 */
#ifndef GS_SRCU_CALLBACKS_H
#define GS_SRCU_CALLBACKS_H

#include "sim/srcu/srcu-struct.h"

/* Invoke @sdp's callbacks on its CPU: at once, or by a timer @delay_jiffies from now. */
void gs_srcu_schedule_cbs_sdp(GsSrcuData *sdp, int64_t delay_jiffies);

/* The timer's function. */
void gs_srcu_delay_timer(GsTimer *timer, GsCpu *cpu);

/* The work item: invoke everything that is done, in order. */
void gs_srcu_invoke_callbacks(GsWork *work, GsTask *worker);

#endif
