/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/policy/policies.h"

static GsKvmReclaim bus_registered(const GsKvm *kvm)
{
	(void)kvm;
	return GS_KVM_RECLAIM_CALL;
}

const GsPolicy gs_policy_call_srcu = {
	.name = "call-srcu",
	.summary = "free the old bus by call_srcu(), without waiting",
	.status = "Linux 6.18 to 7.3 (commit 7d9a0273c459)",
	.kvm = { .bus_registered = bus_registered },
};
