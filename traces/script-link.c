/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/script-link.h"

#include "sim/engine/sim-time.h"

/* Threads made one after the other have ids this close; further apart, ids have wrapped around. */
#define SIBLINGS_MAX 1024

/* Who made a thread was made by someone, and so on: no further than this. */
#define ANCESTORS_MAX 64

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

/* What a call follows. */
typedef struct {
	int32_t after;    /* as GsScriptCall.after */
	int64_t ready_ns; /* until when it is think time */
	uint32_t others;  /* as GsScriptCall.others */
} Link;

static int32_t tid_of(const GsScript *script, const GsScriptCall *call)
{
	return g_array_index(script->threads, GsScriptThread, call->thread).tid;
}

/* The last call before @index that thread @tid made as its less than @ordinal-th; -1: none. */
static int32_t last_of_thread(const GsScript *script, unsigned int index, int32_t tid,
			      uint32_t ordinal)
{
	while (index-- > 0) {
		const GsScriptCall *call = gs_script_call(script, index);

		if (tid_of(script, call) == tid && call->ordinal && call->ordinal < ordinal)
			return (int32_t)index;
	}
	return -1;
}

/*
 * What the first call of a thread follows if the log shows who made that: the last
 * call of its maker before, or of its maker's maker. Not if it has waited since:
 * then it was somebody else who let it go on.
 */
static bool follow_birth(const GsScript *script, const GsThreadHistory *history,
			 const unsigned int *by_end, unsigned int index, Link *link)
{
	const GsScriptCall *call = gs_script_call(script, index);
	uint32_t others = call->ordinal ? call->ordinal - 1 : 0;
	int64_t at_ns = call->start_ns;
	int32_t tid = tid_of(script, call);
	bool born = false;

	if (gs_thread_history_waited(history, tid, call->ordinal))
		return false;
	for (int i = 0; i < ANCESTORS_MAX; i++) {
		const GsThreadBirth *birth = gs_thread_history_birth(history, tid, at_ns);
		int32_t after;

		if (!birth)
			break;
		born = true;
		tid = birth->creator;
		at_ns = birth->at_ns;
		after = last_of_thread(script, index, tid, birth->ordinal);
		if (after >= 0) {
			others += birth->ordinal -
				  gs_script_call(script, (unsigned int)after)->ordinal;
			*link = (Link){ after, call->start_ns, others };
			return true;
		}
		others += birth->ordinal;
	}
	if (born)
		*link = (Link){ last_completed(script, by_end, index, at_ns), call->start_ns,
				others };
	return born;
}

/* What the first call of a thread follows otherwise. */
static Link follow_last(const GsScript *script, const unsigned int *by_end,
			const int64_t *first_ns, unsigned int index)
{
	const int64_t ready_ns = made_before_ns(script, first_ns, index);

	/* which of its system calls come after the end of that call is not known */
	return (Link){ last_completed(script, by_end, index, ready_ns), ready_ns, 0 };
}

/* System calls between two of a thread. */
static uint32_t calls_between(const GsScriptCall *before, const GsScriptCall *call)
{
	return before->ordinal && call->ordinal > before->ordinal
		       ? call->ordinal - before->ordinal - 1
		       : 0;
}

void gs_script_link(GsScript *script, int64_t unsure_ns, const GsThreadHistory *history)
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
		Link link = { latest[call->thread], call->start_ns, 0 };
		int64_t from_ns = 0;

		if (link.after >= 0) {
			link.others = calls_between(
				gs_script_call(script, (unsigned int)link.after), call);
		} else {
			first_ns[call->thread] = call->start_ns;
			if (!history || !follow_birth(script, history, by_end, i, &link))
				link = follow_last(script, by_end, first_ns, i);
		}
		call->after = link.after;
		if (call->after >= 0)
			from_ns = end_ns(gs_script_call(script, (unsigned int)call->after));
		/* Who ends a VM has waited for all its threads. */
		if (call->name == g_intern_static_string(GS_SCRIPT_CLOSE) &&
		    vm_end_ns[call->vm] > from_ns) {
			from_ns = vm_end_ns[call->vm];
			link.others = 0; /* how many of them come after that is not known */
		}
		call->others = link.others;
		vm_end_ns[call->vm] = MAX(vm_end_ns[call->vm], end_ns(call));
		call->think_ns = MAX(link.ready_ns - from_ns - unsure_ns, 0);
		latest[call->thread] = (int32_t)i;
	}
}
