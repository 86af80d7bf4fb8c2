/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runs/study-report.h"

#include <string.h>

#include "models/suggest.h"

const char *const gs_study_report_formats[] = { "table", "csv", "json", "markdown", NULL };

const GsStudyReportWriter gs_study_report_writers[] = {
	gs_study_report_table,
	gs_study_report_csv,
	gs_study_report_json,
	gs_study_report_markdown,
};

static void clear_call(gpointer pointer)
{
	GsStudyCall *call = pointer;

	g_free(call->name);
}

static void clear_cell(gpointer pointer)
{
	GsStudyCell *cell = pointer;

	g_strfreev(cell->values);
	g_free(cell->scenario);
	g_free(cell->digest);
}

static char *call_key(const char *name, uint32_t occurrence)
{
	return g_strdup_printf("%s:%" G_GUINT32_FORMAT, name, occurrence);
}

GsStudyReport *gs_study_report_new(const GsStudyInputs *inputs, const GsStudyReportOptions *options)
{
	GsStudyReport *report = g_new0(GsStudyReport, 1);

	report->inputs = inputs;
	report->options = *options;
	report->calls = g_array_new(FALSE, FALSE, sizeof(GsStudyCall));
	g_array_set_clear_func(report->calls, clear_call);
	report->call_index = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	report->cells = g_array_new(FALSE, FALSE, sizeof(GsStudyCell));
	g_array_set_clear_func(report->cells, clear_cell);
	report->rows = g_array_new(FALSE, FALSE, sizeof(GsStudyRow));
	return report;
}

void gs_study_report_free(GsStudyReport *report)
{
	g_array_unref(report->calls);
	g_hash_table_unref(report->call_index);
	g_array_unref(report->cells);
	g_array_unref(report->rows);
	g_free(report);
}

static unsigned int find_or_add_call(GsStudyReport *report, const GsTallyCall *tallied)
{
	char *key = call_key(tallied->name, tallied->occurrence);
	gpointer index;

	if (g_hash_table_lookup_extended(report->call_index, key, NULL, &index)) {
		g_free(key);
	} else {
		GsStudyCall fresh = {
			.name = g_strdup(tallied->name),
			.occurrence = tallied->occurrence,
		};

		index = GUINT_TO_POINTER(report->calls->len);
		g_array_append_val(report->calls, fresh);
		g_hash_table_insert(report->call_index, key, index);
	}
	return GPOINTER_TO_UINT(index);
}

void gs_study_report_add(GsStudyReport *report, const GsCellResult *result)
{
	const GsTally *tally = result->tally;
	g_autofree unsigned int *calls = g_new(unsigned int, MAX(tally->calls->len, 1));
	GsStudyCell cell = {
		.index = result->index,
		.values = g_strdupv(result->values),
		.scenario = g_strdup(result->scenario),
		.digest = g_strdup(result->digest),
		.run_count = tally->run_count,
		.first_row = report->rows->len,
		.row_count = tally->calls->len,
	};

	for (unsigned int n = 0; n < tally->calls->len; n++)
		calls[n] = find_or_add_call(report, gs_tally_call(tally, n));
	for (unsigned int n = 0; n < tally->calls->len; n++) {
		const GsTallyCall *tallied = gs_tally_call(tally, n);
		GsStudyRow row = {
			.call = calls[n],
			.p99_ns = gs_histogram_quantile_ns(&tallied->latency, 990),
			.above_count = gs_histogram_count_above(&tallied->latency,
								report->options.budget_ns),
		};

		gs_tally_stats(tally, n, &row.stats);
		if (row.stats.cause >= 0)
			row.stats.cause = (int32_t)calls[row.stats.cause];
		if (tallied->wait_sum_ns)
			g_array_index(report->calls, GsStudyCall, row.call).waits = true;
		g_array_append_val(report->rows, row);
	}
	g_array_append_val(report->cells, cell);
}

bool gs_study_report_includes(const GsStudyReport *report, const GsStudyCall *call)
{
	const GsStudyReportOptions *options = &report->options;

	if (!options->call)
		return true;
	return !strcmp(options->call, call->name) &&
	       (options->occurrence < 0 || options->occurrence == call->occurrence);
}

bool gs_study_report_check_call(const GsStudyReport *report, GError **error)
{
	const GsStudyReportOptions *options = &report->options;
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	g_autofree char *hint = NULL;
	int64_t last = -1;

	for (unsigned int i = 0; i < report->calls->len; i++) {
		const GsStudyCall *call = gs_study_report_call(report, i);

		if (gs_study_report_includes(report, call))
			return true;
		g_ptr_array_add(names, call->name);
		if (!strcmp(call->name, options->call))
			last = MAX(last, call->occurrence);
	}
	if (last >= 0) {
		g_set_error(error, GS_STUDY_ERROR, GS_STUDY_ERROR_CALL,
			    "no VM has %s %" G_GINT64_FORMAT "; the last is %" G_GINT64_FORMAT,
			    options->call, options->occurrence, last);
		return false;
	}
	g_ptr_array_add(names, NULL);
	hint = gs_suggest_hint(options->call, (const char *const *)names->pdata);
	g_set_error(error, GS_STUDY_ERROR, GS_STUDY_ERROR_CALL, "no VM has an ioctl '%s'%s",
		    options->call, hint);
	return false;
}

const GsStudyRow *gs_study_report_find_row(const GsStudyReport *report, const GsStudyCell *cell,
					   unsigned int call)
{
	/* cells of the same VMM have the same calls at the same places */
	if (call < cell->row_count && gs_study_report_row(report, cell, call)->call == call)
		return gs_study_report_row(report, cell, call);
	for (unsigned int i = 0; i < cell->row_count; i++)
		if (gs_study_report_row(report, cell, i)->call == call)
			return gs_study_report_row(report, cell, i);
	return NULL;
}
