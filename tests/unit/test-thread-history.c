/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who made which thread of a log, and who waited. */
#include <glib.h>

#include "traces/thread-history.h"

#define US 1000

static GsTraceRecord record_of(int32_t tid, int64_t start_us, const char *name, int64_t ret,
			       int64_t duration_us)
{
	return (GsTraceRecord){
		.tid = tid,
		.start_ns = start_us * US,
		.end_ns = -1,
		.duration_ns = duration_us * US,
		.name = gs_span_string(name),
		.has_ret = true,
		.ret = ret,
		.status = ret < 0 ? GS_CALL_ERROR : GS_CALL_OK,
	};
}

static uint32_t take(GsThreadHistory *history, int32_t tid, int64_t start_us, const char *name,
		     int64_t ret, int64_t duration_us)
{
	const GsTraceRecord record = record_of(tid, start_us, name, ret, duration_us);

	return gs_thread_history_take(history, &record);
}

static void test_ordinals(void)
{
	g_autoptr(GsThreadHistory) history = gs_thread_history_new();

	g_assert_cmpuint(take(history, 1, 0, "ioctl", 0, 1), ==, 1);
	g_assert_cmpuint(take(history, 2, 1, "ioctl", 0, 1), ==, 1);
	g_assert_cmpuint(take(history, 1, 2, "mmap", 0, 1), ==, 2);
	g_assert_cmpuint(take(history, 1, 3, "ioctl", 0, 1), ==, 3);
}

static void assert_birth(const GsThreadHistory *history, int32_t tid, int64_t at_us,
			 int32_t creator, int64_t made_us, uint32_t ordinal)
{
	const GsThreadBirth *birth = gs_thread_history_birth(history, tid, at_us * US);

	g_assert_nonnull(birth);
	g_assert_cmpint(birth->tid, ==, tid);
	g_assert_cmpint(birth->creator, ==, creator);
	g_assert_cmpint(birth->at_ns, ==, made_us * US);
	g_assert_cmpuint(birth->ordinal, ==, ordinal);
}

static void test_births(void)
{
	g_autoptr(GsThreadHistory) history = gs_thread_history_new();

	take(history, 10, 1000, "mmap", 0, 1);
	take(history, 10, 1010, "clone3", 12, 50);
	take(history, 10, 1070, "clone", 11, 50);
	take(history, 11, 1100, "vfork", 13, 50);
	take(history, 13, 1110, "fork", 14, 50);
	take(history, 14, 1130, "clone", 0, 50); /* in the child */
	take(history, 14, 1130, "clone", -1, 50);
	/* the number of one that is gone */
	take(history, 11, 5000, "clone", 12, 50);
	gs_thread_history_settle(history, 1000 * US, 10);

	assert_birth(history, 12, 100, 10, 10, 2);
	assert_birth(history, 12, 3999, 10, 10, 2);
	assert_birth(history, 12, 4000, 11, 4000, 2);
	assert_birth(history, 11, 100, 10, 70, 3);
	assert_birth(history, 13, 200, 11, 100, 1);
	assert_birth(history, 14, 200, 13, 110, 1);
	g_assert_null(gs_thread_history_birth(history, 12, 9 * US));
	g_assert_null(gs_thread_history_birth(history, 10, 9000 * US));
	g_assert_null(gs_thread_history_birth(history, 15, 9000 * US));
	g_assert_null(gs_thread_history_birth(history, 0, 9000 * US));
}

/* Who was not named when it made a thread is the main one. */
static void test_unnamed(void)
{
	g_autoptr(GsThreadHistory) history = gs_thread_history_new();

	take(history, 0, 5, "clone", 12, 50);
	gs_thread_history_settle(history, 0, 11);
	assert_birth(history, 12, 100, 11, 5, 1);
}

/* A futex that was free, or anything that takes long but for others' sake, is no wait. */
static void test_waits(void)
{
	g_autoptr(GsThreadHistory) history = gs_thread_history_new();

	take(history, 1, 0, "futex", 0, 20);
	take(history, 1, 100, "ioctl", 0, 25000);
	take(history, 1, 30000, "futex", 0, 300);
	take(history, 2, 0, "nanosleep", 0, 5000);
	take(history, 3, 0, "epoll_wait", 1, -1);
	gs_thread_history_settle(history, 0, 1);
	g_assert_false(gs_thread_history_waited(history, 1, 3));
	g_assert_true(gs_thread_history_waited(history, 1, 4));
	g_assert_false(gs_thread_history_waited(history, 2, 9));
	g_assert_false(gs_thread_history_waited(history, 3, 9));
	g_assert_false(gs_thread_history_waited(history, 4, 9));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/thread-history/ordinals", test_ordinals);
	g_test_add_func("/thread-history/births", test_births);
	g_test_add_func("/thread-history/unnamed", test_unnamed);
	g_test_add_func("/thread-history/waits", test_waits);
	return g_test_run();
}
