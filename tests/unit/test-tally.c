/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>
#include <string.h>

#include "runs/case.h"
#include "runs/tally-precision.h"
#include "runs/tally.h"
#include "sim/engine/sim-time.h"

#define RUNS 200

/* A start that stalls: its case, and the samples of some runs. */
typedef struct {
	GsCase *ready;
	GsSample *samples;
	unsigned int calls;
} Starts;

static void starts_init(Starts *starts)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GsScenario) scenario = gs_scenario_load("firecracker", NULL, &error);

	g_assert_no_error(error);
	g_assert_true(gs_scenario_set(scenario, "hz", "100", NULL));
	g_assert_true(gs_scenario_set(scenario, "policy", "call-srcu", NULL));
	starts->ready = gs_case_new(scenario, NULL, &error);
	g_assert_no_error(error);
	starts->calls = starts->ready->program->call_count;
	starts->samples = g_new0(GsSample, RUNS * starts->calls);

	const GsRunSetup setup = gs_case_setup(starts->ready);
	g_autoptr(GsReplayHost) host = gs_replay_host_new(&setup);

	for (unsigned int run = 0; run < RUNS; run++) {
		gs_replay_host_run(host, run, starts->samples + run * starts->calls, NULL, &error);
		g_assert_no_error(error);
	}
}

static void starts_clear(Starts *starts)
{
	gs_case_free(starts->ready);
	g_free(starts->samples);
}

static GsTally *tally_of(const Starts *starts, unsigned int first, unsigned int end,
			 unsigned int step)
{
	GsTally *tally = gs_tally_new(starts->ready->pool);

	for (unsigned int run = first; run < end; run += step)
		gs_tally_add_run(tally, starts->ready->pool, starts->samples + run * starts->calls,
				 NULL, starts->ready->scenario->hz);
	return tally;
}

/* A histogram's buckets are narrower than this, and a summary interpolates between values. */
static void assert_near(int64_t tallied_ns, int64_t exact_ns, int64_t step_ns)
{
	g_assert_cmpint(ABS(tallied_ns - exact_ns), <=, exact_ns / 1000 + step_ns);
}

/* The largest gap between two neighbours among the sorted latencies of a call. */
static int64_t widest_gap_ns(const Starts *starts, unsigned int call)
{
	int64_t widest_ns = 0;

	for (unsigned int i = 0; i < RUNS; i++) {
		const int64_t from_ns = starts->samples[i * starts->calls + call].latency_ns;
		int64_t gap_ns = INT64_MAX;

		for (unsigned int j = 0; j < RUNS; j++) {
			const int64_t to_ns = starts->samples[j * starts->calls + call].latency_ns;

			if (to_ns > from_ns)
				gap_ns = MIN(gap_ns, to_ns - from_ns);
		}
		if (gap_ns < INT64_MAX)
			widest_ns = MAX(widest_ns, gap_ns);
	}
	return widest_ns;
}

/* A tally has the figures of the summary that sorts the samples. */
static void test_summary(void)
{
	Starts starts;
	g_autoptr(GsTally) tally = NULL;
	g_autoptr(GsSummary) summary = NULL;
	unsigned int stalled = 0;

	starts_init(&starts);
	tally = tally_of(&starts, 0, RUNS, 1);

	const GsReplayCell cell = { starts.ready->scenario->hz, starts.ready->policy };
	const GsReplaySpec spec = {
		.script = starts.ready->script,
		.cells = &cell,
		.cell_count = 1,
		.runs = RUNS,
	};
	summary = gs_summary_new(spec.script, 1);
	gs_summary_add_cell(summary, &spec, 0, starts.samples);

	g_assert_cmpuint(tally->calls->len, ==, summary->calls->len + 2);
	for (unsigned int n = 0; n <= summary->calls->len; n++) {
		const GsCallStats *exact = gs_summary_stats(summary, 0, n);
		const int64_t gap_ns = n < summary->calls->len ? widest_gap_ns(&starts, n) :
								 GS_NSEC_PER_MSEC;
		GsCallStats stats;

		gs_tally_stats(tally, n, &stats);
		g_assert_cmpint(stats.min_ns, ==, exact->min_ns);
		g_assert_cmpint(stats.max_ns, ==, exact->max_ns);
		g_assert_cmpint(stats.mean_ns, ==, exact->mean_ns);
		g_assert_cmpint(stats.mean_wait_ns, ==, exact->mean_wait_ns);
		g_assert_cmpuint(stats.sample_count, ==, exact->sample_count);
		g_assert_cmpuint(stats.stall_count, ==, exact->stall_count);
		g_assert_cmpint(stats.cause, ==, exact->cause);
		assert_near(stats.p05_ns, exact->p05_ns, gap_ns);
		assert_near(stats.median_ns, exact->median_ns, gap_ns);
		assert_near(stats.p95_ns, exact->p95_ns, gap_ns);
		stalled += stats.stall_count > 0;
	}
	g_assert_cmpuint(stalled, ==, 2); /* the first vCPU, and so the whole VM */
	starts_clear(&starts);
}

static void assert_equal(const GsTally *a, const GsTally *b)
{
	g_assert_cmpuint(a->run_count, ==, b->run_count);
	g_assert_cmpuint(a->calls->len, ==, b->calls->len);
	for (unsigned int n = 0; n < a->calls->len; n++) {
		const GsTallyCall *left = gs_tally_call(a, n), *right = gs_tally_call(b, n);

		g_assert_cmpstr(left->name, ==, right->name);
		g_assert_cmpuint(left->latency.count, ==, right->latency.count);
		g_assert_cmpint(left->latency.sum_ns, ==, right->latency.sum_ns);
		g_assert_cmpint(gs_histogram_quantile_ns(&left->latency, 900), ==,
				gs_histogram_quantile_ns(&right->latency, 900));
		g_assert_cmpint(left->wait_sum_ns, ==, right->wait_sum_ns);
		g_assert_cmpuint(left->stall_count, ==, right->stall_count);
		g_assert_cmpuint(left->causes->len, ==, right->causes->len);
		for (unsigned int i = 0; i < left->causes->len; i++) {
			const GsTallyCause *cause = &g_array_index(left->causes, GsTallyCause, i);
			const GsTallyCause *other = &g_array_index(right->causes, GsTallyCause, i);

			g_assert_cmpint(cause->cause, ==, other->cause);
			g_assert_cmpint(cause->waited_ns, ==, other->waited_ns);
		}
	}
}

/* Whoever ran what, and whoever is merged into whom. */
static void test_merging(void)
{
	Starts starts;
	g_autoptr(GsTally) whole = NULL, even = NULL, odd = NULL, late = NULL, early = NULL;
	g_autoptr(GsTally) none = gs_tally_new_empty();

	starts_init(&starts);
	whole = tally_of(&starts, 0, RUNS, 1);
	even = tally_of(&starts, 0, RUNS, 2);
	odd = tally_of(&starts, 1, RUNS, 2);
	early = tally_of(&starts, 0, RUNS / 4, 1);
	late = tally_of(&starts, RUNS / 4, RUNS, 1);
	g_assert_true(gs_tally_merge(even, odd));
	g_assert_true(gs_tally_merge(late, early));
	assert_equal(even, whole);
	assert_equal(late, whole);
	g_assert_false(gs_tally_merge(none, whole));
	g_assert_cmpuint(none->run_count, ==, 0);
	starts_clear(&starts);
}

/* Script of two VMs: one has a KVM_RUN, the other none. */
static GsScript *two_vms(void)
{
	static const struct {
		uint32_t vm;
		const char *name;
	} calls[] = {
		{ 0, "KVM_CREATE_VM" }, { 1, "KVM_CREATE_VM" }, { 0, "KVM_CREATE_VCPU" },
		{ 0, "KVM_RUN" },       { 0, "KVM_RUN" },       { 1, "KVM_CREATE_VCPU" },
	};
	GsScript *script = gs_script_new("two");

	gs_script_thread(script, 1);
	script->vm_count = 2;
	for (size_t i = 0; i < G_N_ELEMENTS(calls); i++) {
		GsScriptCall call = { .vm = calls[i].vm, .name = g_intern_string(calls[i].name),
				      .after = -1 };

		g_array_append_val(script->calls, call);
	}
	gs_script_number_calls(script);
	return script;
}

static void test_start(void)
{
	/* the second KVM_RUN of VM 0 comes first */
	static const GsSample samples[] = {
		{ 1000, 10, 0, -1 }, { 5000, 20, 0, -1 },    { 2000, 600, 500, 0 },
		{ 9000, 1, 0, -1 },  { 7000, 100000, 0, -1 }, { 6000, 4000000, 3900000, -1 },
	};
	g_autoptr(GsScript) script = two_vms();
	g_autoptr(GsCallPool) pool = gs_call_pool_new(script);
	g_autoptr(GsTally) tally = gs_tally_new(pool);
	const GsTallyCall *start, *waits, *vcpu;
	GsCallStats stats;

	gs_tally_add_run(tally, pool, samples, NULL, 100);
	start = gs_tally_call(tally, (unsigned int)gs_tally_find(tally, GS_TALLY_START, 0));
	waits = gs_tally_call(tally, (unsigned int)gs_tally_find(tally, GS_TALLY_WAITS, 0));
	g_assert_cmpuint(start->latency.count, ==, 2);
	g_assert_cmpint(start->latency.min_ns, ==, 7000 - 1000);
	g_assert_cmpint(start->latency.max_ns, ==, 6000 + 4000000 - 5000);
	g_assert_cmpint(waits->latency.min_ns, ==, 500);
	g_assert_cmpint(waits->latency.max_ns, ==, 3900000);
	/* over 0.3 jiffy at HZ=100, which is 3 ms */
	g_assert_cmpuint(waits->stall_count, ==, 1);

	g_assert_cmpint(gs_tally_find(tally, "KVM_CREATE_VCPU", 1), ==, -1);
	vcpu = gs_tally_call(tally, (unsigned int)gs_tally_find(tally, "KVM_CREATE_VCPU", 0));
	g_assert_cmpuint(vcpu->latency.count, ==, 2);
	g_assert_cmpuint(vcpu->causes->len, ==, 2);
	gs_tally_stats(tally, (unsigned int)gs_tally_find(tally, "KVM_CREATE_VCPU", 0), &stats);
	g_assert_cmpint(stats.cause, ==, GS_CAUSE_OWN); /* by time, not by number */
	g_assert_cmpuint(stats.stall_count, ==, 1);
}

/* A VM that waits for a CPU before its first call has arrived all the same. */
static void test_arrival(void)
{
	static const GsSample samples[] = {
		{ 1000, 10, 0, -1 }, { 5000, 20, 0, -1 },  { 2000, 600, 0, -1 },
		{ 9000, 1, 0, -1 },  { 7000, 100, 0, -1 }, { 6000, 4000, 0, -1 },
	};
	static const int64_t arrivals_ns[] = { 0, 1500 };
	g_autoptr(GsScript) script = two_vms();
	g_autoptr(GsCallPool) pool = gs_call_pool_new(script);
	g_autoptr(GsTally) tally = gs_tally_new(pool);
	const GsTallyCall *start;

	gs_tally_add_run(tally, pool, samples, arrivals_ns, 100);
	start = gs_tally_call(tally, (unsigned int)gs_tally_find(tally, GS_TALLY_START, 0));
	g_assert_cmpint(start->latency.min_ns, ==, 7000);
	g_assert_cmpint(start->latency.max_ns, ==, 6000 + 4000 - 1500);
}

static GsHistogram *start_of(GsTally *tally)
{
	const int start = gs_tally_find(tally, GS_TALLY_START, 0);

	return &g_array_index(tally->calls, GsTallyCall, start).latency;
}

/* What a storm's VMs wait for a CPU before their first call is part of their start. */
static void test_storm(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GsScenario) scenario = gs_scenario_load("firecracker", NULL, &error);

	g_assert_no_error(error);
	g_assert_true(gs_scenario_set(scenario, "cpus", "1", NULL));
	g_assert_true(gs_scenario_set(scenario, "vms", "20", NULL));
	g_autoptr(GsCase) ready = gs_case_new(scenario, NULL, &error);
	g_assert_no_error(error);

	const GsRunSetup setup = gs_case_setup(ready);
	g_autoptr(GsReplayHost) host = gs_replay_host_new(&setup);
	g_autofree GsSample *samples = g_new0(GsSample, ready->program->call_count);
	g_autoptr(GsTally) arrived = gs_tally_new(ready->pool), called = gs_tally_new(ready->pool);

	gs_replay_host_run(host, 0, samples, NULL, &error);
	g_assert_no_error(error);
	gs_tally_add_run(arrived, ready->pool, samples, gs_replay_host_arrivals_ns(host), 250);
	gs_tally_add_run(called, ready->pool, samples, NULL, 250);
	g_assert_cmpint(gs_histogram_quantile_ns(start_of(arrived), 500), >,
			gs_histogram_quantile_ns(start_of(called), 500) + 1000000);
}

/* A tally of one call of which each of @count runs took another time, evenly spread. */
static GsTally *spread(unsigned int count, int64_t low_ns, int64_t high_ns)
{
	GsTally *tally = gs_tally_new_empty();
	GsTallyCall *call = gs_tally_add_call(tally, "KVM_CREATE_VCPU", 0);

	for (unsigned int i = 0; i < count; i++)
		gs_histogram_add(&call->latency, low_ns + (high_ns - low_ns) * i / (count - 1));
	call->wait_sum_ns = 1;
	tally->run_count = count;
	return tally;
}

/*
 * Of n values between 0 and 2 around 1 the places n/2 -+ 0.98 sqrt(n) bound the
 * median: 0.98 / sqrt(n) of the range, so 1.96 / sqrt(n) of the median.
 */
static void test_precision(void)
{
	g_autoptr(GsTally) few = spread(64, 0, 2000000), many = spread(6400, 0, 2000000);
	g_autoptr(GsTally) none = spread(4, 1000000, 2000000), same = spread(4, 700, 700);

	g_assert_true(gs_tally_is_precise(few, 300000));
	g_assert_false(gs_tally_is_precise(few, 200000));
	g_assert_true(gs_tally_is_precise(many, 27000));
	g_assert_false(gs_tally_is_precise(many, 22000));
	g_assert_false(gs_tally_is_precise(none, 500000));
	g_assert_true(gs_tally_is_precise(same, 1));
	/* one that never waits need not be known */
	g_array_index(none->calls, GsTallyCall, 0).wait_sum_ns = 0;
	g_assert_true(gs_tally_is_precise(none, 1));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/runs/tally/summary", test_summary);
	g_test_add_func("/runs/tally/merging", test_merging);
	g_test_add_func("/runs/tally/start", test_start);
	g_test_add_func("/runs/tally/arrival", test_arrival);
	g_test_add_func("/runs/tally/storm", test_storm);
	g_test_add_func("/runs/tally/precision", test_precision);
	return g_test_run();
}
