/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/srcu/srcu-read.h"

int gs_srcu_read_lock(GsSrcuStruct *ssp)
{
	const int idx = (int)(ssp->srcu_idx & 1);

	ssp->srcu_lock_count[idx]++;
	return idx;
}

void gs_srcu_read_unlock(GsSrcuStruct *ssp, int idx)
{
	ssp->srcu_unlock_count[idx]++;
}

bool gs_srcu_readers_active_idx_check(const GsSrcuStruct *ssp, int idx)
{
	return ssp->srcu_lock_count[idx] == ssp->srcu_unlock_count[idx];
}
