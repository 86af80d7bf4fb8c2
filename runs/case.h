/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A case: a scenario made ready to run. Everything is looked up, and nothing
 * changes any more: any number of threads may run it at once.
 */
#ifndef GS_CASE_H
#define GS_CASE_H

#include "models/machine-spec.h"
#include "models/scenario/scenario.h"
#include "runs/case-starts.h"
#include "runs/replay-run.h"

typedef struct {
	GsScenario *scenario;    /* owned */
	GsMachineSpec *machine;  /* a reference */
	GsMachineParams params;
	const GsPolicy *policy;  /* the scenario's, or the kernel's own */
	GsCaseStarts *starts;    /* a reference, to what the next four are of */
	const GsScript *script;
	const GsProgram *program;
	const int64_t *work_ns;
	const GsCallPool *pool;
	char *digest;            /* owned: SHA-256, in hex, of all that decides its results but the
				    number of runs: the scenario, the VMM model, the resolved
				    parameters, the work of calls, the program's version */
} GsCase;

/*
 * Make @scenario, which is copied, ready. Adds to @notes (char *, owned by it)
 * what the user should know; NULL: nobody asks. The caller frees the case.
 */
GsCase *gs_case_new(const GsScenario *scenario, GPtrArray *notes, GError **error);

/* The same of a machine and starts made for it; takes a reference to each. */
GsCase *gs_case_new_from(const GsScenario *scenario, GsMachineSpec *machine, GsCaseStarts *starts,
			 GError **error);
void gs_case_free(GsCase *ready);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsCase, gs_case_free)

/* For gs_replay_host_new(); valid as long as the case. */
GsRunSetup gs_case_setup(const GsCase *ready);

#endif
