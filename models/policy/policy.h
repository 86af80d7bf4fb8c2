/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A policy: what kvm_io_bus_register_dev() does once the new bus is published,
 * and what SRCU does at its own decision points.
 *
 * A policy is one file that fills a GsPolicy, and one line in the registry
 * (policy.c). The mechanism asks these questions and never which policy it is
 * running: see doc/HOWTO-ADD-POLICY.md.
 */
#ifndef GS_POLICY_H
#define GS_POLICY_H

#include "models/kvm/kvm-policy.h"
#include "sim/srcu/srcu-policy.h"

#include <glib.h>

typedef struct {
	const char *name;    /* as on the command line: kebab-case, names the mechanism */
	const char *summary; /* one line for `gracesim list policies` */
	const char *status;  /* where it exists: releases, "proposed", "what-if" */
	GsKvmPolicy kvm;
	GsSrcuPolicy srcu;
} GsPolicy;

/* Every policy, in the order reports use; NULL-terminated, static. */
const GsPolicy *const *gs_policy_all(void);

/* NULL if there is none of that name. */
const GsPolicy *gs_policy_lookup(const char *name);

#endif
