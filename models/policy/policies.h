/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every policy there is, for the registry. */
#ifndef GS_POLICIES_H
#define GS_POLICIES_H

#include "models/policy/policy.h"

extern const GsPolicy gs_policy_sync;
extern const GsPolicy gs_policy_sync_expedited;
extern const GsPolicy gs_policy_call_srcu;
extern const GsPolicy gs_policy_hybrid;
extern const GsPolicy gs_policy_call_srcu_expedited;
extern const GsPolicy gs_policy_call_srcu_kick;

#endif
