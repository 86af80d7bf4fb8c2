/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/kernel/mutex.h"

#include "sim/engine/bug.h"

void gs_mutex_init(GsMutex *mutex, const char *name)
{
	*mutex = (GsMutex){ .name = name };
	gs_wait_queue_init(&mutex->wait);
}

bool gs_mutex_lock(GsMutex *mutex, GsTask *task, GsTaskStep step)
{
	GS_CHECK(task->engine, mutex->owner != task, "mutex-owner", "'%s' locks '%s' twice",
		 task->name, mutex->name);
	if (!mutex->owner) {
		mutex->owner = task;
		return true;
	}
	gs_task_wait(task, &mutex->wait, step);
	return false;
}

void gs_mutex_unlock(GsMutex *mutex, GsTask *task)
{
	GS_CHECK(task->engine, mutex->owner == task, "mutex-owner",
		 "'%s' unlocks '%s', which belongs to '%s'", task->name, mutex->name,
		 mutex->owner ? mutex->owner->name : "nobody");
	mutex->owner = gs_wait_queue_wake_one(&mutex->wait);
}
