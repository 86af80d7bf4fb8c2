/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which close() of a log ends which VM.
 *
 * Each descriptor of a VM, its vCPUs and its devices holds a reference, so the
 * VM goes with the last of them to be closed after its own has been. Logs do not
 * show every close(): those of vCPUs that are missing are taken to have come
 * before, and a VM whose descriptor's number is given to another was closed,
 * unseen, after its last call.
 */
#ifndef GS_VM_ENDS_H
#define GS_VM_ENDS_H

#include "traces/script.h"

typedef struct GsVmEnds GsVmEnds;

GsVmEnds *gs_vm_ends_new(void);
void gs_vm_ends_free(GsVmEnds *ends);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsVmEnds, gs_vm_ends_free)

/* Call @call, a GS_SCRIPT_CLOSE, was of a descriptor of @vm in @role. */
void gs_vm_ends_closed(GsVmEnds *ends, uint32_t vm, unsigned int call, GsFdRole role);

/* The number of @vm's own descriptor is another's now. */
void gs_vm_ends_reused(GsVmEnds *ends, uint32_t vm);

/*
 * Once all calls are in @script, in the log's order: drop every close() but those
 * that end a VM, and add those not seen.
 */
void gs_vm_ends_apply(const GsVmEnds *ends, GsScript *script);

#endif
