/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Options of all commands that report on ioctls: in which form, of which, and
 * where to.
 */
#ifndef GS_REPORT_OPTIONS_H
#define GS_REPORT_OPTIONS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "runs/report.h"
#include "traces/script.h"

#define GS_CALL_ENTRY(at) \
	{ "call", 0, 0, G_OPTION_ARG_STRING, at, \
	  "report this ioctl only, or only its K-th of each VM, from 0", "NAME[:K]" }
#define GS_FORMAT_ENTRY(at) \
	{ "format", 0, 0, G_OPTION_ARG_STRING, at, "table, csv, json or markdown (table)", \
	  "FORMAT" }
#define GS_OUTPUT_ENTRY(at) \
	{ "output", 'o', 0, G_OPTION_ARG_FILENAME, at, "write the report to FILE, not to stdout", \
	  "FILE" }
#define GS_SAMPLES_ENTRY(at) \
	{ "samples", 0, 0, G_OPTION_ARG_FILENAME, at, \
	  "write every simulated ioctl to FILE, as CSV", "FILE" }

/* The options of commands that also simulate, as they stand on the command line; owned. */
typedef struct {
	char *call, *format, *output, *samples;
	gboolean quiet;
} GsReportWords;

#define GS_REPORT_ENTRIES(words) \
	GS_CALL_ENTRY(&(words)->call), GS_FORMAT_ENTRY(&(words)->format), \
	GS_OUTPUT_ENTRY(&(words)->output), GS_SAMPLES_ENTRY(&(words)->samples)

void gs_report_words_clear(GsReportWords *words);

/* Where what is made goes; owned. */
typedef struct {
	char *report;  /* "-": stdout */
	char *samples; /* NULL: nowhere */
	bool quiet;    /* no notes */
} GsReportOutputs;

/* Take them from @words. Report and samples must go to different places. */
bool gs_report_outputs_take(GsReportOutputs *outputs, GsReportWords *words, GError **error);
void gs_report_outputs_clear(GsReportOutputs *outputs);

/* What is reported, and how. */
typedef struct {
	GsReportWriter write;
	char *call;         /* owned; NULL: all */
	int64_t occurrence; /* -1: all */
	GsReportOutputs to;
} GsReportOptions;

/* Fill @options, which are all zero, and take from @words what they keep. */
bool gs_report_options_parse(GsReportOptions *options, GsReportWords *words, GError **error);
void gs_report_options_clear(GsReportOptions *options);

/* Whether @script has what --call, if it is given, asks for, in some VM. Fails with a hint. */
bool gs_report_options_check_call(const GsReportOptions *options, const GsScript *script,
				  GError **error);

#endif
