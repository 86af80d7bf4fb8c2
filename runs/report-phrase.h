/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The words and figures that the reports for people are made of. The caller
 * frees what is returned.
 */
#ifndef GS_REPORT_PHRASE_H
#define GS_REPORT_PHRASE_H

#include <glib.h>

#include "runs/report-view.h"
#include "runs/text-grid.h"

/* "25.2 ms (20.1-30.0)": the median, and the 5 % to 95 % range in its unit if it has a width. */
char *gs_report_phrase_cell(const GsCallStats *stats);

/* These of a block: policies down, tick rates across. */
GsTextGrid *gs_report_phrase_grid(const GsReportView *view, const GsReportBlock *block);

/* "KVM_IOEVENTFD 0", "KVM_IOEVENTFD 1..7" */
char *gs_report_phrase_title(const GsReportView *view, const GsReportBlock *block);

/* "observed 25.18 ms", or that the log does not have it; of a scenario: who makes it. */
char *gs_report_phrase_observed(const GsReportView *view, const GsReportBlock *block);

/*
 * What the call waits for, one line per cause: "call-srcu: the grace period
 * that KVM_CREATE_IRQCHIP 0 started". Only policies under which more than 5 %
 * of the runs stall. A GPtrArray of char *.
 */
GPtrArray *gs_report_phrase_reasons(const GsReportView *view, const GsReportBlock *block);

/* Which policies cost least; NULL if there is no choice. */
char *gs_report_phrase_best(const GsReportView *view, const GsReportBlock *block);

/* Where the figures come from and how to read them: a name, its value, the next name, ... */
GPtrArray *gs_report_phrase_provenance(const GsReport *report, const GsReportTrace *trace);

#endif
