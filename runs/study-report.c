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

static bool is_call(const GsStudyCall *a, const GsStudyCall *b)
{
	return a->occurrence == b->occurrence && !strcmp(a->name, b->name);
}

static unsigned int hash_call(gconstpointer key)
{
	const GsStudyCall *call = key;

	return g_str_hash(call->name) ^ (call->occurrence * UINT32_C(2654435761));
}

static gboolean equal_calls(gconstpointer a, gconstpointer b)
{
	return is_call(a, b);
}

GsStudyReport *gs_study_report_new(const GsStudyInputs *inputs, const GsStudyReportOptions *options)
{
	GsStudyReport *report = g_new0(GsStudyReport, 1);

	report->inputs = inputs;
	report->options = *options;
	report->calls = g_array_new(FALSE, FALSE, sizeof(GsStudyCall));
	g_array_set_clear_func(report->calls, clear_call);
	/* the keys' names are those of calls */
	report->call_index = g_hash_table_new_full(hash_call, equal_calls, g_free, NULL);
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

/* @hint: where it is if the VMM is that of the cell before. */
static unsigned int find_or_add_call(GsStudyReport *report, const char *name, uint32_t occurrence,
				     unsigned int hint)
{
	GsStudyCall fresh = { .name = (char *)name, .occurrence = occurrence };
	gpointer index;

	if (hint < report->calls->len && is_call(gs_study_report_call(report, hint), &fresh))
		return hint;
	if (!g_hash_table_lookup_extended(report->call_index, &fresh, NULL, &index)) {
		GsStudyCall *key = g_new(GsStudyCall, 1);

		fresh.name = g_strdup(name);
		*key = fresh;
		index = GUINT_TO_POINTER(report->calls->len);
		g_array_append_val(report->calls, fresh);
		g_hash_table_insert(report->call_index, key, index);
	}
	return GPOINTER_TO_UINT(index);
}

void gs_study_report_add_calls(GsStudyReport *report, const GsCallPool *pool)
{
	for (unsigned int n = 0; n < pool->calls->len; n++) {
		const GsPooledCall *call = gs_call_pool_call(pool, n);

		find_or_add_call(report, call->name, call->occurrence, n);
	}
	find_or_add_call(report, GS_TALLY_WAITS, 0, pool->calls->len);
	find_or_add_call(report, GS_TALLY_START, 0, pool->calls->len + 1);
}

/* @calls: where those of the tally are in the report. */
static void add_row(GsStudyReport *report, const GsTally *tally, unsigned int n,
		    const unsigned int *calls)
{
	const GsHistogram *latency = &gs_tally_call(tally, n)->latency;
	GsStudyRow row = {
		.call = calls[n],
		.p99_ns = gs_histogram_quantile_ns(latency, 990),
		.above_count = gs_histogram_count_above(latency, report->options.budget_ns),
	};

	gs_tally_stats(tally, n, &row.stats);
	if (row.stats.cause >= 0)
		row.stats.cause = (int32_t)calls[row.stats.cause];
	g_array_append_val(report->rows, row);
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
	};

	for (unsigned int n = 0; n < tally->calls->len; n++)
		calls[n] = find_or_add_call(report, gs_tally_call(tally, n)->name,
					    gs_tally_call(tally, n)->occurrence, n);
	for (unsigned int n = 0; n < tally->calls->len; n++) {
		GsStudyCall *call = &g_array_index(report->calls, GsStudyCall, calls[n]);

		call->waits |= gs_tally_call(tally, n)->wait_sum_ns > 0;
		if (gs_study_report_includes(report, call))
			add_row(report, tally, n, calls);
	}
	cell.row_count = report->rows->len - cell.first_row;
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
