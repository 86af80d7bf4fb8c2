/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The starts of a case's VMs, ready to run: what the model and its parameters,
 * the number of VMs and their starts, the host profile and the machine decide.
 * Cases that differ in tick rate, policy, kernel or seed alone share it.
 */
#ifndef GS_CASE_STARTS_H
#define GS_CASE_STARTS_H

#include "models/machine-spec.h"
#include "models/scenario/scenario.h"
#include "runs/call-pool.h"
#include "runs/replay-program.h"

/* Immutable; everything is owned. */
typedef struct {
	gatomicrefcount references;
	GsScript *script;   /* of all its VMs */
	GsProgram *program;
	int64_t *work_ns;   /* of each call */
	GsCallPool *pool;
	GPtrArray *notes;   /* char *, what the user should know */
	char *digest;       /* SHA-256, in hex, of the VMM model and the work of the calls */
} GsCaseStarts;

GsCaseStarts *gs_case_starts_new(const GsScenario *scenario, const GsMachineSpec *machine,
				 GError **error);
GsCaseStarts *gs_case_starts_ref(GsCaseStarts *starts);
void gs_case_starts_unref(GsCaseStarts *starts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsCaseStarts, gs_case_starts_unref)

/* Scenarios of the same text on machines of the same host have the same starts; to be freed. */
char *gs_case_starts_key(const GsScenario *scenario, const GsMachineSpec *machine);

#endif
