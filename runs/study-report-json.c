/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A study for programs. "schema_version" changes when a key changes its meaning
 * or goes; new keys do not count. Whole numbers throughout.
 */
#include "runs/json-members.h"
#include "runs/study-report.h"

#define SCHEMA "gracesim-sweep"
#define SCHEMA_VERSION 1

static void add_cause(JsonBuilder *json, const GsStudyReport *report, int32_t cause)
{
	const GsStudyCall *starter;

	if (cause < 0) {
		gs_json_add_text(json, "cause", cause == GS_CAUSE_OWN ? "own" : NULL);
		return;
	}
	starter = gs_study_report_call(report, (unsigned int)cause);
	gs_json_begin_object(json, "cause");
	gs_json_add_text(json, "call", starter->name);
	gs_json_add_int(json, "occurrence", starter->occurrence);
	json_builder_end_object(json);
}

static void add_row(JsonBuilder *json, const GsStudyReport *report, const GsStudyRow *row)
{
	const GsStudyCall *call = gs_study_report_call(report, row->call);
	const GsCallStats *stats = &row->stats;

	json_builder_begin_object(json);
	gs_json_add_text(json, "call", call->name);
	gs_json_add_int(json, "occurrence", call->occurrence);
	gs_json_add_int(json, "samples", (int64_t)stats->sample_count);
	gs_json_add_int(json, "min_ns", stats->min_ns);
	gs_json_add_int(json, "p05_ns", stats->p05_ns);
	gs_json_add_int(json, "median_ns", stats->median_ns);
	gs_json_add_int(json, "p95_ns", stats->p95_ns);
	gs_json_add_int(json, "p99_ns", row->p99_ns);
	gs_json_add_int(json, "max_ns", stats->max_ns);
	gs_json_add_int(json, "mean_ns", stats->mean_ns);
	gs_json_add_int(json, "mean_wait_ns", stats->mean_wait_ns);
	gs_json_add_int(json, "above_budget", (int64_t)row->above_count);
	gs_json_add_int(json, "stalls", (int64_t)stats->stall_count);
	add_cause(json, report, stats->cause);
	json_builder_end_object(json);
}

static void add_cell(JsonBuilder *json, const GsStudyReport *report, const GsStudyCell *cell)
{
	json_builder_begin_object(json);
	gs_json_add_int(json, "index", cell->index);
	gs_json_begin_object(json, "values");
	for (unsigned int key = 0; cell->values[key]; key++)
		gs_json_add_text(json, report->inputs->keys[key], cell->values[key]);
	json_builder_end_object(json);
	gs_json_add_int(json, "runs", (int64_t)cell->run_count);
	gs_json_add_text(json, "scenario", cell->scenario);
	gs_json_add_text(json, "digest", cell->digest);
	gs_json_begin_array(json, "calls");
	for (unsigned int i = 0; i < cell->row_count; i++)
		add_row(json, report, gs_study_report_row(report, cell, i));
	json_builder_end_array(json);
	json_builder_end_object(json);
}

static void add_texts(JsonBuilder *json, const char *key, char **texts)
{
	gs_json_begin_array(json, key);
	for (char **text = texts; *text; text++)
		json_builder_add_string_value(json, *text);
	json_builder_end_array(json);
}

void gs_study_report_json(const GsStudyReport *report, GString *out)
{
	const GsStudyInputs *inputs = report->inputs;
	g_autoptr(JsonBuilder) json = json_builder_new();

	json_builder_begin_object(json);
	gs_json_add_text(json, "schema", SCHEMA);
	gs_json_add_int(json, "schema_version", SCHEMA_VERSION);
	gs_json_add_text(json, "version", inputs->version);
	gs_json_add_text(json, "title", inputs->title);
	gs_json_add_text(json, "scenario", inputs->scenario);
	add_texts(json, "axes", inputs->axes);
	add_texts(json, "constraints", inputs->constraints);
	gs_json_add_int(json, "points", inputs->point_count);
	gs_json_add_int(json, "precision_ppm", inputs->precision_ppm);
	gs_json_add_int(json, "budget_ns", report->options.budget_ns);
	gs_json_begin_array(json, "cells");
	for (unsigned int i = 0; i < report->cells->len; i++)
		add_cell(json, report, gs_study_report_cell(report, i));
	json_builder_end_array(json);
	json_builder_end_object(json);
	gs_json_append(json, out);
}
