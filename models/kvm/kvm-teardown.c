/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/kvm/kvm-teardown.h"

/* Weights of the work between the waits: about the microseconds of the lab's event traces. */
static void work(GsKvmPlan *plan, int weight)
{
	gs_kvm_plan_add(plan, GS_KVM_OP_WORK, weight);
}

static void sync_expedited(GsKvmPlan *plan, GsKvmDomain domain, int count)
{
	for (int i = 0; i < count; i++)
		gs_kvm_plan_add(plan, GS_KVM_OP_SYNC, domain);
}

/* kvm_irqfd_release(): the worker that shuts them down waits once for each, twice to resample. */
static void irqfd_release(GsKvm *kvm, GsKvmPlan *plan)
{
	sync_expedited(plan, GS_KVM_IRQ_SRCU, kvm->irqfds + kvm->resampling_irqfds);
	kvm->irqfds = kvm->resampling_irqfds = 0;
}

/* kvm_free_pit(): off the bus, then the notifiers of reinjection, the second by a normal wait. */
static void free_pit(GsKvm *kvm, GsKvmPlan *plan)
{
	if (kvm->pit_devices == 0)
		return;
	gs_kvm_plan_add(plan, GS_KVM_OP_LOCK, GS_KVM_SLOTS_LOCK);
	sync_expedited(plan, GS_KVM_SRCU, kvm->pit_devices);
	gs_kvm_plan_add(plan, GS_KVM_OP_UNLOCK, GS_KVM_SLOTS_LOCK);
	if (kvm->pit_reinject) {
		sync_expedited(plan, GS_KVM_IRQ_SRCU, 1);
		gs_kvm_plan_add(plan, GS_KVM_OP_SYNC_NORMAL, GS_KVM_IRQ_SRCU);
	}
	/* Its kthread is stopped. */
	work(plan, 30);
	kvm->pit_devices = 0;
	kvm->pit_reinject = false;
}

/* Deleting an internal memslot swaps twice in every address space. */
static void delete_internal_slots(GsKvm *kvm, GsKvmPlan *plan)
{
	const int pages = kvm->apic_access_page + kvm->identity_page + kvm->tss_pages;

	gs_kvm_plan_add(plan, GS_KVM_OP_LOCK, GS_KVM_SLOTS_LOCK);
	for (int i = 0; i < pages; i++)
		sync_expedited(plan, GS_KVM_SRCU, 2 * gs_kvm_address_spaces(kvm));
	gs_kvm_plan_add(plan, GS_KVM_OP_UNLOCK, GS_KVM_SLOTS_LOCK);
	kvm->apic_access_page = kvm->identity_page = kvm->tss_pages = false;
}

void gs_kvm_teardown_plan(GsKvm *kvm, const GsCallArgs *args, GsKvmPlan *plan)
{
	const bool x86 = kvm->params->machine != GS_MACHINE_ARM64;
	const bool ended = kvm->pit_devices > 0 || kvm->threads_ended > 0;
	const bool threads = kvm->created_vcpus > 0 || kvm->pit_devices > 0 || kvm->irqfds > 0;

	(void)args;
	irqfd_release(kvm, plan);
	work(plan, 250);
	free_pit(kvm, plan);
	/* kvm_io_bus_destroy(): devices that go later find no bus, and nothing to wait for. */
	work(plan, 15);
	gs_kvm_plan_add(plan, GS_KVM_OP_SYNC_NORMAL, GS_KVM_MMU_NOTIFIER_SRCU);
	if (x86) {
		delete_internal_slots(kvm, plan);
		work(plan, 30);
		gs_kvm_plan_add(plan, GS_KVM_OP_RCU_CALL, threads);
		gs_kvm_plan_add(plan, GS_KVM_OP_RCU_BARRIER, 0);
	}
	if (kvm->params->destroy_srcu_barrier)
		gs_kvm_plan_add(plan, GS_KVM_OP_SRCU_BARRIER, GS_KVM_SRCU);
	work(plan, 5);
	/*
	 * The rest of it, and its files, whose descriptors go next. What is left of
	 * threads that have ended, the PIT's or the VMM's, has RCU at work by then.
	 */
	gs_kvm_plan_add(plan, ended ? GS_KVM_OP_RCU_CALL_LATE : GS_KVM_OP_RCU_CALL, threads);
}
