/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One virtual machine as KVM holds it: two SRCU domains, the locks, and as much
 * of its state as decides which ioctls wait.
 *
 * Mirrors struct kvm of include/linux/kvm_host.h (7.3).
 */
#ifndef GS_KVM_VM_H
#define GS_KVM_VM_H

#include "models/kvm/kvm-params.h"
#include "models/kvm/kvm-plan.h"
#include "models/kvm/kvm-policy.h"
#include "sim/srcu/srcu-struct.h"

/* A memslot user space has set. */
typedef struct {
	uint32_t slot;
	uint32_t flags;
	uint64_t guest_phys_addr;
	uint64_t memory_size_bytes;
} GsKvmMemslot;

/* A range of addresses whose writes are collected (coalesced MMIO). */
typedef struct {
	bool known;                 /* the log shows which */
	uint64_t addr;
	uint32_t size_bytes;
} GsKvmZone;

/* What interrupt controller the kernel emulates. */
typedef enum {
	GS_KVM_IRQCHIP_NONE,
	GS_KVM_IRQCHIP_SPLIT,  /* the local APICs only */
	GS_KVM_IRQCHIP_KERNEL,
} GsKvmIrqchip;

typedef struct GsKvmOldBus GsKvmOldBus;

struct GsKvm {
	GsKernel *kernel;           /* borrowed */
	const GsKvmParams *params;  /* borrowed */
	const GsKvmPolicy *policy;  /* borrowed */

	GsSrcuStruct domains[GS_KVM_DOMAIN_COUNT];
	GsSrcuStruct *mmu_notifier_srcu; /* borrowed: the host's */
	GsMutex locks[GS_KVM_LOCK_COUNT];

	GsKvmIrqchip irqchip;
	int pit_devices;            /* on the bus: its timer, its speaker */
	bool pit_reinject;          /* inhibits AVIC */
	bool apic_access_page;      /* allocated already */
	bool identity_page;
	bool tss_pages;
	int created_vcpus;
	int threads_ended;          /* of the VMM's that worked for it */
	int redistributors;         /* arm64: vCPUs that have theirs registered */
	bool redistributor_region;  /* arm64: where they go is known */
	int vgic_frames;            /* arm64: devices the first KVM_RUN registers for the GIC */
	bool vgic_mapped;           /* and has */
	int irqfds;
	int resampling_irqfds;      /* of these */
	GArray *coalesced_zones;    /* owned: GsKvmZone */
	GArray *memslots;           /* owned: GsKvmMemslot */

	GsKvmOldBus *old_buses;     /* owned: every bus array ever replaced */
	GsKvmOldBus *free_buses;    /* of these, those whose callback has run */
};

/* @kvm must be zero. @mmu_notifier_srcu is the host's, and outlives it. */
void gs_kvm_init(GsKvm *kvm, GsSrcuStruct *mmu_notifier_srcu);
void gs_kvm_clear(GsKvm *kvm);

/*
 * kvm_create_vm(): a VM with nothing in it. @midway: the log starts in the middle
 * of it, so an interrupt controller is taken to be there.
 */
void gs_kvm_create_vm(GsKvm *kvm, GsKernel *kernel, const GsKvmParams *params,
		      const GsSrcuParams *srcu_params, const GsKvmPolicy *policy,
		      const GsSrcuPolicy *srcu_policy, bool midway);

static inline GsSrcuStruct *gs_kvm_srcu(GsKvm *kvm)
{
	return &kvm->domains[GS_KVM_SRCU];
}

static inline GsSrcuStruct *gs_kvm_domain(GsKvm *kvm, GsKvmDomain domain)
{
	return domain == GS_KVM_MMU_NOTIFIER_SRCU ? kvm->mmu_notifier_srcu :
						    &kvm->domains[domain];
}

/* An internal x86 memslot is in every address space, one swap each. */
static inline int gs_kvm_address_spaces(const GsKvm *kvm)
{
	return kvm->params->smm ? 2 : 1;
}

/*
 * The old bus array goes to call_srcu() or, if @expedited, to
 * call_srcu_expedited(); its callback frees it.
 */
void gs_kvm_free_bus_by_call(GsKvm *kvm, bool expedited);

#endif
