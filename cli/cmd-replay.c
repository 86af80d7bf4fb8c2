/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gracesim replay: read logs, replay each, report.
 *
 * Everything that can fail for a reason the user can mend is done before the
 * first run: all logs are read, all output files are open.
 */
#include <stdio.h>

#include "cli/command.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/replay-request.h"
#include "models/vmm/vmm-model.h"
#include "runs/recording.h"
#include "runs/replay.h"
#include "runs/report.h"
#include "runs/samples-csv.h"
#include "runs/summary.h"
#include "traces/scripts-from-files.h"
#include "traces/trace-meta.h"

/* One TRACE argument. */
typedef struct {
	GsScript *script;
	GsReplaySpec spec;
	GsSummary *summary;
	bool from_inferred;
} Trace;

static void trace_free(gpointer pointer)
{
	Trace *trace = pointer;

	g_clear_pointer(&trace->summary, gs_summary_free);
	g_clear_pointer(&trace->script, gs_script_free);
	g_free(trace);
}

static void print_notes(const GsReplayRequest *request, const GPtrArray *notes)
{
	if (!request->report.to.quiet)
		gs_print_notes(notes);
}

static bool infer_policy_and_hz(const GsReplayRequest *request, Trace *trace, GError **error)
{
	GsReplaySpec *spec = &trace->spec;
	g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);

	if (!gs_recording_infer(spec, error))
		return false;
	g_ptr_array_add(notes, g_strdup_printf("%s: looks recorded under %s at HZ=%d; if it was "
					       "not, say --from-policy and --from-hz",
					       trace->script->label, spec->from_policy->name,
					       spec->from_hz));
	print_notes(request, notes);
	return true;
}

/* What the log was recorded under: the options, else the file beside it, else the log itself. */
static bool resolve_from(const GsReplayRequest *request, Trace *trace, GError **error)
{
	GsReplaySpec *spec = &trace->spec;
	g_autoptr(GsTraceMeta) meta = gs_trace_meta_load(trace->script->source, error);

	if (!meta)
		return false;
	spec->from_hz = request->from_hz ? request->from_hz : meta->hz;
	spec->from_cpus = request->from_cpus ? request->from_cpus : meta->cpus;
	spec->from_policy = request->from_policy;
	if (!spec->from_policy && meta->policy) {
		spec->from_policy = gs_option_parse_policy(meta->path, meta->policy, error);
		if (!spec->from_policy)
			return false;
	}
	trace->from_inferred = !spec->from_policy || !spec->from_hz;
	if (trace->from_inferred && !infer_policy_and_hz(request, trace, error))
		return false;
	return spec->from_cpus > 0 || gs_recording_infer_cpus(spec, error);
}

/* Takes @script. */
static Trace *prepare_trace(const GsReplayRequest *request, GsScript *script, GError **error)
{
	Trace *trace = g_new0(Trace, 1);

	trace->script = script;
	trace->spec = (GsReplaySpec){
		.script = script,
		.machine = request->machine,
		.cells = (const GsReplayCell *)(const void *)request->cells->data,
		.cell_count = request->cells->len,
		.runs = request->runs,
		.jobs = request->jobs,
		.seed = request->seed,
	};
	gs_untraced_apply(script, request->machine, &request->untraced);
	if ((request->preamble && !gs_vmm_add_preamble(script, request->preamble, error)) ||
	    !gs_report_options_check_call(&request->report, script, error)) {
		trace_free(trace);
		return NULL;
	}
	print_notes(request, script->notes);
	if (!resolve_from(request, trace, error)) {
		trace_free(trace);
		return NULL;
	}
	trace->summary = gs_summary_new(script, request->cells->len);
	return trace;
}

/* A trace for each log, set of logs and series of a mail. */
static bool read_traces(const GsReplayRequest *request, GPtrArray *traces, GError **error)
{
	g_autoptr(GPtrArray) scripts = gs_scripts_from_files((const char *const *)request->traces,
							     &request->script, error);

	while (scripts && scripts->len) {
		Trace *trace = prepare_trace(request, g_ptr_array_steal_index(scripts, 0), error);

		if (!trace)
			return false;
		g_ptr_array_add(traces, trace);
	}
	return scripts;
}

/* Where the samples of a finished cell go. */
typedef struct {
	GsSummary *summary;
	GsSamplesCsv *samples; /* NULL: nobody asked */
	GsOutput *output;      /* of samples */
} Sinks;

static bool take_cell(const GsReplaySpec *spec, unsigned int cell, const GsSample *samples,
		      void *user_data, GError **error)
{
	Sinks *sinks = user_data;

	gs_summary_add_cell(sinks->summary, spec, cell, samples);
	if (!sinks->samples)
		return true;
	gs_samples_csv_add_cell(sinks->samples, spec, cell, samples);
	return gs_output_check(sinks->output, error);
}

static void show_progress(unsigned int done, unsigned int total, void *user_data)
{
	gs_progress_update(user_data, done, total);
}

static bool replay_trace(Trace *trace, Sinks *sinks, GPtrArray *notes, GError **error)
{
	GsProgress progress;
	bool done;

	gs_progress_init(&progress, trace->script->label);
	trace->spec.progress = show_progress;
	trace->spec.progress_data = &progress;
	sinks->summary = trace->summary;
	done = gs_replay(&trace->spec, notes, take_cell, sinks, error);
	gs_progress_clear(&progress);
	return done;
}

static bool write_report(const GsReplayRequest *request, const GPtrArray *traces, GsOutput *output,
			 GError **error)
{
	g_autofree GsReportTrace *reported = g_new0(GsReportTrace, traces->len);
	g_autoptr(GString) text = g_string_new(NULL);
	GsReport report = {
		.version = PACKAGE_VERSION,
		.traces = reported,
		.trace_count = traces->len,
		.call = request->report.call,
		.occurrence = request->report.occurrence,
	};

	for (unsigned int i = 0; i < traces->len; i++) {
		const Trace *trace = g_ptr_array_index(traces, i);

		reported[i] = (GsReportTrace){
			.spec = &trace->spec,
			.summary = trace->summary,
			.preamble = request->preamble,
			.from_inferred = trace->from_inferred,
		};
	}
	request->report.write(&report, text);
	fwrite(text->str, 1, text->len, gs_output_stream(output));
	return gs_output_commit(output, error);
}

bool gs_cmd_replay(const GsInvocation *invocation, GError **error)
{
	g_auto(GsReplayRequest) request = { 0 };
	g_autoptr(GPtrArray) traces = g_ptr_array_new_with_free_func(trace_free);
	g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GsOutput) report = NULL, samples = NULL;
	g_autoptr(GsSamplesCsv) samples_csv = NULL;
	Sinks sinks = { 0 };
	bool helped = false;

	if (!gs_replay_request_parse(&request, invocation, &helped, error))
		return false;
	if (helped)
		return true;
	print_notes(&request, request.notes);
	if (!read_traces(&request, traces, error))
		return false;
	report = gs_output_open(request.report.to.report, error);
	if (!report)
		return false;
	if (request.report.to.samples) {
		samples = gs_output_open(request.report.to.samples, error);
		if (!samples)
			return false;
		samples_csv = gs_samples_csv_new(gs_output_stream(samples));
		sinks.samples = samples_csv;
		sinks.output = samples;
	}
	for (unsigned int i = 0; i < traces->len; i++)
		if (!replay_trace(g_ptr_array_index(traces, i), &sinks, notes, error))
			return false;
	print_notes(&request, notes);
	if (samples && !gs_output_commit(samples, error))
		return false;
	return write_report(&request, traces, report, error);
}
