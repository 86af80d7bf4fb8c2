/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The report for programs. "schema_version" changes when a key changes its
 * meaning or goes; new keys do not count. Whole numbers throughout: no NaN, and
 * nothing for a locale to spoil.
 */
#include "runs/json-members.h"
#include "runs/report.h"

#define SCHEMA "gracesim-replay"
#define SCHEMA_VERSION 1

static void add_cause(JsonBuilder *json, const GsSummary *summary, int32_t cause)
{
	const GsCallSummary *starter;

	if (cause < 0) {
		gs_json_add_text(json, "cause", cause == GS_CAUSE_OWN ? "own" : NULL);
		return;
	}
	starter = gs_summary_call(summary, (unsigned int)cause);
	gs_json_begin_object(json, "cause");
	gs_json_add_text(json, "call", starter->name);
	gs_json_add_int(json, "occurrence", starter->occurrence);
	json_builder_end_object(json);
}

static void begin_cell(JsonBuilder *json, const GsReplayCell *cell, const GsCallStats *stats)
{
	json_builder_begin_object(json);
	gs_json_add_int(json, "hz", cell->hz);
	gs_json_add_text(json, "policy", cell->policy->name);
	gs_json_add_int(json, "samples", stats->sample_count);
	gs_json_add_int(json, "min_ns", stats->min_ns);
	gs_json_add_int(json, "p05_ns", stats->p05_ns);
	gs_json_add_int(json, "median_ns", stats->median_ns);
	gs_json_add_int(json, "p95_ns", stats->p95_ns);
	gs_json_add_int(json, "max_ns", stats->max_ns);
	gs_json_add_int(json, "mean_ns", stats->mean_ns);
	gs_json_add_int(json, "stalls", stats->stall_count);
}

static void add_call(JsonBuilder *json, const GsReportTrace *trace, unsigned int n)
{
	const GsCallSummary *call = gs_summary_call(trace->summary, n);

	json_builder_begin_object(json);
	gs_json_add_text(json, "call", call->name);
	gs_json_add_int(json, "occurrence", call->occurrence);
	gs_json_add_int(json, "vms", call->vm_count);
	gs_json_add_int(json, "from_preamble", call->preamble_count);
	gs_json_add_bool(json, "waits", call->waits);
	if (call->observed_count) {
		gs_json_begin_object(json, "observed");
		gs_json_add_int(json, "samples", call->observed_count);
		gs_json_add_int(json, "min_ns", call->observed_min_ns);
		gs_json_add_int(json, "median_ns", call->observed_median_ns);
		gs_json_add_int(json, "max_ns", call->observed_max_ns);
		json_builder_end_object(json);
	} else {
		gs_json_add_text(json, "observed", NULL);
	}
	gs_json_begin_array(json, "cells");
	for (unsigned int cell = 0; cell < trace->spec->cell_count; cell++) {
		const GsCallStats *stats = gs_summary_stats(trace->summary, cell, n);

		begin_cell(json, &trace->spec->cells[cell], stats);
		gs_json_add_int(json, "mean_wait_ns", stats->mean_wait_ns);
		add_cause(json, trace->summary, stats->cause);
		json_builder_end_object(json);
	}
	json_builder_end_array(json);
	json_builder_end_object(json);
}

/* What a log was recorded under, or the scenario that was run. */
static void add_origin(JsonBuilder *json, const GsReportTrace *trace)
{
	const GsReplaySpec *spec = trace->spec;
	g_autofree char *scenario = NULL;

	if (trace->scenario) {
		scenario = gs_scenario_text(trace->scenario);
		gs_json_add_text(json, "scenario", scenario);
		return;
	}
	gs_json_add_text(json, "preamble", trace->preamble);
	gs_json_add_text(json, "from_policy", spec->from_policy->name);
	gs_json_add_int(json, "from_hz", spec->from_hz);
	gs_json_add_int(json, "from_cpus", spec->from_cpus);
	gs_json_add_bool(json, "from_inferred", trace->from_inferred);
}

static void add_inputs(JsonBuilder *json, const GsReportTrace *trace)
{
	const GsReplaySpec *spec = trace->spec;
	g_autofree char *seed = g_strdup_printf("%" G_GUINT64_FORMAT, spec->seed);

	gs_json_add_text(json, "trace", spec->script->label);
	gs_json_add_int(json, "vms", spec->script->vm_count);
	gs_json_add_int(json, "ioctls", spec->script->calls->len);
	add_origin(json, trace);
	if (spec->script->less_inside_ns || spec->script->less_between_ns) {
		gs_json_begin_object(json, "tracer_overhead");
		gs_json_add_int(json, "inside_ns", spec->script->less_inside_ns);
		gs_json_add_int(json, "between_ns", spec->script->less_between_ns);
		json_builder_end_object(json);
	}
	gs_json_add_text(json, "kernel", gs_machine_spec_kernel(spec->machine));
	gs_json_add_text(json, "machine", gs_machine_spec_machine(spec->machine));
	gs_json_add_text(json, "host", gs_machine_spec_host(spec->machine));
	gs_json_add_int(json, "cpus", gs_machine_spec_cpus(spec->machine));
	gs_json_add_text(json, "set", gs_machine_spec_overrides(spec->machine));
	gs_json_add_text(json, "seed", seed); /* 64 bits do not fit into a JavaScript number */
	gs_json_add_int(json, "runs", spec->runs);
}

static void add_trace(JsonBuilder *json, const GsReport *report, const GsReportTrace *trace)
{
	json_builder_begin_object(json);
	add_inputs(json, trace);
	gs_json_begin_array(json, "calls");
	for (unsigned int n = 0; n < trace->summary->calls->len; n++)
		if (gs_report_includes(report, gs_summary_call(trace->summary, n)))
			add_call(json, trace, n);
	json_builder_end_array(json);
	gs_json_begin_array(json, "waits_per_vm");
	for (unsigned int cell = 0; cell < trace->spec->cell_count; cell++) {
		begin_cell(json, &trace->spec->cells[cell], gs_summary_waits(trace->summary, cell));
		json_builder_end_object(json);
	}
	json_builder_end_array(json);
	json_builder_end_object(json);
}

void gs_report_json(const GsReport *report, GString *out)
{
	g_autoptr(JsonBuilder) json = json_builder_new();

	json_builder_begin_object(json);
	gs_json_add_text(json, "schema", SCHEMA);
	gs_json_add_int(json, "schema_version", SCHEMA_VERSION);
	gs_json_add_text(json, "version", report->version);
	gs_json_begin_array(json, "traces");
	for (unsigned int t = 0; t < report->trace_count; t++)
		add_trace(json, report, &report->traces[t]);
	json_builder_end_array(json);
	json_builder_end_object(json);
	gs_json_append(json, out);
}
