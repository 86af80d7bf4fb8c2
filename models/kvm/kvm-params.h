/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What of KVM depends on the machine, the kernel's configuration and its release.
 */
#ifndef GS_KVM_PARAMS_H
#define GS_KVM_PARAMS_H

#include <stdbool.h>

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
	bool split_irqchip_routes;   /* before 6.10: KVM_CAP_SPLIT_IRQCHIP installs a routing */
} GsKvmParams;

#endif
