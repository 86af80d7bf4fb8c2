/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gracesim sweep: run every point that axes span over a scenario, and report.
 *
 * Everything that can fail for a reason the user can mend is done before the
 * first run: the plan is made, all files are open, the points have been checked.
 */
#include <malloc.h>
#include <stdio.h>

#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/sweep-list.h"
#include "cli/sweep-request.h"
#include "runs/samples-csv.h"
#include "runs/study-check.h"
#include "runs/study.h"

/* Freed memory that is kept for the next cells. */
#define KEPT_BYTES_MAX (64 * 1024 * 1024)

/* Where finished cells go. */
typedef struct {
	const GsSweepRequest *request;
	GsStudyReport *report;
	GsStore *store;        /* NULL: none */
	GsSamplesCsv *samples; /* NULL: nobody asked */
	GsOutput *output;      /* of samples */
	const int *stop;       /* gs_interrupt_catch() */
	GsProgress progress;
} Sinks;

/* The samples' own words for what a cell is: they were made for logs. */
static bool write_samples(Sinks *sinks, const GsCase *ready, const GsCellResult *result,
			  const GsSample *samples, GError **error)
{
	g_autofree char *point = gs_study_plan_label(sinks->request->plan, result->values);
	g_autofree char *label = g_strdup_printf("%s%s%s", ready->script->label, *point ? " " : "",
						 point);
	const GsReplayCell cell = { ready->scenario->hz, ready->policy };
	GsScript script = *ready->script;
	const GsReplaySpec spec = {
		.script = &script,
		.machine = ready->machine,
		.cells = &cell,
		.cell_count = 1,
		.runs = (unsigned int)result->tally->run_count,
	};

	script.label = label;
	gs_samples_csv_add_cell(sinks->samples, &spec, 0, samples);
	return gs_output_check(sinks->output, error);
}

static bool take_cell(const GsCase *ready, const GsCellResult *result, const GsSample *samples,
		      void *user_data, GError **error)
{
	Sinks *sinks = user_data;
	const GsSample *kept = sinks->request->keep_samples ? samples : NULL;

	if (sinks->store)
		return gs_store_put_cell(sinks->store, result, ready->pool, kept, error);
	gs_study_report_add(sinks->report, result);
	return !sinks->samples || write_samples(sinks, ready, result, samples, error);
}

static bool skip_cell(unsigned int index, const GsCase *ready, bool *ret_skip, void *user_data,
		      GError **error)
{
	Sinks *sinks = user_data;

	return gs_store_has_cell(sinks->store, index, ready, ret_skip, error);
}

static void show_progress(uint64_t done, uint64_t total, void *user_data)
{
	Sinks *sinks = user_data;

	gs_progress_update(&sinks->progress, done, total);
}

/* What was finished before the signal is in the store, if there is one. */
static void explain_stop(const GsSweepRequest *request, GError **error)
{
	g_clear_error(error);
	if (request->store)
		g_set_error(error, GS_CLI_ERROR, GS_CLI_ERROR_INTERRUPTED,
			    "interrupted; what is done is in '%s', and the same command "
			    "continues it", request->store);
	else
		g_set_error(error, GS_CLI_ERROR, GS_CLI_ERROR_INTERRUPTED, "interrupted");
}

static bool run_study(const GsSweepRequest *request, Sinks *sinks, GError **error)
{
	g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
	const GsStudySpec spec = {
		.plan = request->plan,
		.jobs = request->jobs,
		.precision_ppm = request->precision_ppm,
		.keep_samples = request->to.samples || request->keep_samples,
		.stop = sinks->stop,
		.skip = request->store ? skip_cell : NULL,
		.progress = show_progress,
	};
	GError *failure = NULL;
	bool done;

	gs_progress_init(&sinks->progress, request->plan->base->source);
	sinks->progress.unit = "runs";
	done = gs_study_run(&spec, notes, take_cell, sinks, &failure);
	gs_progress_clear(&sinks->progress);
	if (g_error_matches(failure, GS_STUDY_ERROR, GS_STUDY_ERROR_STOPPED))
		explain_stop(request, &failure);
	if (!done)
		g_propagate_error(error, failure);
	else if (!request->to.quiet)
		gs_print_notes(notes);
	return done;
}

static bool write_report(const GsSweepRequest *request, const GsStudyReport *report,
			 GsOutput *output, GError **error)
{
	g_autoptr(GString) text = g_string_new(NULL);

	request->report.write(report, text);
	fwrite(text->str, 1, text->len, gs_output_stream(output));
	return gs_output_commit(output, error);
}

/* Run what the store does not have, and report on what it has then. */
static bool sweep_into_store(GsSweepRequest *request, const GsStudyInputs *inputs, GsOutput *output,
			     GError **error)
{
	const int *stop = gs_interrupt_catch(); /* before there is a store to leave half made */
	g_autoptr(GsStore) store = gs_store_open(request->store, GS_STORE_WRITE, error);
	Sinks sinks = { .request = request, .store = store, .stop = stop };
	g_autoptr(GsStudyReport) report = NULL;

	if (!store || !gs_store_begin_study(store, inputs, request->plan, request->keep_samples,
					    error))
		return false;
	if (request->shard)
		gs_study_plan_shard(request->plan, request->shard, request->shard_count);
	if (!run_study(request, &sinks, error))
		return false;
	report = gs_study_report_from_store(store, inputs, &request->report, error);
	return report && write_report(request, report, output, error);
}

static bool sweep(GsSweepRequest *request, const GsStudyInputs *inputs, GsOutput *output,
		  GError **error)
{
	g_autoptr(GsStudyReport) report = gs_study_report_new(inputs, &request->report.report);
	g_autoptr(GsOutput) samples = NULL;
	g_autoptr(GsSamplesCsv) samples_csv = NULL;
	Sinks sinks = { .request = request, .report = report, .stop = gs_interrupt_catch() };

	if (request->shard)
		gs_study_plan_shard(request->plan, request->shard, request->shard_count);
	if (request->to.samples) {
		samples = gs_output_open(request->to.samples, error);
		if (!samples)
			return false;
		samples_csv = gs_samples_csv_new(gs_output_stream(samples));
		sinks.samples = samples_csv;
		sinks.output = samples;
	}
	if (!run_study(request, &sinks, error) ||
	    (request->report.call && !gs_study_report_check_call(report, error)) ||
	    (samples && !gs_output_commit(samples, error)))
		return false;
	return write_report(request, report, output, error);
}

/*
 * The histograms of a cell come and go by the megabyte. To give the pages back each
 * time costs as much as the runs where these are few.
 */
static void keep_freed_memory(void)
{
#ifdef M_TRIM_THRESHOLD
	mallopt(M_TRIM_THRESHOLD, KEPT_BYTES_MAX);
#endif
}

/* What is to be reported must be there before anything is run. */
static bool check_points(const GsSweepRequest *request, const GsStudyInputs *inputs, GError **error)
{
	g_autoptr(GsStudyReport) report = gs_study_report_new(inputs, &request->report.report);

	return gs_study_check(request->plan, report, error);
}

bool gs_cmd_sweep(const GsInvocation *invocation, GError **error)
{
	g_auto(GsSweepRequest) request = { 0 };
	g_autoptr(GsOutput) output = NULL;
	g_autoptr(GsStudyInputs) inputs = NULL;
	bool helped = false;

	if (!gs_sweep_request_parse(&request, invocation, &helped, error))
		return false;
	if (helped)
		return true;
	inputs = gs_study_inputs_new(request.plan, request.precision_ppm);
	if (!request.list && !check_points(&request, inputs, error))
		return false;
	output = gs_output_open(request.to.report, error);
	if (!output)
		return false;
	keep_freed_memory();
	if (request.list) {
		if (request.shard)
			gs_study_plan_shard(request.plan, request.shard, request.shard_count);
		gs_sweep_list(request.plan, request.list_csv, gs_output_stream(output));
		return gs_output_commit(output, error);
	}
	return request.store ? sweep_into_store(&request, inputs, output, error) :
			       sweep(&request, inputs, output, error);
}
