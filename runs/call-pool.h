/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which calls of a script are one: those of the same name and occurrence. The
 * K-th KVM_IOEVENTFD of every VM is the same call seen again.
 */
#ifndef GS_CALL_POOL_H
#define GS_CALL_POOL_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "traces/script.h"

typedef struct {
	const char *name; /* borrowed from the script, interned */
	uint32_t occurrence;
	uint32_t vm_count; /* VMs that make the call */
} GsPooledCall;

/* What gs_tally_add_run() needs of a call of the script, all in one place. */
typedef struct {
	uint32_t pool; /* index into calls */
	uint32_t vm;
	bool is_run;   /* a KVM_RUN: with its VM's first one the VM has started */
} GsPoolEntry;

/* Everything is owned. */
typedef struct {
	GArray *calls;        /* GsPooledCall, in the order the script has the first of each */
	GsPoolEntry *entries; /* of each call of the script */
	uint32_t entry_count;
	uint32_t *members;    /* the reverse: those of calls[n] begin at members[first[n]] */
	uint32_t *first;
	uint32_t vm_count;
} GsCallPool;

GsCallPool *gs_call_pool_new(const GsScript *script);
void gs_call_pool_free(GsCallPool *pool);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsCallPool, gs_call_pool_free)

static inline const GsPooledCall *gs_call_pool_call(const GsCallPool *pool, unsigned int n)
{
	return &g_array_index(pool->calls, GsPooledCall, n);
}

#endif
