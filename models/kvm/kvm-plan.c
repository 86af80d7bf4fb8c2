/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/kvm/kvm-plan.h"

#define LEAST_OPS 16

void gs_kvm_plan_clear(GsKvmPlan *plan)
{
	g_free(plan->ops);
	*plan = (GsKvmPlan){ 0 };
}

void gs_kvm_plan_grow(GsKvmPlan *plan)
{
	plan->allocated = MAX(2 * plan->allocated, LEAST_OPS);
	plan->ops = g_renew(GsKvmOp, plan->ops, plan->allocated);
}
