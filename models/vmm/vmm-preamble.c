/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/vmm/vmm-model.h"

#include <stdbool.h>

/* Of a VM: the first call in need of a preamble. */
#define ANCHOR_UNKNOWN (-1)
#define ANCHOR_NONE (-2) /* the log has its KVM_CREATE_VM */

typedef struct {
	int32_t anchor; /* index of the call, or one of the above */
	int32_t step;   /* index of the model's call that is the anchor's equal */
} VmStart;

/*
 * Find where each VM's log begins. System ioctls on /dev/kvm tell nothing: they
 * come before KVM_CREATE_VM, or belong to no VM in particular.
 */
static void find_anchors(const GsScript *script, VmStart *starts)
{
	for (uint32_t vm = 0; vm < script->vm_count; vm++)
		starts[vm].anchor = ANCHOR_UNKNOWN;
	for (unsigned int i = 0; i < script->calls->len; i++) {
		const GsScriptCall *call = gs_script_call(script, i);
		VmStart *start = &starts[call->vm];

		if (start->anchor != ANCHOR_UNKNOWN)
			continue;
		if (g_str_equal(call->name, "KVM_CREATE_VM"))
			start->anchor = ANCHOR_NONE;
		else if (call->role != GS_FD_KVM)
			start->anchor = (int32_t)i;
	}
}

/* The same call, as far as both sides know their arguments. */
static bool is_same_call(const GsCallArgs *a, const GsCallArgs *b)
{
	return !(a->has_value && b->has_value && a->value != b->value) &&
	       !(a->has_memslot && b->has_memslot && a->slot != b->slot);
}

static char *call_text(const GsScriptCall *call)
{
	if (call->args.has_value)
		return g_strdup_printf("%s %" G_GUINT64_FORMAT, call->name, call->args.value);
	return g_strdup(call->name);
}

static bool find_step(const GsScript *script, const GsScript *model, VmStart *start, GError **error)
{
	const GsScriptCall *call = gs_script_call(script, (unsigned int)start->anchor);
	g_autofree char *text = NULL;

	for (unsigned int i = 0; i < model->calls->len; i++) {
		const GsScriptCall *step = gs_script_call(model, i);

		if (g_str_equal(step->name, call->name) && is_same_call(&step->args, &call->args)) {
			start->step = (int32_t)i;
			return true;
		}
	}
	text = call_text(call);
	g_set_error(error, GS_VMM_ERROR, GS_VMM_ERROR_NO_MATCH,
		    "%s:%u: VM %u begins with %s, which is not in the VMM model '%s'",
		    script->source, call->line, call->vm, text, model->source);
	return false;
}

/* A tid no thread of a log has: below 0 and below all there are. */
static int32_t new_tid(const GsScript *script)
{
	int32_t lowest = 0;

	for (unsigned int i = 0; i < script->threads->len; i++)
		lowest = MIN(lowest, g_array_index(script->threads, GsScriptThread, i).tid);
	return lowest - 1;
}

/*
 * For each thread of the model, the script's. The thread that makes the anchor
 * call in the model is the one that does in the log.
 */
static uint32_t *map_threads(GsScript *script, const GsScript *model, const GsScriptCall *anchor,
			     int32_t step)
{
	uint32_t *threads = g_new(uint32_t, model->threads->len);

	for (unsigned int i = 0; i < model->threads->len; i++)
		threads[i] = UINT32_MAX;
	threads[gs_script_call(model, (unsigned int)step)->thread] = anchor->thread;
	for (int32_t i = 0; i < step; i++) {
		uint32_t thread = gs_script_call(model, (unsigned int)i)->thread;

		if (threads[thread] == UINT32_MAX)
			threads[thread] = gs_script_thread(script, new_tid(script));
	}
	return threads;
}

/* Append to @calls the model's calls before @anchor, which then follows them. */
static void append_preamble(GsScript *script, const GsScript *model, int32_t step,
			    GsScriptCall *anchor, GArray *calls)
{
	g_autofree uint32_t *threads = map_threads(script, model, anchor, step);
	const GsScriptCall *equal = gs_script_call(model, (unsigned int)step);
	int32_t base = (int32_t)calls->len;

	for (int32_t i = 0; i < step; i++) {
		GsScriptCall call = *gs_script_call(model, (unsigned int)i);

		call.vm = anchor->vm;
		call.thread = threads[call.thread];
		call.from_preamble = true;
		if (call.after >= 0) {
			call.after += base;
		} else {
			/* the VM starts when the anchor would have */
			call.after = anchor->after;
			call.think_ns = anchor->think_ns;
		}
		g_array_append_val(calls, call);
	}
	/* else the anchor's thread starts the model too */
	if (equal->after >= 0) {
		anchor->after = base + equal->after;
		anchor->think_ns = equal->think_ns;
	}
}

static void add_note(GsScript *script, const GsScript *model, const GsScriptCall *anchor,
		     int32_t step)
{
	g_autofree char *text = call_text(anchor);

	gs_script_note(script,
		       "%s:%u: VM %u begins with %s; the %d calls before it are those of the VMM "
		       "model '%s'",
		       script->source, anchor->line, anchor->vm, text, step, model->source);
}

bool gs_vmm_add_preamble(GsScript *script, const char *name, GError **error)
{
	g_autoptr(GsScript) model = gs_vmm_model_load(name, error);
	g_autofree VmStart *starts = g_new0(VmStart, script->vm_count);
	g_autofree int32_t *moved = g_new(int32_t, script->calls->len);
	g_autoptr(GArray) calls = NULL;
	unsigned int added = 0;

	if (!model)
		return false;
	find_anchors(script, starts);
	for (uint32_t vm = 0; vm < script->vm_count; vm++) {
		if (starts[vm].anchor >= 0 && !find_step(script, model, &starts[vm], error))
			return false;
	}

	calls = g_array_sized_new(FALSE, TRUE, sizeof(GsScriptCall), script->calls->len);
	for (unsigned int i = 0; i < script->calls->len; i++) {
		GsScriptCall call = *gs_script_call(script, i);
		const VmStart *start = &starts[call.vm];

		if (call.after >= 0)
			call.after = moved[call.after];
		if (start->anchor == (int32_t)i && start->step > 0) {
			append_preamble(script, model, start->step, &call, calls);
			add_note(script, model, &call, start->step);
			added++;
		}
		moved[i] = (int32_t)calls->len;
		g_array_append_val(calls, call);
	}
	g_array_unref(script->calls);
	script->calls = g_steal_pointer(&calls);
	gs_script_number_calls(script);
	if (!added)
		gs_script_note(script,
			       "%s: every VM begins with its KVM_CREATE_VM; nothing of the VMM "
			       "model '%s' is needed",
			       script->source, model->source);
	return true;
}
