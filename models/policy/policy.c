/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/policy/policy.h"

#include "models/policy/policies.h"

#include <string.h>

/* In the order of reports. A new policy is one line here, one in policies.h and its file. */
static const GsPolicy *const registry[] = {
	&gs_policy_sync,
	&gs_policy_sync_expedited,
	&gs_policy_call_srcu,
	&gs_policy_hybrid,
	&gs_policy_call_srcu_expedited,
	&gs_policy_call_srcu_kick,
	NULL,
};

const GsPolicy *const *gs_policy_all(void)
{
	return registry;
}

const GsPolicy *gs_policy_lookup(const char *name)
{
	for (const GsPolicy *const *policy = registry; *policy; policy++) {
		if (strcmp((*policy)->name, name) == 0)
			return *policy;
	}
	return NULL;
}
