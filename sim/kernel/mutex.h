/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sleeping locks. Waiters are woken first in, first out, but whoever is running
 * when the lock is free gets it; a waiter that was woken in vain once has it
 * handed over the next time.
 *
 * Mirrors kernel/locking/mutex.c (6.12, 7.3): __mutex_lock_common(),
 * __mutex_unlock_slowpath(), __mutex_handoff(). Without optimistic spinning:
 * KVM's locks are held across grace periods, where spinning gives up at once.
 *
 * Invariant: "mutex-owner" only the owner unlocks, and it does not lock twice.
 */
#ifndef GS_MUTEX_H
#define GS_MUTEX_H

#include "sim/engine/task.h"

typedef struct {
	const char *name; /* borrowed */
	GsTask *owner;    /* borrowed; NULL: free */
	int64_t owned_since_ns;
	GsWaitQueue wait;
	GsTask *woken;          /* borrowed: a waiter on its way to the lock */
	GsTaskStep woken_step;  /* what it does once it owns it */
	bool handoff;           /* it came too late once: MUTEX_FLAG_HANDOFF */
} GsMutex;

void gs_mutex_init(GsMutex *mutex, const char *name);

/*
 * Lock for @task. Returns true if the lock was free: the step goes on as its
 * owner. Otherwise the task now waits, and owns the lock when @step begins; the
 * calling step must return.
 */
bool gs_mutex_lock(GsMutex *mutex, GsTask *task, GsTaskStep step);

/* Unlock, and wake the task that has waited longest. */
void gs_mutex_unlock(GsMutex *mutex, GsTask *task);

#endif
