/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What strace prints of a KVM ioctl's argument, as GsCallArgs. strace 6.x
 * decodes few of KVM's structs and prints the others as a pointer: those leave
 * everything unknown.
 */
#ifndef GS_KVM_ARGS_H
#define GS_KVM_ARGS_H

#include "traces/kvm-request.h"

/* Read @text, the third argument of @request (NULL: not in the table). */
void gs_kvm_args_parse(const GsKvmRequest *request, GsSpan text, GsCallArgs *args);

/* The descriptor KVM_CREATE_DEVICE wrote into its struct, -1: not printed. */
int32_t gs_kvm_args_device_fd(GsSpan text);

#endif
