/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Repetitions in a script: which of its calls are one step of a VMM model made
 * several times, and which steps take turns in a loop.
 *
 * Folding is exact. Calls are put together only if the model's language says
 * afterwards of each what the script does, in the script's order: numbers must
 * grow evenly, and who waits for a call must find it the last of its step.
 */
#ifndef GS_VMM_FOLD_H
#define GS_VMM_FOLD_H

#include "traces/script.h"

#include <stdbool.h>

/* What a call follows, as a model has to say it. */
typedef enum {
	GS_VMM_LINK_OWN,      /* its thread's call before */
	GS_VMM_LINK_BEFORE,   /* the first of its thread: the call before it in the script */
	GS_VMM_LINK_NOTHING,  /* the first of its thread: nothing */
	GS_VMM_LINK_PREVIOUS, /* waits for the call before it in the script */
	GS_VMM_LINK_OTHER,    /* any other call: the last of a step */
} GsVmmLink;

/* A step: @count calls in a row, the first of which is @first. */
typedef struct {
	unsigned int first, count;
	int thread_digit; /* each is another thread's, whose name has its number here; or -1 */
} GsVmmRun;

/* @period steps that take turns @count times: runs[first] and what follows. */
typedef struct {
	unsigned int first, period, count;
} GsVmmTurns;

typedef struct {
	GsVmmLink *links; /* owned: of each call */
	GArray *runs;     /* owned: GsVmmRun, in the script's order */
	GArray *turns;    /* owned: GsVmmTurns, in order: every run is in one */
} GsVmmFold;

/* @names: of the script's threads. The caller frees the fold. */
GsVmmFold *gs_vmm_fold_new(const GsScript *script, const char *const *names);
void gs_vmm_fold_free(GsVmmFold *fold);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsVmmFold, gs_vmm_fold_free)

#endif
