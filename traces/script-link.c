/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/script-link.h"

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

/* The last call to complete before call @index started, -1: none. @by_end: all, by end. */
static int32_t last_completed(const GsScript *script, const unsigned int *by_end,
			      unsigned int index)
{
	int64_t start = gs_script_call(script, index)->start_ns;
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
	g_autofree unsigned int *by_end = g_new(unsigned int, script->calls->len);

	for (unsigned int i = 0; i < script->calls->len; i++)
		by_end[i] = i;
	g_qsort_with_data(by_end, (int)script->calls->len, sizeof(*by_end), compare_ends, script);
	for (unsigned int i = 0; i < script->threads->len; i++)
		latest[i] = -1;
	for (unsigned int i = 0; i < script->calls->len; i++) {
		GsScriptCall *call = &g_array_index(script->calls, GsScriptCall, i);
		int64_t from_ns = 0;

		call->after = latest[call->thread];
		if (call->after < 0)
			call->after = last_completed(script, by_end, i);
		if (call->after >= 0)
			from_ns = end_ns(gs_script_call(script, (unsigned int)call->after));
		call->think_ns = MAX(call->start_ns - from_ns - unsure_ns, 0);
		latest[call->thread] = (int32_t)i;
	}
}
