/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vCPUs that run from their creation on (--set reader.vcpus), beside what the
 * script says: each a thread of its own that is in KVM_RUN until the run ends.
 */
#ifndef GS_REPLAY_VCPUS_H
#define GS_REPLAY_VCPUS_H

#include "models/kvm/kvm-run.h"
#include "models/params.h"
#include "runs/replay-program.h"

typedef struct GsReplayVcpus GsReplayVcpus;

/* Both borrowed. The caller frees the result. */
GsReplayVcpus *gs_replay_vcpus_new(const GsProgram *program, const GsMachineParams *params);
void gs_replay_vcpus_free(GsReplayVcpus *vcpus);

/* Before each run: none runs. */
void gs_replay_vcpus_reset(GsReplayVcpus *vcpus);

/* From a step: KVM_CREATE_VCPU of @vm, which is @kvm, has returned. */
void gs_replay_vcpus_created(GsReplayVcpus *vcpus, uint32_t vm, GsKvm *kvm);

#endif
