/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/kvm/kvm-memslots.h"

/* The index of @slot, or of the place behind the last one. */
static unsigned int find_slot(const GsKvm *kvm, uint32_t slot)
{
	unsigned int i = 0;

	while (i < kvm->memslots->len && g_array_index(kvm->memslots, GsKvmMemslot, i).slot != slot)
		i++;
	return i;
}

int gs_kvm_set_memory_region(GsKvm *kvm, const GsCallArgs *args)
{
	const GsKvmMemslot new = {
		.slot = args->slot,
		.flags = args->memslot_flags,
		.guest_phys_addr = args->guest_phys_addr,
		.memory_size_bytes = args->memory_size_bytes,
	};
	const unsigned int i = find_slot(kvm, args->slot);
	GsKvmMemslot *old = NULL;

	if (!args->has_memslot)
		return 1;
	if (i < kvm->memslots->len)
		old = &g_array_index(kvm->memslots, GsKvmMemslot, i);
	if (new.memory_size_bytes == 0) {
		/* Deleting a slot made before the log began is a delete all the same. */
		if (old)
			g_array_remove_index(kvm->memslots, i);
		return 2;
	}
	if (!old) {
		g_array_append_val(kvm->memslots, new);
		return 1;
	}
	const bool moved = old->guest_phys_addr != new.guest_phys_addr;
	const bool flags_changed = old->flags != new.flags;
	*old = new;
	return moved ? 2 : flags_changed ? 1 : 0;
}
