/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A strace log as a stream of system calls.
 *
 * Joins calls that were printed in halves, gives every call an absolute start
 * where the log has stamps, and tells threads apart. Nothing in a log is fatal:
 * lines that are not strace's are counted. Memory does not grow with the file,
 * only with the threads that are inside a call at once.
 */
#ifndef GS_TRACE_READER_H
#define GS_TRACE_READER_H

#include "traces/trace-record.h"

#include <gio/gio.h>
#include <stdbool.h>
#include <stdint.h>

#define GS_TRACE_ERROR gs_trace_error_quark()
GQuark gs_trace_error_quark(void);
typedef enum {
	GS_TRACE_ERROR_OPEN, /* no such file, not allowed, ... */
	GS_TRACE_ERROR_READ,
	GS_TRACE_ERROR_EMPTY,  /* nothing in it */
	GS_TRACE_ERROR_SYNTAX, /* no line of it is strace's */
	GS_TRACE_ERROR_NO_KVM, /* no KVM ioctl in it */
} GsTraceError;

/* Longer lines are skipped as not understood; strace -v -s stays far below. */
#define GS_TRACE_LINE_MAX (1 << 20)

typedef struct {
	uint64_t lines;
	uint64_t records;
	uint64_t skipped;       /* lines not understood */
	uint64_t first_skipped; /* the first one's number; 0: none */
	bool cut;               /* the last line ends inside a call */
	bool gaps_only;         /* times are sums of the gaps that strace -r prints */
} GsTraceStats;

typedef struct GsTraceReader GsTraceReader;

/* Open @path, "-" for standard input. */
GsTraceReader *gs_trace_reader_new(const char *path, GError **error);

/* As above for a stream; takes a reference. @name is for messages. */
GsTraceReader *gs_trace_reader_new_for_stream(GInputStream *stream, const char *name);

void gs_trace_reader_free(GsTraceReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsTraceReader, gs_trace_reader_free)

/*
 * The next call, in the order in which the log completes them. Returns false at
 * the end of the log, and, with @error set, when it cannot be read any further.
 */
bool gs_trace_reader_next(GsTraceReader *reader, GsTraceRecord *record, GError **error);

const GsTraceStats *gs_trace_reader_stats(const GsTraceReader *reader);

/*
 * Who tid 0 is: strace leaves the pid out while there is one thread to trace,
 * and names it once there are more. 0 as long as the log has not said.
 */
int32_t gs_trace_reader_main_tid(const GsTraceReader *reader);

#endif
