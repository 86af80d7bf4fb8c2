/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The report for programs. "schema_version" changes when a key changes its
 * meaning or goes; new keys do not count. Whole numbers throughout: no NaN, and
 * nothing for a locale to spoil.
 */
#include <json-glib/json-glib.h>

#include "runs/report.h"

#define SCHEMA "gracesim-replay"
#define SCHEMA_VERSION 1

static void add_int(JsonBuilder *json, const char *key, int64_t value)
{
	json_builder_set_member_name(json, key);
	json_builder_add_int_value(json, value);
}

/* NULL becomes null; file names need not be UTF-8, JSON does. */
static void add_text(JsonBuilder *json, const char *key, const char *value)
{
	g_autofree char *valid = value ? g_utf8_make_valid(value, -1) : NULL;

	json_builder_set_member_name(json, key);
	if (valid)
		json_builder_add_string_value(json, valid);
	else
		json_builder_add_null_value(json);
}

static void add_bool(JsonBuilder *json, const char *key, bool value)
{
	json_builder_set_member_name(json, key);
	json_builder_add_boolean_value(json, value);
}

static void begin_object(JsonBuilder *json, const char *key)
{
	json_builder_set_member_name(json, key);
	json_builder_begin_object(json);
}

static void begin_array(JsonBuilder *json, const char *key)
{
	json_builder_set_member_name(json, key);
	json_builder_begin_array(json);
}

static void add_cause(JsonBuilder *json, const GsSummary *summary, int32_t cause)
{
	const GsCallSummary *starter;

	if (cause < 0) {
		add_text(json, "cause", cause == GS_CAUSE_OWN ? "own" : NULL);
		return;
	}
	starter = gs_summary_call(summary, (unsigned int)cause);
	begin_object(json, "cause");
	add_text(json, "call", starter->name);
	add_int(json, "occurrence", starter->occurrence);
	json_builder_end_object(json);
}

static void begin_cell(JsonBuilder *json, const GsReplayCell *cell, const GsCallStats *stats)
{
	json_builder_begin_object(json);
	add_int(json, "hz", cell->hz);
	add_text(json, "policy", cell->policy->name);
	add_int(json, "samples", stats->sample_count);
	add_int(json, "min_ns", stats->min_ns);
	add_int(json, "p05_ns", stats->p05_ns);
	add_int(json, "median_ns", stats->median_ns);
	add_int(json, "p95_ns", stats->p95_ns);
	add_int(json, "max_ns", stats->max_ns);
	add_int(json, "mean_ns", stats->mean_ns);
	add_int(json, "stalls", stats->stall_count);
}

static void add_call(JsonBuilder *json, const GsReportTrace *trace, unsigned int n)
{
	const GsCallSummary *call = gs_summary_call(trace->summary, n);

	json_builder_begin_object(json);
	add_text(json, "call", call->name);
	add_int(json, "occurrence", call->occurrence);
	add_int(json, "vms", call->vm_count);
	add_int(json, "from_preamble", call->preamble_count);
	add_bool(json, "waits", call->waits);
	if (call->observed_count) {
		begin_object(json, "observed");
		add_int(json, "samples", call->observed_count);
		add_int(json, "min_ns", call->observed_min_ns);
		add_int(json, "median_ns", call->observed_median_ns);
		add_int(json, "max_ns", call->observed_max_ns);
		json_builder_end_object(json);
	} else {
		add_text(json, "observed", NULL);
	}
	begin_array(json, "cells");
	for (unsigned int cell = 0; cell < trace->spec->cell_count; cell++) {
		const GsCallStats *stats = gs_summary_stats(trace->summary, cell, n);

		begin_cell(json, &trace->spec->cells[cell], stats);
		add_int(json, "mean_wait_ns", stats->mean_wait_ns);
		add_cause(json, trace->summary, stats->cause);
		json_builder_end_object(json);
	}
	json_builder_end_array(json);
	json_builder_end_object(json);
}

static void add_inputs(JsonBuilder *json, const GsReportTrace *trace)
{
	const GsReplaySpec *spec = trace->spec;
	g_autofree char *seed = g_strdup_printf("%" G_GUINT64_FORMAT, spec->seed);

	add_text(json, "trace", spec->script->label);
	add_int(json, "vms", spec->script->vm_count);
	add_int(json, "ioctls", spec->script->calls->len);
	add_text(json, "preamble", trace->preamble);
	add_text(json, "from_policy", spec->from_policy->name);
	add_int(json, "from_hz", spec->from_hz);
	add_int(json, "from_cpus", spec->from_cpus);
	add_bool(json, "from_inferred", trace->from_inferred);
	if (spec->script->less_inside_ns || spec->script->less_between_ns) {
		begin_object(json, "tracer_overhead");
		add_int(json, "inside_ns", spec->script->less_inside_ns);
		add_int(json, "between_ns", spec->script->less_between_ns);
		json_builder_end_object(json);
	}
	add_text(json, "kernel", gs_machine_spec_kernel(spec->machine));
	add_text(json, "machine", gs_machine_spec_machine(spec->machine));
	add_text(json, "host", gs_machine_spec_host(spec->machine));
	add_int(json, "cpus", gs_machine_spec_cpus(spec->machine));
	add_text(json, "set", gs_machine_spec_overrides(spec->machine));
	add_text(json, "seed", seed); /* 64 bits do not fit into a JavaScript number */
	add_int(json, "runs", spec->runs);
}

static void add_trace(JsonBuilder *json, const GsReport *report, const GsReportTrace *trace)
{
	json_builder_begin_object(json);
	add_inputs(json, trace);
	begin_array(json, "calls");
	for (unsigned int n = 0; n < trace->summary->calls->len; n++)
		if (gs_report_includes(report, gs_summary_call(trace->summary, n)))
			add_call(json, trace, n);
	json_builder_end_array(json);
	begin_array(json, "waits_per_vm");
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
	g_autoptr(JsonGenerator) generator = json_generator_new();
	g_autoptr(JsonNode) root = NULL;

	json_builder_begin_object(json);
	add_text(json, "schema", SCHEMA);
	add_int(json, "schema_version", SCHEMA_VERSION);
	add_text(json, "version", report->version);
	begin_array(json, "traces");
	for (unsigned int t = 0; t < report->trace_count; t++)
		add_trace(json, report, &report->traces[t]);
	json_builder_end_array(json);
	json_builder_end_object(json);
	root = json_builder_get_root(json);
	json_generator_set_root(generator, root);
	json_generator_set_pretty(generator, TRUE);
	json_generator_to_gstring(generator, out);
	g_string_append_c(out, '\n');
}
