/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A thread in KVM_RUN: the reader of kvm->srcu that grace periods wait for.
 *
 * Mirrors the run loop of KVM_RUN (x86: vcpu_run(), vcpu_enter_guest()) as far as
 * grace periods can tell:
 *
 *   guest --exit--> srcu_read_lock, handling, srcu_read_unlock --entry--> guest
 *
 * The guest runs without the lock and may be preempted at any instant, like user
 * mode. An exit comes after an exponential time in the guest; its handling holds
 * the lock for GsReaderParams.hold, in the kernel, so that a thread woken on this
 * CPU waits for the next entry (there the lock has been dropped: a vCPU that is
 * preempted blocks nobody). In some exits the vCPU sleeps first, with the lock:
 * a page that user space has to bring (userfaultfd).
 *
 * arm64 takes the lock for memory aborts only: there exits are those.
 */
#ifndef GS_KVM_RUN_H
#define GS_KVM_RUN_H

#include "models/kvm/kvm-vm.h"

typedef struct {
	GsThread *thread;             /* borrowed: the vCPU's */
	GsKvm *kvm;                   /* borrowed: its VM */
	const GsReaderParams *params; /* borrowed */
	GsRng rng;
	bool halted;                  /* it waits for an interrupt that does not come */
	int64_t until_ns;             /* when KVM_RUN ends */
	GsTaskStep then;              /* where to go on then */
	int idx;                      /* of the reader it is, for srcu_read_unlock() */
} GsKvmRun;

/*
 * Before each run: @thread may become a vCPU, the @index-th of the run; what it
 * does is drawn from streams of that index, beginning with whether it is halted.
 */
void gs_kvm_run_init(GsKvmRun *run, GsThread *thread, const GsReaderParams *params,
		     uint32_t index);

/*
 * From a step of the thread, last: be in KVM_RUN until @until_ns
 * (GS_TIME_NEVER_NS: for good), then do @then in user space. Handling that has
 * begun is finished first. @params must let vCPUs run: gs_readers_run().
 */
void gs_kvm_run(GsKvmRun *run, GsKvm *kvm, int64_t until_ns, GsTaskStep then);

#endif
