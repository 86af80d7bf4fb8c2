/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The threads that wait for one CPU, by their deadlines (fair.h); of equal ones the
 * first to come.
 */
#ifndef GS_RUN_QUEUE_H
#define GS_RUN_QUEUE_H

#include <stdint.h>

#include "sim/engine/list.h"

typedef struct GsThread GsThread;

typedef struct {
	GsListNode threads; /* GsThread.task.queue */
	int count;
	int64_t vruntime_sum_ns;
	int64_t last_vruntime_ns; /* the average when last a thread left; see fair.h */
} GsRunQueue;

void gs_run_queue_init(GsRunQueue *queue);

static inline bool gs_run_queue_is_empty(const GsRunQueue *queue)
{
	return queue->count == 0;
}

void gs_run_queue_add(GsRunQueue *queue, GsThread *thread);
void gs_run_queue_remove(GsRunQueue *queue, GsThread *thread);

/* The first, which is next to run, and the one behind @thread; NULL: none. */
GsThread *gs_run_queue_first(const GsRunQueue *queue);
GsThread *gs_run_queue_next(const GsRunQueue *queue, const GsThread *thread);

#endif
