/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/report-options.h"

#include <string.h>

#include "cli/command.h"
#include "cli/options.h"
#include "cli/output.h"
#include "models/suggest.h"

GsReportWriter gs_report_option_writer(const char *text, GError **error)
{
	static const char *const names[] = { "table", "csv", "json", "markdown", NULL };
	static const GsReportWriter writers[] = { gs_report_table, gs_report_csv, gs_report_json,
						  gs_report_markdown };
	int format = 0;

	if (text)
		format = gs_option_parse_word("--format", text, names, error);
	return format < 0 ? NULL : writers[format];
}

bool gs_report_option_check_outputs(const char *output, const char *samples, GError **error)
{
	if (!samples || !gs_output_is_same(samples, output))
		return true;
	g_set_error(error, GS_CLI_ERROR, GS_CLI_ERROR_USAGE,
		    "the report and --samples cannot both go to '%s'", samples);
	return false;
}

bool gs_report_option_check_call(const GsScript *script, const char *call, int64_t occurrence,
				 GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	g_autofree char *hint = NULL;
	uint32_t known = 0;

	for (unsigned int i = 0; i < script->calls->len; i++) {
		const GsScriptCall *made = gs_script_call(script, i);

		g_ptr_array_add(names, (void *)made->name);
		if (!strcmp(made->name, call))
			known = MAX(known, made->occurrence + 1);
	}
	if (known && known > occurrence)
		return true;
	if (known) {
		g_set_error(error, GS_CLI_ERROR, GS_CLI_ERROR_USAGE,
			    "--call: '%s' has no VM with %s %" G_GINT64_FORMAT
			    "; the last is %" G_GUINT32_FORMAT,
			    script->source, call, occurrence, known - 1);
		return false;
	}
	g_ptr_array_add(names, NULL);
	hint = gs_suggest_hint(call, (const char *const *)names->pdata);
	g_set_error(error, GS_CLI_ERROR, GS_CLI_ERROR_USAGE, "--call: '%s' has no ioctl '%s'%s",
		    script->source, call, hint);
	return false;
}
