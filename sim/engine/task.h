/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A task: a simulated thread written as explicit steps.
 *
 * A step is a function that runs at one instant and, as the last thing it does,
 * says how the task goes on: gs_task_spend(), gs_task_wait() or gs_task_exit(),
 * the first two with the step to resume at. There is no stack to switch, so a
 * task costs a few words and a run of any number of them needs one host thread.
 *
 * Who lets a runnable task run is the scheduler's business: GsTaskSched, three
 * verbs, filled by sim/kernel/cpu.c. Without one (NULL) every task has a
 * processor of its own.
 *
 * Invariants: "task-step" a step ends in exactly one of the three; "task-state"
 * only a waiting task is woken, only the running one spends, waits and exits.
 */
#ifndef GS_TASK_H
#define GS_TASK_H

#include "sim/engine/engine.h"
#include "sim/engine/list.h"

typedef struct GsTask GsTask;
typedef void (*GsTaskStep)(GsTask *task);

typedef struct {
	/* The running task wants @ns (0 or more) of processor time before its next step. */
	void (*spend)(GsTask *task, int64_t ns);
	/* The running task has gone to sleep or exited: give its processor to another. */
	void (*block)(GsTask *task);
	/* A sleeping or new task became runnable. */
	void (*wake)(GsTask *task);
} GsTaskSched;

typedef enum {
	GS_TASK_NEW,
	GS_TASK_RUNNABLE, /* has a next step, waits for its processor or its time */
	GS_TASK_RUNNING,  /* inside a step */
	GS_TASK_WAITING,  /* on a wait queue */
	GS_TASK_DEAD,
} GsTaskState;

struct GsTask {
	GsEngine *engine;         /* borrowed */
	const GsTaskSched *sched; /* borrowed; NULL: a processor of its own */
	const char *name;         /* borrowed */
	GsTaskStep step;          /* where it resumes */
	GsTaskState state;
	GsEvent event;            /* end of the time being spent */
	GsListNode queue;         /* on the wait queue or the run queue */
	void *blocked_on;         /* borrowed: the lock it waits for; NULL: none */
	void *call;               /* the blocking call it is inside of, for that call's own steps */
};

/* Tasks waiting for one thing, woken first in, first out. */
typedef struct {
	GsListNode tasks;
} GsWaitQueue;

void gs_task_init(GsTask *task, GsEngine *engine, const GsTaskSched *sched, const char *name);

/* Let a new task begin with @step, or a dead one begin again. */
void gs_task_start(GsTask *task, GsTaskStep step);

/* From a step: consume @ns of processor time, then do @step. */
void gs_task_spend(GsTask *task, int64_t ns, GsTaskStep step);

/* From a step: sleep on @queue; when woken, do @step. */
void gs_task_wait(GsTask *task, GsWaitQueue *queue, GsTaskStep step);

/* From a step: this was the last one. */
void gs_task_exit(GsTask *task);

/* Make a waiting task runnable, taking it off its queue. */
void gs_task_wake(GsTask *task);

/* For schedulers: do the next step now. */
void gs_task_run_step(GsTask *task);

static inline void gs_wait_queue_init(GsWaitQueue *queue)
{
	gs_list_init(&queue->tasks);
}

static inline bool gs_wait_queue_is_empty(const GsWaitQueue *queue)
{
	return gs_list_is_empty(&queue->tasks);
}

/* Wake the task that has waited longest; NULL if none waits. */
GsTask *gs_wait_queue_wake_one(GsWaitQueue *queue);

void gs_wait_queue_wake_all(GsWaitQueue *queue);

#endif
