/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SRCU readers: two ranks of per-CPU counters.
 * Mirrors srcu_read_lock(), srcu_read_unlock() and srcu_readers_active_idx_check()
 * of kernel/rcu/srcutree.c (7.3); the barriers between them have no duration here.
 */
#ifndef GS_SRCU_READ_H
#define GS_SRCU_READ_H

#include "sim/srcu/srcu-struct.h"

/* Enter a reader on @cpu. Returns the index to leave with, maybe on another CPU. */
int gs_srcu_read_lock(GsSrcuStruct *ssp, const GsCpu *cpu);

void gs_srcu_read_unlock(GsSrcuStruct *ssp, const GsCpu *cpu, int idx);

/* Has every reader of @idx left? */
bool gs_srcu_readers_active_idx_check(const GsSrcuStruct *ssp, int idx);

#endif
