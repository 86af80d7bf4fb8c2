/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What every ioctl does, written out. A plan reads as text: "reg" a bus
 * registration, "sync" and "normal" an expedited and a normal synchronize on
 * kvm->srcu, "irq-" and "mmu-" before them on kvm->irq_srcu and the MMU
 * notifiers' domain, "barrier" and "rcu-barrier" the barriers, "kvm{ }", "slots{ }"
 * and "irq{ }" the sections under kvm->lock, slots_lock and irq_lock. Work is
 * left out.
 */
#include <glib.h>
#include <string.h>

#include "models/kvm/kvm-ioctl.h"

/* Bits and numbers of include/uapi/linux/kvm.h. */
#define IOEVENTFD_PIO (1u << 1)
#define IOEVENTFD_DEASSIGN (1u << 2)
#define IRQFD_DEASSIGN (1u << 0)
#define IRQFD_RESAMPLE (1u << 1)
#define PIT_SPEAKER 1u
#define CAP_SPLIT_IRQCHIP 121
#define CAP_OTHER 79
#define HYPERV_DEASSIGN 1u
#define XEN_DEASSIGN (1u << 0)
#define XEN_UPDATE (1u << 1)
#define XEN_RESET (1u << 2)
#define CREATE_DEVICE_TEST 1u
#define TYPE_VFIO 4
#define TYPE_VGIC_V2 5
#define GRP_ADDR 0
#define GRP_NR_IRQS 3
#define GRP_CTRL 4
#define ADDR_DIST 2
#define ADDR_REDIST 3
#define ADDR_ITS 4
#define ADDR_REDIST_REGION 5
#define TYPE_VGIC_V3 7
#define TYPE_ITS 8

/* A VM of which there is only the state that plans depend on. */
typedef struct {
	GsKvmParams params;
	GsKvm kvm;
	GsKvmPlan plan;
} Vm;

static Vm *vm_new(GsMachineKind machine)
{
	Vm *vm = g_new0(Vm, 1);

	/* the defaults of models/params.c for 7.3 */
	vm->params = (GsKvmParams){
		.machine = machine,
		.smm = true,
		.unrestricted_guest = true,
		.flexpriority = true,
		.create_vcpu_holds_lock = true,
	};
	gs_kvm_init(&vm->kvm, NULL);
	vm->kvm.params = &vm->params;
	return vm;
}

static void vm_free(Vm *vm)
{
	gs_kvm_plan_clear(&vm->plan);
	gs_kvm_clear(&vm->kvm);
	g_free(vm);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Vm, vm_free)

/* Locks are taken in the order kvm->lock, slots_lock, irq_lock and given back innermost first. */
static char *plan_text(const GsKvmPlan *plan)
{
	static const char *const opening[] = {
		[GS_KVM_LOCK] = "kvm{", [GS_KVM_SLOTS_LOCK] = "slots{", [GS_KVM_IRQ_LOCK] = "irq{",
	};
	static const char *const domain[] = {
		[GS_KVM_SRCU] = "", [GS_KVM_IRQ_SRCU] = "irq-", [GS_KVM_MMU_NOTIFIER_SRCU] = "mmu-",
	};
	GString *text = g_string_new(NULL);
	int held[GS_KVM_LOCK_COUNT], depth = 0;

	for (unsigned int i = 0; i < plan->op_count; i++) {
		const GsKvmOp *op = &plan->ops[i];
		const char *space = text->len > 0 ? " " : "";

		switch (op->kind) {
		case GS_KVM_OP_WORK:
		case GS_KVM_OP_KTHREAD:
			g_assert_cmpint(op->arg, >, 0);
			break;
		case GS_KVM_OP_LOCK:
			if (depth > 0)
				g_assert_cmpint(op->arg, >, held[depth - 1]);
			held[depth++] = op->arg;
			g_string_append_printf(text, "%s%s", space, opening[op->arg]);
			break;
		case GS_KVM_OP_UNLOCK:
			g_assert_cmpint(depth, >, 0);
			g_assert_cmpint(op->arg, ==, held[--depth]);
			g_string_append_printf(text, "%s}", space);
			break;
		case GS_KVM_OP_BUS_FREE:
			/* kvm_io_bus_register_dev() wants slots_lock, and publishes kvm->buses */
			g_assert_cmpint(depth, >, 0);
			g_assert_cmpint(held[depth - 1], ==, GS_KVM_SLOTS_LOCK);
			g_assert_cmpint(op->arg, ==, GS_KVM_SRCU);
			g_string_append_printf(text, "%sreg", space);
			break;
		case GS_KVM_OP_SYNC:
			g_string_append_printf(text, "%s%ssync", space, domain[op->arg]);
			break;
		case GS_KVM_OP_SYNC_NORMAL:
			g_string_append_printf(text, "%s%snormal", space, domain[op->arg]);
			break;
		case GS_KVM_OP_SRCU_BARRIER:
			g_string_append_printf(text, "%s%sbarrier", space, domain[op->arg]);
			break;
		case GS_KVM_OP_RCU_CALL:
		case GS_KVM_OP_RCU_CALL_LATE:
			g_string_append_printf(text, "%srcu-call%s", space, op->arg ? "s" : "");
			break;
		case GS_KVM_OP_RCU_BARRIER:
			g_string_append_printf(text, "%srcu-barrier", space);
			break;
		}
		/* irq_lock is never held across a wait */
		if (op->kind >= GS_KVM_OP_BUS_FREE && depth > 0)
			g_assert_cmpint(held[depth - 1], !=, GS_KVM_IRQ_LOCK);
	}
	g_assert_cmpint(depth, ==, 0);
	return g_string_free(text, FALSE);
}

static void expect(Vm *vm, const char *name, const GsCallArgs *args, const char *plan)
{
	const GsKvmIoctl *ioctl = gs_kvm_ioctl_lookup(name);
	g_autofree char *text = NULL;

	g_assert_nonnull(ioctl);
	gs_kvm_ioctl_plan(ioctl, &vm->kvm, args, &vm->plan);
	text = plan_text(&vm->plan);
	g_assert_cmpstr(text, ==, plan);
	/* Something takes the time the ioctl is recorded to take. */
	g_assert_cmpint(vm->plan.weight_left, >, 0);
	g_assert_true(vm->plan.reaches_srcu ==
		      (strstr(plan, "reg") || strstr(plan, "sync") || strstr(plan, "normal")));
}

#define EXPECT(vm, name, plan, ...) expect(vm, name, &(GsCallArgs){ __VA_ARGS__ }, plan)
#define FLAGS(value) .has_flags = true, .flags = (value)
#define LEN(value) .has_len = true, .len = (value)
#define RANGE(start, size) .has_addr = true, .addr = (start), LEN(size)
#define VALUE(number) .has_value = true, .value = (number)
#define ATTR(group, attr) .has_device_attr = true, .device_group = (group), .device_attr = (attr)
#define TYPE(type) .has_device_type = true, .device_type = (type)
#define SLOT(id, bits, gpa, size) \
	.has_memslot = true, .slot = (id), .memslot_flags = (bits), .guest_phys_addr = (gpa), \
	.memory_size_bytes = (size)

#define IRQCHIP_PLAN \
	"kvm{ slots{ reg } slots{ reg } slots{ reg } slots{ reg } irq{ } irq-sync }"
#define VCPU_PLAIN "kvm{ }"
/* kvm_alloc_apic_access_page() takes slots_lock to look. */
#define VCPU_LOOKS "kvm{ slots{ } }"
#define VCPU_ONE_SWAP "kvm{ slots{ sync } }"
#define VCPU_TWO_SWAPS "kvm{ slots{ sync sync } }"

/* PIC master, slave and ELCR, I/O APIC; then the default routing under kvm->lock. */
static void test_irqchip(void)
{
	static const GsMachineKind x86[] = { GS_MACHINE_X86_VMX, GS_MACHINE_X86_SVM };

	for (unsigned int i = 0; i < G_N_ELEMENTS(x86); i++) {
		g_autoptr(Vm) vm = vm_new(x86[i]);

		EXPECT(vm, "KVM_CREATE_IRQCHIP", IRQCHIP_PLAN, 0);
		g_assert_cmpint(vm->kvm.irqchip, ==, GS_KVM_IRQCHIP_KERNEL);
	}
	g_autoptr(Vm) arm = vm_new(GS_MACHINE_ARM64);
	EXPECT(arm, "KVM_CREATE_IRQCHIP", "", 0);
}

static void test_pit(void)
{
	g_autoptr(Vm) vm = vm_new(GS_MACHINE_X86_VMX);

	EXPECT(vm, "KVM_CREATE_PIT2", "kvm{ slots{ reg } }", FLAGS(0));
	EXPECT(vm, "KVM_CREATE_PIT2", "kvm{ slots{ reg reg } }", FLAGS(PIT_SPEAKER));
	EXPECT(vm, "KVM_CREATE_PIT2", "kvm{ slots{ reg reg } }", 0);
	/* the old request implies the speaker */
	EXPECT(vm, "KVM_CREATE_PIT", "kvm{ slots{ reg reg } }", 0);
}

/* Off: the ack notifier goes by an expedited synchronize, the mask notifier by a normal one. */
static void test_reinject_control(void)
{
	g_autoptr(Vm) vm = vm_new(GS_MACHINE_X86_VMX);

	EXPECT(vm, "KVM_REINJECT_CONTROL", "", 0);
	EXPECT(vm, "KVM_CREATE_PIT2", "kvm{ slots{ reg } }", FLAGS(0));
	EXPECT(vm, "KVM_REINJECT_CONTROL", "irq-sync irq-normal", 0);
	EXPECT(vm, "KVM_REINJECT_CONTROL", "", 0);
}

static void test_split_irqchip(void)
{
	g_autoptr(Vm) vm = vm_new(GS_MACHINE_X86_VMX);
	g_autoptr(Vm) old = vm_new(GS_MACHINE_X86_VMX);

	EXPECT(vm, "KVM_ENABLE_CAP", "", VALUE(CAP_OTHER));
	g_assert_cmpint(vm->kvm.irqchip, ==, GS_KVM_IRQCHIP_NONE);
	EXPECT(vm, "KVM_ENABLE_CAP", "kvm{ }", VALUE(CAP_SPLIT_IRQCHIP));
	g_assert_cmpint(vm->kvm.irqchip, ==, GS_KVM_IRQCHIP_SPLIT);

	old->params.split_irqchip_routes = true;
	EXPECT(old, "KVM_ENABLE_CAP", "", VALUE(CAP_OTHER));
	EXPECT(old, "KVM_ENABLE_CAP", "kvm{ irq{ } irq-sync }", VALUE(CAP_SPLIT_IRQCHIP));
}

static void test_ioeventfd(void)
{
	g_autoptr(Vm) vm = vm_new(GS_MACHINE_X86_VMX);

	EXPECT(vm, "KVM_IOEVENTFD", "slots{ reg }", FLAGS(0), LEN(4));
	/* Where no such device is assigned it fails: the log may start behind that. */
	EXPECT(vm, "KVM_IOEVENTFD", "slots{ sync }", FLAGS(IOEVENTFD_DEASSIGN), LEN(4));
	EXPECT(vm, "KVM_IOEVENTFD", "slots{ sync }", FLAGS(IOEVENTFD_DEASSIGN), LEN(4));

	/* Without a length on the MMIO bus: also on the FAST_MMIO bus. Ports have none. */
	EXPECT(vm, "KVM_IOEVENTFD", "slots{ reg reg }", FLAGS(0), LEN(0));
	EXPECT(vm, "KVM_IOEVENTFD", "slots{ sync sync }", FLAGS(IOEVENTFD_DEASSIGN), LEN(0));
	EXPECT(vm, "KVM_IOEVENTFD", "slots{ reg }", FLAGS(IOEVENTFD_PIO), LEN(0));
	EXPECT(vm, "KVM_IOEVENTFD", "slots{ sync }", FLAGS(IOEVENTFD_PIO | IOEVENTFD_DEASSIGN),
	       LEN(0));

	/* A log that shows a pointer only. */
	EXPECT(vm, "KVM_IOEVENTFD", "slots{ reg }", 0);
}

static void test_coalesced_mmio(void)
{
	g_autoptr(Vm) vm = vm_new(GS_MACHINE_X86_VMX);

	EXPECT(vm, "KVM_UNREGISTER_COALESCED_MMIO", "slots{ }", 0);
	EXPECT(vm, "KVM_REGISTER_COALESCED_MMIO", "slots{ reg }", 0);
	EXPECT(vm, "KVM_REGISTER_COALESCED_MMIO", "slots{ reg }", 0);
	EXPECT(vm, "KVM_UNREGISTER_COALESCED_MMIO", "slots{ sync }", 0);
	EXPECT(vm, "KVM_UNREGISTER_COALESCED_MMIO", "slots{ sync }", 0);
	EXPECT(vm, "KVM_UNREGISTER_COALESCED_MMIO", "slots{ }", 0);

	/* The log shows the ranges: every zone that holds the one given goes, and no other. */
	EXPECT(vm, "KVM_REGISTER_COALESCED_MMIO", "slots{ reg }", RANGE(0x1000, 0x1000));
	EXPECT(vm, "KVM_REGISTER_COALESCED_MMIO", "slots{ reg }", RANGE(0x1800, 0x800));
	EXPECT(vm, "KVM_REGISTER_COALESCED_MMIO", "slots{ reg }", RANGE(0x3000, 0x1000));
	EXPECT(vm, "KVM_UNREGISTER_COALESCED_MMIO", "slots{ }", RANGE(0x1000, 0x2000));
	EXPECT(vm, "KVM_UNREGISTER_COALESCED_MMIO", "slots{ sync sync }", RANGE(0x1800, 0x800));
	EXPECT(vm, "KVM_UNREGISTER_COALESCED_MMIO", "slots{ sync }", RANGE(0x3fff, 1));
	EXPECT(vm, "KVM_UNREGISTER_COALESCED_MMIO", "slots{ }", RANGE(0x3000, 0x1000));
}

static void test_memslots(void)
{
	static const char *const requests[] = { "KVM_SET_USER_MEMORY_REGION",
						"KVM_SET_USER_MEMORY_REGION2" };

	for (unsigned int i = 0; i < G_N_ELEMENTS(requests); i++) {
		const char *set = requests[i];
		g_autoptr(Vm) vm = vm_new(GS_MACHINE_X86_VMX);

		/* create, nothing differs, flags only, move, move and flags */
		EXPECT(vm, set, "slots{ sync }", SLOT(0, 0, 0, 4096));
		EXPECT(vm, set, "slots{ }", SLOT(0, 0, 0, 4096));
		EXPECT(vm, set, "slots{ sync }", SLOT(0, 1, 0, 4096));
		EXPECT(vm, set, "slots{ sync sync }", SLOT(0, 1, 8192, 4096));
		EXPECT(vm, set, "slots{ sync sync }", SLOT(0, 0, 4096, 4096));
		EXPECT(vm, set, "slots{ }", SLOT(0, 0, 4096, 4096));

		/* delete, and the slot is free again */
		EXPECT(vm, set, "slots{ sync sync }", SLOT(0, 0, 4096, 0));
		EXPECT(vm, set, "slots{ sync }", SLOT(0, 0, 4096, 4096));

		/* slot 0 of address space 1 is another slot, and user space names one space */
		EXPECT(vm, set, "slots{ sync }", SLOT(1u << 16, 0, 4096, 4096));
		EXPECT(vm, set, "slots{ sync }", SLOT(1, 0, 1 << 20, 4096));
		EXPECT(vm, set, "slots{ sync sync }", SLOT(0, 0, 4096, 0));
		EXPECT(vm, set, "slots{ }", SLOT(1u << 16, 0, 4096, 4096));

		/* shown as a pointer: taken for a new one */
		EXPECT(vm, set, "slots{ sync }", 0);
	}
}

static void test_tss_addr(void)
{
	g_autoptr(Vm) vmx = vm_new(GS_MACHINE_X86_VMX);
	g_autoptr(Vm) one_space = vm_new(GS_MACHINE_X86_VMX);
	g_autoptr(Vm) svm = vm_new(GS_MACHINE_X86_SVM);

	EXPECT(vmx, "KVM_SET_TSS_ADDR", "", VALUE(0xfffbd000));
	vmx->params.unrestricted_guest = false;
	EXPECT(vmx, "KVM_SET_TSS_ADDR", "slots{ sync sync }", VALUE(0xfffbd000));
	one_space->params.unrestricted_guest = one_space->params.smm = false;
	EXPECT(one_space, "KVM_SET_TSS_ADDR", "slots{ sync }", VALUE(0xfffbd000));
	svm->params.unrestricted_guest = false;
	EXPECT(svm, "KVM_SET_TSS_ADDR", "", VALUE(0xfffbd000));
}

/* The APIC access page: once a VM, in every address space. */
static void test_vcpu_vmx(void)
{
	g_autoptr(Vm) vm = vm_new(GS_MACHINE_X86_VMX);
	g_autoptr(Vm) one_space = vm_new(GS_MACHINE_X86_VMX);
	g_autoptr(Vm) split = vm_new(GS_MACHINE_X86_VMX);
	g_autoptr(Vm) no_irqchip = vm_new(GS_MACHINE_X86_VMX);
	g_autoptr(Vm) no_flexpriority = vm_new(GS_MACHINE_X86_VMX);

	EXPECT(vm, "KVM_CREATE_IRQCHIP", IRQCHIP_PLAN, 0);
	EXPECT(vm, "KVM_CREATE_PIT2", "kvm{ slots{ reg reg } }", FLAGS(PIT_SPEAKER));
	EXPECT(vm, "KVM_CREATE_VCPU", VCPU_TWO_SWAPS, VALUE(0));
	EXPECT(vm, "KVM_CREATE_VCPU", VCPU_LOOKS, VALUE(1));
	EXPECT(vm, "KVM_CREATE_VCPU", VCPU_LOOKS, VALUE(2));
	g_assert_cmpint(gs_kvm_created_vcpus(&vm->kvm), ==, 3);

	one_space->params.smm = false;
	EXPECT(one_space, "KVM_CREATE_IRQCHIP", IRQCHIP_PLAN, 0);
	EXPECT(one_space, "KVM_CREATE_VCPU", VCPU_ONE_SWAP, VALUE(0));
	EXPECT(one_space, "KVM_CREATE_VCPU", VCPU_LOOKS, VALUE(1));

	EXPECT(split, "KVM_ENABLE_CAP", "kvm{ }", VALUE(CAP_SPLIT_IRQCHIP));
	EXPECT(split, "KVM_CREATE_VCPU", VCPU_TWO_SWAPS, VALUE(0));

	EXPECT(no_irqchip, "KVM_CREATE_VCPU", VCPU_PLAIN, VALUE(0));

	no_flexpriority->params.flexpriority = false;
	EXPECT(no_flexpriority, "KVM_CREATE_IRQCHIP", IRQCHIP_PLAN, 0);
	EXPECT(no_flexpriority, "KVM_CREATE_VCPU", VCPU_PLAIN, VALUE(0));
}

/* Without unrestricted guest the first vCPU also installs the identity-map page. */
static void test_vcpu_identity_page(void)
{
	g_autoptr(Vm) vm = vm_new(GS_MACHINE_X86_VMX);
	g_autoptr(Vm) alone = vm_new(GS_MACHINE_X86_VMX);

	vm->params.unrestricted_guest = false;
	EXPECT(vm, "KVM_CREATE_IRQCHIP", IRQCHIP_PLAN, 0);
	EXPECT(vm, "KVM_CREATE_VCPU", "kvm{ slots{ sync sync sync sync } }", VALUE(0));
	EXPECT(vm, "KVM_CREATE_VCPU", VCPU_LOOKS, VALUE(1));

	alone->params.unrestricted_guest = alone->params.flexpriority = alone->params.smm = false;
	EXPECT(alone, "KVM_CREATE_VCPU", VCPU_ONE_SWAP, VALUE(0));
	EXPECT(alone, "KVM_CREATE_VCPU", VCPU_PLAIN, VALUE(1));
}

/* AVIC only, and a PIT that reinjects inhibits it. */
static void test_vcpu_svm(void)
{
	g_autoptr(Vm) plain = vm_new(GS_MACHINE_X86_SVM);
	g_autoptr(Vm) avic = vm_new(GS_MACHINE_X86_SVM);
	g_autoptr(Vm) pit = vm_new(GS_MACHINE_X86_SVM);

	EXPECT(plain, "KVM_CREATE_IRQCHIP", IRQCHIP_PLAN, 0);
	EXPECT(plain, "KVM_CREATE_VCPU", VCPU_PLAIN, VALUE(0));

	avic->params.avic = true;
	EXPECT(avic, "KVM_CREATE_IRQCHIP", IRQCHIP_PLAN, 0);
	EXPECT(avic, "KVM_CREATE_VCPU", VCPU_TWO_SWAPS, VALUE(0));
	EXPECT(avic, "KVM_CREATE_VCPU", VCPU_LOOKS, VALUE(1));

	pit->params.avic = true;
	EXPECT(pit, "KVM_CREATE_IRQCHIP", IRQCHIP_PLAN, 0);
	EXPECT(pit, "KVM_CREATE_PIT2", "kvm{ slots{ reg } }", FLAGS(0));
	EXPECT(pit, "KVM_CREATE_VCPU", VCPU_PLAIN, VALUE(0));
	/* reinjection off lifts the inhibit, and the next vCPU gets the page */
	EXPECT(pit, "KVM_REINJECT_CONTROL", "irq-sync irq-normal", 0);
	EXPECT(pit, "KVM_CREATE_VCPU", VCPU_TWO_SWAPS, VALUE(1));
}

/* 6.12 drops kvm->lock around kvm_arch_vcpu_create(). */
static void test_vcpu_before_lock(void)
{
	g_autoptr(Vm) vm = vm_new(GS_MACHINE_X86_VMX);

	vm->params.create_vcpu_holds_lock = false;
	EXPECT(vm, "KVM_CREATE_IRQCHIP", IRQCHIP_PLAN, 0);
	EXPECT(vm, "KVM_CREATE_VCPU", "slots{ sync sync }", VALUE(0));
	EXPECT(vm, "KVM_CREATE_VCPU", "slots{ }", VALUE(1));
}

static void test_routing_and_irqfd(void)
{
	static const GsMachineKind machines[] = { GS_MACHINE_X86_VMX, GS_MACHINE_X86_SVM,
						  GS_MACHINE_ARM64 };

	for (unsigned int i = 0; i < G_N_ELEMENTS(machines); i++) {
		g_autoptr(Vm) vm = vm_new(machines[i]);

		EXPECT(vm, "KVM_SET_GSI_ROUTING", "irq{ } irq-sync", 0);
		/* Succeeds without having found one, too. */
		EXPECT(vm, "KVM_IRQFD", "", FLAGS(IRQFD_DEASSIGN));
		EXPECT(vm, "KVM_IRQFD", "", FLAGS(0));
		EXPECT(vm, "KVM_IRQFD", "", 0);
		EXPECT(vm, "KVM_IRQFD", "irq-sync", FLAGS(IRQFD_RESAMPLE));
		EXPECT(vm, "KVM_IRQFD", "irq-sync", FLAGS(IRQFD_DEASSIGN));
		EXPECT(vm, "KVM_IRQFD", "irq-sync", FLAGS(IRQFD_DEASSIGN));
		/* What is left resamples: its notifier goes as well. */
		EXPECT(vm, "KVM_IRQFD", "irq-sync irq-sync", FLAGS(IRQFD_DEASSIGN));
		EXPECT(vm, "KVM_IRQFD", "", FLAGS(IRQFD_DEASSIGN));
	}
}

static void test_filters(void)
{
	g_autoptr(Vm) vm = vm_new(GS_MACHINE_X86_VMX);

	EXPECT(vm, "KVM_X86_SET_MSR_FILTER", "normal", 0);
	EXPECT(vm, "KVM_SET_PMU_EVENT_FILTER", "sync", 0);
	EXPECT(vm, "KVM_HYPERV_EVENTFD", "", FLAGS(0));
	EXPECT(vm, "KVM_HYPERV_EVENTFD", "normal", FLAGS(HYPERV_DEASSIGN));
	EXPECT(vm, "KVM_HYPERV_EVENTFD", "", 0);
	EXPECT(vm, "KVM_XEN_HVM_SET_ATTR", "", FLAGS(0));
	EXPECT(vm, "KVM_XEN_HVM_SET_ATTR", "", FLAGS(XEN_UPDATE));
	EXPECT(vm, "KVM_XEN_HVM_SET_ATTR", "normal", FLAGS(XEN_DEASSIGN));
	EXPECT(vm, "KVM_XEN_HVM_SET_ATTR", "normal", FLAGS(XEN_RESET));
	EXPECT(vm, "KVM_XEN_HVM_SET_ATTR", "", 0);
}

/* vCPUs first: each gets its redistributor when the address comes. Firecracker's order. */
static void test_arm64_redistributors(void)
{
	g_autoptr(Vm) vm = vm_new(GS_MACHINE_ARM64);

	EXPECT(vm, "KVM_CREATE_VCPU", VCPU_PLAIN, VALUE(0));
	EXPECT(vm, "KVM_CREATE_VCPU", VCPU_PLAIN, VALUE(1));
	EXPECT(vm, "KVM_SET_DEVICE_ATTR", "", ATTR(GRP_ADDR, ADDR_DIST), TYPE(TYPE_VGIC_V3));
	EXPECT(vm, "KVM_SET_DEVICE_ATTR", "slots{ reg reg }", ATTR(GRP_ADDR, ADDR_REDIST),
	       TYPE(TYPE_VGIC_V3));
	EXPECT(vm, "KVM_SET_DEVICE_ATTR", "slots{ reg }", ATTR(GRP_ADDR, ADDR_ITS), TYPE(TYPE_ITS));
	EXPECT(vm, "KVM_SET_DEVICE_ATTR", "", ATTR(GRP_NR_IRQS, 0), TYPE(TYPE_VGIC_V3));
	EXPECT(vm, "KVM_SET_DEVICE_ATTR", "irq{ } irq-sync", ATTR(GRP_CTRL, 0), TYPE(TYPE_VGIC_V3));
	EXPECT(vm, "KVM_SET_DEVICE_ATTR", "", ATTR(GRP_CTRL, 0), TYPE(TYPE_ITS));

	/* The region is known: a later vCPU registers its own, and a second region finds none. */
	EXPECT(vm, "KVM_CREATE_VCPU", "kvm{ slots{ reg } }", VALUE(2));
	EXPECT(vm, "KVM_SET_DEVICE_ATTR", "slots{ }", ATTR(GRP_ADDR, ADDR_REDIST_REGION),
	       TYPE(TYPE_VGIC_V3));
}

/* The address first, then vCPUs. */
static void test_arm64_region_first(void)
{
	g_autoptr(Vm) vm = vm_new(GS_MACHINE_ARM64);

	EXPECT(vm, "KVM_SET_DEVICE_ATTR", "slots{ }", ATTR(GRP_ADDR, ADDR_REDIST_REGION));
	EXPECT(vm, "KVM_CREATE_VCPU", "kvm{ slots{ reg } }", VALUE(0));
	EXPECT(vm, "KVM_CREATE_VCPU", "kvm{ slots{ reg } }", VALUE(1));
}

/* The first KVM_RUN of the VM, whichever vCPU's, puts the GIC's distributor on the bus. */
static void test_arm64_first_run(void)
{
	static const struct {
		GsCallArgs device;
		const char *first_run;
	} cases[] = {
		{ { TYPE(TYPE_VGIC_V3) }, "slots{ reg }" },
		{ { TYPE(TYPE_VGIC_V2) }, "slots{ reg reg }" },
		/* shown as a pointer: a GICv3 */
		{ { 0 }, "slots{ reg }" },
		{ { TYPE(TYPE_VFIO) }, "" },
		{ { TYPE(TYPE_VGIC_V3), FLAGS(CREATE_DEVICE_TEST) }, "" },
	};

	for (unsigned int i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(Vm) vm = vm_new(GS_MACHINE_ARM64);

		expect(vm, "KVM_CREATE_DEVICE", &cases[i].device, "");
		EXPECT(vm, "KVM_CREATE_DEVICE", "", TYPE(TYPE_ITS));
		EXPECT(vm, "KVM_RUN", cases[i].first_run, 0);
		/* a device made later has its pointer shown, too */
		EXPECT(vm, "KVM_CREATE_DEVICE", "", 0);
		EXPECT(vm, "KVM_RUN", "", 0);
	}

	/* The old way to ask for a GICv2. */
	g_autoptr(Vm) irqchip = vm_new(GS_MACHINE_ARM64);
	EXPECT(irqchip, "KVM_CREATE_IRQCHIP", "", 0);
	EXPECT(irqchip, "KVM_RUN", "slots{ reg reg }", 0);
	EXPECT(irqchip, "KVM_RUN", "", 0);
}

/* There is no internal memslot on arm64, and no vgic on x86. */
static void test_arm64_is_not_x86(void)
{
	g_autoptr(Vm) arm = vm_new(GS_MACHINE_ARM64);
	g_autoptr(Vm) x86 = vm_new(GS_MACHINE_X86_VMX);

	arm->params.avic = true;
	arm->params.unrestricted_guest = false;
	EXPECT(arm, "KVM_SET_GSI_ROUTING", "irq{ } irq-sync", 0);
	EXPECT(arm, "KVM_CREATE_VCPU", VCPU_PLAIN, VALUE(0));
	EXPECT(arm, "KVM_SET_USER_MEMORY_REGION", "slots{ sync }", SLOT(0, 0, 0, 4096));
	EXPECT(arm, "KVM_SET_USER_MEMORY_REGION", "slots{ sync sync }", SLOT(0, 0, 0, 0));
	EXPECT(arm, "KVM_IOEVENTFD", "slots{ reg }", FLAGS(0), LEN(4));
	EXPECT(x86, "KVM_SET_DEVICE_ATTR", "", ATTR(GRP_ADDR, ADDR_REDIST));
	EXPECT(x86, "KVM_CREATE_DEVICE", "", TYPE(TYPE_VGIC_V3));
	EXPECT(x86, "KVM_CREATE_IRQCHIP", IRQCHIP_PLAN, 0);
	EXPECT(x86, "KVM_RUN", "", 0);
	/* shown as a pointer */
	EXPECT(arm, "KVM_SET_DEVICE_ATTR", "", 0);
}

/* The end of a VM waits for what it has: each of these adds to the plan of the one before. */
static void test_teardown(void)
{
	g_autoptr(Vm) bare = vm_new(GS_MACHINE_X86_VMX);
	g_autoptr(Vm) full = vm_new(GS_MACHINE_X86_VMX);
	g_autoptr(Vm) old = vm_new(GS_MACHINE_X86_VMX);

	EXPECT(bare, "KVM_IOEVENTFD", "slots{ reg }", FLAGS(0), LEN(4));
	EXPECT(bare, GS_SCRIPT_CLOSE, "mmu-normal slots{ } rcu-call rcu-barrier rcu-call", 0);

	EXPECT(full, "KVM_CREATE_IRQCHIP", IRQCHIP_PLAN, 0);
	EXPECT(full, "KVM_CREATE_PIT2", "kvm{ slots{ reg reg } }", FLAGS(PIT_SPEAKER));
	EXPECT(full, "KVM_CREATE_VCPU", VCPU_TWO_SWAPS, VALUE(0));
	EXPECT(full, "KVM_IRQFD", "", FLAGS(0));
	EXPECT(full, "KVM_IRQFD", "", FLAGS(0));
	EXPECT(full, "KVM_IRQFD", "irq-sync", FLAGS(IRQFD_DEASSIGN));
	full->params.destroy_srcu_barrier = true;
	EXPECT(full, GS_SCRIPT_CLOSE,
	       "irq-sync slots{ sync sync } irq-sync irq-normal mmu-normal "
	       "slots{ sync sync sync sync } rcu-calls rcu-barrier barrier rcu-calls",
	       0);

	/* One address space, TSS and identity-map pages besides the APIC's. */
	old->params.smm = old->params.unrestricted_guest = false;
	EXPECT(old, "KVM_SET_TSS_ADDR", "slots{ sync }", VALUE(0xfffbd000));
	EXPECT(old, "KVM_CREATE_IRQCHIP", IRQCHIP_PLAN, 0);
	EXPECT(old, "KVM_CREATE_VCPU", VCPU_TWO_SWAPS, VALUE(0));
	EXPECT(old, GS_SCRIPT_CLOSE,
	       "mmu-normal slots{ sync sync sync sync sync sync } rcu-calls rcu-barrier "
	       "rcu-calls",
	       0);
}

/* arm64 has no RCU barrier, no internal slots, and finds its devices' buses gone. */
static void test_teardown_arm64(void)
{
	g_autoptr(Vm) vm = vm_new(GS_MACHINE_ARM64);

	EXPECT(vm, "KVM_CREATE_VCPU", VCPU_PLAIN, VALUE(0));
	EXPECT(vm, "KVM_SET_DEVICE_ATTR", "slots{ reg }", ATTR(GRP_ADDR, ADDR_REDIST));
	vm->params.destroy_srcu_barrier = true;
	EXPECT(vm, GS_SCRIPT_CLOSE, "mmu-normal barrier rcu-calls", 0);
}

/* What reaches no SRCU is not in the table; 4.2 of the kernel's map names these. */
static void test_unknown(void)
{
	static const char *const none[] = {
		"KVM_CREATE_VM", "KVM_SET_IDENTITY_MAP_ADDR", "KVM_SET_CPUID2", "KVM_SET_MSRS",
		"KVM_GET_DIRTY_LOG", "KVM_SIGNAL_MSI", "KVM_", "", "kvm_ioeventfd",
	};

	for (unsigned int i = 0; i < G_N_ELEMENTS(none); i++)
		g_assert_null(gs_kvm_ioctl_lookup(none[i]));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/kvm-ioctl/irqchip", test_irqchip);
	g_test_add_func("/kvm-ioctl/pit", test_pit);
	g_test_add_func("/kvm-ioctl/reinject-control", test_reinject_control);
	g_test_add_func("/kvm-ioctl/split-irqchip", test_split_irqchip);
	g_test_add_func("/kvm-ioctl/ioeventfd", test_ioeventfd);
	g_test_add_func("/kvm-ioctl/coalesced-mmio", test_coalesced_mmio);
	g_test_add_func("/kvm-ioctl/memslots", test_memslots);
	g_test_add_func("/kvm-ioctl/tss-addr", test_tss_addr);
	g_test_add_func("/kvm-ioctl/vcpu/vmx", test_vcpu_vmx);
	g_test_add_func("/kvm-ioctl/vcpu/identity-page", test_vcpu_identity_page);
	g_test_add_func("/kvm-ioctl/vcpu/svm", test_vcpu_svm);
	g_test_add_func("/kvm-ioctl/vcpu/before-lock", test_vcpu_before_lock);
	g_test_add_func("/kvm-ioctl/routing-and-irqfd", test_routing_and_irqfd);
	g_test_add_func("/kvm-ioctl/filters", test_filters);
	g_test_add_func("/kvm-ioctl/arm64/redistributors", test_arm64_redistributors);
	g_test_add_func("/kvm-ioctl/arm64/region-first", test_arm64_region_first);
	g_test_add_func("/kvm-ioctl/arm64/first-run", test_arm64_first_run);
	g_test_add_func("/kvm-ioctl/arm64/not-x86", test_arm64_is_not_x86);
	g_test_add_func("/kvm-ioctl/teardown/x86", test_teardown);
	g_test_add_func("/kvm-ioctl/teardown/arm64", test_teardown_arm64);
	g_test_add_func("/kvm-ioctl/unknown", test_unknown);
	return g_test_run();
}
