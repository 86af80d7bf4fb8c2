/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The ioctl of a VMM model's step: call= its name, fd= the kind of descriptor
 * where several take it, and its argument: value= a number, or the members of
 * its struct under their names in the KVM interface. Or call=close, the VM's end;
 * or request=, one the table of KVM's ioctls does not have.
 */
#ifndef GS_VMM_CALL_H
#define GS_VMM_CALL_H

#include "models/ini-file.h"
#include "traces/script.h"

/* The keys a step may have only if it has a call, NULL-terminated. */
const char *const *gs_vmm_call_keys(void);

/* Whether the step @group makes a call. */
bool gs_vmm_call_is_in(const GsIniFile *ini, const char *group);

/*
 * Read the call of the step @group, which has one: name, role and arguments.
 * @names as for gs_vmm_evaluate().
 */
bool gs_vmm_call_read(const GsIniFile *ini, const char *group, GHashTable *names,
		      GsScriptCall *call, GError **error);

#define GS_VMM_FIELDS_MAX 11

typedef struct {
	const char *key;
	uint64_t value;
} GsVmmField;

/* A call as a step's keys; what it points to is static, or the call's. */
typedef struct {
	const char *key;  /* "call" or "request" */
	const char *name;
	const char *fd;   /* NULL: goes without saying */
	GsVmmField fields[GS_VMM_FIELDS_MAX];
	unsigned int field_count;
} GsVmmCallText;

/*
 * The other way: @text reads as @call, as far as what that does can be said. Of a
 * descriptor that does not take the ioctl another kind is named that does.
 */
void gs_vmm_call_write(const GsScriptCall *call, GsVmmCallText *text);

#endif
