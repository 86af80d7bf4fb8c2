/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a record means to KVM: which request it is, of which VM, on which kind of
 * descriptor. Records are taken one by one in the log's order; memory grows with
 * descriptors and VMs, not with records.
 *
 * A VM begins at KVM_CREATE_VM; its ioctls are those on the descriptor that
 * returned, on the vCPU and device descriptors created from it, and, of the
 * system-wide ones on /dev/kvm, those after it until the next. A log may start in
 * the middle: a VM descriptor it does not explain opens a VM of its own, a vCPU's
 * or device's belongs to the VM seen last.
 */
#ifndef GS_KVM_FOLLOW_H
#define GS_KVM_FOLLOW_H

#include "traces/fd-table.h"
#include "traces/kvm-request.h"
#include "traces/trace-record.h"

#include <glib.h>

typedef struct {
	bool is_ioctl;
	const char *name;          /* of a request of KVM's, interned: its symbol, or the text as
				      printed; NULL: not KVM's */
	const GsKvmRequest *known; /* NULL: not in the table, or not told which of two it is */
	GsSpan request;            /* as printed, without "op="; empty: no ioctl, or it is lost */
	GsSpan argument;           /* the third, as printed; empty: none */
	int32_t fd;                /* the descriptor it is about; -1: none */
	GsFdRole role;             /* of that descriptor; UNKNOWN: not one of KVM's, or not known */
	int32_t vm;                /* from 0 in order of appearance; GS_VM_NONE: none, or its
				      KVM_CREATE_VM is still to come */
	int32_t vm_begun;          /* the VM this record is the first of; GS_VM_NONE: of none */
	int32_t vm_replaced;       /* the VM whose descriptor's number this one's VM got, so that
				      it was closed unseen; GS_VM_NONE: none */
	bool inherited;            /* the descriptor is a forked process's copy */
	bool has_device_type;      /* of the device the descriptor is */
	uint32_t device_type;
} GsKvmCall;

typedef struct GsKvmFollow GsKvmFollow;

GsKvmFollow *gs_kvm_follow_new(void);
void gs_kvm_follow_free(GsKvmFollow *follow);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsKvmFollow, gs_kvm_follow_free)

/* Explain @record in @call, and remember what it does. Spans of @call are @record's. */
void gs_kvm_follow_record(GsKvmFollow *follow, const GsTraceRecord *record, GsKvmCall *call);

/*
 * The request as it is shown: KVM's symbol, else the text as printed; empty: no
 * ioctl, or its beginning is lost.
 */
GsSpan gs_kvm_call_request(const GsKvmCall *call);

/* How many VMs there were so far. */
uint32_t gs_kvm_follow_vm_count(const GsKvmFollow *follow);

#endif
