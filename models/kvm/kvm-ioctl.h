/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From an ioctl to what it does: the one table of KVM's requests that reach SRCU
 * or the locks held across it, for x86 (VMX, SVM) and arm64. The close() that
 * ends a VM is one of them (kvm-teardown.h).
 *
 * Mirrors virt/kvm/{kvm_main,eventfd,irqchip,coalesced_mmio}.c, arch/x86/kvm/ and
 * arch/arm64/kvm/ (6.12, 7.3). doc/KERNEL-MAP.md names the function behind each.
 */
#ifndef GS_KVM_IOCTL_H
#define GS_KVM_IOCTL_H

#include "models/kvm/kvm-vm.h"
#include "traces/script.h"

typedef struct GsKvmIoctl GsKvmIoctl;

/* The request @name, NULL if it is one that neither reaches SRCU nor takes its locks. */
const GsKvmIoctl *gs_kvm_ioctl_lookup(const char *name);

/* Is it KVM_RUN, most of whose time is the guest's, or a halted vCPU's, and not work? */
bool gs_kvm_ioctl_runs_guest(const GsKvmIoctl *ioctl);

/*
 * What @ioctl with @args does to @kvm as it stands. Changes @kvm's state to what
 * it is afterwards and fills @plan, which is reset first.
 */
void gs_kvm_ioctl_plan(const GsKvmIoctl *ioctl, GsKvm *kvm, const GsCallArgs *args,
		       GsKvmPlan *plan);

#endif
