/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/srcu/srcu-sync.h"

#include "sim/srcu/srcu-call.h"

static void wakeme_after_rcu(GsRcuHead *head)
{
	GsSrcuSync *sync = GS_CONTAINER_OF(head, GsSrcuSync, head);

	gs_probe(sync->ssp->kernel->engine, "wakeme_after_rcu", sync->ssp->kernel->this_cpu->id,
		 sync->ssp->name, (int64_t)sync->ssp->srcu_gp_seq, 0);
	gs_complete(&sync->done);
}

static void sync_return(GsTask *task)
{
	const GsSrcuSync *sync = task->call;

	gs_task_spend(task, sync->ssp->kernel->params->costs.sync_return_ns, sync->then);
}

static void sync_sleep(GsTask *task)
{
	GsSrcuSync *sync = task->call;

	gs_wait_for_completion(&sync->done, task, sync_return);
}

/* Mirrors __synchronize_srcu(). */
static void synchronize(GsSrcuStruct *ssp, GsSrcuSync *sync, GsTask *task, GsTaskStep then,
			bool do_norm)
{
	*sync = (GsSrcuSync){ .head.func = wakeme_after_rcu, .ssp = ssp, .then = then };
	gs_completion_init(&sync->done);
	task->call = sync;
	gs_srcu_gp_start_if_needed(ssp, &sync->head, do_norm);
	/* Not asleep yet: the irq_work just queued interrupts the task first. */
	gs_task_spend(task, ssp->kernel->params->costs.sync_sleep_ns, sync_sleep);
}

void gs_synchronize_srcu_expedited(GsSrcuStruct *ssp, GsSrcuSync *sync, GsTask *task,
				   GsTaskStep then)
{
	gs_probe(task->engine, "synchronize_srcu_expedited", ssp->kernel->this_cpu->id, ssp->name,
		 (int64_t)ssp->srcu_gp_seq, 0);
	synchronize(ssp, sync, task, then, ssp->params->rcu_normal);
}

void gs_synchronize_srcu(GsSrcuStruct *ssp, GsSrcuSync *sync, GsTask *task, GsTaskStep then)
{
	gs_probe(task->engine, "synchronize_srcu", ssp->kernel->this_cpu->id, ssp->name,
		 (int64_t)ssp->srcu_gp_seq, 0);
	if (gs_srcu_should_expedite(ssp) || ssp->params->rcu_expedited) {
		gs_synchronize_srcu_expedited(ssp, sync, task, then);
		return;
	}
	synchronize(ssp, sync, task, then, true);
}

bool gs_srcu_should_expedite(const GsSrcuStruct *ssp)
{
	const GsSrcuData *sdp = ssp->sda[ssp->kernel->this_cpu->id];
	const int64_t since_gp_end_ns =
		gs_engine_now_ns(ssp->kernel->engine) - ssp->srcu_last_gp_end_ns;

	if (sdp && gs_rcu_segcblist_pend_cbs(&sdp->srcu_cblist))
		return false;
	if (ssp->params->exp_holdoff_ns == 0 || since_gp_end_ns < ssp->params->exp_holdoff_ns)
		return false;
	return gs_rcu_seq_done(ssp->srcu_gp_seq, ssp->srcu_gp_seq_needed);
}

/* One of the callbacks, or the barrier itself, needs no more waiting for. */
static void barrier_count_down(GsSrcuStruct *ssp)
{
	if (--ssp->srcu_barrier_cpu_cnt == 0)
		gs_complete(&ssp->srcu_barrier_completion);
}

static void srcu_barrier_cb(GsRcuHead *head)
{
	barrier_count_down(GS_CONTAINER_OF(head, GsSrcuData, srcu_barrier_head)->ssp);
}

/* @sdp NULL: nothing was ever queued there. */
static void srcu_barrier_one_cpu(GsSrcuStruct *ssp, GsSrcuData *sdp)
{
	if (!sdp)
		return;
	sdp->srcu_barrier_head.func = srcu_barrier_cb;
	if (gs_rcu_segcblist_entrain(&sdp->srcu_cblist, &sdp->srcu_barrier_head))
		ssp->srcu_barrier_cpu_cnt++;
}

static void barrier_over(GsTask *task)
{
	const GsSrcuBarrier *barrier = task->call;

	gs_rcu_seq_end(&barrier->ssp->srcu_barrier_seq);
	gs_mutex_unlock(&barrier->ssp->srcu_barrier_mutex, task);
	barrier->then(task);
}

static void barrier_locked(GsTask *task)
{
	const GsSrcuBarrier *barrier = task->call;
	GsSrcuStruct *ssp = barrier->ssp;

	if (gs_rcu_seq_done(ssp->srcu_barrier_seq, barrier->snap)) {
		/* While this task waited for the mutex others have done all of its work. */
		gs_mutex_unlock(&ssp->srcu_barrier_mutex, task);
		barrier->then(task);
		return;
	}
	gs_rcu_seq_start(&ssp->srcu_barrier_seq);
	gs_completion_init(&ssp->srcu_barrier_completion);
	ssp->srcu_barrier_cpu_cnt = 1;
	if (ssp->srcu_size_state < GS_SRCU_SIZE_WAIT_BARRIER) {
		srcu_barrier_one_cpu(ssp, ssp->sda[GS_BOOT_CPU]);
	} else {
		for (int cpu = 0; cpu < ssp->cpu_count; cpu++)
			srcu_barrier_one_cpu(ssp, ssp->sda[cpu]);
	}
	barrier_count_down(ssp);
	gs_wait_for_completion(&ssp->srcu_barrier_completion, task, barrier_over);
}

void gs_srcu_barrier(GsSrcuStruct *ssp, GsSrcuBarrier *barrier, GsTask *task, GsTaskStep then)
{
	*barrier = (GsSrcuBarrier){
		.ssp = ssp,
		.snap = gs_rcu_seq_snap(ssp->srcu_barrier_seq),
		.then = then,
	};
	task->call = barrier;
	gs_probe(task->engine, "srcu_barrier", ssp->kernel->this_cpu->id, ssp->name,
		 (int64_t)ssp->srcu_gp_seq, 0);
	if (gs_mutex_lock(&ssp->srcu_barrier_mutex, task, barrier_locked))
		barrier_locked(task);
}
