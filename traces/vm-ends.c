/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/vm-ends.h"

typedef struct {
	bool closed;        /* its own descriptor was */
	bool reused;        /* its number was */
	unsigned int call;  /* the last close() of it */
	unsigned int other; /* its last call that is none; filled in at the end */
} End;

struct GsVmEnds {
	GArray *ends; /* owned: End of each VM */
};

GsVmEnds *gs_vm_ends_new(void)
{
	GsVmEnds *ends = g_new(GsVmEnds, 1);

	ends->ends = g_array_new(FALSE, TRUE, sizeof(End));
	return ends;
}

void gs_vm_ends_free(GsVmEnds *ends)
{
	g_array_unref(ends->ends);
	g_free(ends);
}

static End *end_of(GArray *ends, uint32_t vm)
{
	if (vm >= ends->len)
		g_array_set_size(ends, vm + 1);
	return &g_array_index(ends, End, vm);
}

void gs_vm_ends_closed(GsVmEnds *ends, uint32_t vm, unsigned int call, GsFdRole role)
{
	End *end = end_of(ends->ends, vm);

	end->closed |= role == GS_FD_VM;
	end->call = call;
}

void gs_vm_ends_reused(GsVmEnds *ends, uint32_t vm)
{
	end_of(ends->ends, vm)->reused = true;
}

static bool is_close(const GsScriptCall *call)
{
	return call->name == g_intern_static_string(GS_SCRIPT_CLOSE);
}

/* The close() that must have followed @last, the last call of its VM. */
static GsScriptCall unseen_close(const GsScriptCall *last)
{
	return (GsScriptCall){
		.vm = last->vm,
		.thread = last->thread,
		.name = g_intern_static_string(GS_SCRIPT_CLOSE),
		.role = GS_FD_VM,
		.start_ns = last->start_ns + MAX(last->recorded_ns, 0),
		.recorded_ns = -1,
		.after = -1,
	};
}

void gs_vm_ends_apply(const GsVmEnds *ends, GsScript *script)
{
	GArray *calls = g_array_sized_new(FALSE, TRUE, sizeof(GsScriptCall), script->calls->len);

	for (unsigned int i = 0; i < script->calls->len; i++) {
		const GsScriptCall *call = gs_script_call(script, i);

		if (!is_close(call))
			end_of(ends->ends, call->vm)->other = i;
	}
	for (unsigned int i = 0; i < script->calls->len; i++) {
		const GsScriptCall *call = gs_script_call(script, i);
		const End *end = &g_array_index(ends->ends, End, call->vm);

		/* A VM that is asked for more after a close() was not ended by it. */
		if (!is_close(call) || (end->closed && end->call == i && end->other < i))
			g_array_append_val(calls, *call);
		if (!is_close(call) && i == end->other && end->reused && !end->closed) {
			const GsScriptCall unseen = unseen_close(call);

			g_array_append_val(calls, unseen);
		}
	}
	g_array_unref(script->calls);
	script->calls = calls;
}
