/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gracesim run: simulate a scenario or a VMM model, and report as replay does.
 *
 * Everything that can fail for a reason the user can mend is done before the
 * first run: the scenario is ready, all output files are open.
 */
#include <stdio.h>

#include "cli/command.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/run-request.h"
#include "runs/report.h"
#include "runs/samples-csv.h"
#include "runs/study.h"
#include "runs/tally-summary.h"

/* A model's tick rates, where nobody chose: those of distributions, or the running kernel's. */
static void add_usual_hz(GsRunRequest *request, const GsCase *ready)
{
	const int running_hz = gs_machine_spec_hz(ready->machine);
	g_autofree char *text = running_hz > 0 ? g_strdup_printf("hz=%d", running_hz) :
						 g_strdup("hz=all");

	if (request->all_hz)
		gs_scenario_axes_add(request->axes, request->name, text, false);
}

/* The policy and tick rate of each point, an array of GsReplayCell; NULL with @error set. */
static GArray *list_cells(const GsStudyPlan *plan, const GsCase *ready, GError **error)
{
	g_autoptr(GArray) cells = g_array_new(FALSE, FALSE, sizeof(GsReplayCell));

	for (unsigned int i = 0; i < plan->points->len; i++) {
		g_autoptr(GsScenario) scenario = gs_study_plan_scenario(plan, i, error);
		GsReplayCell cell;

		if (!scenario)
			return NULL;
		cell.hz = scenario->hz;
		cell.policy = scenario->policy ? scenario->policy : ready->policy;
		g_array_append_val(cells, cell);
	}
	return g_steal_pointer(&cells);
}

/* Where finished cells go. */
typedef struct {
	const GsReplaySpec *spec;
	GsSummary *summary;
	GsSamplesCsv *samples; /* NULL: nobody asked */
	GsOutput *output;      /* of samples */
	GsProgress progress;
} Sinks;

static bool take_cell(const GsCase *ready, const GsCellResult *result, const GsSample *samples,
		      void *user_data, GError **error)
{
	Sinks *sinks = user_data;

	(void)ready;
	gs_tally_summarise(result->tally, sinks->summary, result->index);
	if (!sinks->samples)
		return true;
	gs_samples_csv_add_cell(sinks->samples, sinks->spec, result->index, samples);
	return gs_output_check(sinks->output, error);
}

static void show_progress(uint64_t done, uint64_t total, void *user_data)
{
	Sinks *sinks = user_data;

	gs_progress_update(&sinks->progress, done, total);
}

static bool run_cells(const GsRunRequest *request, const GsStudyPlan *plan, Sinks *sinks,
		      GPtrArray *notes, GError **error)
{
	const GsStudySpec study = {
		.plan = plan,
		.jobs = request->jobs,
		.keep_samples = sinks->samples != NULL,
		.progress = show_progress,
	};
	bool done;

	gs_progress_init(&sinks->progress, request->name);
	done = gs_study_run(&study, notes, take_cell, sinks, error);
	gs_progress_clear(&sinks->progress);
	return done;
}

static bool write_report(const GsRunRequest *request, const GsReplaySpec *spec,
			 const GsSummary *summary, GsOutput *output, GError **error)
{
	g_autoptr(GString) text = g_string_new(NULL);
	const GsReportTrace trace = {
		.spec = spec,
		.summary = summary,
		.scenario = request->scenario,
	};
	const GsReport report = {
		.version = PACKAGE_VERSION,
		.traces = &trace,
		.trace_count = 1,
		.call = request->report.call,
		.occurrence = request->report.occurrence,
	};

	request->report.write(&report, text);
	fwrite(text->str, 1, text->len, gs_output_stream(output));
	return gs_output_commit(output, error);
}

/* @ready stands for all cells, which differ by no more than policy and tick rate. */
static bool run_all(const GsRunRequest *request, const GsCase *ready, GError **error)
{
	g_autoptr(GsStudyPlan) plan = gs_study_plan_new(request->scenario, request->axes, error);
	g_autoptr(GArray) cells = plan ? list_cells(plan, ready, error) : NULL;
	g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GsOutput) report = NULL, samples = NULL;
	g_autoptr(GsSamplesCsv) samples_csv = NULL;
	g_autoptr(GsSummary) summary = NULL;
	Sinks sinks = { 0 };
	GsReplaySpec spec;

	if (!cells)
		return false;
	report = gs_output_open(request->report.to.report, error);
	if (!report)
		return false;
	if (request->report.to.samples) {
		samples = gs_output_open(request->report.to.samples, error);
		if (!samples)
			return false;
		samples_csv = gs_samples_csv_new(gs_output_stream(samples));
	}
	summary = gs_summary_new(ready->script, cells->len);
	spec = (GsReplaySpec){
		.script = ready->script,
		.machine = ready->machine,
		.cells = (const GsReplayCell *)(const void *)cells->data,
		.cell_count = cells->len,
		.runs = request->scenario->runs,
		.jobs = request->jobs,
		.seed = request->scenario->seed,
	};
	sinks = (Sinks){
		.spec = &spec, .summary = summary, .samples = samples_csv, .output = samples
	};
	if (!run_cells(request, plan, &sinks, notes, error))
		return false;
	if (!request->report.to.quiet)
		gs_print_notes(notes);
	if (samples && !gs_output_commit(samples, error))
		return false;
	return write_report(request, &spec, summary, report, error);
}

bool gs_cmd_run(const GsInvocation *invocation, GError **error)
{
	g_auto(GsRunRequest) request = { 0 };
	g_autoptr(GsCase) ready = NULL;
	g_autoptr(GsOutput) output = NULL;
	bool helped = false;

	if (!gs_run_request_parse(&request, invocation, &helped, error))
		return false;
	if (helped)
		return true;
	if (request.print) {
		output = gs_output_open(request.report.to.report, error);
		if (!output)
			return false;
		fputs(request.print, gs_output_stream(output));
		return gs_output_commit(output, error);
	}
	if (!request.report.to.quiet)
		gs_print_notes(request.notes);
	ready = gs_case_new(request.scenario, NULL, error);
	if (!ready || !gs_report_options_check_call(&request.report, ready->script, error))
		return false;
	add_usual_hz(&request, ready);
	return run_all(&request, ready, error);
}
