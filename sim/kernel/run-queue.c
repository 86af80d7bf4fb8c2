/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/kernel/run-queue.h"

#include "sim/kernel/cpu.h"

static GsThread *queued_thread(GsListNode *node)
{
	return gs_thread_of(GS_CONTAINER_OF(node, GsTask, queue));
}

void gs_run_queue_init(GsRunQueue *queue)
{
	*queue = (GsRunQueue){ 0 };
	gs_list_init(&queue->threads);
}

/* From the end: who comes mostly has one of the latest deadlines. */
void gs_run_queue_add(GsRunQueue *queue, GsThread *thread)
{
	GsListNode *place = &queue->threads;

	while (place->prev != &queue->threads &&
	       queued_thread(place->prev)->deadline_ns > thread->deadline_ns)
		place = place->prev;
	gs_list_insert_before(place, &thread->task.queue);
	queue->vruntime_sum_ns += thread->vruntime_ns;
	queue->count++;
}

void gs_run_queue_remove(GsRunQueue *queue, GsThread *thread)
{
	gs_list_remove(&thread->task.queue);
	queue->vruntime_sum_ns -= thread->vruntime_ns;
	queue->count--;
}

GsThread *gs_run_queue_first(const GsRunQueue *queue)
{
	return gs_list_is_empty(&queue->threads) ? NULL : queued_thread(queue->threads.next);
}

GsThread *gs_run_queue_next(const GsRunQueue *queue, const GsThread *thread)
{
	GsListNode *next = thread->task.queue.next;

	return next == &queue->threads ? NULL : queued_thread(next);
}
