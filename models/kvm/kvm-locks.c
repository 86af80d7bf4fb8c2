/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/kvm/kvm-locks.h"

#include "sim/engine/bug.h"

void gs_kvm_check_lock_order(const GsKvmThread *thread, GsKvmLock which)
{
	const GsTask *task = &thread->thread.task;

	for (int i = (int)which; i < GS_KVM_LOCK_COUNT; i++) {
		const GsMutex *held = &thread->kvm->locks[i];

		GS_CHECK(task->engine, held->owner != task, "lock-order",
			 "'%s' takes '%s' while it holds '%s', since %" G_GINT64_FORMAT " ns",
			 task->name, thread->kvm->locks[which].name, held->name,
			 held->owned_since_ns);
	}
}

static void append_since(GString *text, int64_t at_ns, int64_t epoch_ns)
{
	const int64_t us = (at_ns - epoch_ns) / GS_NSEC_PER_USEC;

	g_string_append_printf(text, " since %" G_GINT64_FORMAT ".%03d ms", us / 1000,
			       (int)(us % 1000));
}

static void describe_wait(const GsKvmThread *thread, int64_t epoch_ns, GString *text)
{
	const GsKvmOp *op = &thread->plan.ops[thread->pc];
	const GsMutex *lock;

	switch (op->kind) {
	case GS_KVM_OP_LOCK:
		lock = &thread->kvm->locks[op->arg];
		/* Nobody's: the first waiter was woken for it and has not run yet. */
		g_string_append_printf(text, "waits for %s of %s", lock->name,
				       lock->owner ? lock->owner->name : "nobody");
		break;
	case GS_KVM_OP_BUS_FREE:
	case GS_KVM_OP_SYNC:
	case GS_KVM_OP_SYNC_NORMAL:
		g_string_append_printf(text, "waits for a grace period of %s",
				       gs_kvm_domain(thread->kvm, (GsKvmDomain)op->arg)->name);
		break;
	case GS_KVM_OP_SRCU_BARRIER:
		g_string_append_printf(text, "waits for the callbacks of %s",
				       gs_kvm_domain(thread->kvm, (GsKvmDomain)op->arg)->name);
		break;
	case GS_KVM_OP_RCU_BARRIER:
		g_string_append(text, "waits for RCU's callbacks");
		break;
	case GS_KVM_OP_WORK:
	case GS_KVM_OP_KTHREAD:
	case GS_KVM_OP_UNLOCK:
	case GS_KVM_OP_RCU_CALL:
	case GS_KVM_OP_RCU_CALL_LATE:
		g_string_append(text, "is at work");
		return;
	}
	append_since(text, thread->waiting_since_ns, epoch_ns);
}

void gs_kvm_describe_thread(const GsKvmThread *thread, int64_t epoch_ns, GString *text)
{
	const GsTask *task = &thread->thread.task;

	if (task->state == GS_TASK_NEW) {
		g_string_append(text, "has not begun");
		return;
	}
	if (thread->thread.user || thread->pc >= thread->plan.op_count) {
		g_string_append(text, "waits for nothing in KVM");
		return;
	}
	if (task->state == GS_TASK_WAITING)
		describe_wait(thread, epoch_ns, text);
	else
		g_string_append(text, "is at work");
	for (int i = 0; i < GS_KVM_LOCK_COUNT; i++) {
		const GsMutex *lock = &thread->kvm->locks[i];

		if (lock->owner != task)
			continue;
		g_string_append_printf(text, ", holds %s", lock->name);
		append_since(text, lock->owned_since_ns, epoch_ns);
	}
}
