/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/kvm/kvm-plan.h"

void gs_kvm_plan_init(GsKvmPlan *plan)
{
	*plan = (GsKvmPlan){ .ops = g_array_new(FALSE, FALSE, sizeof(GsKvmOp)) };
}

void gs_kvm_plan_clear(GsKvmPlan *plan)
{
	g_array_unref(plan->ops);
	plan->ops = NULL;
}

void gs_kvm_plan_reset(GsKvmPlan *plan)
{
	g_array_set_size(plan->ops, 0);
	plan->weight_left = 0;
	plan->reaches_srcu = false;
}

void gs_kvm_plan_add(GsKvmPlan *plan, GsKvmOpKind kind, int arg)
{
	const GsKvmOp op = { .kind = kind, .arg = arg };

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
	g_array_append_val(plan->ops, op);
}
