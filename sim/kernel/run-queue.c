/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/kernel/run-queue.h"

#include "sim/kernel/cpu.h"

static GsThread *queued_thread(GsListNode *node)
{
	return gs_thread_of(GS_CONTAINER_OF(node, GsTask, queue));
}

void gs_run_queue_init(GsRunQueue *queue)
{
	gs_list_init(&queue->woken);
	gs_list_init(&queue->preempted);
	queue->count = 0;
}

void gs_run_queue_add(GsRunQueue *queue, GsThread *thread)
{
	gs_list_append(thread->preempted ? &queue->preempted : &queue->woken, &thread->task.queue);
	queue->count++;
}

void gs_run_queue_remove(GsRunQueue *queue, GsThread *thread)
{
	gs_list_remove(&thread->task.queue);
	queue->count--;
}

GsThread *gs_run_queue_first(const GsRunQueue *queue)
{
	if (!gs_list_is_empty(&queue->woken))
		return queued_thread(queue->woken.next);
	if (!gs_list_is_empty(&queue->preempted))
		return queued_thread(queue->preempted.next);
	return NULL;
}

GsThread *gs_run_queue_next(const GsRunQueue *queue, const GsThread *thread)
{
	GsListNode *next = thread->task.queue.next;

	if (next == &queue->woken)
		next = queue->preempted.next;
	return next == &queue->preempted ? NULL : queued_thread(next);
}
