/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The ioctl of a VMM model's step: call= its name, fd= the kind of descriptor
 * where several take it, and its argument: value= a number, or the members of
 * its struct under their names in the KVM interface.
 */
#ifndef GS_VMM_CALL_H
#define GS_VMM_CALL_H

#include "models/ini-file.h"
#include "traces/script.h"

/* The keys a step may have only if it has a call, NULL-terminated. */
const char *const *gs_vmm_call_keys(void);

/*
 * Read the call of the step @group, which has one: name, role and arguments.
 * @names as for gs_vmm_evaluate().
 */
bool gs_vmm_call_read(const GsIniFile *ini, const char *group, GHashTable *names,
		      GsScriptCall *call, GError **error);

#endif
