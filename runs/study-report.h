/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The report of a study: a matrix per call. It keeps a few numbers of each cell,
 * so cells are added one by one and need not be kept.
 *
 * The table and its Markdown twin are for people: calls that wait in some cell,
 * and the start. CSV and JSON are for programs: every call, exact integers. All
 * carry what is needed to repeat the study, are ASCII unless file names are not,
 * and depend on nothing but the inputs and the cells.
 */
#ifndef GS_STUDY_REPORT_H
#define GS_STUDY_REPORT_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "runs/cell-result.h"
#include "runs/summary.h"

typedef struct {
	const char *call;   /* borrowed: report this call only, waiting or not; NULL: all */
	int64_t occurrence; /* and of it only this one; -1: all */
	int64_t budget_ns;  /* what a call may take */
} GsStudyReportOptions;

/* A call that some cell has. */
typedef struct {
	char *name;  /* owned */
	uint32_t occurrence;
	bool waits;  /* in some run of some cell */
} GsStudyCall;

/* A call in a cell. */
typedef struct {
	unsigned int call;    /* index into GsStudyReport.calls */
	GsCallStats stats;    /* cause: likewise, or GS_CAUSE_... */
	int64_t p99_ns;
	uint64_t above_count; /* of the samples, those that took more than the budget */
} GsStudyRow;

typedef struct {
	unsigned int index;    /* of its point */
	char **values;         /* owned: of each key */
	char *scenario, *digest; /* owned */
	uint64_t run_count;
	unsigned int first_row, row_count; /* in GsStudyReport.rows, in the order of the cell, of
					      the calls that the report is about */
} GsStudyCell;

typedef struct {
	const GsStudyInputs *inputs; /* borrowed */
	GsStudyReportOptions options;
	GArray *calls;      /* owned: GsStudyCall */
	GHashTable *call_index; /* owned: GsStudyCall -> its index */
	GArray *cells;      /* owned: GsStudyCell, ascending by index */
	GArray *rows;       /* owned: GsStudyRow */
} GsStudyReport;

GsStudyReport *gs_study_report_new(const GsStudyInputs *inputs,
				   const GsStudyReportOptions *options);
void gs_study_report_free(GsStudyReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsStudyReport, gs_study_report_free)

/* Know the calls of @pool, without a cell that has them. */
void gs_study_report_add_calls(GsStudyReport *report, const GsCallPool *pool);

/* Add a cell; to be done in the order of the points. */
void gs_study_report_add(GsStudyReport *report, const GsCellResult *result);

/* False, with @error set, if no cell has the call that the options ask for. */
bool gs_study_report_check_call(const GsStudyReport *report, GError **error);

typedef void (*GsStudyReportWriter)(const GsStudyReport *report, GString *out);

void gs_study_report_table(const GsStudyReport *report, GString *out);
void gs_study_report_markdown(const GsStudyReport *report, GString *out);
void gs_study_report_csv(const GsStudyReport *report, GString *out);
void gs_study_report_json(const GsStudyReport *report, GString *out);

/* The above by name, "table", "csv", "json", "markdown": NULL-terminated, and parallel to it. */
extern const char *const gs_study_report_formats[];
extern const GsStudyReportWriter gs_study_report_writers[];

static inline const GsStudyCall *gs_study_report_call(const GsStudyReport *report, unsigned int i)
{
	return &g_array_index(report->calls, GsStudyCall, i);
}

static inline const GsStudyCell *gs_study_report_cell(const GsStudyReport *report, unsigned int i)
{
	return &g_array_index(report->cells, GsStudyCell, i);
}

static inline const GsStudyRow *gs_study_report_row(const GsStudyReport *report,
						    const GsStudyCell *cell, unsigned int i)
{
	return &g_array_index(report->rows, GsStudyRow, cell->first_row + i);
}

/* Whether the report is about @call at all. */
bool gs_study_report_includes(const GsStudyReport *report, const GsStudyCall *call);

/* @call in @cell; NULL: the cell has no such call. */
const GsStudyRow *gs_study_report_find_row(const GsStudyReport *report, const GsStudyCell *cell,
					   unsigned int call);

#endif
