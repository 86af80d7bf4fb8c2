/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One file of a trace as a stream of system calls.
 *
 * Joins calls that were printed in halves or wrapped, gives every call an
 * absolute start where the file has stamps, and tells threads and series apart.
 * Nothing in a file is fatal: lines that are no tracer's are counted. Memory
 * does not grow with the file, only with the threads that are inside a call.
 */
#ifndef GS_TRACE_FILE_H
#define GS_TRACE_FILE_H

#include "traces/byte-source.h"
#include "traces/line-count.h"
#include "traces/trace-record.h"

/* Longer lines are skipped as not understood; strace -v -s stays far below. */
#define GS_TRACE_LINE_MAX (1 << 20)

typedef struct {
	uint64_t lines;
	uint64_t records;
	GsLineCount
		foreign; /* other programs' output, and prose: not begun as the log's lines are */
	GsLineCount skipped; /* look like a tracer's but are not understood */
	GsLineCount astray;  /* a call's two stamps and its duration disagree */
	bool cut;            /* it ends inside a call or before its compressed data do */
	bool gaps_only;      /* times are sums of the gaps that strace -r prints */
} GsTraceStats;

typedef struct GsTraceFile GsTraceFile;

/*
 * Takes @source. @tid is whose calls they are where the lines do not say; 0: not
 * known. @is_one_of_many: there are more files of the same run of strace -ff.
 */
GsTraceFile *gs_trace_file_new(GsByteSource *source, int32_t tid, bool is_one_of_many);
void gs_trace_file_free(GsTraceFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsTraceFile, gs_trace_file_free)

/*
 * The next call, in the order in which the file completes them. Returns false at
 * its end, and, with @error set, when it cannot be read any further.
 */
bool gs_trace_file_next(GsTraceFile *file, GsTraceRecord *record, GError **error);

const GsTraceStats *gs_trace_file_stats(const GsTraceFile *file);
int32_t gs_trace_file_main_tid(const GsTraceFile *file);

/* What was read up to now: series begin with their first call. At least one. */
unsigned int gs_trace_file_series_count(const GsTraceFile *file);
const char *gs_trace_file_series_title(const GsTraceFile *file, unsigned int series);

/* Whether it is a mail or another pasted text. */
bool gs_trace_file_is_pasted(const GsTraceFile *file);

#endif
