/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/policy/policies.h"

static GsKvmReclaim bus_registered(const GsKvm *kvm)
{
	(void)kvm;
	return GS_KVM_RECLAIM_CALL_EXPEDITED;
}

const GsPolicy gs_policy_call_srcu_expedited = {
	.name = "call-srcu-expedited",
	.summary = "free the old bus by call_srcu_expedited(), without waiting",
	.status = "proposed, March 2026",
	.kvm = { .bus_registered = bus_registered },
};
