/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/policy/policies.h"

static GsKvmReclaim bus_registered(const GsKvm *kvm)
{
	(void)kvm;
	return GS_KVM_RECLAIM_SYNC_EXPEDITED;
}

const GsPolicy gs_policy_sync_expedited = {
	.name = "sync-expedited",
	.summary = "wait with synchronize_srcu_expedited() at every registration",
	.status = "Linux up to 6.17",
	.kvm = { .bus_registered = bus_registered },
};
