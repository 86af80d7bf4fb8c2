/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which of two rows comes first. */
#include "traces/import-order.h"

#define MS INT64_C(1000000)

static GsImportRow row_at(int32_t tid, uint64_t line, int64_t start_ns)
{
	const GsSpan empty = gs_span_string("");

	return (GsImportRow){
		.tid = tid,
		.line = line,
		.stamp = start_ns < 0 ? GS_STAMP_NONE : GS_STAMP_CLOCK,
		.start_ns = start_ns,
		.end_ns = -1,
		.resolution_ns = 1000,
		.latency_ns = -1,
		.args = empty,
	};
}

/* Negative if @a stands before @b. */
static int compare(GsRowKey a, GsRowKey b)
{
	if (a.clock != b.clock)
		return a.clock < b.clock ? -1 : 1;
	if (a.time_ns != b.time_ns)
		return a.time_ns < b.time_ns ? -1 : 1;
	return a.line < b.line ? -1 : 1;
}

static void test_by_start(void)
{
	g_autoptr(GsImportOrder) order = gs_import_order_new(false);
	GsImportRow short_call = row_at(1, 2, 20 * MS), long_call = row_at(2, 1, 10 * MS);
	GsRowKey first = gs_import_order_place(order, &short_call, 0);
	GsRowKey second = gs_import_order_place(order, &long_call, 0); /* ended later */

	g_assert_cmpint(compare(second, first), <, 0);
}

/* Trap 5: a thread's calls stay in their order, and other threads follow. */
static void test_clock_set_back(void)
{
	g_autoptr(GsImportOrder) order = gs_import_order_new(false);
	GsImportRow rows[] = {
		row_at(1, 1, 5000 * MS), row_at(2, 2, 5100 * MS), row_at(1, 3, 1000 * MS),
		row_at(2, 4, 1002 * MS), row_at(1, 5, 1003 * MS),
	};
	GsRowKey before = { 0 };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		GsRowKey key;

		rows[i].latency_ns = i == 0 ? 2 * MS : 0;
		key = gs_import_order_place(order, &rows[i], 0);
		if (i)
			g_assert_cmpint(compare(before, key), <, 0);
		before = key;
	}
}

/* It was set back before line 2, which shows only once that call has ended. */
static void test_noticed_late(void)
{
	g_autoptr(GsImportOrder) order = gs_import_order_new(false);
	GsImportRow first = row_at(1, 1, 5000 * MS), other = row_at(2, 1, 5000 * MS);
	GsImportRow halves = row_at(1, 2, 1000 * MS), noticed = row_at(2, 3, 1001 * MS);
	GsImportRow after = row_at(2, 4, 1002 * MS);
	GsRowKey b, c, d;

	gs_import_order_place(order, &first, 0);
	gs_import_order_place(order, &other, 0);
	c = gs_import_order_place(order, &noticed, 0);
	b = gs_import_order_place(order, &halves, 0);
	d = gs_import_order_place(order, &after, 0);
	g_assert_cmpint(compare(b, c), <, 0);
	g_assert_cmpint(compare(c, d), <, 0);
	g_assert_cmpint(d.time_ns - c.time_ns, ==, 1 * MS);
}

/* A call that began before the clock was set keeps its time. */
static void test_begun_before(void)
{
	g_autoptr(GsImportOrder) order = gs_import_order_new(false);
	GsImportRow first = row_at(1, 1, 5000 * MS), set_back = row_at(1, 3, 1000 * MS);
	GsImportRow begun = row_at(2, 2, 5001 * MS);
	GsRowKey a = gs_import_order_place(order, &first, 0);
	GsRowKey c = gs_import_order_place(order, &set_back, 0);
	GsRowKey b = gs_import_order_place(order, &begun, 0);

	g_assert_cmpint(compare(a, b), <, 0);
	g_assert_cmpint(b.time_ns, ==, 5001 * MS);
	g_assert_cmpint(c.time_ns, >=, a.time_ns);
}

/* A call without an end is handed out last: that says nothing of the clock. */
static void test_late(void)
{
	g_autoptr(GsImportOrder) order = gs_import_order_new(false);
	GsImportRow next = row_at(1, 2, 20 * MS), late = row_at(1, 1, 10 * MS);
	GsImportRow other = row_at(2, 3, 15 * MS);
	GsRowKey a = gs_import_order_place(order, &next, 0);
	GsRowKey b = gs_import_order_place(order, &late, 0);
	GsRowKey c = gs_import_order_place(order, &other, 0);

	g_assert_cmpint(compare(b, a), <, 0);
	g_assert_cmpint(c.time_ns, ==, 15 * MS);
}

/* A start computed from a rounded stamp may fall before the call before it. */
static void test_rounding(void)
{
	g_autoptr(GsImportOrder) order = gs_import_order_new(false);
	GsImportRow first = row_at(1, 1, 10 * MS), second = row_at(1, 2, 10 * MS - 1500);
	GsImportRow other = row_at(2, 3, 11 * MS);
	GsRowKey a = gs_import_order_place(order, &first, 0);
	GsRowKey b = gs_import_order_place(order, &second, 0);

	g_assert_cmpint(compare(a, b), <, 0);
	g_assert_cmpint(gs_import_order_place(order, &other, 0).time_ns, ==, 11 * MS);
}

/* The main thread is one before and after it gets its name. */
static void test_named_later(void)
{
	g_autoptr(GsImportOrder) order = gs_import_order_new(false);
	GsImportRow unnamed = row_at(0, 1, 5000 * MS), named = row_at(7, 2, 1000 * MS);
	GsRowKey a = gs_import_order_place(order, &unnamed, 0);
	GsRowKey b = gs_import_order_place(order, &named, 7);

	g_assert_cmpint(compare(a, b), <, 0);
}

/* Rows without a stamp stay behind the row before them. */
static void test_unstamped(void)
{
	g_autoptr(GsImportOrder) order = gs_import_order_new(false);
	GsImportRow first = row_at(1, 1, -1), second = row_at(1, 2, 10 * MS);
	GsImportRow third = row_at(1, 3, -1), fourth = row_at(2, 4, 20 * MS);
	GsRowKey a = gs_import_order_place(order, &first, 0);
	GsRowKey b = gs_import_order_place(order, &second, 0);
	GsRowKey c = gs_import_order_place(order, &third, 0);
	GsRowKey d = gs_import_order_place(order, &fourth, 0);

	g_assert_cmpint(compare(a, b), <, 0);
	g_assert_cmpint(compare(b, c), <, 0);
	g_assert_cmpint(compare(c, d), <, 0);
}

/* Clocks of day are one in all files; sums of gaps are each file's own. */
static void test_clocks(void)
{
	g_autoptr(GsImportOrder) order = gs_import_order_new(false);
	GsImportRow clock = row_at(1, 1, 20 * MS), same = row_at(2, 1, 10 * MS);
	GsImportRow gaps = row_at(3, 1, 5 * MS), other_gaps = row_at(4, 1, 1 * MS);

	same.file = 1;
	gaps.file = 2;
	gaps.stamp = GS_STAMP_NONE;
	other_gaps.file = 3;
	other_gaps.stamp = GS_STAMP_NONE;
	g_assert_cmpuint(gs_import_order_place(order, &clock, 0).clock, ==, 0);
	g_assert_cmpuint(gs_import_order_place(order, &same, 0).clock, ==, 0);
	g_assert_cmpuint(gs_import_order_place(order, &gaps, 0).clock, ==, 2);
	g_assert_cmpuint(gs_import_order_place(order, &other_gaps, 0).clock, ==, 3);
}

/* As lines: a call whose beginning is lost stands where it ended. */
static void test_by_line(void)
{
	g_autoptr(GsImportOrder) by_start = gs_import_order_new(false);
	g_autoptr(GsImportOrder) by_line = gs_import_order_new(true);
	GsImportRow lost = row_at(1, 1, 10 * MS);

	lost.end_ns = 40 * MS;
	lost.args = gs_span_string("???, 0");
	g_assert_cmpint(gs_import_order_place(by_start, &lost, 0).time_ns, ==, 10 * MS);
	g_assert_cmpint(gs_import_order_place(by_line, &lost, 0).time_ns, ==, 40 * MS);
}

/* Whatever the stamps are, times add up: UBSan would tell. */
static void test_far_back(void)
{
	g_autoptr(GsImportOrder) order = gs_import_order_new(false);

	for (uint64_t line = 1; line < 100; line++) {
		GsImportRow row = row_at(1, line, line % 2 ? GS_TRACE_TIME_MAX_NS : 0);

		row.latency_ns = GS_TRACE_TIME_MAX_NS;
		g_assert_cmpint(gs_import_order_place(order, &row, 0).time_ns, >=, 0);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/import-order/by-start", test_by_start);
	g_test_add_func("/import-order/clock-set-back", test_clock_set_back);
	g_test_add_func("/import-order/noticed-late", test_noticed_late);
	g_test_add_func("/import-order/begun-before", test_begun_before);
	g_test_add_func("/import-order/late", test_late);
	g_test_add_func("/import-order/rounding", test_rounding);
	g_test_add_func("/import-order/named-later", test_named_later);
	g_test_add_func("/import-order/unstamped", test_unstamped);
	g_test_add_func("/import-order/clocks", test_clocks);
	g_test_add_func("/import-order/by-line", test_by_line);
	g_test_add_func("/import-order/far-back", test_far_back);
	return g_test_run();
}
