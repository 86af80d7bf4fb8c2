/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The threads that wait for one CPU, in the order in which they get it.
 *
 * A woken thread goes behind the others that were woken, ahead of those that were
 * preempted: who slept has not had its share yet (EEVDF picks it by its lag).
 */
#ifndef GS_RUN_QUEUE_H
#define GS_RUN_QUEUE_H

#include "sim/engine/list.h"

typedef struct GsThread GsThread;

typedef struct {
	GsListNode woken, preempted; /* GsThread.task.queue */
	int count;
} GsRunQueue;

void gs_run_queue_init(GsRunQueue *queue);

static inline bool gs_run_queue_is_empty(const GsRunQueue *queue)
{
	return queue->count == 0;
}

/* @thread says itself whether it was preempted. */
void gs_run_queue_add(GsRunQueue *queue, GsThread *thread);
void gs_run_queue_remove(GsRunQueue *queue, GsThread *thread);

/* The first that waits, and the one behind @thread; NULL: none. */
GsThread *gs_run_queue_first(const GsRunQueue *queue);
GsThread *gs_run_queue_next(const GsRunQueue *queue, const GsThread *thread);

#endif
