/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The report of a replay, or of a scenario's runs, in one of four forms.
 *
 * The table and its Markdown twin are for people: calls that wait, what for,
 * and under which policy least. CSV and JSON are for programs: every call,
 * numbers in the unit their name says. Each form carries what is needed to
 * repeat the run. All are ASCII and independent of locale and time of day.
 */
#ifndef GS_REPORT_H
#define GS_REPORT_H

#include <glib.h>
#include <stdbool.h>

#include "models/scenario/scenario.h"
#include "runs/replay.h"
#include "runs/summary.h"

/* One replayed log, or one scenario; everything is borrowed. */
typedef struct {
	const GsReplaySpec *spec;
	const GsSummary *summary;
	const GsScenario *scenario; /* what was run; NULL: a log, and @spec says its origin */
	const char *preamble; /* the VMM model that supplied the calls before the log; or NULL */
	bool from_inferred;    /* what it was recorded under is judged from the log */
} GsReportTrace;

typedef struct {
	const char *version; /* of the program */
	const GsReportTrace *traces;
	unsigned int trace_count;
	const char *call;   /* report this ioctl only, waiting or not; NULL: all */
	int64_t occurrence; /* and of it only this one; -1: all */
} GsReport;

typedef void (*GsReportWriter)(const GsReport *report, GString *out);

void gs_report_table(const GsReport *report, GString *out);
void gs_report_markdown(const GsReport *report, GString *out);
void gs_report_csv(const GsReport *report, GString *out);
void gs_report_json(const GsReport *report, GString *out);

/* Whether @report is about @call at all. */
bool gs_report_includes(const GsReport *report, const GsCallSummary *call);

#endif
