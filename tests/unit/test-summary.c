/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>

#include "runs/report-phrase.h"
#include "runs/summary.h"
#include "sim/engine/sim-time.h"

#define HZ 100
#define STALL_NS (3 * GS_NSEC_PER_MSEC) /* 0.3 jiffy at HZ=100 */

static void add_call(GsScript *script, uint32_t vm, const char *name, int64_t recorded_ns)
{
	GsScriptCall call = {
		.vm = vm,
		.name = g_intern_string(name),
		.recorded_ns = recorded_ns,
		.after = -1,
	};

	g_array_append_val(script->calls, call);
}

/* Two VMs of three calls each: a registration and two vCPUs. */
static GsScript *two_vms(void)
{
	GsScript *script = gs_script_new("two-vms.strace");

	gs_script_thread(script, 1);
	script->vm_count = 2;
	add_call(script, 0, "KVM_IOEVENTFD", 10);
	add_call(script, 0, "KVM_CREATE_VCPU", 100);
	add_call(script, 1, "KVM_IOEVENTFD", -1);
	add_call(script, 0, "KVM_CREATE_VCPU", 50);
	add_call(script, 1, "KVM_CREATE_VCPU", 300);
	add_call(script, 1, "KVM_CREATE_VCPU", 70);
	gs_script_number_calls(script);
	return script;
}

static void test_quantile(void)
{
	static const int64_t one[] = { 7 }, two[] = { 10, 21 };
	int64_t hundred[101];

	for (int i = 0; i <= 100; i++)
		hundred[i] = 1000 * i;
	g_assert_cmpint(gs_quantile_ns(one, 1, 5), ==, 7);
	g_assert_cmpint(gs_quantile_ns(one, 1, 95), ==, 7);
	/* 10 + 11 / 2, and 10 + 11 * 0.05 = 10.55, to the nearest nanosecond */
	g_assert_cmpint(gs_quantile_ns(two, 2, 50), ==, 16);
	g_assert_cmpint(gs_quantile_ns(two, 2, 5), ==, 11);
	g_assert_cmpint(gs_quantile_ns(two, 2, 100), ==, 21);
	g_assert_cmpint(gs_quantile_ns(hundred, 101, 5), ==, 5000);
	g_assert_cmpint(gs_quantile_ns(hundred, 101, 95), ==, 95000);
	/* 100 values: the place is 99 * 0.95 = 94.05 */
	g_assert_cmpint(gs_quantile_ns(hundred, 100, 95), ==, 94050);
}

static void test_pooling(void)
{
	g_autoptr(GsScript) script = two_vms();
	g_autoptr(GsSummary) summary = gs_summary_new(script, 1);
	const GsCallSummary *device, *first_vcpu, *second_vcpu;

	g_assert_cmpuint(summary->calls->len, ==, 3);
	device = gs_summary_call(summary, 0);
	first_vcpu = gs_summary_call(summary, 1);
	second_vcpu = gs_summary_call(summary, 2);
	g_assert_cmpstr(device->name, ==, "KVM_IOEVENTFD");
	g_assert_cmpuint(device->vm_count, ==, 2);
	g_assert_cmpuint(device->observed_count, ==, 1);
	g_assert_cmpint(device->observed_median_ns, ==, 10);
	g_assert_cmpstr(first_vcpu->name, ==, "KVM_CREATE_VCPU");
	g_assert_cmpuint(first_vcpu->occurrence, ==, 0);
	g_assert_cmpint(first_vcpu->observed_min_ns, ==, 100);
	g_assert_cmpint(first_vcpu->observed_median_ns, ==, 200);
	g_assert_cmpint(first_vcpu->observed_max_ns, ==, 300);
	g_assert_cmpuint(second_vcpu->occurrence, ==, 1);
	g_assert_cmpint(second_vcpu->observed_median_ns, ==, 60);
}

/* One cell of two runs in which calls 1 and 4, the first vCPUs, wait. */
static void test_cell(void)
{
	g_autoptr(GsScript) script = two_vms();
	g_autoptr(GsSummary) summary = gs_summary_new(script, 1);
	const GsReplayCell cell = { .hz = HZ };
	const GsReplaySpec spec = {
		.script = script, .cells = &cell, .cell_count = 1, .runs = 2
	};
	GsSample samples[12];
	const GsCallStats *stats, *waits;

	for (int i = 0; i < 12; i++)
		samples[i] = (GsSample){ .latency_ns = 1000, .cause = -1 };
	/* 0.3 jiffy is none yet, a nanosecond more is a stall. */
	samples[1] = (GsSample){ .latency_ns = STALL_NS, .wait_ns = STALL_NS, .cause = 0 };
	samples[4] = (GsSample){ .latency_ns = STALL_NS + 1, .wait_ns = STALL_NS + 1, .cause = 2 };
	samples[6 + 1] = (GsSample){ .latency_ns = 2000, .wait_ns = 500, .cause = -1 };
	samples[6 + 4] = (GsSample){ .latency_ns = 3000, .wait_ns = 499, .cause = -1 };
	gs_summary_add_cell(summary, &spec, 0, samples);

	stats = gs_summary_stats(summary, 0, 1);
	g_assert_cmpuint(stats->sample_count, ==, 4);
	g_assert_cmpint(stats->min_ns, ==, 2000);
	g_assert_cmpint(stats->median_ns, ==, (3000 + STALL_NS) / 2);
	g_assert_cmpint(stats->max_ns, ==, STALL_NS + 1);
	g_assert_cmpint(stats->mean_wait_ns, ==, (2 * STALL_NS + 1000) / 4);
	g_assert_cmpuint(stats->stall_count, ==, 1);
	/* The two devices are one call, and account for nearly all of the time. */
	g_assert_cmpint(stats->cause, ==, 0);
	g_assert_true(gs_summary_call(summary, 1)->waits);

	stats = gs_summary_stats(summary, 0, 2);
	g_assert_cmpint(stats->cause, ==, GS_CAUSE_NONE);
	g_assert_cmpint(stats->median_ns, ==, 1000);
	g_assert_false(gs_summary_call(summary, 2)->waits);

	waits = gs_summary_waits(summary, 0);
	g_assert_cmpuint(waits->sample_count, ==, 4); /* two runs of two VMs */
	g_assert_cmpint(waits->min_ns, ==, 499);
	g_assert_cmpint(waits->max_ns, ==, STALL_NS + 1);
}

static void test_cause_by_time(void)
{
	g_autoptr(GsScript) script = two_vms();
	g_autoptr(GsSummary) summary = gs_summary_new(script, 1);
	const GsReplayCell cell = { .hz = HZ };
	const GsReplaySpec spec = {
		.script = script, .cells = &cell, .cell_count = 1, .runs = 1
	};
	GsSample samples[6];

	for (int i = 0; i < 6; i++)
		samples[i] = (GsSample){ .cause = -1 };
	/* The same call in two VMs: a long wait for a device, a short one of its own. */
	samples[1].wait_ns = 100;
	samples[4].wait_ns = 1000000;
	samples[4].cause = 2;
	/* And the other way round. */
	samples[3].wait_ns = 1000000;
	samples[5].wait_ns = 100;
	samples[5].cause = 2;
	gs_summary_add_cell(summary, &spec, 0, samples);
	g_assert_cmpint(gs_summary_stats(summary, 0, 1)->cause, ==, 0);
	g_assert_cmpint(gs_summary_stats(summary, 0, 2)->cause, ==, GS_CAUSE_OWN);
}

static void test_phrase_cell(void)
{
	static const struct {
		int64_t p05_ns, median_ns, p95_ns;
		const char *text;
	} cases[] = {
		{ 0, 0, 0, "0 us" },
		{ 400, 412, 420, "0.4 us" },
		{ 9700, 9840, 10100, "9.8 us (9.7-11)" },
		{ 30600, 31400, 32400, "31 us (30-33)" },
		{ 137100, 137200, 137400, "137 us" },
		{ 31000, 31000, 20104000, "31 us (31-20104)" },
		{ 999499, 999499, 999499, "999 us" },
		{ 999500, 999500, 999500, "1.00 ms" },
		{ 2010000, 2516000, 2999000, "2.52 ms (2.0-3.0)" },
		{ 3952000, 3957000, 6000000, "3.96 ms (3.9-6.0)" },
		{ 31000, 2516000, 2999000, "2.52 ms (0.03-3.0)" },
		{ 20123456, 25182000, 29950000, "25.2 ms (20.1-30.0)" },
		{ 99950000, 124400000, 250600000, "124 ms (99.9-251)" },
		{ 1000000000, 1504000000, 2000000000, "1.50 s (1.0-2.0)" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		GsCallStats stats = {
			.p05_ns = cases[i].p05_ns,
			.median_ns = cases[i].median_ns,
			.p95_ns = cases[i].p95_ns,
		};
		g_autofree char *text = gs_report_phrase_cell(&stats);

		g_assert_cmpstr(text, ==, cases[i].text);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/runs/summary/quantile", test_quantile);
	g_test_add_func("/runs/summary/pooling", test_pooling);
	g_test_add_func("/runs/summary/cell", test_cell);
	g_test_add_func("/runs/summary/cause-by-time", test_cause_by_time);
	g_test_add_func("/runs/report-phrase/cell", test_phrase_cell);
	return g_test_run();
}
