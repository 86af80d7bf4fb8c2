/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runs/replay-program.h"

#include <string.h>

#include "runs/replay.h"

/* What a script may span, think time and recorded durations added up. */
#define SPAN_MAX_NS (365 * 24 * 3600 * GS_NSEC_PER_SEC)

static void prepare_call(GsProgramCall *ready, const GsScriptCall *call)
{
	*ready = (GsProgramCall){
		.call = call,
		.creates_vm = !call->failed && strcmp(call->name, "KVM_CREATE_VM") == 0,
		.creates_vcpu = !call->failed && strcmp(call->name, "KVM_CREATE_VCPU") == 0,
		.ends_vm = strcmp(call->name, GS_SCRIPT_CLOSE) == 0,
		.next = -1,
		.first_started = -1,
		.next_started = -1,
		.starting_ns = -1,
	};
	if (call->role == GS_FD_KVM)
		return;
	ready->ioctl = gs_kvm_ioctl_lookup(call->name);
	ready->runs_guest = ready->ioctl && gs_kvm_ioctl_runs_guest(ready->ioctl);
	/*
	 * An ioctl that fails does so before it publishes anything readers could see,
	 * but for a KVM_RUN that a signal ends.
	 */
	if (call->failed && !ready->runs_guest)
		ready->ioctl = NULL;
}

/* Link each call behind the thread's previous one, and first calls behind what starts them. */
static void link_calls(GsProgram *program)
{
	g_autofree int32_t *last = g_new(int32_t, program->thread_count);

	for (unsigned int i = 0; i < program->thread_count; i++)
		last[i] = program->thread_first[i] = -1;
	for (unsigned int i = 0; i < program->call_count; i++) {
		GsProgramCall *ready = &program->calls[i];
		const uint32_t thread = ready->call->thread;

		if (last[thread] >= 0) {
			program->calls[last[thread]].next = (int32_t)i;
			ready->waits = ready->call->after >= 0 &&
				       program->calls[ready->call->after].call->thread != thread;
			if (ready->waits)
				program->calls[ready->call->after].is_awaited = true;
		} else {
			program->thread_first[thread] = (int32_t)i;
			ready->begins_thread = true;
			if (ready->call->after >= 0) {
				GsProgramCall *starter = &program->calls[ready->call->after];

				ready->next_started = starter->first_started;
				starter->first_started = (int32_t)i;
				if (starter->starting_ns < 0 ||
				    ready->call->think_ns < starter->starting_ns)
					starter->starting_ns = ready->call->think_ns;
			}
		}
		last[thread] = (int32_t)i;
	}
}

/* How each VM begins: with which call, and whether its creation is in the script. */
static void find_beginnings(GsProgram *program)
{
	g_autofree bool *begun = g_new0(bool, program->vm_count);

	for (unsigned int vm = 0; vm < program->vm_count; vm++)
		program->vm_starts_midway[vm] = true;
	for (unsigned int i = 0; i < program->call_count; i++) {
		GsProgramCall *ready = &program->calls[i];
		const uint32_t vm = ready->call->vm;

		ready->begins_vm = !begun[vm];
		begun[vm] = true;
		if (ready->creates_vm)
			program->vm_starts_midway[vm] = false;
	}
}

/* How many calls of each VM come before its end. */
static void count_calls(GsProgram *program)
{
	g_autofree bool *ended = g_new0(bool, program->vm_count);

	for (unsigned int i = 0; i < program->call_count; i++) {
		GsProgramCall *ready = &program->calls[i];
		const uint32_t vm = ready->call->vm;

		ended[vm] |= ready->ends_vm;
		ready->before_end = !ended[vm];
		program->vm_calls[vm] += ready->before_end;
	}
}

static bool check_span(const GsScript *script, GError **error)
{
	int64_t left_ns = SPAN_MAX_NS;

	for (unsigned int i = 0; i < script->calls->len; i++) {
		const GsScriptCall *call = gs_script_call(script, i);

		if (call->think_ns > left_ns || call->recorded_ns > left_ns - call->think_ns) {
			g_set_error(error, GS_REPLAY_ERROR, GS_REPLAY_ERROR_SPAN,
				    "%s:%u: with this call the times add up to over a year",
				    script->source, call->line);
			return false;
		}
		left_ns -= call->think_ns + MAX(call->recorded_ns, 0);
	}
	return true;
}

GsProgram *gs_program_new(const GsScript *script, GError **error)
{
	GsProgram *program;

	if (!check_span(script, error))
		return NULL;
	program = g_new(GsProgram, 1);
	*program = (GsProgram){
		.script = script,
		.calls = g_new(GsProgramCall, script->calls->len),
		.call_count = script->calls->len,
		.thread_count = script->threads->len,
		.vm_count = script->vm_count,
		.vm_calls = g_new0(unsigned int, script->vm_count),
		.vm_starts_midway = g_new(bool, script->vm_count),
		.thread_first = g_new(int32_t, script->threads->len),
	};
	for (unsigned int i = 0; i < program->call_count; i++)
		prepare_call(&program->calls[i], gs_script_call(script, i));
	link_calls(program);
	find_beginnings(program);
	count_calls(program);
	return program;
}

void gs_program_free(GsProgram *program)
{
	g_free(program->calls);
	g_free(program->vm_calls);
	g_free(program->vm_starts_midway);
	g_free(program->thread_first);
	g_free(program);
}
