/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/study-options.h"

#include "cli/command.h"
#include "cli/options.h"
#include "cli/output.h"

/* A call that takes longer is worth a look at any HZ; a stall takes a jiffy or more. */
#define DEFAULT_BUDGET_NS INT64_C(1000000)
#define BUDGET_MAX_NS (INT64_C(3600) * 1000000000)

bool gs_study_options_parse(GsStudyOptions *options, const char *format, const char *call,
			    const char *budget, GError **error)
{
	int form = 0;

	options->report = (GsStudyReportOptions){ .occurrence = -1,
						  .budget_ns = DEFAULT_BUDGET_NS };
	if (format)
		form = gs_option_parse_word("--format", format, gs_study_report_formats, error);
	if (form < 0)
		return false;
	options->write = gs_study_report_writers[form];
	if (budget && !gs_option_parse_duration("--budget", budget, BUDGET_MAX_NS,
						&options->report.budget_ns, error))
		return false;
	if (call && !gs_option_parse_call("--call", call, &options->call,
					  &options->report.occurrence, error))
		return false;
	options->report.call = options->call;
	return true;
}

void gs_study_options_clear(GsStudyOptions *options)
{
	g_clear_pointer(&options->call, g_free);
}

bool gs_study_options_check_files(const char *output, const char *store, GError **error)
{
	if (!gs_output_is_same(output, store))
		return true;
	return gs_usage_error(error, "the report and the store cannot both be '%s'", output);
}

static bool add_result(GsCellResult *result, void *user_data, GError **error)
{
	(void)error;
	gs_study_report_add(user_data, result);
	gs_cell_result_free(result);
	return true;
}

GsStudyReport *gs_study_report_from_store(GsStore *store, const GsStudyInputs *inputs,
					  const GsStudyOptions *options, GError **error)
{
	g_autoptr(GsStudyReport) report = gs_study_report_new(inputs, &options->report);

	if (!gs_store_each_cell(store, inputs, add_result, report, error) ||
	    (options->call && !gs_study_report_check_call(report, error)))
		return NULL;
	return g_steal_pointer(&report);
}
