/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/kvm/kvm-vm.h"

#include "sim/srcu/srcu-call.h"

static const char *const domain_names[GS_KVM_DOMAIN_COUNT] = {
	[GS_KVM_SRCU] = "kvm->srcu",
	[GS_KVM_IRQ_SRCU] = "kvm->irq_srcu",
};

static const char *const lock_names[GS_KVM_LOCK_COUNT] = {
	[GS_KVM_LOCK] = "kvm->lock",
	[GS_KVM_SLOTS_LOCK] = "kvm->slots_lock",
	[GS_KVM_IRQ_LOCK] = "kvm->irq_lock",
};

/* A replaced bus array on its way to be freed; kept for reuse, so a run allocates nothing. */
struct GsKvmOldBus {
	GsRcuHead rcu;
	GsKvm *kvm;
	GsKvmOldBus *next_owned, *next_free;
};

int gs_kvm_created_vcpus(const GsKvm *kvm)
{
	return kvm->created_vcpus;
}

void gs_kvm_init(GsKvm *kvm, GsSrcuStruct *mmu_notifier_srcu)
{
	kvm->mmu_notifier_srcu = mmu_notifier_srcu;
	kvm->memslots = g_array_new(FALSE, FALSE, sizeof(GsKvmMemslot));
	kvm->coalesced_zones = g_array_new(FALSE, FALSE, sizeof(GsKvmZone));
}

void gs_kvm_clear(GsKvm *kvm)
{
	while (kvm->old_buses) {
		GsKvmOldBus *bus = kvm->old_buses;

		kvm->old_buses = bus->next_owned;
		g_free(bus);
	}
	for (int i = 0; i < GS_KVM_DOMAIN_COUNT; i++)
		gs_srcu_struct_clear(&kvm->domains[i]);
	g_array_unref(kvm->memslots);
	g_array_unref(kvm->coalesced_zones);
}

void gs_kvm_create_vm(GsKvm *kvm, GsKernel *kernel, const GsKvmParams *params,
		      const GsSrcuParams *srcu_params, const GsKvmPolicy *policy,
		      const GsSrcuPolicy *srcu_policy, bool midway)
{
	kvm->kernel = kernel;
	kvm->params = params;
	kvm->policy = policy;
	for (int i = 0; i < GS_KVM_DOMAIN_COUNT; i++)
		gs_init_srcu_struct(&kvm->domains[i], kernel, srcu_params, srcu_policy,
				    domain_names[i]);
	for (int i = 0; i < GS_KVM_LOCK_COUNT; i++)
		gs_mutex_init(&kvm->locks[i], lock_names[i]);
	kvm->irqchip = midway ? GS_KVM_IRQCHIP_KERNEL : GS_KVM_IRQCHIP_NONE;
	kvm->pit_reinject = false;
	kvm->apic_access_page = kvm->identity_page = kvm->tss_pages = false;
	kvm->created_vcpus = kvm->redistributors = 0;
	kvm->threads_ended = 0;
	kvm->redistributor_region = false;
	kvm->pit_devices = 0;
	kvm->vgic_frames = 0;
	kvm->vgic_mapped = false;
	kvm->irqfds = kvm->resampling_irqfds = 0;
	g_array_set_size(kvm->coalesced_zones, 0);
	g_array_set_size(kvm->memslots, 0);
	/* What creating a VM replaces and closes, then and in the ioctls after, is freed by RCU. */
	if (!midway)
		gs_call_rcu(kernel->this_cpu);
	kvm->free_buses = NULL;
	for (GsKvmOldBus *bus = kvm->old_buses; bus; bus = bus->next_owned) {
		bus->next_free = kvm->free_buses;
		kvm->free_buses = bus;
	}
}

static void free_bus(GsRcuHead *head)
{
	GsKvmOldBus *bus = GS_CONTAINER_OF(head, GsKvmOldBus, rcu);
	const GsKernel *kernel = bus->kvm->kernel;

	gs_probe(kernel->engine, "__free_bus", kernel->this_cpu->id, gs_kvm_srcu(bus->kvm)->name,
		 0, 0);
	bus->next_free = bus->kvm->free_buses;
	bus->kvm->free_buses = bus;
}

static GsKvmOldBus *take_bus(GsKvm *kvm)
{
	GsKvmOldBus *bus = kvm->free_buses;

	if (bus) {
		kvm->free_buses = bus->next_free;
		return bus;
	}
	bus = g_new0(GsKvmOldBus, 1);
	bus->kvm = kvm;
	bus->next_owned = kvm->old_buses;
	kvm->old_buses = bus;
	return bus;
}

void gs_kvm_free_bus_by_call(GsKvm *kvm, bool expedited)
{
	GsKvmOldBus *bus = take_bus(kvm);

	if (expedited)
		gs_call_srcu_expedited(gs_kvm_srcu(kvm), &bus->rcu, free_bus);
	else
		gs_call_srcu(gs_kvm_srcu(kvm), &bus->rcu, free_bus);
}
