/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A run of a traced VM start's calls through the models, pinned to what the
 * trace fixes.
 */
#ifndef GS_PINNED_RUN_H
#define GS_PINNED_RUN_H

#include "models/params.h"
#include "models/policy/policy.h"
#include "tests/conformance/sequence.h"

typedef struct {
	GsSequence *sequence; /* owned: what happens */
	unsigned int placed;  /* wake-ups of VMM threads, */
	unsigned int moved;   /* and those the model would have put elsewhere */
} GsPinnedRun;

/* @traced is @ftrace's sequence. */
void gs_pinned_run(GsPinnedRun *run, const GsFtrace *ftrace, const GsPin *pin,
		   const GsSequence *traced, const GsMachineParams *params,
		   const GsPolicy *policy);
void gs_pinned_run_clear(GsPinnedRun *run);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(GsPinnedRun, gs_pinned_run_clear)

#endif
