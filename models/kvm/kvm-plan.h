/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A plan: what one ioctl does, in order, as far as grace periods and KVM's
 * locks are concerned. Made when the ioctl is issued, from the state of its VM
 * (kvm-ioctl.c), and carried out step by step (kvm-thread.c).
 */
#ifndef GS_KVM_PLAN_H
#define GS_KVM_PLAN_H

#include <glib.h>
#include <stdbool.h>

typedef enum {
	GS_KVM_LOCK,       /* kvm->lock */
	GS_KVM_SLOTS_LOCK, /* kvm->slots_lock */
	GS_KVM_IRQ_LOCK,   /* kvm->irq_lock */
	GS_KVM_LOCK_COUNT,
} GsKvmLock;

typedef enum {
	GS_KVM_SRCU,     /* kvm->srcu: memslots and I/O buses */
	GS_KVM_IRQ_SRCU, /* kvm->irq_srcu: interrupt routing */
	GS_KVM_DOMAIN_COUNT, /* so many belong to each VM */
	GS_KVM_MMU_NOTIFIER_SRCU = GS_KVM_DOMAIN_COUNT, /* mm/mmu_notifier.c: all VMs' */
} GsKvmDomain;

typedef enum {
	GS_KVM_OP_WORK,      /* a share of the ioctl's own work */
	GS_KVM_OP_KTHREAD,   /* a share of it that is the making of a kernel thread */
	GS_KVM_OP_LOCK,
	GS_KVM_OP_UNLOCK,
	GS_KVM_OP_BUS_FREE,  /* kvm_io_bus_register_dev() has published: ask the policy */
	GS_KVM_OP_SYNC,      /* synchronize_srcu_expedited() */
	GS_KVM_OP_SYNC_NORMAL, /* synchronize_srcu() */
	GS_KVM_OP_SRCU_BARRIER, /* srcu_barrier() */
	GS_KVM_OP_RCU_CALL,    /* something goes to call_rcu() */
	GS_KVM_OP_RCU_CALL_LATE, /* the same, and RCU is at work already */
	GS_KVM_OP_RCU_BARRIER, /* rcu_barrier() */
} GsKvmOpKind;

typedef struct {
	GsKvmOpKind kind;
	int arg; /* WORK, KTHREAD: weight; LOCK, UNLOCK: GsKvmLock;
		    SYNC, SRCU_BARRIER: GsKvmDomain;
		    RCU_CALL, RCU_CALL_LATE: whether on another CPU too */
} GsKvmOp;

/* All zero: an empty one. */
typedef struct {
	GsKvmOp *ops;    /* owned */
	unsigned int op_count;
	unsigned int allocated; /* there is memory for so many */
	int weight_left; /* of the WORK and KTHREAD ops not yet begun */
	bool reaches_srcu;
} GsKvmPlan;

void gs_kvm_plan_clear(GsKvmPlan *plan);

/* Start over, keeping the memory. */
static inline void gs_kvm_plan_reset(GsKvmPlan *plan)
{
	plan->op_count = 0;
	plan->weight_left = 0;
	plan->reaches_srcu = false;
}

/* For gs_kvm_plan_add() alone: make room. */
void gs_kvm_plan_grow(GsKvmPlan *plan);

/* Inline, for @kind is a constant wherever this is called: little is left of the switch. */
static inline void gs_kvm_plan_add(GsKvmPlan *plan, GsKvmOpKind kind, int arg)
{
	switch (kind) {
	case GS_KVM_OP_WORK:
	case GS_KVM_OP_KTHREAD:
		plan->weight_left += arg;
		break;
	case GS_KVM_OP_BUS_FREE:
	case GS_KVM_OP_SYNC:
	case GS_KVM_OP_SYNC_NORMAL:
	case GS_KVM_OP_SRCU_BARRIER:
		plan->reaches_srcu = true;
		break;
	case GS_KVM_OP_LOCK:
	case GS_KVM_OP_UNLOCK:
	case GS_KVM_OP_RCU_CALL:
	case GS_KVM_OP_RCU_CALL_LATE:
	case GS_KVM_OP_RCU_BARRIER:
		break;
	}
	if (G_UNLIKELY(plan->op_count == plan->allocated))
		gs_kvm_plan_grow(plan);
	plan->ops[plan->op_count++] = (GsKvmOp){ .kind = kind, .arg = arg };
}

#endif
