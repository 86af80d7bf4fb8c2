/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A script made ready to run: every name looked up, every thread's calls linked.
 * Immutable, shared by all runs.
 */
#ifndef GS_REPLAY_PROGRAM_H
#define GS_REPLAY_PROGRAM_H

#include "models/kvm/kvm-ioctl.h"
#include "traces/script.h"

typedef struct {
	const GsScriptCall *call;
	const GsKvmIoctl *ioctl;  /* NULL: keeps its recorded time, whatever the kernel */
	bool runs_guest;          /* likewise, but for what @ioctl says it does first */
	bool creates_vm;
	bool creates_vcpu;
	bool begins_vm;           /* the first call of its VM */
	bool ends_vm;             /* its close(): waits for all calls of the VM before it */
	bool before_end;          /* one of these */
	bool begins_thread;       /* the first call of its thread */
	bool waits;               /* for one of another thread to end: call->after */
	bool is_awaited;          /* by such a call */
	int32_t next;             /* the thread's next call; -1: its last */
	int32_t first_started;    /* first calls of the threads this call's end starts: a list, */
	int32_t next_started;     /* linked through these calls; -1: its end */
	int64_t starting_ns;      /* from its end to the first of these: making threads takes time;
				     -1: there are none */
} GsProgramCall;

typedef struct {
	const GsScript *script;   /* borrowed */
	GsProgramCall *calls;     /* owned: as many as the script has */
	unsigned int call_count;
	unsigned int thread_count;
	unsigned int vm_count;
	unsigned int *vm_calls;   /* owned: of each VM before the one that ends it, or all */
	bool *vm_starts_midway;   /* owned: the log does not show the VM's creation */
	int32_t *thread_first;    /* owned: first call of each thread; -1: it has none */
} GsProgram;

/*
 * Borrows @script for good. Fails with GS_REPLAY_ERROR_SPAN, and file:line, if
 * its times add up to more than a year: no VM start takes that long, and
 * simulated time is not made for it. The caller frees the program.
 */
GsProgram *gs_program_new(const GsScript *script, GError **error);
void gs_program_free(GsProgram *program);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsProgram, gs_program_free)

#endif
