/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/import-summary.h"

#define US INT64_C(1000)

static GsImportRow make_row(const char *request, int32_t tid, int64_t start_ns, int64_t latency_ns)
{
	const GsSpan empty = gs_span_string("");

	return (GsImportRow){
		.tid = tid,
		.vm = GS_VM_NONE,
		.start_ns = start_ns,
		.end_ns = -1,
		.latency_ns = latency_ns,
		.call = gs_span_string("ioctl"),
		.request = gs_span_string(request),
		.args = empty,
	};
}

static const GsImportSeriesSummary *only_series(GsImportSummary *summary)
{
	const GPtrArray *all = gs_import_summary_finish(summary);

	g_assert_cmpuint(all->len, ==, 1);
	return g_ptr_array_index(all, 0);
}

static const GsImportCallSummary *nth_call(const GsImportSeriesSummary *series, unsigned int n)
{
	return g_ptr_array_index(series->calls, n);
}

static void test_calls(void)
{
	g_autoptr(GsImportSummary) summary = gs_import_summary_new();
	const GsImportSeriesSummary *series;
	GsImportRow rows[] = {
		make_row("KVM_RUN", 1, 0, 5 * US),
		make_row("KVM_CREATE_VCPU", 1, 10 * US, 100 * US),
		make_row("KVM_RUN", 1, 200 * US, 7 * US),
		make_row("KVM_RUN", 2, 210 * US, -1),
		make_row("", 2, 220 * US, -1),
	};

	rows[2].status = GS_CALL_ERROR;
	rows[3].status = GS_CALL_UNFINISHED;
	rows[4].status = GS_CALL_RESTARTED;
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		gs_import_summary_add(summary, &rows[i], 0, 0);
	series = only_series(summary);
	g_assert_cmpuint(series->records, ==, 5);
	g_assert_cmpuint(series->calls->len, ==, 3);
	/* what took longest in all comes first */
	g_assert_cmpstr(nth_call(series, 0)->name, ==, "KVM_CREATE_VCPU");
	g_assert_cmpint(nth_call(series, 0)->total_ns, ==, 100 * US);
	g_assert_cmpstr(nth_call(series, 1)->name, ==, "KVM_RUN");
	g_assert_cmpuint(nth_call(series, 1)->count, ==, 3);
	g_assert_cmpuint(nth_call(series, 1)->timed_count, ==, 2);
	g_assert_cmpuint(nth_call(series, 1)->errors, ==, 1);
	g_assert_cmpuint(nth_call(series, 1)->unfinished, ==, 1);
	g_assert_cmpint(nth_call(series, 1)->total_ns, ==, 12 * US);
	g_assert_cmpint(nth_call(series, 1)->median_ns, ==, 6 * US);
	g_assert_cmpint(nth_call(series, 1)->max_ns, ==, 7 * US);
	/* no request: the call's own name */
	g_assert_cmpstr(nth_call(series, 2)->name, ==, "ioctl");
	g_assert_cmpuint(nth_call(series, 2)->restarted, ==, 1);
	g_assert_cmpint(nth_call(series, 2)->median_ns, ==, -1);
}

static void test_threads_and_vms(void)
{
	g_autoptr(GsImportSummary) summary = gs_import_summary_new();
	const GsImportSeriesSummary *series;
	GsImportRow unnamed = make_row("KVM_RUN", 0, 100 * US, 1 * US);
	GsImportRow named = make_row("KVM_RUN", 7, 50 * US, 10 * US);
	GsImportRow other = make_row("KVM_RUN", 8, 300 * US, 25 * US);

	named.vm = 0;
	other.vm = 1;
	gs_import_summary_add(summary, &unnamed, 0, 0);
	gs_import_summary_add(summary, &unnamed, 0, 7); /* 0 is 7 */
	gs_import_summary_add(summary, &named, 0, 7);
	gs_import_summary_add(summary, &other, 0, 7);
	other.group = 1; /* the same number, another machine */
	gs_import_summary_add(summary, &other, 0, 7);
	series = only_series(summary);
	g_assert_cmpuint(series->thread_count, ==, 3);
	g_assert_cmpuint(series->vm_count, ==, 2);
	g_assert_cmpint(series->span_ns, ==, 275 * US);
}

/* Times of two clocks have no span. */
static void test_two_clocks(void)
{
	g_autoptr(GsImportSummary) summary = gs_import_summary_new();
	GsImportRow row = make_row("KVM_RUN", 1, 100 * US, 1 * US);

	gs_import_summary_add(summary, &row, 0, 0);
	gs_import_summary_add(summary, &row, 1, 0);
	g_assert_cmpint(only_series(summary)->span_ns, ==, -1);
}

/* Only series that have a row; twice asked, the same. */
static void test_series(void)
{
	g_autoptr(GsImportSummary) summary = gs_import_summary_new();
	GsImportRow row = make_row("KVM_RUN", 1, -1, -1);

	row.series = 2;
	gs_import_summary_add(summary, &row, 0, 0);
	g_assert_cmpuint(only_series(summary)->series, ==, 2);
	g_assert_cmpuint(only_series(summary)->calls->len, ==, 1);
	g_assert_cmpint(only_series(summary)->span_ns, ==, -1);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/import-summary/calls", test_calls);
	g_test_add_func("/import-summary/threads-and-vms", test_threads_and_vms);
	g_test_add_func("/import-summary/two-clocks", test_two_clocks);
	g_test_add_func("/import-summary/series", test_series);
	return g_test_run();
}
