/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/report-options.h"

#include <string.h>

#include "cli/command.h"
#include "cli/options.h"
#include "cli/output.h"
#include "models/suggest.h"

void gs_report_words_clear(GsReportWords *words)
{
	g_free(words->call);
	g_free(words->format);
	g_free(words->output);
	g_free(words->samples);
}

bool gs_report_outputs_take(GsReportOutputs *outputs, GsReportWords *words, GError **error)
{
	outputs->report = words->output ? g_steal_pointer(&words->output) : g_strdup("-");
	outputs->samples = g_steal_pointer(&words->samples);
	outputs->quiet = words->quiet;
	if (!outputs->samples || !gs_output_is_same(outputs->samples, outputs->report))
		return true;
	return gs_usage_error(error, "the report and --samples cannot both go to '%s'",
			      outputs->samples);
}

void gs_report_outputs_clear(GsReportOutputs *outputs)
{
	g_free(outputs->report);
	g_free(outputs->samples);
}

/* The writer of --format=@text, NULL for "table"; NULL, with @error set: no such form. */
static GsReportWriter find_writer(const char *text, GError **error)
{
	static const char *const names[] = { "table", "csv", "json", "markdown", NULL };
	static const GsReportWriter writers[] = { gs_report_table, gs_report_csv, gs_report_json,
						  gs_report_markdown };
	int format = 0;

	if (text)
		format = gs_option_parse_word("--format", text, names, error);
	return format < 0 ? NULL : writers[format];
}

bool gs_report_options_parse(GsReportOptions *options, GsReportWords *words, GError **error)
{
	options->occurrence = -1;
	options->write = find_writer(words->format, error);
	return options->write && gs_report_outputs_take(&options->to, words, error) &&
	       (!words->call || gs_option_parse_call("--call", words->call, &options->call,
						     &options->occurrence, error));
}

void gs_report_options_clear(GsReportOptions *options)
{
	g_free(options->call);
	gs_report_outputs_clear(&options->to);
}

bool gs_report_options_check_call(const GsReportOptions *options, const GsScript *script,
				  GError **error)
{
	const char *call = options->call;
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	g_autofree char *hint = NULL;
	uint32_t known = 0;

	if (!call)
		return true;
	for (unsigned int i = 0; i < script->calls->len; i++) {
		const GsScriptCall *made = gs_script_call(script, i);

		g_ptr_array_add(names, (void *)made->name);
		if (!strcmp(made->name, call))
			known = MAX(known, made->occurrence + 1);
	}
	if (known && known > options->occurrence)
		return true;
	if (known)
		return gs_usage_error(error, "--call: '%s' has no VM with %s %" G_GINT64_FORMAT
				      "; the last is %" G_GUINT32_FORMAT, script->source, call,
				      options->occurrence, known - 1);
	g_ptr_array_add(names, NULL);
	hint = gs_suggest_hint(call, (const char *const *)names->pdata);
	return gs_usage_error(error, "--call: '%s' has no ioctl '%s'%s", script->source, call,
			      hint);
}
