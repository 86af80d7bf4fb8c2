/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/srcu/srcu-read.h"

int gs_srcu_read_lock(GsSrcuStruct *ssp, const GsCpu *cpu)
{
	const int idx = (int)(ssp->srcu_idx & 1);

	ssp->sda[cpu->id].srcu_lock_count[idx]++;
	return idx;
}

void gs_srcu_read_unlock(GsSrcuStruct *ssp, const GsCpu *cpu, int idx)
{
	ssp->sda[cpu->id].srcu_unlock_count[idx]++;
}

bool gs_srcu_readers_active_idx_check(const GsSrcuStruct *ssp, int idx)
{
	uint64_t locks = 0, unlocks = 0;

	for (int cpu = 0; cpu < ssp->cpu_count; cpu++) {
		locks += ssp->sda[cpu].srcu_lock_count[idx];
		unlocks += ssp->sda[cpu].srcu_unlock_count[idx];
	}
	return locks == unlocks;
}
