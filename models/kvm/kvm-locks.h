/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who holds KVM's locks and who waits for them: the order they are taken in is
 * checked, and a run that stands still can be explained.
 *
 * Invariant: "lock-order" a thread takes a lock only while it holds none that
 * comes at or after it in GsKvmLock. So no circle of threads can wait for each
 * other's locks.
 */
#ifndef GS_KVM_LOCKS_H
#define GS_KVM_LOCKS_H

#include "models/kvm/kvm-thread.h"

/* Before @thread takes lock @which of its VM. */
void gs_kvm_check_lock_order(const GsKvmThread *thread, GsKvmLock which);

/*
 * Append what @thread waits for, whose that is, which locks it holds, and since
 * when, in milliseconds from @epoch_ns: "waits for kvm->slots_lock of 102 since
 * 12.004 ms, holds kvm->lock since 11.980 ms".
 */
void gs_kvm_describe_thread(const GsKvmThread *thread, int64_t epoch_ns, GString *text);

#endif
