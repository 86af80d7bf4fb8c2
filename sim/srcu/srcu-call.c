/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/srcu/srcu-call.h"

#include "sim/srcu/srcu-node.h"

/*
 * The kernel holds an SRCU read lock of the same domain in here, so that the
 * numbers it compares cannot move twice; at one instant they cannot anyway.
 */
uint64_t gs_srcu_gp_start_if_needed(GsSrcuStruct *ssp, GsRcuHead *head, bool do_norm)
{
	const bool small = ssp->srcu_size_state < GS_SRCU_SIZE_WAIT_CALL;
	GsSrcuData *sdp = gs_srcu_data(ssp, small ? GS_BOOT_CPU : ssp->kernel->this_cpu->id);
	const uint64_t s = gs_rcu_seq_snap(ssp->srcu_gp_seq);
	bool needgp = false, needexp = false;

	if (head) {
		gs_rcu_segcblist_enqueue(&sdp->srcu_cblist, head);
		gs_rcu_segcblist_advance(&sdp->srcu_cblist, ssp->srcu_gp_seq);
		gs_rcu_segcblist_accelerate(&sdp->srcu_cblist, s);
	}
	if (gs_rcu_seq_before(sdp->srcu_gp_seq_needed, s)) {
		sdp->srcu_gp_seq_needed = s;
		needgp = true;
	}
	if (!do_norm && gs_rcu_seq_before(sdp->srcu_gp_seq_needed_exp, s)) {
		sdp->srcu_gp_seq_needed_exp = s;
		needexp = true;
	}
	gs_probe(ssp->kernel->engine, "srcu_gp_start_if_needed", ssp->kernel->this_cpu->id,
		 ssp->name, (int64_t)s, do_norm);

	/* What an idle domain starts needs no hint: it asks for its delay itself. */
	const bool in_progress = gs_rcu_seq_state(ssp->srcu_gp_seq) != GS_SRCU_STATE_IDLE;
	if (needgp)
		gs_srcu_funnel_gp_start(ssp, sdp, s, do_norm);
	else if (needexp)
		gs_srcu_funnel_exp_start(ssp, small ? NULL : sdp->mynode, s);
	if (in_progress && !do_norm && ssp->policy->exp_request)
		ssp->policy->exp_request(ssp);
	return s;
}

static void probe(const GsSrcuStruct *ssp, const char *name)
{
	gs_probe(ssp->kernel->engine, name, ssp->kernel->this_cpu->id, ssp->name,
		 (int64_t)ssp->srcu_gp_seq, 0);
}

static void call_srcu(GsSrcuStruct *ssp, GsRcuHead *head, GsRcuCallback func, bool do_norm)
{
	head->func = func;
	gs_srcu_gp_start_if_needed(ssp, head, do_norm);
}

void gs_call_srcu(GsSrcuStruct *ssp, GsRcuHead *head, GsRcuCallback func)
{
	probe(ssp, "call_srcu");
	call_srcu(ssp, head, func, true);
}

void gs_call_srcu_expedited(GsSrcuStruct *ssp, GsRcuHead *head, GsRcuCallback func)
{
	probe(ssp, "call_srcu_expedited");
	call_srcu(ssp, head, func, ssp->params->rcu_normal);
}

uint64_t gs_start_poll_synchronize_srcu(GsSrcuStruct *ssp)
{
	return gs_srcu_gp_start_if_needed(ssp, NULL, true);
}

bool gs_poll_state_synchronize_srcu(const GsSrcuStruct *ssp, uint64_t cookie)
{
	return gs_rcu_seq_done(ssp->srcu_gp_seq, cookie);
}

static void expedite_current_cb(GsRcuHead *head)
{
	GsSrcuData *sdp = GS_CONTAINER_OF(head, GsSrcuData, srcu_ec_head);
	const bool repost = sdp->srcu_ec_state == GS_SRCU_EC_REPOST;

	sdp->srcu_ec_state = repost ? GS_SRCU_EC_PENDING : GS_SRCU_EC_IDLE;
	if (repost)
		call_srcu(sdp->ssp, head, expedite_current_cb, false);
}

void gs_srcu_expedite_current(GsSrcuStruct *ssp)
{
	GsSrcuData *sdp = gs_srcu_data(ssp, ssp->kernel->this_cpu->id);

	if (sdp->srcu_ec_state == GS_SRCU_EC_IDLE) {
		sdp->srcu_ec_state = GS_SRCU_EC_PENDING;
		call_srcu(ssp, &sdp->srcu_ec_head, expedite_current_cb, false);
	} else {
		sdp->srcu_ec_state = GS_SRCU_EC_REPOST;
	}
}
