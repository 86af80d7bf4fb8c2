/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A study in long form: one row per cell and call, a column for each key of an
 * axis. What is not known is empty.
 */
#include "runs/csv.h"
#include "runs/study-phrase.h"
#include "runs/study-report.h"

static const char figures_header[] =
	"call,occurrence,samples,min_ns,p05_ns,median_ns,p95_ns,p99_ns,max_ns,mean_ns,"
	"mean_wait_ns,budget_ns,above_budget,stalls,cause_call,cause_occurrence,runs,scenario,"
	"digest,version\n";

/* "own" for a grace period of the call's own, nothing if it never waited. */
static void append_cause(GString *out, const GsStudyReport *report, int32_t cause)
{
	const GsStudyCall *starter;

	if (cause < 0) {
		g_string_append(out, cause == GS_CAUSE_OWN ? "own,," : ",,");
		return;
	}
	starter = gs_study_report_call(report, (unsigned int)cause);
	gs_csv_append_text(out, starter->name, ',');
	gs_csv_append_number(out, starter->occurrence, ',');
}

static void append_figures(GString *out, const GsStudyReport *report, const GsStudyRow *row)
{
	const GsStudyCall *call = gs_study_report_call(report, row->call);
	const GsCallStats *stats = &row->stats;

	gs_csv_append_text(out, call->name, ',');
	gs_csv_append_number(out, call->occurrence, ',');
	gs_csv_append_number(out, (int64_t)stats->sample_count, ',');
	gs_csv_append_number(out, stats->min_ns, ',');
	gs_csv_append_number(out, stats->p05_ns, ',');
	gs_csv_append_number(out, stats->median_ns, ',');
	gs_csv_append_number(out, stats->p95_ns, ',');
	gs_csv_append_number(out, row->p99_ns, ',');
	gs_csv_append_number(out, stats->max_ns, ',');
	gs_csv_append_number(out, stats->mean_ns, ',');
	gs_csv_append_number(out, stats->mean_wait_ns, ',');
	gs_csv_append_number(out, report->options.budget_ns, ',');
	gs_csv_append_number(out, (int64_t)row->above_count, ',');
	gs_csv_append_number(out, (int64_t)stats->stall_count, ',');
	append_cause(out, report, stats->cause);
}

static void append_cell(GString *out, const GsStudyReport *report, const GsStudyCell *cell)
{
	g_autoptr(GString) head = g_string_new(NULL), tail = g_string_new(NULL);
	g_autofree char *scenario = gs_study_phrase_scenario(cell->scenario, NULL);

	gs_csv_append_number(head, cell->index, ',');
	for (char **value = cell->values; *value; value++)
		gs_csv_append_text(head, *value, ',');
	gs_csv_append_number(tail, (int64_t)cell->run_count, ',');
	gs_csv_append_text(tail, scenario, ',');
	gs_csv_append_text(tail, cell->digest, ',');
	gs_csv_append_text(tail, report->inputs->version, '\n');
	for (unsigned int i = 0; i < cell->row_count; i++) {
		const GsStudyRow *row = gs_study_report_row(report, cell, i);

		g_string_append_len(out, head->str, (gssize)head->len);
		append_figures(out, report, row);
		g_string_append_len(out, tail->str, (gssize)tail->len);
	}
}

void gs_study_report_csv(const GsStudyReport *report, GString *out)
{
	g_string_append(out, "index,");
	for (char **key = report->inputs->keys; *key; key++)
		gs_csv_append_text(out, *key, ',');
	g_string_append(out, figures_header);
	for (unsigned int i = 0; i < report->cells->len; i++)
		append_cell(out, report, gs_study_report_cell(report, i));
}
