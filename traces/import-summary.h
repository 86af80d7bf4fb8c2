/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a log holds, summed up: its calls by request, and of each series its
 * threads, VMs and span of time.
 */
#ifndef GS_IMPORT_SUMMARY_H
#define GS_IMPORT_SUMMARY_H

#include "traces/import-row.h"

/* The calls of one request, or of one name if they are no ioctls. */
typedef struct {
	char *name;
	uint64_t count, errors, restarted, unfinished;
	uint64_t timed_count;                /* those whose latency is known */
	int64_t total_ns, median_ns, max_ns; /* of these; the latter two -1: there are none */
	bool rounded;                        /* the median is good to four digits only */
} GsImportCallSummary;

typedef struct {
	uint32_t series;
	uint64_t records;
	unsigned int thread_count; /* 0: the log names none */
	unsigned int vm_count;
	int64_t span_ns;  /* from the first start to the last end; -1: not known */
	GPtrArray *calls; /* owned: GsImportCallSummary, by total */
} GsImportSeriesSummary;

typedef struct GsImportSummary GsImportSummary;

GsImportSummary *gs_import_summary_new(void);
void gs_import_summary_free(GsImportSummary *summary);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsImportSummary, gs_import_summary_free)

/*
 * Count @row. @clock: rows of one share a time; @main_tid is who tid 0 is in its
 * file, 0 while that is not known.
 */
void gs_import_summary_add(GsImportSummary *summary, const GsImportRow *row, uint32_t clock,
			   int32_t main_tid);

/* Once all rows are in: the series that have any, a GPtrArray of GsImportSeriesSummary. */
const GPtrArray *gs_import_summary_finish(GsImportSummary *summary);

#endif
