/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The end of a VM: what close() does when it drops the last reference to it.
 *
 * Mirrors kvm_vm_release() and kvm_destroy_vm() of virt/kvm/kvm_main.c with x86's
 * kvm_arch_pre_destroy_vm() and kvm_arch_destroy_vm() (6.12, 7.3). The VMM itself
 * closes: at the exit of a process its memory is gone first, and the internal
 * memslots are not deleted one by one.
 */
#ifndef GS_KVM_TEARDOWN_H
#define GS_KVM_TEARDOWN_H

#include "models/kvm/kvm-vm.h"
#include "traces/script.h"

/* The plan of it, as gs_kvm_ioctl_plan() makes those of ioctls. */
void gs_kvm_teardown_plan(GsKvm *kvm, const GsCallArgs *args, GsKvmPlan *plan);

#endif
