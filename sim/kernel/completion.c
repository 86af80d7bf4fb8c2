/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/kernel/completion.h"

void gs_wait_for_completion(GsCompletion *completion, GsTask *task, GsTaskStep step)
{
	if (completion->done > 0) {
		completion->done--;
		gs_task_spend(task, 0, step);
	} else {
		gs_task_wait(task, &completion->wait, step);
	}
}

void gs_complete(GsCompletion *completion)
{
	if (!gs_wait_queue_wake_one(&completion->wait))
		completion->done++;
}
