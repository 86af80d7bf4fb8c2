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
	gs_script_link(script, 0, NULL);
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
	gs_script_link(script, 0, NULL);
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
	gs_script_link(late, 0, NULL);
	assert_follows(late, 2, 1, 1920);

	add(wrapped, 32700, 0, 10);
	add(wrapped, 32767, 60, 20);
	add(wrapped, 301, 110, 10);
	gs_script_link(wrapped, 0, NULL);
	assert_follows(wrapped, 2, 1, 30);
}

/* The ordinal of the call added last, in its thread. */
static void set_ordinal(GsScript *script, uint32_t ordinal)
{
	g_array_index(script->calls, GsScriptCall, script->calls->len - 1).ordinal = ordinal;
}

static void take(GsThreadHistory *history, int32_t tid, int64_t start_us, const char *name,
		 int64_t ret, int64_t took_us)
{
	const GsTraceRecord record = {
		.tid = tid,
		.name = gs_span_string(name),
		.start_ns = start_us * USEC,
		.duration_ns = took_us * USEC,
		.has_ret = true,
		.ret = ret,
	};

	gs_thread_history_take(history, &record);
}

/*
 * 100 makes an ioctl, maps memory, makes 101, and makes another ioctl before 101
 * comes to its first, after a call of its own.
 */
static GsScript *made_by_100(GsThreadHistory *history, const char *child_call, int64_t took_us)
{
	GsScript *script = gs_script_new("test");

	add(script, 100, 0, 10);
	set_ordinal(script, 1);
	take(history, 100, 0, "ioctl", 0, 10);
	take(history, 100, 20, "mmap", 0, 5);
	take(history, 100, 40, "clone3", 101, 30);
	add(script, 100, 80, 10);
	set_ordinal(script, 4);
	take(history, 100, 80, "ioctl", 0, 10);
	take(history, 101, 60, child_call, 0, took_us);
	add(script, 101, 300, 10);
	set_ordinal(script, 2);
	gs_thread_history_settle(history, 0, 100);
	return script;
}

/* Its first call follows its maker's last before the clone3(), whatever came later. */
static void test_birth(void)
{
	g_autoptr(GsThreadHistory) history = gs_thread_history_new();
	g_autoptr(GsScript) script = made_by_100(history, "set_robust_list", 5);

	gs_script_link(script, 0, history);
	assert_follows(script, 1, 0, 70);
	g_assert_cmpuint(gs_script_call(script, 1)->others, ==, 2);
	assert_follows(script, 2, 0, 290);
	/* mmap, clone3 and set_robust_list */
	g_assert_cmpuint(gs_script_call(script, 2)->others, ==, 3);
}

/* If it has waited since, somebody let it go on: as far as the log tells, the last to end. */
static void test_birth_then_wait(void)
{
	g_autoptr(GsThreadHistory) history = gs_thread_history_new();
	g_autoptr(GsScript) script = made_by_100(history, "futex", 230);

	gs_script_link(script, 0, history);
	assert_follows(script, 2, 1, 210);
	g_assert_cmpuint(gs_script_call(script, 2)->others, ==, 0);
}

/* 100 makes 101, which makes 102 without an ioctl of its own. */
static void test_grandchild(void)
{
	g_autoptr(GsThreadHistory) history = gs_thread_history_new();
	g_autoptr(GsScript) script = gs_script_new("test");

	add(script, 100, 0, 10);
	set_ordinal(script, 1);
	take(history, 100, 0, "ioctl", 0, 10);
	take(history, 100, 20, "clone", 101, 5);
	take(history, 101, 30, "mmap", 0, 5);
	take(history, 101, 40, "clone", 102, 5);
	add(script, 100, 45, 10);
	set_ordinal(script, 3);
	add(script, 102, 90, 10);
	set_ordinal(script, 1);
	gs_thread_history_settle(history, 0, 100);
	gs_script_link(script, 0, history);
	assert_follows(script, 2, 0, 80);
	g_assert_cmpuint(gs_script_call(script, 2)->others, ==, 3);
}

/* Who made it made no ioctl: then what was complete by then, of whomever. */
static void test_birth_of_stranger(void)
{
	g_autoptr(GsThreadHistory) history = gs_thread_history_new();
	g_autoptr(GsScript) script = gs_script_new("test");

	add(script, 100, 0, 10);
	add(script, 100, 40, 10);
	add(script, 102, 90, 10);
	take(history, 99, 30, "clone", 102, 5);
	gs_thread_history_settle(history, 0, 100);
	gs_script_link(script, 0, history);
	assert_follows(script, 2, 0, 80);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/script-link/chain", test_chain);
	g_test_add_func("/script-link/made-before", test_made_before);
	g_test_add_func("/script-link/not-made-together", test_not_made_together);
	g_test_add_func("/script-link/birth", test_birth);
	g_test_add_func("/script-link/birth-then-wait", test_birth_then_wait);
	g_test_add_func("/script-link/grandchild", test_grandchild);
	g_test_add_func("/script-link/birth-of-stranger", test_birth_of_stranger);
	return g_test_run();
}
