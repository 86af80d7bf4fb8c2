/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gracesim report: the report of a study, from its store. */
#include <stdio.h>

#include "cli/command.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/report-options.h"
#include "cli/study-options.h"

/* Of the cells that are missing, how many are named. */
#define NAMED_MAX 3

static const char description[] =
	"The report is the one that 'gracesim sweep' ends with. If some cells have not been run\n"
	"yet it is of the others, and the exit status is 3.";

/* The command line; owned. */
typedef struct {
	char *format, *call, *budget, *output;
	char **stores;
} Words;

static void words_clear(Words *words)
{
	g_free(words->format);
	g_free(words->call);
	g_free(words->budget);
	g_free(words->output);
	g_strfreev(words->stores);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Words, words_clear)

static bool parse_words(Words *words, const GsInvocation *invocation, bool *ret_helped,
			GError **error)
{
	const GOptionEntry entries[] = {
		GS_FORMAT_ENTRY(&words->format),
		GS_CALL_ENTRY(&words->call),
		GS_BUDGET_ENTRY(&words->budget),
		GS_OUTPUT_ENTRY(&words->output),
		GS_ARGUMENTS_ENTRY(&words->stores),
		{ 0 }
	};

	return gs_command_parse(invocation, entries, description, ret_helped, error);
}

static bool check_words(const Words *words, GError **error)
{
	if (words->stores && !words->stores[1])
		return !words->output ||
		       gs_study_options_check_files(words->output, words->stores[0], error);
	return gs_usage_error(error, words->stores ?
			      "more than one STORE given; 'gracesim merge' joins them" :
			      "no STORE given");
}

/* What there is to say after a report that is not of all cells; NULL if it is, or on failure. */
static GError *describe_missing(GsStore *store, const char *path, unsigned int point_count,
				GError **error)
{
	unsigned int count = 0;
	g_autoptr(GPtrArray) names = gs_store_missing(store, NAMED_MAX, &count, error);
	g_autofree char *listed = NULL;

	if (!names || !count)
		return NULL;
	g_ptr_array_add(names, NULL);
	listed = g_strjoinv(", ", (char **)names->pdata);
	return g_error_new(GS_CLI_ERROR, GS_CLI_ERROR_INCOMPLETE,
			   "'%s' has %u of %u cells%s%s%s; the command that began the study "
			   "continues it", path, point_count - count, point_count,
			   *listed ? "; missing: " : "", listed,
			   count > NAMED_MAX ? ", ..." : "");
}

/* The report as text. The store is closed again, as a sweep may be waiting to write to it. */
static GString *make_report(const char *path, const GsStudyOptions *options, GError **ret_missing,
			    GError **error)
{
	g_autoptr(GsStore) store = gs_store_open(path, GS_STORE_READ, error);
	g_autoptr(GsStudyInputs) inputs = store ? gs_store_load_inputs(store, error) : NULL;
	g_autoptr(GsStudyReport) report = NULL;
	GError *failure = NULL;
	GString *text;

	if (!inputs)
		return NULL;
	*ret_missing = describe_missing(store, path, inputs->point_count, &failure);
	if (failure) {
		g_propagate_error(error, failure);
		return NULL;
	}
	report = gs_study_report_from_store(store, inputs, options, error);
	if (!report)
		return NULL;
	text = g_string_new(NULL);
	options->write(report, text);
	return text;
}

bool gs_cmd_report(const GsInvocation *invocation, GError **error)
{
	g_auto(Words) words = { 0 };
	g_auto(GsStudyOptions) options = { 0 };
	g_autoptr(GsOutput) output = NULL;
	g_autoptr(GError) missing = NULL;
	g_autoptr(GString) text = NULL;
	bool helped = false;

	if (!parse_words(&words, invocation, &helped, error))
		return false;
	if (helped)
		return true;
	if (!check_words(&words, error) ||
	    !gs_study_options_parse(&options, words.format, words.call, words.budget, error))
		return false;
	text = make_report(words.stores[0], &options, &missing, error);
	if (!text)
		return false;
	output = gs_output_open(words.output ? words.output : "-", error);
	if (!output)
		return false;
	fwrite(text->str, 1, text->len, gs_output_stream(output));
	if (!gs_output_commit(output, error))
		return false;
	if (!missing)
		return true;
	g_propagate_error(error, g_steal_pointer(&missing));
	return false;
}
