/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runs/tally.h"

#include <string.h>

#include "sim/engine/bug.h"

/* The rows that are no calls, from the end. */
#define WAITS_FROM_END 2
#define START_FROM_END 1

static void clear_call(gpointer pointer)
{
	GsTallyCall *call = pointer;

	g_free(call->name);
	gs_histogram_clear(&call->latency);
	g_clear_pointer(&call->causes, g_array_unref);
}

GsTally *gs_tally_new_empty(void)
{
	GsTally *tally = g_new0(GsTally, 1);

	tally->calls = g_array_new(FALSE, FALSE, sizeof(GsTallyCall));
	g_array_set_clear_func(tally->calls, clear_call);
	tally->vms = g_array_new(FALSE, FALSE, sizeof(GsTallyVm));
	return tally;
}

void gs_tally_free(GsTally *tally)
{
	g_array_unref(tally->calls);
	g_array_unref(tally->vms);
	g_free(tally);
}

static GsTallyCall *call_at(GsTally *tally, unsigned int n)
{
	return &g_array_index(tally->calls, GsTallyCall, n);
}

GsTallyCall *gs_tally_add_call(GsTally *tally, const char *name, uint32_t occurrence)
{
	GsTallyCall fresh = {
		.name = g_strdup(name),
		.occurrence = occurrence,
		.causes = g_array_new(FALSE, FALSE, sizeof(GsTallyCause)),
	};

	gs_histogram_init(&fresh.latency);
	g_array_append_val(tally->calls, fresh);
	return call_at(tally, tally->calls->len - 1);
}

GsTally *gs_tally_new(const GsCallPool *pool)
{
	GsTally *tally = gs_tally_new_empty();

	for (unsigned int n = 0; n < pool->calls->len; n++) {
		const GsPooledCall *call = gs_call_pool_call(pool, n);

		gs_tally_add_call(tally, call->name, call->occurrence);
	}
	gs_tally_add_call(tally, GS_TALLY_WAITS, 0);
	gs_tally_add_call(tally, GS_TALLY_START, 0);
	g_array_set_size(tally->vms, pool->vm_count);
	return tally;
}

void gs_tally_call_add_cause(GsTallyCall *call, int32_t cause, int64_t waited_ns)
{
	GsTallyCause fresh = { cause, waited_ns };
	unsigned int i = 0;

	while (i < call->causes->len && g_array_index(call->causes, GsTallyCause, i).cause < cause)
		i++;
	if (i < call->causes->len && g_array_index(call->causes, GsTallyCause, i).cause == cause)
		g_array_index(call->causes, GsTallyCause, i).waited_ns += waited_ns;
	else
		g_array_insert_val(call->causes, i, fresh);
}

static void add_wait(GsTallyCall *call, int64_t wait_ns, int64_t stall_ns)
{
	call->wait_sum_ns += wait_ns;
	call->stall_count += wait_ns > stall_ns;
}

static void add_vms(GsTally *tally, int64_t stall_ns)
{
	GsTallyCall *waits = call_at(tally, tally->calls->len - WAITS_FROM_END);
	GsTallyCall *start = call_at(tally, tally->calls->len - START_FROM_END);

	for (unsigned int i = 0; i < tally->vms->len; i++) {
		const GsTallyVm *vm = &g_array_index(tally->vms, GsTallyVm, i);
		const int64_t started_ns = vm->run_ns < INT64_MAX ? vm->run_ns : vm->end_ns;

		if (vm->end_ns < 0)
			continue;
		gs_histogram_add(&waits->latency, vm->wait_ns);
		add_wait(waits, vm->wait_ns, stall_ns);
		gs_histogram_add(&start->latency, started_ns - vm->begin_ns);
	}
}

void gs_tally_add_run(GsTally *tally, const GsCallPool *pool, const GsSample *samples,
		      const int64_t *arrivals_ns, int hz)
{
	const int64_t stall_ns = gs_stall_threshold_ns(hz);
	GsTallyCall *calls = call_at(tally, 0);
	GsTallyVm *vms = &g_array_index(tally->vms, GsTallyVm, 0);

	GS_CHECK(NULL, tally->calls->len == pool->calls->len + WAITS_FROM_END &&
		 tally->vms->len == pool->vm_count, "tally-pool",
		 "a tally of %u calls got a run of %u", tally->calls->len, pool->calls->len);
	for (unsigned int i = 0; i < tally->vms->len; i++)
		vms[i] = (GsTallyVm){
			.begin_ns = arrivals_ns ? arrivals_ns[i] : INT64_MAX,
			.run_ns = INT64_MAX,
			.end_ns = -1,
		};
	for (uint32_t i = 0; i < pool->entry_count; i++) {
		const GsPoolEntry *entry = &pool->entries[i];
		const GsSample *sample = &samples[i];
		GsTallyCall *call = &calls[entry->pool];
		GsTallyVm *vm = &vms[entry->vm];

		gs_histogram_add(&call->latency, sample->latency_ns);
		vm->begin_ns = MIN(vm->begin_ns, sample->start_ns);
		vm->end_ns = MAX(vm->end_ns, sample->start_ns + sample->latency_ns);
		if (entry->is_run)
			vm->run_ns = MIN(vm->run_ns, sample->start_ns);
		if (!sample->wait_ns)
			continue;
		vm->wait_ns += sample->wait_ns;
		add_wait(call, sample->wait_ns, stall_ns);
		gs_tally_call_add_cause(call, sample->cause < 0 ?
						GS_CAUSE_OWN :
						(int32_t)pool->entries[sample->cause].pool,
					sample->wait_ns);
	}
	add_vms(tally, stall_ns);
	tally->run_count++;
}

static bool are_same_calls(const GsTally *a, const GsTally *b)
{
	if (a->calls->len != b->calls->len)
		return false;
	for (unsigned int n = 0; n < a->calls->len; n++) {
		const GsTallyCall *left = gs_tally_call(a, n), *right = gs_tally_call(b, n);

		if (left->occurrence != right->occurrence || strcmp(left->name, right->name))
			return false;
	}
	return true;
}

bool gs_tally_merge(GsTally *into, const GsTally *from)
{
	if (!are_same_calls(into, from))
		return false;
	for (unsigned int n = 0; n < into->calls->len; n++) {
		const GsTallyCall *added = gs_tally_call(from, n);
		GsTallyCall *call = call_at(into, n);

		gs_histogram_merge(&call->latency, &added->latency);
		call->wait_sum_ns += added->wait_sum_ns;
		call->stall_count += added->stall_count;
		for (unsigned int i = 0; i < added->causes->len; i++) {
			const GsTallyCause *cause = &g_array_index(added->causes, GsTallyCause, i);

			gs_tally_call_add_cause(call, cause->cause, cause->waited_ns);
		}
	}
	into->run_count += from->run_count;
	return true;
}

int gs_tally_find(const GsTally *tally, const char *name, uint32_t occurrence)
{
	for (unsigned int n = 0; n < tally->calls->len; n++) {
		const GsTallyCall *call = gs_tally_call(tally, n);

		if (call->occurrence == occurrence && !strcmp(call->name, name))
			return (int)n;
	}
	return -1;
}

/* By time, not by number of waits, as a summary has it; of equals GS_CAUSE_OWN, then the first. */
int32_t gs_tally_main_cause(const GsTallyCall *call)
{
	int32_t cause = GS_CAUSE_NONE;
	int64_t most_ns = 0;

	for (unsigned int i = 0; i < call->causes->len; i++) {
		const GsTallyCause *known = &g_array_index(call->causes, GsTallyCause, i);

		if (known->waited_ns > most_ns) {
			most_ns = known->waited_ns;
			cause = known->cause;
		}
	}
	return cause;
}

void gs_tally_stats(const GsTally *tally, unsigned int n, GsCallStats *ret_stats)
{
	const GsTallyCall *call = gs_tally_call(tally, n);
	const GsHistogram *latency = &call->latency;
	const int64_t count = (int64_t)MAX(latency->count, 1);

	*ret_stats = (GsCallStats){
		.min_ns = latency->count ? latency->min_ns : 0,
		.p05_ns = gs_histogram_quantile_ns(latency, 50),
		.median_ns = gs_histogram_quantile_ns(latency, 500),
		.p95_ns = gs_histogram_quantile_ns(latency, 950),
		.max_ns = latency->max_ns,
		.mean_ns = gs_histogram_mean_ns(latency),
		.mean_wait_ns = (call->wait_sum_ns + count / 2) / count,
		.sample_count = latency->count,
		.stall_count = call->stall_count,
		.cause = gs_tally_main_cause(call),
	};
}
