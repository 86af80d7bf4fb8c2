/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SRCU readers: two ranks of counters.
 * Mirrors srcu_read_lock(), srcu_read_unlock() and srcu_readers_active_idx_check()
 * of kernel/rcu/srcutree.c (7.3). There the counters are per CPU, and barriers make
 * their sums good; here all happens at one instant, and the sums are kept.
 */
#ifndef GS_SRCU_READ_H
#define GS_SRCU_READ_H

#include "sim/srcu/srcu-struct.h"

/* Enter a reader. Returns the index to leave with, maybe on another CPU. */
int gs_srcu_read_lock(GsSrcuStruct *ssp);

void gs_srcu_read_unlock(GsSrcuStruct *ssp, int idx);

/* Has every reader of @idx left? */
bool gs_srcu_readers_active_idx_check(const GsSrcuStruct *ssp, int idx);

#endif
