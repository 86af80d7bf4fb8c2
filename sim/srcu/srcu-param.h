/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What can be set of Tree SRCU: the srcutree.* module parameters under the
 * kernel's names, the two rcupdate knobs that reach SRCU, and what differs
 * between releases.
 *
 * Mirrors kernel/rcu/srcutree.c and kernel/rcu/update.c (7.3).
 *
 * The rules by which releases compute delays, each settable by itself so that the
 * steps between two releases can be simulated too. Where a release has no limit,
 * it is one that is never reached.
 *
 *                                  4.12 .. 5.18  5.19-rc1  5.19 and later
 *   age_grace_jiffies                 never          0           1
 *   check_asks_each_time               yes          yes          no
 *   cbdelay_asks                       yes          yes          no
 *   srcu_max_nodelay_phase           no limit        1       from HZ: 3 .. 1000
 *   srcu_max_nodelay                 no limit       100      from HZ: 100 .. 1000
 *   convert_to_big                    INIT         AUTO         AUTO
 */
#ifndef GS_SRCU_PARAM_H
#define GS_SRCU_PARAM_H

#include <stdbool.h>
#include <stdint.h>

#define GS_SRCU_INTERVAL_JIFFIES 1      /* SRCU_INTERVAL */
#define GS_SRCU_MAX_INTERVAL_JIFFIES 10 /* SRCU_MAX_INTERVAL */

/* GsSrcuParams.age_grace_jiffies: a grace period is looked at as often however old it is. */
#define GS_SRCU_AGE_NEVER (-1)

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
	int age_grace_jiffies;             /* srcu_get_delay(): the age beyond this many jiffies is
					      added to the delay; GS_SRCU_AGE_NEVER: none is */
	bool check_asks_each_time;         /* try_check_zero() asks for the delay at each look that
					      fails; else once, on entry */
	bool cbdelay_asks;                 /* srcu_gp_end() asks for the delay, for its callbacks;
					      else it looks whether anybody is in a hurry */
} GsSrcuParams;

/* Fill in the defaults of release 7.3 at @hz. */
void gs_srcu_params_init(GsSrcuParams *params, int hz);

#endif
