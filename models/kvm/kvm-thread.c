/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/kvm/kvm-thread.h"

#include "models/kvm/kvm-locks.h"

static void next_op(GsTask *task);

static int64_t now_ns(const GsKvmThread *thread)
{
	return gs_engine_now_ns(thread->thread.task.engine);
}

static const GsKvmOp *current_op(const GsKvmThread *thread)
{
	return &thread->plan.ops[thread->pc];
}

static void begin_wait(GsKvmThread *thread, int32_t cause)
{
	thread->waiting_since_ns = now_ns(thread);
	thread->waiting_for = cause;
}

static void end_wait(GsKvmThread *thread)
{
	const int64_t waited_ns = now_ns(thread) - thread->waiting_since_ns;

	thread->wait_ns += waited_ns;
	if (waited_ns > thread->longest_wait_ns) {
		thread->longest_wait_ns = waited_ns;
		thread->cause = thread->waiting_for;
	}
}

static void wait_over(GsTask *task)
{
	GsKvmThread *thread = gs_kvm_thread_of(task);

	end_wait(thread);
	thread->pc++;
	next_op(task);
}

/* Whose grace period must end before one asked for now can begin. */
static int32_t in_the_way(const GsSrcuStruct *ssp, int32_t tag)
{
	if (gs_rcu_seq_state(ssp->srcu_gp_seq) == GS_SRCU_STATE_IDLE || ssp->gp_starter == tag)
		return -1;
	return ssp->gp_starter;
}

static void synchronize(GsKvmThread *thread, GsKvmDomain domain, bool expedited)
{
	GsSrcuStruct *ssp = gs_kvm_domain(thread->kvm, domain);
	GsTask *task = &thread->thread.task;

	begin_wait(thread, in_the_way(ssp, thread->tag));
	ssp->requester = thread->tag;
	if (expedited)
		gs_synchronize_srcu_expedited(ssp, &thread->sync, task, wait_over);
	else
		gs_synchronize_srcu(ssp, &thread->sync, task, wait_over);
}

static void call_srcu(GsKvmThread *thread, bool expedited)
{
	gs_kvm_srcu(thread->kvm)->requester = thread->tag;
	gs_kvm_free_bus_by_call(thread->kvm, expedited);
	thread->pc++;
	next_op(&thread->thread.task);
}

/* Mirrors the end of kvm_io_bus_register_dev(), which is what the policies are about. */
static void free_old_bus(GsKvmThread *thread)
{
	switch (thread->kvm->policy->bus_registered(thread->kvm)) {
	case GS_KVM_RECLAIM_SYNC:
		synchronize(thread, GS_KVM_SRCU, false);
		break;
	case GS_KVM_RECLAIM_SYNC_EXPEDITED:
		synchronize(thread, GS_KVM_SRCU, true);
		break;
	case GS_KVM_RECLAIM_CALL:
		call_srcu(thread, false);
		break;
	case GS_KVM_RECLAIM_CALL_EXPEDITED:
		call_srcu(thread, true);
		break;
	}
}

static void srcu_barrier(GsKvmThread *thread, GsKvmDomain domain)
{
	GsSrcuStruct *ssp = gs_kvm_domain(thread->kvm, domain);

	begin_wait(thread, in_the_way(ssp, thread->tag));
	gs_srcu_barrier(ssp, &thread->srcu_barrier, &thread->thread.task, wait_over);
}

/*
 * What has gone of the VM is freed by RCU, on this CPU; on another one too if threads
 * of its have ended there: those of its vCPUs, the PIT's, the one that shuts irqfds down.
 */
static void call_rcu(const GsKvmThread *thread, bool threads, void (*call)(GsCpu *cpu))
{
	GsKernel *kernel = thread->thread.kernel;
	const int here = kernel->this_cpu->id;

	call(&kernel->cpus[here]);
	if (threads)
		call(&kernel->cpus[(here + 1) % kernel->params->cpus]);
}

static void rcu_barrier(GsKvmThread *thread)
{
	GsKernel *kernel = thread->thread.kernel;

	begin_wait(thread, -1);
	gs_rcu_barrier(&thread->rcu_barrier, kernel, &thread->thread.task, wait_over);
}

/* The request's own processor time is spent: make it. */
static void request(GsTask *task)
{
	GsKvmThread *thread = gs_kvm_thread_of(task);
	const GsKvmOp *op = current_op(thread);

	if (op->kind == GS_KVM_OP_BUS_FREE)
		free_old_bus(thread);
	else
		synchronize(thread, (GsKvmDomain)op->arg, op->kind == GS_KVM_OP_SYNC);
}

static void return_to_user(GsTask *task)
{
	GsKvmThread *thread = gs_kvm_thread_of(task);

	/* A woken thread that could not preempt the kernel gets its turn here. */
	thread->thread.user = true;
	gs_task_spend(task, 0, thread->then);
}

/* The part of the work left that an op of @weight does; the last op does all that is left. */
static int64_t take_share(GsKvmThread *thread, int weight)
{
	/* Most calls have but one, which needs no division. */
	const int64_t share_ns = weight == thread->plan.weight_left ?
		thread->work_ns :
		thread->work_ns * weight / thread->plan.weight_left;

	thread->work_ns -= share_ns;
	thread->plan.weight_left -= weight;
	return share_ns;
}

static void next_op(GsTask *task)
{
	GsKvmThread *thread = gs_kvm_thread_of(task);
	const GsCosts *costs = &thread->thread.kernel->params->costs;

	for (; thread->pc < thread->plan.op_count; thread->pc++) {
		const GsKvmOp *op = current_op(thread);

		switch (op->kind) {
		case GS_KVM_OP_WORK:
			thread->pc++;
			gs_task_spend(task, take_share(thread, op->arg), next_op);
			return;
		case GS_KVM_OP_KTHREAD:
			thread->pc++;
			gs_kthread_create(&thread->kthread, &thread->thread,
					  take_share(thread, op->arg), next_op);
			return;
		case GS_KVM_OP_LOCK:
			gs_kvm_check_lock_order(thread, (GsKvmLock)op->arg);
			begin_wait(thread, -1);
			if (!gs_mutex_lock(&thread->kvm->locks[op->arg], task, wait_over))
				return;
			break;
		case GS_KVM_OP_UNLOCK:
			gs_mutex_unlock(&thread->kvm->locks[op->arg], task);
			break;
		case GS_KVM_OP_BUS_FREE:
		case GS_KVM_OP_SYNC:
		case GS_KVM_OP_SYNC_NORMAL:
			gs_task_spend(task, costs->srcu_request_ns, request);
			return;
		case GS_KVM_OP_SRCU_BARRIER:
			srcu_barrier(thread, (GsKvmDomain)op->arg);
			return;
		case GS_KVM_OP_RCU_CALL:
			call_rcu(thread, op->arg, gs_call_rcu);
			break;
		case GS_KVM_OP_RCU_CALL_LATE:
			call_rcu(thread, op->arg, gs_call_rcu_late);
			break;
		case GS_KVM_OP_RCU_BARRIER:
			rcu_barrier(thread);
			return;
		}
	}
	return_to_user(task);
}

void gs_kvm_thread_init(GsKvmThread *thread, GsKernel *kernel, GsCpu *cpu, const char *name)
{
	gs_thread_init(&thread->thread, kernel, cpu, name);
}

void gs_kvm_thread_clear(GsKvmThread *thread)
{
	gs_kvm_plan_clear(&thread->plan);
}

void gs_kvm_thread_pass(GsKvmThread *thread)
{
	thread->wait_ns = thread->longest_wait_ns = 0;
	thread->cause = -1;
	gs_kvm_plan_reset(&thread->plan);
}

void gs_kvm_thread_carry_out(GsKvmThread *thread, GsKvm *kvm, int64_t work_ns, int32_t tag,
			     GsTaskStep then)
{
	thread->kvm = kvm;
	thread->then = then;
	thread->tag = tag;
	thread->work_ns = work_ns;
	thread->pc = 0;
	thread->thread.user = false;
	next_op(&thread->thread.task);
}

void gs_kvm_thread_ioctl(GsKvmThread *thread, GsKvm *kvm, const GsKvmIoctl *ioctl,
			 const GsCallArgs *args, int64_t work_ns, int32_t tag, GsTaskStep then)
{
	gs_kvm_thread_pass(thread);
	if (ioctl)
		gs_kvm_ioctl_plan(ioctl, kvm, args, &thread->plan);
	else
		gs_kvm_plan_add(&thread->plan, GS_KVM_OP_WORK, 1);
	gs_kvm_thread_carry_out(thread, kvm, work_ns, tag, then);
}
