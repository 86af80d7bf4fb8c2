/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The point at which KVM asks a policy: a new device is on the bus, readers may
 * still use the old bus array, and it has to be freed.
 */
#ifndef GS_KVM_POLICY_H
#define GS_KVM_POLICY_H

typedef struct GsKvm GsKvm;

/* How kvm_io_bus_register_dev() gets rid of the old bus. */
typedef enum {
	GS_KVM_RECLAIM_SYNC,           /* synchronize_srcu(), free */
	GS_KVM_RECLAIM_SYNC_EXPEDITED, /* synchronize_srcu_expedited(), free */
	GS_KVM_RECLAIM_CALL,           /* call_srcu(free) */
	GS_KVM_RECLAIM_CALL_EXPEDITED, /* call_srcu_expedited(free) */
} GsKvmReclaim;

typedef struct {
	GsKvmReclaim (*bus_registered)(const GsKvm *kvm);
} GsKvmPolicy;

/* What a policy may ask of the VM: kvm->created_vcpus. */
int gs_kvm_created_vcpus(const GsKvm *kvm);

#endif
