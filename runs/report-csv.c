/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The report in long form: one row per trace, call, policy and tick rate. What
 * is not known is empty.
 */
#include <inttypes.h>

#include "runs/csv.h"
#include "runs/report.h"

static const char header[] =
	"trace,call,occurrence,hz,policy,kernel,machine,host,cpus,set,from_policy,from_hz,"
	"from_cpus,preamble,seed,runs,vms,observed_count,observed_min_ns,observed_median_ns,"
	"observed_max_ns,samples,min_ns,p05_ns,median_ns,p95_ns,max_ns,mean_ns,mean_wait_ns,"
	"stalls,cause_call,cause_occurrence\n";

static void append_inputs(GString *out, const GsReportTrace *trace)
{
	const GsReplaySpec *spec = trace->spec;
	const GsMachineSpec *machine = spec->machine;

	gs_csv_append_text(out, gs_machine_spec_kernel(machine), ',');
	gs_csv_append_text(out, gs_machine_spec_machine(machine), ',');
	gs_csv_append_text(out, gs_machine_spec_host(machine), ',');
	gs_csv_append_number(out, gs_machine_spec_cpus(machine), ',');
	gs_csv_append_text(out, gs_machine_spec_overrides(machine), ',');
	if (trace->scenario) {
		g_string_append(out, ",,,");
	} else {
		gs_csv_append_text(out, spec->from_policy->name, ',');
		gs_csv_append_number(out, spec->from_hz, ',');
		gs_csv_append_number(out, spec->from_cpus, ',');
	}
	gs_csv_append_text(out, trace->preamble ? trace->preamble : "", ',');
	g_string_append_printf(out, "%" PRIu64 ",", spec->seed);
	gs_csv_append_number(out, spec->runs, ',');
}

static void append_observed(GString *out, const GsCallSummary *call)
{
	gs_csv_append_number(out, call->vm_count, ',');
	gs_csv_append_number(out, call->observed_count, ',');
	if (!call->observed_count) {
		g_string_append(out, ",,,");
		return;
	}
	gs_csv_append_number(out, call->observed_min_ns, ',');
	gs_csv_append_number(out, call->observed_median_ns, ',');
	gs_csv_append_number(out, call->observed_max_ns, ',');
}

/* "own" for a grace period of the call's own, nothing if it never waited. */
static void append_cause(GString *out, const GsSummary *summary, int32_t cause)
{
	const GsCallSummary *starter;

	if (cause < 0) {
		g_string_append(out, cause == GS_CAUSE_OWN ? "own,\n" : ",\n");
		return;
	}
	starter = gs_summary_call(summary, (unsigned int)cause);
	gs_csv_append_text(out, starter->name, ',');
	gs_csv_append_number(out, starter->occurrence, '\n');
}

static void append_row(GString *out, const GsReportTrace *trace, const GsCallSummary *call,
		       const GsReplayCell *cell, const GsCallStats *stats)
{
	gs_csv_append_text(out, trace->spec->script->label, ',');
	gs_csv_append_text(out, call->name, ',');
	gs_csv_append_number(out, call->occurrence, ',');
	gs_csv_append_number(out, cell->hz, ',');
	gs_csv_append_text(out, cell->policy->name, ',');
	append_inputs(out, trace);
	append_observed(out, call);
	gs_csv_append_number(out, stats->sample_count, ',');
	gs_csv_append_number(out, stats->min_ns, ',');
	gs_csv_append_number(out, stats->p05_ns, ',');
	gs_csv_append_number(out, stats->median_ns, ',');
	gs_csv_append_number(out, stats->p95_ns, ',');
	gs_csv_append_number(out, stats->max_ns, ',');
	gs_csv_append_number(out, stats->mean_ns, ',');
	gs_csv_append_number(out, stats->mean_wait_ns, ',');
	gs_csv_append_number(out, stats->stall_count, ',');
	append_cause(out, trace->summary, stats->cause);
}

void gs_report_csv(const GsReport *report, GString *out)
{
	g_string_append(out, header);
	for (unsigned int t = 0; t < report->trace_count; t++) {
		const GsReportTrace *trace = &report->traces[t];

		for (unsigned int n = 0; n < trace->summary->calls->len; n++) {
			const GsCallSummary *call = gs_summary_call(trace->summary, n);

			if (!gs_report_includes(report, call))
				continue;
			for (unsigned int cell = 0; cell < trace->spec->cell_count; cell++)
				append_row(out, trace, call, &trace->spec->cells[cell],
					   gs_summary_stats(trace->summary, cell, n));
		}
	}
}
