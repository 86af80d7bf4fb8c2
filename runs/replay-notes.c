/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runs/replay-notes.h"

#include <string.h>

#include "traces/kvm-request.h"

typedef struct {
	unsigned int count;
	uint32_t first_line;
} Tally;

static void count(Tally *tally, const GsScriptCall *call)
{
	if (tally->count++ == 0)
		tally->first_line = call->line;
}

static void note(GPtrArray *notes, const Tally *tally, const char *what)
{
	if (tally->count > 0)
		g_ptr_array_add(notes, g_strdup_printf("%u %s, the first in line %u", tally->count,
						       what, tally->first_line));
}

static bool is_known(const char *name)
{
	return gs_kvm_request_by_name(gs_span_string(name)) != NULL;
}

void gs_replay_note_unknowns(const GsProgram *program, GsMachineKind machine, GPtrArray *notes)
{
	Tally unknown = { 0 }, device_attr = { 0 };

	for (unsigned int i = 0; i < program->call_count; i++) {
		const GsScriptCall *call = program->calls[i].call;

		if (!is_known(call->name))
			count(&unknown, call);
		if (!program->calls[i].ioctl)
			continue;
		if (machine == GS_MACHINE_ARM64 && !call->args.has_device_attr &&
		    strcmp(call->name, "KVM_SET_DEVICE_ATTR") == 0)
			count(&device_attr, call);
	}
	note(notes, &unknown, "ioctls are of unknown requests and keep their recorded time");
	note(notes, &device_attr,
	     "KVM_SET_DEVICE_ATTR show only a pointer, so what they register is not known");
}
