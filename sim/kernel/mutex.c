/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/kernel/mutex.h"

#include "sim/engine/bug.h"

void gs_mutex_init(GsMutex *mutex, const char *name)
{
	*mutex = (GsMutex){ .name = name };
	gs_wait_queue_init(&mutex->wait);
}

static void own(GsMutex *mutex, GsTask *task)
{
	mutex->owner = task;
	mutex->owned_since_ns = gs_engine_now_ns(task->engine);
	task->blocked_on = NULL;
}

bool gs_mutex_lock(GsMutex *mutex, GsTask *task, GsTaskStep step)
{
	GS_CHECK(task->engine, mutex->owner != task, "mutex-owner", "'%s' locks '%s' twice",
		 task->name, mutex->name);
	if (!mutex->owner) {
		own(mutex, task);
		return true;
	}
	task->blocked_on = mutex;
	gs_task_wait(task, &mutex->wait, step);
	return false;
}

/* The waiter that was woken runs: it owns the lock now, or waits on, ahead of the others. */
static void try_again(GsTask *task)
{
	GsMutex *mutex = task->blocked_on;
	const GsTaskStep step = mutex->woken_step;

	mutex->woken = NULL;
	if (!mutex->owner) {
		own(mutex, task);
		step(task);
		return;
	}
	mutex->handoff = true;
	gs_task_wait(task, &mutex->wait, step);
	gs_list_remove(&task->queue);
	gs_list_insert_before(mutex->wait.tasks.next, &task->queue);
}

void gs_mutex_unlock(GsMutex *mutex, GsTask *task)
{
	GS_CHECK(task->engine, mutex->owner == task, "mutex-owner",
		 "'%s' unlocks '%s', which belongs to '%s'", task->name, mutex->name,
		 mutex->owner ? mutex->owner->name : "nobody");
	mutex->owner = NULL;
	if (mutex->woken || gs_wait_queue_is_empty(&mutex->wait))
		return;

	GsTask *first = GS_CONTAINER_OF(mutex->wait.tasks.next, GsTask, queue);
	if (mutex->handoff) {
		mutex->handoff = false;
		own(mutex, first);
	} else {
		mutex->woken = first;
		mutex->woken_step = first->step;
		first->step = try_again;
	}
	gs_task_wake(first);
}
