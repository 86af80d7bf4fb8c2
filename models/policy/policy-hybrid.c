/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * KVM_CREATE_VCPU counts the vCPU before the architecture creates it, so a
 * registration made in there (an arm64 redistributor) sees one already.
 */
#include "models/policy/policies.h"

static GsKvmReclaim bus_registered(const GsKvm *kvm)
{
	return gs_kvm_created_vcpus(kvm) == 0 ? GS_KVM_RECLAIM_SYNC_EXPEDITED : GS_KVM_RECLAIM_CALL;
}

const GsPolicy gs_policy_hybrid = {
	.name = "hybrid",
	.summary = "wait expedited until the first vCPU exists, call_srcu() afterwards",
	.status = "proposed, February 2026",
	.kvm = { .bus_registered = bus_registered },
};
