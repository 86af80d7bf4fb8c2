/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/script-link.h"

#include "sim/engine/sim-time.h"

/* Threads made one after the other have ids this close; further apart, ids have wrapped around. */
#define SIBLINGS_MAX 1024

/* Threads made one after the other begin to work within this of each other. */
#define STARTING_MAX_NS GS_NSEC_PER_MSEC

static int64_t end_ns(const GsScriptCall *call)
{
	return call->start_ns + MAX(call->recorded_ns, 0);
}

static int compare_ends(const void *a, const void *b, void *user_data)
{
	const GsScript *script = user_data;
	unsigned int left = *(const unsigned int *)a, right = *(const unsigned int *)b;
	int64_t left_ns = end_ns(gs_script_call(script, left));
	int64_t right_ns = end_ns(gs_script_call(script, right));

	return left_ns != right_ns ? (left_ns > right_ns) - (left_ns < right_ns)
				   : (left > right) - (left < right);
}

/*
 * When the thread of call @index, its first, had been made at the latest. Thread
 * ids are given out in ascending order: if one with a higher id began to work
 * just before, it was made after this one all the same, which was then only
 * waiting for a CPU.
 */
static int64_t made_before_ns(const GsScript *script, const int64_t *first_ns, unsigned int index)
{
	const GsScriptCall *call = gs_script_call(script, index);
	const GsScriptThread *threads = (const GsScriptThread *)(void *)script->threads->data;
	int64_t before_ns = call->start_ns;

	for (unsigned int i = 0; i < script->threads->len; i++) {
		const int64_t ahead = (int64_t)threads[i].tid - threads[call->thread].tid;

		if (ahead > 0 && ahead <= SIBLINGS_MAX && first_ns[i] >= 0 &&
		    call->start_ns - first_ns[i] <= STARTING_MAX_NS)
			before_ns = MIN(before_ns, first_ns[i]);
	}
	return before_ns;
}

/* The last call before @index to complete by @start, -1: none. @by_end: all, by end. */
static int32_t last_completed(const GsScript *script, const unsigned int *by_end,
			      unsigned int index, int64_t start)
{
	unsigned int low = 0, high = script->calls->len;

	while (low < high) {
		unsigned int middle = (low + high) / 2;

		if (end_ns(gs_script_call(script, by_end[middle])) <= start)
			low = middle + 1;
		else
			high = middle;
	}
	while (low > 0) {
		if (by_end[--low] < index)
			return (int32_t)by_end[low];
	}
	return -1;
}

void gs_script_link(GsScript *script, int64_t unsure_ns)
{
	g_autofree int32_t *latest = g_new(int32_t, script->threads->len);
	g_autofree int64_t *vm_end_ns = NULL;
	uint32_t vm_count = 0;
	g_autofree unsigned int *by_end = g_new(unsigned int, script->calls->len);
	g_autofree int64_t *first_ns = g_new(int64_t, script->threads->len);

	for (unsigned int i = 0; i < script->calls->len; i++) {
		by_end[i] = i;
		vm_count = MAX(vm_count, gs_script_call(script, i)->vm + 1);
	}
	vm_end_ns = g_new0(int64_t, vm_count);
	g_qsort_with_data(by_end, (int)script->calls->len, sizeof(*by_end), compare_ends, script);
	for (unsigned int i = 0; i < script->threads->len; i++)
		latest[i] = first_ns[i] = -1;
	for (unsigned int i = 0; i < script->calls->len; i++) {
		GsScriptCall *call = &g_array_index(script->calls, GsScriptCall, i);
		int64_t from_ns = 0, ready_ns = call->start_ns;

		call->after = latest[call->thread];
		if (call->after < 0) {
			first_ns[call->thread] = call->start_ns;
			ready_ns = made_before_ns(script, first_ns, i);
			call->after = last_completed(script, by_end, i, ready_ns);
		}
		if (call->after >= 0)
			from_ns = end_ns(gs_script_call(script, (unsigned int)call->after));
		/* Who ends a VM has waited for all its threads. */
		if (call->name == g_intern_static_string(GS_SCRIPT_CLOSE))
			from_ns = MAX(from_ns, vm_end_ns[call->vm]);
		vm_end_ns[call->vm] = MAX(vm_end_ns[call->vm], end_ns(call));
		call->think_ns = MAX(ready_ns - from_ns - unsure_ns, 0);
		latest[call->thread] = (int32_t)i;
	}
}
