/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A thread that issues ioctls: it carries out the plan of one at a time.
 */
#ifndef GS_KVM_THREAD_H
#define GS_KVM_THREAD_H

#include "models/kvm/kvm-ioctl.h"
#include "sim/kernel/kthread.h"
#include "sim/kernel/rcu.h"
#include "sim/srcu/srcu-sync.h"

typedef struct {
	GsThread thread;
	GsKvmPlan plan;     /* owned: of the ioctl in progress */
	GsKvm *kvm;         /* borrowed: the ioctl's VM */
	GsTaskStep then;    /* what to do once the ioctl is over */
	unsigned int pc;    /* the op to do next */
	int64_t work_ns;    /* the ioctl's own work that is left, shared out over its plan */
	int32_t tag;        /* names the ioctl as the cause of others' waits */
	GsSrcuSync sync;
	GsSrcuBarrier srcu_barrier;
	GsRcuBarrier rcu_barrier;
	GsKthreadCreate kthread;

	/* What the ioctl has waited for so far. */
	int64_t wait_ns;
	int64_t longest_wait_ns;
	int32_t cause;      /* whose grace period the longest wait was for; -1: the ioctl's own */
	int64_t waiting_since_ns;
	int32_t waiting_for;
} GsKvmThread;

/* @thread's memory must be zero the first time; later calls reuse its plan. */
void gs_kvm_thread_init(GsKvmThread *thread, GsKernel *kernel, GsCpu *cpu, const char *name);
void gs_kvm_thread_clear(GsKvmThread *thread);

static inline GsKvmThread *gs_kvm_thread_of(GsTask *task)
{
	return GS_CONTAINER_OF(task, GsKvmThread, thread.task);
}

/*
 * From a step of @thread, last: do @ioctl on @kvm, with @work_ns of work of its
 * own, and return to user space at @then. @ioctl NULL: nothing but that work.
 */
void gs_kvm_thread_ioctl(GsKvmThread *thread, GsKvm *kvm, const GsKvmIoctl *ioctl,
			 const GsCallArgs *args, int64_t work_ns, int32_t tag, GsTaskStep then);

/* The same for the plan that is in @thread already. */
void gs_kvm_thread_carry_out(GsKvmThread *thread, GsKvm *kvm, int64_t work_ns, int32_t tag,
			     GsTaskStep then);

/* The ioctl @thread is in does nothing of interest: forget what the last one waited for. */
void gs_kvm_thread_pass(GsKvmThread *thread);

#endif
