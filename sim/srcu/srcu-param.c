/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/srcu/srcu-param.h"

#include <glib.h>

/* The no-delay budget of a phase buys about 2 ms of polling at 5 us a pass, in jiffies' worth. */
#define NODELAY_PHASE_USEC INT64_C(2000000)
#define NODELAY_PHASE_MIN 3
#define NODELAY_PHASE_MAX 1000
#define NODELAY_MIN 100
#define RETRY_CHECK_DELAY_USEC 5

void gs_srcu_params_init(GsSrcuParams *params, int hz)
{
	const int64_t phase = CLAMP(NODELAY_PHASE_USEC / hz / RETRY_CHECK_DELAY_USEC,
				    NODELAY_PHASE_MIN, NODELAY_PHASE_MAX);

	*params = (GsSrcuParams){
		.exp_holdoff_ns = 25000,
		.srcu_retry_check_delay_ns = RETRY_CHECK_DELAY_USEC * 1000,
		.srcu_max_nodelay_phase = phase,
		.srcu_max_nodelay = MAX(phase, NODELAY_MIN),
		.convert_to_big = GS_SRCU_SIZING_AUTO,
		.big_cpu_lim = 128,
		.start_by_irq_work = true,
		.age_grace_jiffies = 1,
	};
}
