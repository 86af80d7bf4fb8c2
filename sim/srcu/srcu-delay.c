/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/srcu/srcu-delay.h"

int64_t gs_srcu_get_delay(GsSrcuStruct *ssp)
{
	int64_t delay = gs_srcu_gp_is_expedited(ssp) ? 0 : GS_SRCU_INTERVAL_JIFFIES;

	if (gs_rcu_seq_state(ssp->srcu_gp_seq) != GS_SRCU_STATE_IDLE) {
		/* A grace period that takes long is looked at less and less often. */
		const int grace = ssp->params->age_grace_jiffies;
		const int64_t age = ssp->kernel->jiffies - ssp->srcu_gp_start_jiffies;

		if (grace != GS_SRCU_AGE_NEVER)
			delay += MAX(age - grace, 0);
		if (delay == 0 &&
		    ++ssp->srcu_n_exp_nodelay > ssp->params->srcu_max_nodelay_phase)
			delay = 1;
	}
	return MIN(delay, GS_SRCU_MAX_INTERVAL_JIFFIES);
}
