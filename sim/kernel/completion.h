/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Completions: tasks wait until something was said to be done.
 * Mirrors kernel/sched/completion.c (7.3).
 */
#ifndef GS_COMPLETION_H
#define GS_COMPLETION_H

#include "sim/engine/task.h"

typedef struct {
	unsigned int done;
	GsWaitQueue wait;
} GsCompletion;

static inline void gs_completion_init(GsCompletion *completion)
{
	completion->done = 0;
	gs_wait_queue_init(&completion->wait);
}

/*
 * From a step, last: wait_for_completion(), then @step. Where complete() came
 * first the step follows at once.
 */
void gs_wait_for_completion(GsCompletion *completion, GsTask *task, GsTaskStep step);

/* Let one waiter go on, now or when it comes. */
void gs_complete(GsCompletion *completion);

#endif
