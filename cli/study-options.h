/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What gracesim sweep and gracesim report have in common: how a study is reported on. */
#ifndef GS_STUDY_OPTIONS_H
#define GS_STUDY_OPTIONS_H

#include <glib.h>
#include <stdbool.h>

#include "runs/store.h"
#include "runs/study-report.h"

#define GS_BUDGET_ENTRY(at) \
	{ "budget", 0, 0, G_OPTION_ARG_STRING, at, \
	  "report which share of the calls takes longer (1ms)", "TIME" }

typedef struct {
	GsStudyReportOptions report;
	GsStudyReportWriter write;
	char *call; /* owned: that of report */
} GsStudyOptions;

/* Read the values of --format, --call and --budget; NULL: the option is not given. */
bool gs_study_options_parse(GsStudyOptions *options, const char *format, const char *call,
			    const char *budget, GError **error);
void gs_study_options_clear(GsStudyOptions *options);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(GsStudyOptions, gs_study_options_clear)

/* Whether the report, which replaces file @output, leaves the store alone. */
bool gs_study_options_check_files(const char *output, const char *store, GError **error);

/* The report of all that @store has of @inputs, its own; the caller frees it. */
GsStudyReport *gs_study_report_from_store(GsStore *store, const GsStudyInputs *inputs,
					  const GsStudyOptions *options, GError **error);

#endif
