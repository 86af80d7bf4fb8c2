/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a tracer adds to a log's times, told from the log and taken away. */
#include <glib.h>

#include "tests/lib/gs-test-replay.h"
#include "traces/tracer-overhead.h"

#define US GS_TEST_US

/* What a call takes untraced, and what the tracer adds to it and to the gap before. */
#define TRIVIAL_NS 200
#define INSIDE_NS 5800
#define BETWEEN_NS (15 * US)

/* A thread that makes one call after the other, links included. */
static GsScriptCall *add(GsScript *script, const char *name, int64_t think_ns, int64_t took_ns)
{
	const int32_t last = (int32_t)script->calls->len - 1;
	GsScriptCall *call = gs_test_script_add(script, 0, 7, name, think_ns, took_ns);

	call->after = last;
	return call;
}

/*
 * @count cheap calls under a tracer that takes a little longer over nine in ten;
 * the program does other things before a few.
 */
static GsScript *traced(unsigned int count)
{
	GsScript *script = gs_script_new("test.strace");

	for (unsigned int i = 0; i < count; i++) {
		const int64_t late_ns = i % 10 == 5 ? 0 : (int64_t)(i % 7 + 1) * 100;
		const int64_t own_ns = i % 10 == 8 ? 300 * US : 0;

		add(script, "KVM_CHECK_EXTENSION", BETWEEN_NS + late_ns + own_ns,
		    TRIVIAL_NS + INSIDE_NS + late_ns);
	}
	return script;
}

static void test_known(void)
{
	g_autoptr(GsScript) script = traced(101);
	GsTracerEstimate estimate;

	add(script, "KVM_CREATE_VCPU", BETWEEN_NS, 90 * US);
	gs_tracer_overhead_estimate(script, TRIVIAL_NS, &estimate);
	g_assert_cmpuint(estimate.calls, ==, 101);
	g_assert_cmpuint(estimate.gaps, ==, 100);
	g_assert_cmpint(estimate.overhead.inside_ns, ==, INSIDE_NS);
	g_assert_cmpint(estimate.overhead.between_ns, ==, BETWEEN_NS);
}

/* A call in between, another thread, another call: such gaps have more in them. */
static void test_not_back_to_back(void)
{
	g_autoptr(GsScript) script = traced(40);
	GsTracerEstimate estimate;

	for (unsigned int i = 0; i < 20; i++)
		add(script, "KVM_CHECK_EXTENSION", 1 * US, 6 * US)->others = 1;
	for (unsigned int i = 0; i < 20; i++) {
		add(script, "KVM_IRQFD", 1 * US, 1 * US);
		add(script, "KVM_GET_API_VERSION", 1 * US, 6 * US);
	}
	for (unsigned int i = 0; i < 20; i++)
		add(script, "KVM_CHECK_EXTENSION", 0, 6 * US)->think_unknown = true;
	gs_tracer_overhead_estimate(script, TRIVIAL_NS, &estimate);
	g_assert_cmpuint(estimate.gaps, ==, 39);
	g_assert_cmpint(estimate.overhead.between_ns, ==, BETWEEN_NS);
}

static void test_too_few(void)
{
	g_autoptr(GsScript) nine = traced(9), ten = traced(10);
	GsTracerEstimate estimate;

	gs_tracer_overhead_estimate(nine, TRIVIAL_NS, &estimate);
	g_assert_cmpuint(estimate.calls, ==, 9);
	g_assert_cmpint(estimate.overhead.inside_ns, ==, 0);
	g_assert_cmpint(estimate.overhead.between_ns, ==, 0);
	gs_tracer_overhead_estimate(ten, TRIVIAL_NS, &estimate);
	g_assert_cmpint(estimate.overhead.inside_ns, ==, INSIDE_NS);
	g_assert_cmpuint(estimate.gaps, ==, 9);
	g_assert_cmpint(estimate.overhead.between_ns, ==, 0);
}

/* Without durations a gap is from start to start, so the call is in it. */
static void test_untimed(void)
{
	g_autoptr(GsScript) script = gs_script_new("test.strace");
	GsTracerEstimate estimate;

	for (unsigned int i = 0; i < 20; i++)
		add(script, "KVM_CHECK_EXTENSION", 21 * US, -1);
	gs_tracer_overhead_estimate(script, TRIVIAL_NS, &estimate);
	g_assert_cmpuint(estimate.calls, ==, 0);
	g_assert_cmpint(estimate.overhead.inside_ns, ==, 0);
	g_assert_cmpint(estimate.overhead.between_ns, ==, 21 * US - TRIVIAL_NS);
}

/* Nobody traced: what the calls take is theirs. */
static void test_untraced(void)
{
	g_autoptr(GsScript) script = gs_script_new("test.strace");
	GsTracerEstimate estimate;

	for (unsigned int i = 0; i < 20; i++)
		add(script, "KVM_CHECK_EXTENSION", 0, 150);
	gs_tracer_overhead_estimate(script, TRIVIAL_NS, &estimate);
	g_assert_cmpint(estimate.overhead.inside_ns, ==, 0);
	g_assert_cmpint(estimate.overhead.between_ns, ==, 0);
}

static void test_subtract(void)
{
	static const GsTracerOverhead overhead = { .inside_ns = 6 * US, .between_ns = 15 * US };
	g_autoptr(GsScript) script = gs_script_new("test.strace");
	GsTracerShare share;
	static const struct {
		int64_t think_ns, recorded_ns;
	} expected[] = {
		{ 0, 340 * US }, { 25 * US, 84 * US }, { 0, 0 },
		{ 58 * US, -1 }, { 40 * US, 30 * US },
	};

	add(script, "KVM_CREATE_VM", 0, 346 * US);
	add(script, "KVM_CREATE_VCPU", 40 * US, 90 * US);
	add(script, "KVM_IRQFD", 9 * US, 2 * US);
	/* two mmap() before it: three gaps, two durations */
	add(script, "KVM_IRQFD", 58 * US + 3 * 15 * US + 2 * 6 * US, -1)->others = 2;
	add(script, "KVM_IRQFD", 40 * US, 30 * US)->from_preamble = true;
	gs_tracer_overhead_subtract(script, &overhead, &share);
	for (unsigned int i = 0; i < G_N_ELEMENTS(expected); i++) {
		g_assert_cmpint(gs_script_call(script, i)->think_ns, ==, expected[i].think_ns);
		g_assert_cmpint(gs_script_call(script, i)->recorded_ns, ==,
				expected[i].recorded_ns);
	}
	g_assert_cmpuint(share.durations, ==, 3);
	g_assert_cmpint(share.durations_ns, ==, 14 * US);
	g_assert_cmpuint(share.gaps, ==, 3);
	g_assert_cmpint(share.gaps_ns, ==, (15 + 9 + 57) * US);
	g_assert_cmpint(script->less_inside_ns, ==, 6 * US);
	g_assert_cmpint(script->less_between_ns, ==, 15 * US);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/tracer-overhead/known", test_known);
	g_test_add_func("/tracer-overhead/not-back-to-back", test_not_back_to_back);
	g_test_add_func("/tracer-overhead/too-few", test_too_few);
	g_test_add_func("/tracer-overhead/untimed", test_untimed);
	g_test_add_func("/tracer-overhead/untraced", test_untraced);
	g_test_add_func("/tracer-overhead/subtract", test_subtract);
	return g_test_run();
}
