/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/srcu/srcu-gp.h"

#include "sim/engine/bug.h"
#include "sim/srcu/srcu-callbacks.h"
#include "sim/srcu/srcu-delay.h"
#include "sim/srcu/srcu-node.h"
#include "sim/srcu/srcu-read.h"

static void probe(const GsSrcuStruct *ssp, const char *name, int64_t b)
{
	gs_probe(ssp->kernel->engine, name, ssp->kernel->this_cpu->id, ssp->name,
		 (int64_t)ssp->srcu_gp_seq, b);
}

static GsSrcuStruct *domain_of(GsTask *worker)
{
	return GS_CONTAINER_OF(gs_worker_current(worker), GsSrcuStruct, work.work);
}

void gs_srcu_gp_start(GsSrcuStruct *ssp)
{
	GS_CHECK(ssp->kernel->engine, gs_rcu_seq_state(ssp->srcu_gp_seq) == GS_SRCU_STATE_IDLE,
		 "srcu-state", "a grace period of %s starts inside another", ssp->name);
	ssp->srcu_gp_start_jiffies = ssp->kernel->jiffies;
	ssp->srcu_n_exp_nodelay = 0;
	ssp->gp_starter = ssp->requester;
	gs_rcu_seq_start(&ssp->srcu_gp_seq);
	probe(ssp, "srcu_gp_start", ssp->srcu_gp_start_jiffies);
}

static void queue_worker(GsSrcuStruct *ssp)
{
	gs_queue_delayed_work(ssp->kernel, &ssp->work, gs_srcu_get_delay(ssp) != 0);
}

void gs_srcu_kick_worker(GsSrcuStruct *ssp)
{
	if (ssp->params->start_by_irq_work)
		gs_irq_work_queue(&ssp->irq_work);
	else
		queue_worker(ssp);
}

void gs_srcu_irq_work(GsIrqWork *irq_work)
{
	GsSrcuStruct *ssp = GS_CONTAINER_OF(irq_work, GsSrcuStruct, irq_work);

	probe(ssp, "srcu_irq_work", 0);
	queue_worker(ssp);
}

void gs_srcu_retime_work(GsSrcuStruct *ssp)
{
	/* Until the irq_work has run there is no delay to shorten: it will ask for it itself. */
	if (ssp->work.work.pending)
		gs_mod_delayed_work(ssp->kernel, &ssp->work, 0);
}

static void srcu_flip(GsSrcuStruct *ssp)
{
	ssp->srcu_idx++;
	probe(ssp, "srcu_flip", ssp->srcu_idx & 1);
}

/* Mirrors srcu_reschedule(): go idle, or queue the next pass. */
static void srcu_reschedule(GsSrcuStruct *ssp, int64_t delay_jiffies)
{
	bool push_gp = true;

	probe(ssp, "srcu_reschedule", delay_jiffies);
	if (gs_rcu_seq_done(ssp->srcu_gp_seq, ssp->srcu_gp_seq_needed))
		push_gp = gs_rcu_seq_state(ssp->srcu_gp_seq) != GS_SRCU_STATE_IDLE;
	else if (gs_rcu_seq_state(ssp->srcu_gp_seq) == GS_SRCU_STATE_IDLE)
		gs_srcu_gp_start(ssp);
	if (push_gp)
		gs_queue_delayed_work(ssp->kernel, &ssp->work, delay_jiffies);
}

/*
 * How long the callbacks of the grace period that ends wait: no time if it is
 * expedited, one jiffy if not. Where the delay is asked for, one that is no longer
 * young makes them wait although it is expedited.
 */
static int64_t get_cbdelay(GsSrcuStruct *ssp)
{
	if (ssp->params->cbdelay_asks)
		return gs_srcu_get_delay(ssp) != 0;
	return gs_srcu_gp_is_expedited(ssp) ? 0 : GS_SRCU_INTERVAL_JIFFIES;
}

/* Mirrors srcu_gp_end(). */
static void srcu_gp_end(GsSrcuStruct *ssp)
{
	/* Asked of the number before it moves on. */
	const int64_t cbdelay = get_cbdelay(ssp);

	GS_CHECK(ssp->kernel->engine, gs_rcu_seq_state(ssp->srcu_gp_seq) == GS_SRCU_STATE_SCAN2,
		 "srcu-state", "a grace period of %s ends before its second scan", ssp->name);
	ssp->srcu_last_gp_end_ns = gs_engine_now_ns(ssp->kernel->engine);
	gs_rcu_seq_end(&ssp->srcu_gp_seq);
	if (gs_rcu_seq_before(ssp->srcu_gp_seq_needed_exp, ssp->srcu_gp_seq))
		ssp->srcu_gp_seq_needed_exp = ssp->srcu_gp_seq;
	probe(ssp, "srcu_gp_end", cbdelay);

	if (ssp->srcu_size_state < GS_SRCU_SIZE_WAIT_BARRIER)
		gs_srcu_schedule_cbs_sdp(gs_srcu_data(ssp, GS_BOOT_CPU), cbdelay);
	else
		gs_srcu_nodes_gp_end(ssp, ssp->srcu_gp_seq, cbdelay);

	/* The next grace period, if one is wanted, starts without any delay, normal or not. */
	if (gs_rcu_seq_before(ssp->srcu_gp_seq, ssp->srcu_gp_seq_needed)) {
		gs_srcu_gp_start(ssp);
		srcu_reschedule(ssp, 0);
	}
	gs_srcu_size_step(ssp);
}

/* The rest of process_srcu(), once the state has been advanced as far as it goes. */
static void pass_over(GsTask *worker)
{
	GsSrcuStruct *ssp = domain_of(worker);
	const int64_t now_jiffies = ssp->kernel->jiffies;
	int64_t delay = gs_srcu_get_delay(ssp);

	if (delay != 0) {
		ssp->reschedule_count = 0;
	} else if (ssp->reschedule_jiffies == now_jiffies) {
		if (++ssp->reschedule_count > ssp->params->srcu_max_nodelay)
			delay = 1;
	} else {
		ssp->reschedule_count = 1;
		ssp->reschedule_jiffies = now_jiffies;
	}
	srcu_reschedule(ssp, delay);
	gs_work_done(worker);
}

static void check_zero(GsTask *worker);

/* One more look for who is in a hurry; asking also counts against the no-delay budget. */
static int extra_check(GsSrcuStruct *ssp)
{
	return gs_srcu_get_delay(ssp) == 0 ? 1 : 0;
}

/* Mirrors the start of try_check_zero(): how often to look before giving up. */
static void begin_scan(GsTask *worker, GsSrcuStruct *ssp, int trycount)
{
	probe(ssp, "try_check_zero", trycount);
	ssp->scan_trycount = trycount;
	if (!ssp->params->check_asks_each_time)
		ssp->scan_trycount += extra_check(ssp);
	gs_task_spend(worker, ssp->kernel->params->costs.srcu_check_ns, check_zero);
}

/* One look at the readers, at the end of the time it takes. */
static void check_zero(GsTask *worker)
{
	GsSrcuStruct *ssp = domain_of(worker);
	const GsCosts *costs = &ssp->kernel->params->costs;
	const int inactive = (int)((ssp->srcu_idx & 1) ^ 1);

	if (!gs_srcu_readers_active_idx_check(ssp, inactive)) {
		const int extra = ssp->params->check_asks_each_time ? extra_check(ssp) : 0;

		if (--ssp->scan_trycount + extra <= 0) {
			pass_over(worker);
			return;
		}
		gs_task_spend(worker, ssp->params->srcu_retry_check_delay_ns + costs->srcu_check_ns,
			      check_zero);
		return;
	}
	ssp->srcu_n_exp_nodelay = 0;
	if (gs_rcu_seq_state(ssp->srcu_gp_seq) == GS_SRCU_STATE_SCAN1) {
		srcu_flip(ssp);
		gs_rcu_seq_set_state(&ssp->srcu_gp_seq, GS_SRCU_STATE_SCAN2);
		begin_scan(worker, ssp, 2);
		return;
	}
	srcu_gp_end(ssp);
	gs_task_spend(worker, costs->srcu_gp_end_ns, pass_over);
}

void gs_process_srcu(GsWork *work, GsTask *worker)
{
	GsSrcuStruct *ssp = GS_CONTAINER_OF(work, GsSrcuStruct, work.work);

	probe(ssp, "process_srcu", (int64_t)ssp->srcu_gp_seq_needed);
	if (gs_rcu_seq_state(ssp->srcu_gp_seq) == GS_SRCU_STATE_IDLE) {
		if (gs_rcu_seq_done(ssp->srcu_gp_seq, ssp->srcu_gp_seq_needed)) {
			pass_over(worker);
			return;
		}
		gs_srcu_gp_start(ssp);
	}
	begin_scan(worker, ssp,
		   gs_rcu_seq_state(ssp->srcu_gp_seq) == GS_SRCU_STATE_SCAN1 ? 1 : 2);
}
