/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Creating a kernel thread, and what that does to the one who asks.
 *
 * The caller sleeps while kthreadd forks the thread and until the thread has
 * started and says so. The thread starts on an idle CPU, often the caller's own,
 * so the caller finds its CPU taken when it is woken and goes on on another:
 * what it arms there afterwards is another CPU's timer.
 *
 * Mirrors kthread_create_on_node() and kthreadd() of kernel/kthread.c (7.3). Each
 * creation has a kthreadd of its own: two at once do not wait for each other.
 */
#ifndef GS_KTHREAD_H
#define GS_KTHREAD_H

#include "sim/kernel/completion.h"
#include "sim/kernel/cpu.h"

/* One creation at a time; belongs to the calling thread. */
typedef struct {
	GsThread kthreadd, kthread;
	GsCompletion created;
	int64_t fork_ns;
} GsKthreadCreate;

/*
 * From a step of @caller, last: create a kthread, which takes kthreadd @fork_ns,
 * and do @step once it runs.
 */
void gs_kthread_create(GsKthreadCreate *create, GsThread *caller, int64_t fork_ns, GsTaskStep step);

#endif
