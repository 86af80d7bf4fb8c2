/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/kvm/kvm-ioctl.h"

#include "models/kvm/kvm-memslots.h"
#include "models/kvm/kvm-teardown.h"

#include <stdlib.h>
#include <string.h>

/* Bits and numbers of the KVM ABI (include/uapi/linux/kvm.h). */
#define KVM_IOEVENTFD_FLAG_DEASSIGN (1u << 2)
#define KVM_IRQFD_FLAG_DEASSIGN (1u << 0)
#define KVM_IRQFD_FLAG_RESAMPLE (1u << 1)
#define KVM_IOEVENTFD_FLAG_PIO (1u << 1)
#define KVM_PIT_SPEAKER_DUMMY 1u
#define KVM_CAP_SPLIT_IRQCHIP 121
#define KVM_HYPERV_EVENTFD_DEASSIGN (1u << 0)
#define KVM_XEN_EVTCHN_DEASSIGN (1u << 0)
#define KVM_XEN_EVTCHN_RESET (1u << 2)
#define KVM_CREATE_DEVICE_TEST 1u
#define KVM_DEV_TYPE_ARM_VGIC_V2 5
#define KVM_DEV_TYPE_ARM_VGIC_V3 7
#define KVM_DEV_TYPE_ARM_VGIC_ITS 8
#define KVM_DEV_ARM_VGIC_GRP_ADDR 0
#define KVM_DEV_ARM_VGIC_GRP_CTRL 4
#define KVM_DEV_ARM_VGIC_CTRL_INIT 0
#define KVM_VGIC_V3_ADDR_TYPE_REDIST 3
#define KVM_VGIC_ITS_ADDR_TYPE 4
#define KVM_VGIC_V3_ADDR_TYPE_REDIST_REGION 5

struct GsKvmIoctl {
	const char *name;
	void (*plan)(GsKvm *kvm, const GsCallArgs *args, GsKvmPlan *plan);
};

/*
 * How an ioctl's work is spread over the places between its waits: weights, in
 * about the microseconds the event traces of the ground-truth lab show.
 */
static void work(GsKvmPlan *plan, int weight)
{
	gs_kvm_plan_add(plan, GS_KVM_OP_WORK, weight);
}

static void lock(GsKvmPlan *plan, GsKvmLock which)
{
	gs_kvm_plan_add(plan, GS_KVM_OP_LOCK, which);
}

static void unlock(GsKvmPlan *plan, GsKvmLock which)
{
	gs_kvm_plan_add(plan, GS_KVM_OP_UNLOCK, which);
}

static void sync_expedited(GsKvmPlan *plan, GsKvmDomain domain)
{
	gs_kvm_plan_add(plan, GS_KVM_OP_SYNC, domain);
}

/* REG: kvm_io_bus_register_dev(), the caller holding slots_lock. */
static void bus_register(GsKvmPlan *plan)
{
	gs_kvm_plan_add(plan, GS_KVM_OP_BUS_FREE, GS_KVM_SRCU);
}

/* REG as most callers do it: taking slots_lock for it alone. */
static void bus_register_locked(GsKvmPlan *plan)
{
	lock(plan, GS_KVM_SLOTS_LOCK);
	bus_register(plan);
	unlock(plan, GS_KVM_SLOTS_LOCK);
}

/* UNREG: kvm_io_bus_unregister_dev() of a device that is on the bus. */
static void bus_unregister(GsKvmPlan *plan)
{
	sync_expedited(plan, GS_KVM_SRCU);
}

/* ROUTE: kvm_set_irq_routing(); irq_lock covers only the pointer swap before the wait. */
static void set_irq_routing(GsKvmPlan *plan)
{
	lock(plan, GS_KVM_IRQ_LOCK);
	unlock(plan, GS_KVM_IRQ_LOCK);
	sync_expedited(plan, GS_KVM_IRQ_SRCU);
}

/* What a GIC has the first KVM_RUN register: its distributor, and a GICv2's CPU interface. */
#define GICV2_FRAMES 2
#define GICV3_FRAMES 1

/* kvm_pic_init(): master, slave and ELCR; kvm_ioapic_init(); then the default routing. */
static void create_irqchip(GsKvm *kvm, const GsCallArgs *args, GsKvmPlan *plan)
{
	(void)args;
	work(plan, 1);
	if (kvm->params->machine == GS_MACHINE_ARM64) {
		kvm->vgic_frames = GICV2_FRAMES;
		return;
	}
	lock(plan, GS_KVM_LOCK);
	for (int device = 0; device < 4; device++) {
		bus_register_locked(plan);
		work(plan, 1);
	}
	/* Building the default table takes longest. */
	work(plan, 15);
	set_irq_routing(plan);
	unlock(plan, GS_KVM_LOCK);
	work(plan, 1);
	kvm->irqchip = GS_KVM_IRQCHIP_KERNEL;
}

/* kvm_create_pit(): making a kthread takes longest; then the timer ports and the speaker's. */
static void create_pit(GsKvm *kvm, GsKvmPlan *plan, bool speaker)
{
	lock(plan, GS_KVM_LOCK);
	work(plan, 7);
	gs_kvm_plan_add(plan, GS_KVM_OP_KTHREAD, 30);
	work(plan, 3);
	lock(plan, GS_KVM_SLOTS_LOCK);
	bus_register(plan);
	if (speaker)
		bus_register(plan);
	unlock(plan, GS_KVM_SLOTS_LOCK);
	unlock(plan, GS_KVM_LOCK);
	work(plan, 1);
	kvm->pit_devices = speaker ? 2 : 1;
	kvm->pit_reinject = true;
}

static void create_pit1(GsKvm *kvm, const GsCallArgs *args, GsKvmPlan *plan)
{
	(void)args;
	create_pit(kvm, plan, true);
}

static void create_pit2(GsKvm *kvm, const GsCallArgs *args, GsKvmPlan *plan)
{
	/* A log that does not show the flags: most VMMs ask for the dummy speaker. */
	create_pit(kvm, plan, !args->has_flags || (args->flags & KVM_PIT_SPEAKER_DUMMY));
}

/* A log shows a pointer; VMMs that call it switch reinjection off, which is the default on. */
static void reinject_control(GsKvm *kvm, const GsCallArgs *args, GsKvmPlan *plan)
{
	(void)args;
	work(plan, 1);
	if (!kvm->pit_reinject)
		return;
	/* The ack notifier goes expedited, the mask notifier does not. */
	sync_expedited(plan, GS_KVM_IRQ_SRCU);
	gs_kvm_plan_add(plan, GS_KVM_OP_SYNC_NORMAL, GS_KVM_IRQ_SRCU);
	kvm->pit_reinject = false;
}

static void enable_cap(GsKvm *kvm, const GsCallArgs *args, GsKvmPlan *plan)
{
	work(plan, 1);
	if (!args->has_value || args->value != KVM_CAP_SPLIT_IRQCHIP)
		return;
	kvm->irqchip = GS_KVM_IRQCHIP_SPLIT;
	lock(plan, GS_KVM_LOCK);
	if (kvm->params->split_irqchip_routes)
		set_irq_routing(plan);
	unlock(plan, GS_KVM_LOCK);
}

/* kvm_ioeventfd(): one device, or two for a length-less doorbell on the MMIO bus. */
static void ioeventfd(GsKvm *kvm, const GsCallArgs *args, GsKvmPlan *plan)
{
	const bool pio = args->has_flags && (args->flags & KVM_IOEVENTFD_FLAG_PIO);
	const int devices = args->has_len && args->len == 0 && !pio ? 2 : 1;
	const bool deassign = args->has_flags && (args->flags & KVM_IOEVENTFD_FLAG_DEASSIGN);

	(void)kvm;
	work(plan, 7);
	lock(plan, GS_KVM_SLOTS_LOCK);
	for (int i = 0; i < devices; i++) {
		/* There is a device to remove, or the call would have failed. */
		if (deassign)
			bus_unregister(plan);
		else
			bus_register(plan);
	}
	unlock(plan, GS_KVM_SLOTS_LOCK);
	work(plan, 1);
}

static void register_coalesced_mmio(GsKvm *kvm, const GsCallArgs *args, GsKvmPlan *plan)
{
	const GsKvmZone zone = {
		.known = args->has_addr && args->has_len,
		.addr = args->addr,
		.size_bytes = args->len,
	};

	work(plan, 3);
	bus_register_locked(plan);
	work(plan, 1);
	g_array_append_val(kvm->coalesced_zones, zone);
}

/* coalesced_mmio_in_range(): is the range of @args within @zone? */
static bool is_in_zone(const GsCallArgs *args, const GsKvmZone *zone)
{
	return zone->known && args->addr >= zone->addr && args->len <= zone->size_bytes &&
	       args->addr - zone->addr <= zone->size_bytes - args->len;
}

/* Every zone that holds the range goes; where a log shows a pointer, the oldest one. */
static void unregister_coalesced_mmio(GsKvm *kvm, const GsCallArgs *args, GsKvmPlan *plan)
{
	const bool known = args->has_addr && args->has_len;
	unsigned int i = 0;

	work(plan, 3);
	lock(plan, GS_KVM_SLOTS_LOCK);
	while (i < kvm->coalesced_zones->len) {
		if (known &&
		    !is_in_zone(args, &g_array_index(kvm->coalesced_zones, GsKvmZone, i))) {
			i++;
			continue;
		}
		g_array_remove_index(kvm->coalesced_zones, i);
		bus_unregister(plan);
		if (!known)
			break;
	}
	unlock(plan, GS_KVM_SLOTS_LOCK);
	work(plan, 1);
}

/* SWAP, @count times: kvm_swap_active_memslots(), after @weight of work on the slots each. */
static void swap_memslots(GsKvmPlan *plan, int count, int weight)
{
	for (int i = 0; i < count; i++) {
		work(plan, weight);
		sync_expedited(plan, GS_KVM_SRCU);
	}
}

static void set_user_memory_region(GsKvm *kvm, const GsCallArgs *args, GsKvmPlan *plan)
{
	work(plan, 1);
	lock(plan, GS_KVM_SLOTS_LOCK);
	swap_memslots(plan, gs_kvm_set_memory_region(kvm, args), 14);
	unlock(plan, GS_KVM_SLOTS_LOCK);
	work(plan, 1);
}

static void set_tss_addr(GsKvm *kvm, const GsCallArgs *args, GsKvmPlan *plan)
{
	(void)args;
	work(plan, 1);
	if (kvm->params->machine != GS_MACHINE_X86_VMX || kvm->params->unrestricted_guest ||
	    kvm->tss_pages)
		return;
	lock(plan, GS_KVM_SLOTS_LOCK);
	swap_memslots(plan, gs_kvm_address_spaces(kvm), 15);
	unlock(plan, GS_KVM_SLOTS_LOCK);
	kvm->tss_pages = true;
}

/* Does creating a vCPU here look at the APIC access page (kvm_alloc_apic_access_page())? */
static bool wants_apic_access_page(const GsKvm *kvm)
{
	if (kvm->irqchip == GS_KVM_IRQCHIP_NONE)
		return false;
	switch (kvm->params->machine) {
	case GS_MACHINE_X86_VMX:
		return kvm->params->flexpriority;
	case GS_MACHINE_X86_SVM:
		return kvm->params->avic && !kvm->pit_reinject;
	case GS_MACHINE_ARM64:
		return false;
	}
	return false;
}

static void create_vcpu(GsKvm *kvm, const GsCallArgs *args, GsKvmPlan *plan)
{
	const bool holds_lock = kvm->params->create_vcpu_holds_lock;
	const bool apic_page = wants_apic_access_page(kvm);
	const bool identity_page = kvm->params->machine == GS_MACHINE_X86_VMX &&
				   !kvm->params->unrestricted_guest && kvm->created_vcpus == 0;
	const bool redistributor = kvm->params->machine == GS_MACHINE_ARM64 &&
				   kvm->redistributor_region;

	(void)args;
	kvm->created_vcpus++;
	if (holds_lock)
		lock(plan, GS_KVM_LOCK);
	work(plan, 36);
	if (apic_page || identity_page || redistributor) {
		lock(plan, GS_KVM_SLOTS_LOCK);
		if (apic_page && !kvm->apic_access_page)
			swap_memslots(plan, gs_kvm_address_spaces(kvm), 15);
		if (identity_page)
			swap_memslots(plan, gs_kvm_address_spaces(kvm), 15);
		if (redistributor) {
			bus_register(plan);
			kvm->redistributors++;
		}
		unlock(plan, GS_KVM_SLOTS_LOCK);
		kvm->apic_access_page |= apic_page;
		kvm->identity_page |= identity_page;
	}
	work(plan, 22);
	if (holds_lock)
		unlock(plan, GS_KVM_LOCK);
}

static void set_gsi_routing(GsKvm *kvm, const GsCallArgs *args, GsKvmPlan *plan)
{
	/* Succeeds only with an interrupt controller in the kernel. */
	if (kvm->irqchip == GS_KVM_IRQCHIP_NONE)
		kvm->irqchip = GS_KVM_IRQCHIP_SPLIT;
	(void)args;
	work(plan, 3);
	set_irq_routing(plan);
	work(plan, 1);
}

/* irqfd_shutdown(): one wait, and another for what resamples it. Which one goes is not known. */
static void remove_irqfd(GsKvm *kvm, GsKvmPlan *plan)
{
	if (kvm->irqfds == 0)
		return;
	sync_expedited(plan, GS_KVM_IRQ_SRCU);
	if (kvm->resampling_irqfds == kvm->irqfds) {
		sync_expedited(plan, GS_KVM_IRQ_SRCU);
		kvm->resampling_irqfds--;
	}
	kvm->irqfds--;
}

/* kvm_irqfd(): only resampling irqfds and removals wait, and on the other domain. */
static void irqfd(GsKvm *kvm, const GsCallArgs *args, GsKvmPlan *plan)
{
	const uint32_t flags = args->has_flags ? args->flags : 0;

	if (kvm->irqchip == GS_KVM_IRQCHIP_NONE)
		kvm->irqchip = GS_KVM_IRQCHIP_SPLIT;
	work(plan, 1);
	if (flags & KVM_IRQFD_FLAG_DEASSIGN) {
		remove_irqfd(kvm, plan);
		return;
	}
	kvm->irqfds++;
	if (flags & KVM_IRQFD_FLAG_RESAMPLE) {
		sync_expedited(plan, GS_KVM_IRQ_SRCU);
		kvm->resampling_irqfds++;
	}
}

/* kvm_vm_ioctl_set_msr_filter(): a normal synchronize. */
static void set_msr_filter(GsKvm *kvm, const GsCallArgs *args, GsKvmPlan *plan)
{
	(void)kvm;
	(void)args;
	work(plan, 1);
	gs_kvm_plan_add(plan, GS_KVM_OP_SYNC_NORMAL, GS_KVM_SRCU);
}

static void set_pmu_event_filter(GsKvm *kvm, const GsCallArgs *args, GsKvmPlan *plan)
{
	(void)kvm;
	(void)args;
	work(plan, 1);
	sync_expedited(plan, GS_KVM_SRCU);
}

/* kvm_hv_eventfd_deassign(): a normal synchronize. */
static void hyperv_eventfd(GsKvm *kvm, const GsCallArgs *args, GsKvmPlan *plan)
{
	(void)kvm;
	work(plan, 1);
	if (args->has_flags && (args->flags & KVM_HYPERV_EVENTFD_DEASSIGN))
		gs_kvm_plan_add(plan, GS_KVM_OP_SYNC_NORMAL, GS_KVM_SRCU);
}

/* kvm_xen_eventfd_deassign(), kvm_xen_eventfd_reset(): a normal synchronize each. */
static void xen_hvm_set_attr(GsKvm *kvm, const GsCallArgs *args, GsKvmPlan *plan)
{
	(void)kvm;
	work(plan, 1);
	if (args->has_flags && (args->flags & (KVM_XEN_EVTCHN_DEASSIGN | KVM_XEN_EVTCHN_RESET)))
		gs_kvm_plan_add(plan, GS_KVM_OP_SYNC_NORMAL, GS_KVM_SRCU);
}

/* Registers nothing yet; a log that shows a pointer: a GICv3, as most machines have. */
static void create_device(GsKvm *kvm, const GsCallArgs *args, GsKvmPlan *plan)
{
	work(plan, 1);
	if (kvm->params->machine != GS_MACHINE_ARM64 ||
	    (args->has_flags && (args->flags & KVM_CREATE_DEVICE_TEST)))
		return;
	if (args->has_device_type && args->device_type == KVM_DEV_TYPE_ARM_VGIC_V2)
		kvm->vgic_frames = GICV2_FRAMES;
	else if (!args->has_device_type || args->device_type == KVM_DEV_TYPE_ARM_VGIC_V3)
		kvm->vgic_frames = GICV3_FRAMES;
}

/* kvm_vgic_map_resources(): the first KVM_RUN of an arm64 VM puts the GIC on the bus. */
static void run(GsKvm *kvm, const GsCallArgs *args, GsKvmPlan *plan)
{
	(void)args;
	if (!kvm->vgic_mapped && kvm->vgic_frames > 0) {
		lock(plan, GS_KVM_SLOTS_LOCK);
		for (int frame = 0; frame < kvm->vgic_frames; frame++)
			bus_register(plan);
		unlock(plan, GS_KVM_SLOTS_LOCK);
	}
	kvm->vgic_mapped = true;
	work(plan, 1);
}

/* arm64: where the redistributors are; every vCPU without one gets it now. */
static void set_redistributor_addr(GsKvm *kvm, GsKvmPlan *plan)
{
	lock(plan, GS_KVM_SLOTS_LOCK);
	for (; kvm->redistributors < kvm->created_vcpus; kvm->redistributors++)
		bus_register(plan);
	unlock(plan, GS_KVM_SLOTS_LOCK);
	kvm->redistributor_region = true;
}

static void set_device_attr(GsKvm *kvm, const GsCallArgs *args, GsKvmPlan *plan)
{
	work(plan, 1);
	if (kvm->params->machine != GS_MACHINE_ARM64 || !args->has_device_attr)
		return;
	if (args->device_group == KVM_DEV_ARM_VGIC_GRP_CTRL &&
	    args->device_attr == KVM_DEV_ARM_VGIC_CTRL_INIT) {
		/* vgic_init() sets the default routing; an ITS has none of its own. */
		if (!args->has_device_type || args->device_type != KVM_DEV_TYPE_ARM_VGIC_ITS)
			set_irq_routing(plan);
	} else if (args->device_group == KVM_DEV_ARM_VGIC_GRP_ADDR) {
		if (args->device_attr == KVM_VGIC_V3_ADDR_TYPE_REDIST ||
		    args->device_attr == KVM_VGIC_V3_ADDR_TYPE_REDIST_REGION)
			set_redistributor_addr(kvm, plan);
		else if (args->device_attr == KVM_VGIC_ITS_ADDR_TYPE)
			bus_register_locked(plan);
	}
}

/* Sorted by name, for bsearch(). */
static const GsKvmIoctl table[] = {
	{ "KVM_CREATE_DEVICE", create_device },
	{ "KVM_CREATE_IRQCHIP", create_irqchip },
	{ "KVM_CREATE_PIT", create_pit1 },
	{ "KVM_CREATE_PIT2", create_pit2 },
	{ "KVM_CREATE_VCPU", create_vcpu },
	{ "KVM_ENABLE_CAP", enable_cap },
	{ "KVM_HYPERV_EVENTFD", hyperv_eventfd },
	{ "KVM_IOEVENTFD", ioeventfd },
	{ "KVM_IRQFD", irqfd },
	{ "KVM_REGISTER_COALESCED_MMIO", register_coalesced_mmio },
	{ "KVM_REINJECT_CONTROL", reinject_control },
	{ "KVM_RUN", run },
	{ "KVM_SET_DEVICE_ATTR", set_device_attr },
	{ "KVM_SET_GSI_ROUTING", set_gsi_routing },
	{ "KVM_SET_PMU_EVENT_FILTER", set_pmu_event_filter },
	{ "KVM_SET_TSS_ADDR", set_tss_addr },
	{ "KVM_SET_USER_MEMORY_REGION", set_user_memory_region },
	{ "KVM_SET_USER_MEMORY_REGION2", set_user_memory_region },
	{ "KVM_UNREGISTER_COALESCED_MMIO", unregister_coalesced_mmio },
	{ "KVM_X86_SET_MSR_FILTER", set_msr_filter },
	{ "KVM_XEN_HVM_SET_ATTR", xen_hvm_set_attr },
	{ GS_SCRIPT_CLOSE, gs_kvm_teardown_plan },
};

static int compare_name(const void *name, const void *row)
{
	return strcmp(name, ((const GsKvmIoctl *)row)->name);
}

const GsKvmIoctl *gs_kvm_ioctl_lookup(const char *name)
{
	return bsearch(name, table, G_N_ELEMENTS(table), sizeof(table[0]), compare_name);
}

bool gs_kvm_ioctl_runs_guest(const GsKvmIoctl *ioctl)
{
	return ioctl->plan == run;
}

void gs_kvm_ioctl_plan(const GsKvmIoctl *ioctl, GsKvm *kvm, const GsCallArgs *args,
		       GsKvmPlan *plan)
{
	gs_kvm_plan_reset(plan);
	ioctl->plan(kvm, args, plan);
}
