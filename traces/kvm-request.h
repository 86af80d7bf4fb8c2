/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The requests of the KVM ioctl interface: names, numbers, and which kind of
 * descriptor takes them.
 */
#ifndef GS_KVM_REQUEST_H
#define GS_KVM_REQUEST_H

#include "traces/script.h"
#include "traces/span.h"

#include <glib.h>

/* Set of GsFdRole. */
#define GS_ROLE_BIT(role) (1u << (role))

typedef struct {
	const char *name;
	uint32_t number; /* as on x86-64; elsewhere its struct may have another size */
	uint32_t roles;  /* GS_ROLE_BIT() of every descriptor that takes it */
} GsKvmRequest;

/* The request of that name, NULL: none known. */
const GsKvmRequest *gs_kvm_request_by_name(GsSpan name);

/*
 * The request of that number, NULL: none known, or two. Some numbers mean one
 * thing on a VM and another on a vCPU; @role decides where it can. Other
 * architectures' numbers are understood where sizes or bits differ.
 */
const GsKvmRequest *gs_kvm_request_by_number(uint32_t number, GsFdRole role);

/* Whether the argument is a number rather than a pointer to a struct. */
bool gs_kvm_request_takes_number(const GsKvmRequest *request);

/*
 * Read the request argument of an ioctl as tracers print it: a name, a number
 * (-X raw), both (-X verbose), "_IOC(...)", or names that share a number joined
 * by "or". Returns the name to know the call by, interned: KVM's symbol, else the
 * text as printed, without a comment. NULL: not a request of KVM. @request is set
 * to NULL if the table does not have it, or two that @role does not tell apart.
 *
 * Interned strings are for ever, and a log may hold any number of requests that
 * KVM does not have: @others is the set of those so far, and from
 * GS_KVM_REQUEST_OTHERS_MAX on a further one goes by GS_KVM_REQUEST_OTHER.
 */
const char *gs_kvm_request_parse(GsSpan text, GsFdRole role, GHashTable *others,
				 const GsKvmRequest **request);

#define GS_KVM_REQUEST_OTHERS_MAX 1024
#define GS_KVM_REQUEST_OTHER "KVM_?"

/* Every request, sorted by name. */
const GsKvmRequest *gs_kvm_request_table(size_t *count);

#endif
