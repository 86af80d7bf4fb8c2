/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What can be set of Tree SRCU: the srcutree.* module parameters under the
 * kernel's names, the two rcupdate knobs that reach SRCU, and what differs
 * between releases.
 *
 * Mirrors kernel/rcu/srcutree.c and kernel/rcu/update.c (7.3).
 */
#ifndef GS_SRCU_PARAM_H
#define GS_SRCU_PARAM_H

#include <stdbool.h>
#include <stdint.h>

#define GS_SRCU_INTERVAL_JIFFIES 1      /* SRCU_INTERVAL */
#define GS_SRCU_MAX_INTERVAL_JIFFIES 10 /* SRCU_MAX_INTERVAL */

/* srcutree.convert_to_big: when a domain turns from one callback list to one per CPU. */
enum {
	GS_SRCU_SIZING_NONE,
	GS_SRCU_SIZING_INIT, /* at once */
	GS_SRCU_SIZING_TORTURE,
	GS_SRCU_SIZING_AUTO, /* at once with big_cpu_lim CPUs or more */
};

typedef struct {
	int64_t exp_holdoff_ns;            /* srcutree.exp_holdoff */
	int64_t srcu_retry_check_delay_ns; /* srcutree.srcu_retry_check_delay (there in us) */
	int64_t srcu_max_nodelay_phase;    /* srcutree.srcu_max_nodelay_phase */
	int64_t srcu_max_nodelay;          /* srcutree.srcu_max_nodelay */
	int convert_to_big;                /* srcutree.convert_to_big */
	int big_cpu_lim;                   /* srcutree.big_cpu_lim */
	bool rcu_normal;                   /* rcupdate.rcu_normal, /sys/kernel/rcu_normal */
	bool rcu_expedited;                /* rcupdate.rcu_expedited, /sys/kernel/rcu_expedited */
	bool start_by_irq_work;            /* 7.0 and later: an irq_work queues the worker */
} GsSrcuParams;

/* Fill in the defaults of release 7.3 at @hz. */
void gs_srcu_params_init(GsSrcuParams *params, int hz);

#endif
