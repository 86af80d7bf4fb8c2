/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * User space's memslots, as far as they decide how often a change swaps the
 * active set. Mirrors kvm_set_memory_region() and kvm_set_memslot() of
 * virt/kvm/kvm_main.c (6.12, 7.3).
 */
#ifndef GS_KVM_MEMSLOTS_H
#define GS_KVM_MEMSLOTS_H

#include "models/kvm/kvm-vm.h"
#include "traces/script.h"

/*
 * Apply a KVM_SET_USER_MEMORY_REGION that succeeded. Returns how often it swaps
 * the active memslots: once to create a slot or change its flags, twice to
 * delete or move one, not at all if nothing changes. A region the log does not
 * show is taken to be a new one.
 */
int gs_kvm_set_memory_region(GsKvm *kvm, const GsCallArgs *args);

#endif
