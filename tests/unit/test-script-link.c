/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What follows what in a log of several threads. */
#include <glib.h>

#include "sim/engine/sim-time.h"
#include "traces/script-link.h"

#define USEC GS_NSEC_PER_USEC

static void add(GsScript *script, int32_t tid, int64_t start_us, int64_t recorded_us)
{
	const GsScriptCall call = {
		.thread = gs_script_thread(script, tid),
		.name = "KVM_IOEVENTFD",
		.start_ns = start_us * USEC,
		.recorded_ns = recorded_us * USEC,
	};

	g_array_append_val(script->calls, call);
}

static void assert_follows(const GsScript *script, unsigned int call, int32_t after,
			   int64_t think_us)
{
	g_assert_cmpint(gs_script_call(script, call)->after, ==, after);
	g_assert_cmpint(gs_script_call(script, call)->think_ns, ==, think_us * USEC);
}

/* A thread's calls follow each other; its first the last call to end before it. */
static void test_chain(void)
{
	g_autoptr(GsScript) script = gs_script_new("test");

	add(script, 100, 0, 10);
	add(script, 100, 15, 10);
	add(script, 101, 65, 10);
	add(script, 100, 90, 10);
	gs_script_link(script, 0);
	assert_follows(script, 0, -1, 0);
	assert_follows(script, 1, 0, 5);
	assert_follows(script, 2, 1, 40);
	assert_follows(script, 3, 1, 65);
}

/*
 * 101 was made before 102, as its id says; that 102 came first, and was through
 * by then, is chance, not cause.
 */
static void test_made_before(void)
{
	g_autoptr(GsScript) script = gs_script_new("test");

	add(script, 100, 0, 10);
	add(script, 102, 60, 20);
	add(script, 101, 110, 10);
	gs_script_link(script, 0);
	assert_follows(script, 1, 0, 50);
	assert_follows(script, 2, 0, 50);
}

/* Long after the other began, it may well have waited for that; ids may have wrapped around. */
static void test_not_made_together(void)
{
	g_autoptr(GsScript) late = gs_script_new("late"), wrapped = gs_script_new("wrapped");

	add(late, 100, 0, 10);
	add(late, 102, 60, 20);
	add(late, 101, 2000, 10);
	gs_script_link(late, 0);
	assert_follows(late, 2, 1, 1920);

	add(wrapped, 32700, 0, 10);
	add(wrapped, 32767, 60, 20);
	add(wrapped, 301, 110, 10);
	gs_script_link(wrapped, 0);
	assert_follows(wrapped, 2, 1, 30);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/script-link/chain", test_chain);
	g_test_add_func("/script-link/made-before", test_made_before);
	g_test_add_func("/script-link/not-made-together", test_not_made_together);
	return g_test_run();
}
