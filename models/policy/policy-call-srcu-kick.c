/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/policy/policies.h"

static GsKvmReclaim bus_registered(const GsKvm *kvm)
{
	(void)kvm;
	return GS_KVM_RECLAIM_CALL;
}

const GsPolicy gs_policy_call_srcu_kick = {
	.name = "call-srcu-kick",
	.summary = "call_srcu(), and an expedited request runs the pending worker at once",
	.status = "what-if",
	.kvm = { .bus_registered = bus_registered },
	.srcu = { .exp_request = gs_srcu_retime_work },
};
