/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/srcu/srcu-callbacks.h"

void gs_srcu_schedule_cbs_sdp(GsSrcuData *sdp, int64_t delay_jiffies)
{
	GsKernel *kernel = sdp->ssp->kernel;

	if (delay_jiffies == 0)
		gs_queue_work_on(sdp->cpu, &sdp->work);
	else
		gs_timer_reduce(kernel->this_cpu, &sdp->delay_work,
				kernel->jiffies + delay_jiffies);
}

void gs_srcu_delay_timer(GsTimer *timer, GsCpu *cpu)
{
	GsSrcuData *sdp = GS_CONTAINER_OF(timer, GsSrcuData, delay_work);

	(void)cpu;
	gs_queue_work_on(sdp->cpu, &sdp->work);
}

static GsSrcuData *data_of(GsTask *worker)
{
	return GS_CONTAINER_OF(gs_worker_current(worker), GsSrcuData, work);
}

static void invoke_next(GsTask *worker);

/* The callbacks taken are all invoked: account for them, come back if more got ready. */
static void invocation_over(GsTask *worker, GsSrcuData *sdp)
{
	sdp->srcu_cblist.len -= sdp->ready_count;
	sdp->srcu_cblist_invoking = false;
	if (gs_rcu_segcblist_ready_cbs(&sdp->srcu_cblist))
		gs_queue_work_on(sdp->cpu, &sdp->work);
	gs_work_done(worker);
}

static void invoke_one(GsTask *worker)
{
	GsSrcuData *sdp = data_of(worker);
	GsRcuHead *head = sdp->ready_cbs;

	sdp->ready_cbs = head->next;
	sdp->ready_count++;
	gs_probe(worker->engine, "srcu_callback", sdp->cpu->id, sdp->ssp->name,
		 (int64_t)sdp->ssp->srcu_gp_seq, 0);
	head->func(head);
	invoke_next(worker);
}

static void invoke_next(GsTask *worker)
{
	GsSrcuData *sdp = data_of(worker);

	if (sdp->ready_cbs)
		gs_task_spend(worker, sdp->ssp->kernel->params->costs.callback_ns, invoke_one);
	else
		invocation_over(worker, sdp);
}

static void begin_invocation(GsTask *worker)
{
	GsSrcuData *sdp = data_of(worker);

	gs_rcu_segcblist_advance(&sdp->srcu_cblist, sdp->ssp->srcu_gp_seq);
	if (sdp->srcu_cblist_invoking || !gs_rcu_segcblist_ready_cbs(&sdp->srcu_cblist)) {
		gs_work_done(worker);
		return;
	}
	sdp->srcu_cblist_invoking = true;
	sdp->ready_cbs = gs_rcu_segcblist_extract_done_cbs(&sdp->srcu_cblist);
	sdp->ready_count = 0;
	invoke_next(worker);
}

void gs_srcu_invoke_callbacks(GsWork *work, GsTask *worker)
{
	const GsSrcuData *sdp = GS_CONTAINER_OF(work, GsSrcuData, work);

	gs_probe(worker->engine, "srcu_invoke_callbacks", sdp->cpu->id, sdp->ssp->name,
		 (int64_t)sdp->ssp->srcu_gp_seq, 0);
	gs_task_spend(worker, sdp->ssp->kernel->params->costs.srcu_invoke_ns, begin_invocation);
}
