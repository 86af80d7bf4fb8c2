/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/srcu/srcu-struct.h"

#include "sim/srcu/srcu-callbacks.h"
#include "sim/srcu/srcu-gp.h"

static GsSrcuSizeState initial_size(const GsSrcuParams *params, int cpus)
{
	if (params->convert_to_big == GS_SRCU_SIZING_INIT ||
	    (params->convert_to_big == GS_SRCU_SIZING_AUTO && cpus >= params->big_cpu_lim))
		return GS_SRCU_SIZE_BIG;
	return GS_SRCU_SIZE_SMALL;
}

static void init_node(GsSrcuNode *snp, GsSrcuNode *parent, int grplo, int grphi, bool leaf)
{
	*snp = (GsSrcuNode){
		.srcu_parent = parent,
		.grplo = grplo,
		.grphi = grphi,
		.leaf = leaf,
		.srcu_gp_seq_needed_exp = GS_SRCU_SNP_INIT_SEQ,
	};
	for (int i = 0; i < GS_SRCU_NODE_SLOTS; i++)
		snp->srcu_have_cbs[i] = GS_SRCU_SNP_INIT_SEQ;
}

/* The leaf above @cpu; NULL while there is no tree. */
static GsSrcuNode *leaf_of(const GsSrcuStruct *ssp, int cpu)
{
	const bool has_root = ssp->node_count > 1;

	return ssp->node_count == 0 ? NULL : &ssp->nodes[has_root + cpu / GS_SRCU_FANOUT_LEAF];
}

void gs_init_srcu_struct_nodes(GsSrcuStruct *ssp)
{
	const int leaf_count = (ssp->cpu_count + GS_SRCU_FANOUT_LEAF - 1) / GS_SRCU_FANOUT_LEAF;
	const bool has_root = leaf_count > 1;

	ssp->node_count = has_root + leaf_count;
	if (!ssp->nodes)
		ssp->nodes = g_new(GsSrcuNode, ssp->node_count);

	GsSrcuNode *root = has_root ? &ssp->nodes[0] : NULL, *leaves = &ssp->nodes[has_root];

	if (root)
		init_node(root, NULL, 0, ssp->cpu_count - 1, false);
	for (int i = 0; i < leaf_count; i++)
		init_node(&leaves[i], root, i * GS_SRCU_FANOUT_LEAF,
			  MIN((i + 1) * GS_SRCU_FANOUT_LEAF, ssp->cpu_count) - 1, true);
	for (int cpu = 0; cpu < ssp->cpu_count; cpu++) {
		if (ssp->sda[cpu])
			ssp->sda[cpu]->mynode = leaf_of(ssp, cpu);
	}
}

/* As it was when the domain was made: it has not been used since. */
static void init_data(GsSrcuData *sdp, GsSrcuStruct *ssp, int cpu)
{
	*sdp = (GsSrcuData){
		.ssp = ssp,
		.cpu = &ssp->kernel->cpus[cpu],
		.mynode = leaf_of(ssp, cpu),
	};
	gs_rcu_segcblist_init(&sdp->srcu_cblist);
	gs_timer_init(&sdp->delay_work, "srcu_delay_timer", gs_srcu_delay_timer);
	gs_work_init(&sdp->work, "srcu_invoke_callbacks", gs_srcu_invoke_callbacks);
}

GsSrcuData *gs_srcu_make_data(GsSrcuStruct *ssp, int cpu)
{
	GsSrcuData *sdp = g_new(GsSrcuData, 1);

	init_data(sdp, ssp, cpu);
	ssp->sda[cpu] = sdp;
	return sdp;
}

void gs_init_srcu_struct(GsSrcuStruct *ssp, GsKernel *kernel, const GsSrcuParams *params,
			 const GsSrcuPolicy *policy, const char *name)
{
	const int cpus = kernel->params->cpus;

	if (ssp->cpu_count != cpus)
		gs_srcu_struct_clear(ssp);
	*ssp = (GsSrcuStruct){
		.kernel = kernel,
		.params = params,
		.policy = policy,
		.name = name,
		.srcu_last_gp_end_ns = gs_engine_now_ns(kernel->engine),
		.srcu_size_state = initial_size(params, cpus),
		.requester = -1,
		.gp_starter = -1,
		.cpu_count = cpus,
		.sda = ssp->sda ? ssp->sda : g_new0(GsSrcuData *, cpus),
		.nodes = ssp->nodes,
	};
	gs_delayed_work_init(&ssp->work, "process_srcu", gs_process_srcu);
	gs_irq_work_init(&ssp->irq_work, kernel, "srcu_irq_work", gs_srcu_irq_work);
	gs_mutex_init(&ssp->srcu_barrier_mutex, "srcu_barrier_mutex");
	for (int cpu = 0; cpu < cpus; cpu++) {
		if (ssp->sda[cpu])
			init_data(ssp->sda[cpu], ssp, cpu);
	}
	if (ssp->srcu_size_state == GS_SRCU_SIZE_BIG)
		gs_init_srcu_struct_nodes(ssp);
}

void gs_srcu_struct_clear(GsSrcuStruct *ssp)
{
	for (int cpu = 0; cpu < ssp->cpu_count; cpu++)
		g_free(ssp->sda[cpu]);
	g_clear_pointer(&ssp->sda, g_free);
	g_clear_pointer(&ssp->nodes, g_free);
	ssp->cpu_count = 0;
}
