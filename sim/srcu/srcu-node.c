/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/srcu/srcu-node.h"

#include "sim/srcu/srcu-callbacks.h"
#include "sim/srcu/srcu-gp.h"

/* Was @s, or a later grace period, recorded? */
static bool reached(uint64_t recorded, uint64_t s)
{
	return recorded != GS_SRCU_SNP_INIT_SEQ && gs_rcu_seq_done(recorded, s);
}

static unsigned int slot_of(uint64_t s)
{
	return (unsigned int)(gs_rcu_seq_ctr(s) % GS_SRCU_NODE_SLOTS);
}

static uint64_t cpu_bit(const GsSrcuNode *leaf, const GsSrcuData *sdp)
{
	return UINT64_C(1) << (sdp->cpu->id - leaf->grplo);
}

void gs_srcu_funnel_exp_start(GsSrcuStruct *ssp, GsSrcuNode *snp, uint64_t s)
{
	for (; snp; snp = snp->srcu_parent) {
		if (gs_rcu_seq_done(ssp->srcu_gp_seq, s) || reached(snp->srcu_gp_seq_needed_exp, s))
			return;
		snp->srcu_gp_seq_needed_exp = s;
	}
	if (gs_rcu_seq_before(ssp->srcu_gp_seq_needed_exp, s))
		ssp->srcu_gp_seq_needed_exp = s;
}

/*
 * Record at every node from @sdp's leaf up that @s is wanted. True at the top;
 * false if somebody has been there before and the rest is theirs to do.
 */
static bool climb(GsSrcuStruct *ssp, GsSrcuData *sdp, uint64_t s, bool do_norm)
{
	const unsigned int slot = slot_of(s);
	const int64_t delay_jiffies = do_norm ? GS_SRCU_INTERVAL_JIFFIES : 0;

	for (GsSrcuNode *snp = sdp->mynode; snp; snp = snp->srcu_parent) {
		const uint64_t recorded = snp->srcu_have_cbs[slot];

		if (!snp->leaf && gs_rcu_seq_done(ssp->srcu_gp_seq, s))
			return false;
		if (reached(recorded, s)) {
			if (snp->leaf && recorded == s) {
				snp->srcu_data_have_cbs[slot] |= cpu_bit(snp, sdp);
			} else if (snp->leaf) {
				/* That grace period has ended in the meantime. */
				gs_srcu_schedule_cbs_sdp(sdp, delay_jiffies);
				return false;
			}
			if (!do_norm)
				gs_srcu_funnel_exp_start(ssp, snp, s);
			return false;
		}
		snp->srcu_have_cbs[slot] = s;
		if (snp->leaf)
			snp->srcu_data_have_cbs[slot] |= cpu_bit(snp, sdp);
		if (!do_norm && !reached(snp->srcu_gp_seq_needed_exp, s))
			snp->srcu_gp_seq_needed_exp = s;
	}
	return true;
}

void gs_srcu_funnel_gp_start(GsSrcuStruct *ssp, GsSrcuData *sdp, uint64_t s, bool do_norm)
{
	if (ssp->srcu_size_state >= GS_SRCU_SIZE_WAIT_BARRIER && !climb(ssp, sdp, s, do_norm))
		return;

	if (gs_rcu_seq_before(ssp->srcu_gp_seq_needed, s))
		ssp->srcu_gp_seq_needed = s;
	if (!do_norm && gs_rcu_seq_before(ssp->srcu_gp_seq_needed_exp, s))
		ssp->srcu_gp_seq_needed_exp = s;

	if (!gs_rcu_seq_done(ssp->srcu_gp_seq, s) &&
	    gs_rcu_seq_state(ssp->srcu_gp_seq) == GS_SRCU_STATE_IDLE) {
		gs_srcu_gp_start(ssp);
		gs_srcu_kick_worker(ssp);
	}
}

void gs_srcu_nodes_gp_end(GsSrcuStruct *ssp, uint64_t gpseq, int64_t cbdelay_jiffies)
{
	const unsigned int slot = slot_of(gpseq);
	const bool big = ssp->srcu_size_state == GS_SRCU_SIZE_BIG;

	/* Breadth first. */
	for (int i = 0; i < ssp->node_count; i++) {
		GsSrcuNode *snp = &ssp->nodes[i];
		const bool cbs = snp->leaf && (!big || snp->srcu_have_cbs[slot] == gpseq);
		const uint64_t mask = big ? snp->srcu_data_have_cbs[slot] : ~UINT64_C(0);

		snp->srcu_have_cbs[slot] = gpseq | 1; /* over: equal to no number asked for */
		if (!reached(snp->srcu_gp_seq_needed_exp, gpseq))
			snp->srcu_gp_seq_needed_exp = gpseq;
		snp->srcu_data_have_cbs[slot] = 0;
		for (int cpu = snp->grplo; cbs && cpu <= snp->grphi; cpu++) {
			if (mask & (UINT64_C(1) << (cpu - snp->grplo)))
				gs_srcu_schedule_cbs_sdp(gs_srcu_data(ssp, cpu), cbdelay_jiffies);
		}
	}
}

void gs_srcu_size_step(GsSrcuStruct *ssp)
{
	if (ssp->srcu_size_state == GS_SRCU_SIZE_SMALL || ssp->srcu_size_state == GS_SRCU_SIZE_BIG)
		return;
	if (ssp->srcu_size_state == GS_SRCU_SIZE_ALLOC)
		gs_init_srcu_struct_nodes(ssp);
	ssp->srcu_size_state++;
}
