/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/policy/policies.h"

static GsKvmReclaim bus_registered(const GsKvm *kvm)
{
	(void)kvm;
	return GS_KVM_RECLAIM_SYNC;
}

const GsPolicy gs_policy_sync = {
	.name = "sync",
	.summary = "wait with synchronize_srcu() at every registration",
	.status = "what-if: never shipped in kvm_io_bus_register_dev()",
	.kvm = { .bus_registered = bus_registered },
};
