/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sleeping locks with first-in, first-out hand-over.
 *
 * Mirrors kernel/locking/mutex.c (7.3) without optimistic spinning: KVM's locks
 * are held across grace periods, where spinning gives up at once.
 *
 * Invariant: "mutex-owner" only the owner unlocks, and it does not lock twice.
 */
#ifndef GS_MUTEX_H
#define GS_MUTEX_H

#include "sim/engine/task.h"

typedef struct {
	const char *name; /* borrowed */
	GsTask *owner;    /* borrowed; NULL: free */
	GsWaitQueue wait;
} GsMutex;

void gs_mutex_init(GsMutex *mutex, const char *name);

/*
 * Lock for @task. Returns true if the lock was free: the step goes on as its
 * owner. Otherwise the task now waits, and owns the lock when @step begins; the
 * calling step must return.
 */
bool gs_mutex_lock(GsMutex *mutex, GsTask *task, GsTaskStep step);

/* Unlock, handing the lock to the task that has waited longest. */
void gs_mutex_unlock(GsMutex *mutex, GsTask *task);

#endif
