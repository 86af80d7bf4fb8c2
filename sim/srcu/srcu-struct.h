/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An SRCU domain: its grace-period state, its per-CPU data and its readers.
 *
 * Mirrors struct srcu_struct, srcu_usage, srcu_data and srcu_node of
 * include/linux/srcutree.h (7.3), in one object. Field names are the kernel's.
 *
 * A host of many VMs has many domains, and most use the data of one CPU: a CPU's
 * is made when it is first asked for.
 *
 * Left out: the spinlocks (what they protect happens at one instant here), and
 * so the contention that turns a small domain into a big one.
 */
#ifndef GS_SRCU_STRUCT_H
#define GS_SRCU_STRUCT_H

#include "sim/kernel/completion.h"
#include "sim/kernel/irq-work.h"
#include "sim/kernel/kernel.h"
#include "sim/kernel/mutex.h"
#include "sim/srcu/rcu-segcblist.h"
#include "sim/srcu/rcu-seq.h"
#include "sim/srcu/srcu-param.h"
#include "sim/srcu/srcu-policy.h"

/* The number of recent grace periods a node tells apart: ARRAY_SIZE(srcu_have_cbs). */
#define GS_SRCU_NODE_SLOTS 4
/* In a slot nothing was recorded in: state bits that no recorded number has. */
#define GS_SRCU_SNP_INIT_SEQ UINT64_C(2)
/* CPUs below one leaf: RCU_FANOUT_LEAF. A root holds up to 64 leaves, all the CPUs there can be. */
#define GS_SRCU_FANOUT_LEAF 16

/* From one callback list (SMALL) to one per CPU (BIG), a step each grace period. */
typedef enum {
	GS_SRCU_SIZE_SMALL,
	GS_SRCU_SIZE_ALLOC,
	GS_SRCU_SIZE_WAIT_BARRIER,
	GS_SRCU_SIZE_WAIT_CALL,
	GS_SRCU_SIZE_WAIT_CBS1,
	GS_SRCU_SIZE_WAIT_CBS2,
	GS_SRCU_SIZE_WAIT_CBS3,
	GS_SRCU_SIZE_WAIT_CBS4,
	GS_SRCU_SIZE_BIG,
} GsSrcuSizeState;

typedef struct GsSrcuStruct GsSrcuStruct;
typedef struct GsSrcuNode GsSrcuNode;

struct GsSrcuNode {
	GsSrcuNode *srcu_parent;  /* borrowed; NULL: the root */
	int grplo, grphi;         /* the CPUs below, both included */
	bool leaf;
	uint64_t srcu_have_cbs[GS_SRCU_NODE_SLOTS];
	uint64_t srcu_data_have_cbs[GS_SRCU_NODE_SLOTS]; /* leaf: bit per CPU from grplo */
	uint64_t srcu_gp_seq_needed_exp;
};

typedef struct {
	GsSrcuStruct *ssp;        /* borrowed */
	GsCpu *cpu;               /* borrowed */
	GsRcuSegcblist srcu_cblist;
	uint64_t srcu_gp_seq_needed, srcu_gp_seq_needed_exp;
	bool srcu_cblist_invoking;
	GsRcuHead *ready_cbs;     /* taken off the list, being invoked */
	long ready_count;
	GsTimer delay_work;
	GsWork work;
	GsRcuHead srcu_barrier_head;
	GsRcuHead srcu_ec_head;
	enum { GS_SRCU_EC_IDLE, GS_SRCU_EC_PENDING, GS_SRCU_EC_REPOST } srcu_ec_state;
	GsSrcuNode *mynode;       /* borrowed from the domain; NULL while it has no tree */
} GsSrcuData;

struct GsSrcuStruct {
	GsKernel *kernel;           /* borrowed */
	const GsSrcuParams *params; /* borrowed */
	const GsSrcuPolicy *policy; /* borrowed */
	const char *name;           /* borrowed: "kvm->srcu" */

	uint64_t srcu_lock_count[2], srcu_unlock_count[2]; /* summed over the CPUs */
	unsigned int srcu_idx;      /* index new readers use, in its lowest bit */
	uint64_t srcu_gp_seq;
	uint64_t srcu_gp_seq_needed;
	uint64_t srcu_gp_seq_needed_exp;
	int64_t srcu_gp_start_jiffies;
	int64_t srcu_last_gp_end_ns;
	int64_t srcu_n_exp_nodelay;
	int64_t reschedule_jiffies;
	int64_t reschedule_count;
	GsSrcuSizeState srcu_size_state;
	GsDelayedWork work;
	GsIrqWork irq_work;

	int scan_trycount;          /* process_srcu(): checks left in this scan */

	GsMutex srcu_barrier_mutex;
	uint64_t srcu_barrier_seq;
	GsCompletion srcu_barrier_completion;
	int srcu_barrier_cpu_cnt;

	/*
	 * Whose request started the grace period that runs, or ran last: a tag the
	 * caller of the API set as the current requester, so that a wait can name
	 * its cause. -1: nobody's.
	 */
	int32_t requester, gp_starter;

	int cpu_count;
	GsSrcuData **sda;           /* owned: by CPU; NULL: never used, see gs_srcu_data() */
	GsSrcuNode *nodes;          /* owned: the root, then the leaves below it, if any */
	int node_count;
};

/*
 * Make a domain, as init_srcu_struct(): idle, with a grace period just ended.
 * The memory is reused if @ssp was initialised before for as many CPUs; the
 * first time it must be zero.
 */
void gs_init_srcu_struct(GsSrcuStruct *ssp, GsKernel *kernel, const GsSrcuParams *params,
			 const GsSrcuPolicy *policy, const char *name);

/* Free the memory. Nothing of the domain may be pending. */
void gs_srcu_struct_clear(GsSrcuStruct *ssp);

/* The data of CPU @cpu: per_cpu_ptr(ssp->sda, cpu). */
GsSrcuData *gs_srcu_make_data(GsSrcuStruct *ssp, int cpu);
static inline GsSrcuData *gs_srcu_data(GsSrcuStruct *ssp, int cpu)
{
	GsSrcuData *sdp = ssp->sda[cpu];

	return sdp ? sdp : gs_srcu_make_data(ssp, cpu);
}

/* Build the tree of nodes, a step towards BIG (init_srcu_struct_nodes()). */
void gs_init_srcu_struct_nodes(GsSrcuStruct *ssp);

/* The CPU whose callback list a small domain uses. */
#define GS_BOOT_CPU 0

#endif
