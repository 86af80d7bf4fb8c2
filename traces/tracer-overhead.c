/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/tracer-overhead.h"

/* The kernel only looks something up for these, whatever their argument. */
static bool is_cheap(const GsScriptCall *call)
{
	static const char *const names[] = { "KVM_CHECK_EXTENSION", "KVM_GET_API_VERSION",
					     "KVM_GET_VCPU_MMAP_SIZE" };

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		if (g_str_equal(call->name, names[i]))
			return !call->from_preamble;
	}
	return false;
}

/* Whether @call comes right after @before, of the same thread, and the log says when. */
static bool is_back_to_back(const GsScriptCall *before, const GsScriptCall *call)
{
	return before->thread == call->thread && call->others == 0 && !call->think_unknown &&
	       is_cheap(before) && is_cheap(call);
}

static int compare_ns(const void *a, const void *b)
{
	const int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

	return (left > right) - (left < right);
}

/* The longest of the fastest tenth; 0: there are too few. */
static int64_t fastest_tenth_ns(GArray *samples_ns)
{
	if (samples_ns->len < GS_TRACER_SAMPLES_MIN)
		return 0;
	g_array_sort(samples_ns, compare_ns);
	return g_array_index(samples_ns, int64_t, samples_ns->len / 10 - 1);
}

void gs_tracer_overhead_estimate(const GsScript *script, int64_t trivial_ns,
				 GsTracerEstimate *ret_estimate)
{
	g_autoptr(GArray) calls_ns = g_array_new(FALSE, FALSE, sizeof(int64_t));
	g_autoptr(GArray) gaps_ns = g_array_new(FALSE, FALSE, sizeof(int64_t));

	for (unsigned int i = 0; i < script->calls->len; i++) {
		const GsScriptCall *call = gs_script_call(script, i);
		const GsScriptCall *before =
			call->after < 0 ? NULL : gs_script_call(script, (unsigned int)call->after);

		if (is_cheap(call) && call->recorded_ns >= 0) {
			const int64_t added_ns = MAX(call->recorded_ns - trivial_ns, 0);

			g_array_append_val(calls_ns, added_ns);
		}
		if (before && is_back_to_back(before, call)) {
			/* without durations a gap is from start to start */
			const int64_t call_ns = before->recorded_ns < 0 ? trivial_ns : 0;
			const int64_t added_ns = MAX(call->think_ns - call_ns, 0);

			g_array_append_val(gaps_ns, added_ns);
		}
	}
	*ret_estimate = (GsTracerEstimate){
		.overhead = {
			.inside_ns = MIN(fastest_tenth_ns(calls_ns), GS_TRACER_OVERHEAD_MAX_NS),
			.between_ns = MIN(fastest_tenth_ns(gaps_ns), GS_TRACER_OVERHEAD_MAX_NS),
		},
		.calls = calls_ns->len,
		.gaps = gaps_ns->len,
	};
}

/* Take up to @wanted_ns from *@ns. */
static void take(int64_t *ns, int64_t wanted_ns, unsigned int *count, int64_t *sum_ns)
{
	const int64_t taken_ns = MIN(*ns, wanted_ns);

	if (taken_ns <= 0)
		return;
	*ns -= taken_ns;
	*sum_ns += taken_ns;
	(*count)++;
}

void gs_tracer_overhead_subtract(GsScript *script, const GsTracerOverhead *overhead,
				 GsTracerShare *ret_share)
{
	const int64_t each_ns = overhead->inside_ns + overhead->between_ns;
	GsTracerShare share = { 0 };

	for (unsigned int i = 0; i < script->calls->len; i++) {
		GsScriptCall *call = &g_array_index(script->calls, GsScriptCall, i);

		if (call->from_preamble)
			continue;
		take(&call->recorded_ns, overhead->inside_ns, &share.durations,
		     &share.durations_ns);
		take(&call->think_ns, overhead->between_ns + call->others * each_ns, &share.gaps,
		     &share.gaps_ns);
	}
	script->less_inside_ns += overhead->inside_ns;
	script->less_between_ns += overhead->between_ns;
	*ret_share = share;
}
