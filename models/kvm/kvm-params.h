/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What of KVM depends on the machine, the kernel's configuration and its release.
 */
#ifndef GS_KVM_PARAMS_H
#define GS_KVM_PARAMS_H

#include "sim/engine/distribution.h"

#include <stdbool.h>
#include <stdint.h>

typedef enum {
	GS_MACHINE_X86_VMX,
	GS_MACHINE_X86_SVM,
	GS_MACHINE_ARM64,
} GsMachineKind;

typedef struct {
	GsMachineKind machine;
	bool smm;                    /* CONFIG_KVM_SMM: internal memslots exist twice */
	bool unrestricted_guest;     /* VMX: no TSS and identity-map pages needed */
	bool flexpriority;           /* VMX: the APIC access page is a memslot */
	bool avic;                   /* SVM: likewise, while AVIC is not inhibited */
	bool create_vcpu_holds_lock; /* 7.3: kvm->lock is held across all of KVM_CREATE_VCPU */
	bool split_irqchip_routes;   /* before 6.11: KVM_CAP_SPLIT_IRQCHIP installs a routing */
	bool destroy_srcu_barrier;   /* since 6.18: srcu_barrier(&kvm->srcu) in kvm_destroy_vm() */
} GsKvmParams;

/* Every vCPU that is created runs, from then on. */
#define GS_READER_VCPUS_CREATED INT32_MAX
/* Those run that the log shows in KVM_RUN, while it shows them there. */
#define GS_READER_VCPUS_RUN 0

/* What running vCPUs do: kvm-run.h. */
typedef struct {
	int64_t exit_rate_hz;  /* exits a second of guest time; both rates 0: no vCPU runs */
	GsDistribution hold;   /* how long the handling of one takes */
	int64_t sleep_rate_hz; /* exits in whose handling the vCPU sleeps as well, likewise */
	GsDistribution sleep;  /* how long it does */
	int64_t halted_ppm;    /* chance that a vCPU is halted throughout */
	int vcpus;             /* GS_READER_VCPUS_..., or a VM's first so many, once created */
} GsReaderParams;

static inline bool gs_readers_run(const GsReaderParams *params)
{
	return params->exit_rate_hz + params->sleep_rate_hz > 0;
}

#endif
