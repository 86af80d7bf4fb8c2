/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/engine/task.h"

#include "sim/engine/bug.h"

static void time_spent(GsEngine *engine, GsEvent *event)
{
	(void)engine;
	gs_task_run_step(GS_CONTAINER_OF(event, GsTask, event));
}

static void spend_alone(GsTask *task, int64_t ns)
{
	gs_engine_schedule_after(task->engine, &task->event, ns);
}

static void block_alone(GsTask *task)
{
	(void)task;
}

static void wake_alone(GsTask *task)
{
	gs_engine_schedule_after(task->engine, &task->event, 0);
}

static const GsTaskSched own_processor = {
	.spend = spend_alone,
	.block = block_alone,
	.wake = wake_alone,
};

void gs_task_init(GsTask *task, GsEngine *engine, const GsTaskSched *sched, const char *name)
{
	*task = (GsTask){
		.engine = engine,
		.sched = sched ? sched : &own_processor,
		.name = name,
		.state = GS_TASK_NEW,
	};
	gs_event_init(&task->event, name, GS_EVENT_TASK, time_spent);
	gs_list_init(&task->queue);
}

void gs_task_start(GsTask *task, GsTaskStep step)
{
	GS_CHECK(task->engine, task->state == GS_TASK_NEW || task->state == GS_TASK_DEAD,
		 "task-state", "task '%s' is started twice", task->name);
	task->step = step;
	task->state = GS_TASK_RUNNABLE;
	task->sched->wake(task);
}

void gs_task_run_step(GsTask *task)
{
	GS_CHECK(task->engine, task->state == GS_TASK_RUNNABLE, "task-state",
		 "task '%s' is run in state %d", task->name, task->state);
	task->state = GS_TASK_RUNNING;
	task->step(task);
	GS_CHECK(task->engine, task->state != GS_TASK_RUNNING, "task-step",
		 "a step of task '%s' does not say how to go on", task->name);
}

static void check_running(const GsTask *task, const char *verb)
{
	GS_CHECK(task->engine, task->state == GS_TASK_RUNNING, "task-state",
		 "task '%s' %s in state %d", task->name, verb, task->state);
}

void gs_task_spend(GsTask *task, int64_t ns, GsTaskStep step)
{
	check_running(task, "spends");
	task->step = step;
	task->state = GS_TASK_RUNNABLE;
	task->sched->spend(task, ns);
}

void gs_task_wait(GsTask *task, GsWaitQueue *queue, GsTaskStep step)
{
	check_running(task, "waits");
	task->step = step;
	task->state = GS_TASK_WAITING;
	gs_list_append(&queue->tasks, &task->queue);
	task->sched->block(task);
}

void gs_task_exit(GsTask *task)
{
	check_running(task, "exits");
	task->state = GS_TASK_DEAD;
	task->sched->block(task);
}

void gs_task_wake(GsTask *task)
{
	GS_CHECK(task->engine, task->state == GS_TASK_WAITING, "task-state",
		 "task '%s' is woken in state %d", task->name, task->state);
	gs_list_remove(&task->queue);
	task->state = GS_TASK_RUNNABLE;
	task->sched->wake(task);
}

GsTask *gs_wait_queue_wake_one(GsWaitQueue *queue)
{
	if (gs_wait_queue_is_empty(queue))
		return NULL;
	GsTask *task = GS_CONTAINER_OF(queue->tasks.next, GsTask, queue);
	gs_task_wake(task);
	return task;
}

void gs_wait_queue_wake_all(GsWaitQueue *queue)
{
	while (gs_wait_queue_wake_one(queue))
		;
}
