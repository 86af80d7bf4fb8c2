/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A strace log as a stream of system calls.
 *
 * Joins calls that were printed in halves, gives every call an absolute start
 * where the log has stamps, and tells threads apart. Nothing in a log is fatal:
 * lines that are not strace's are counted. Memory does not grow with the file,
 * only with the threads that are inside a call at once.
 */
#ifndef GS_STRACE_READER_H
#define GS_STRACE_READER_H

#include "traces/span.h"

#include <gio/gio.h>
#include <stdbool.h>
#include <stdint.h>

#define GS_STRACE_ERROR gs_strace_error_quark()
GQuark gs_strace_error_quark(void);
typedef enum {
	GS_STRACE_ERROR_OPEN, /* no such file, not allowed, ... */
	GS_STRACE_ERROR_READ,
	GS_STRACE_ERROR_EMPTY,  /* nothing in it */
	GS_STRACE_ERROR_SYNTAX, /* no line of it is strace's */
	GS_STRACE_ERROR_NO_KVM, /* no KVM ioctl in it */
} GsStraceError;

/* Longer lines are skipped as not understood; strace -v -s stays far below. */
#define GS_STRACE_LINE_MAX (1 << 20)

typedef enum {
	GS_CALL_OK,
	GS_CALL_ERROR,
	GS_CALL_UNFINISHED, /* its end is not in the log */
	GS_CALL_RESTARTED,  /* interrupted; the kernel issues it again */
} GsCallStatus;

/* Spans are valid until the next call into the reader. */
typedef struct {
	int32_t tid;           /* 0: the log does not say (but see gs_strace_reader_main_tid()) */
	int64_t start_ns;      /* as far as the log tells: since 1970, midnight or the first line;
				  -1: no stamps */
	int64_t end_ns;        /* stamp of the second half of a call printed in two; -1: none */
	int64_t duration_ns;   /* from <...>; -1: none */
	int64_t resolution_ns; /* of the stamps; 0: no stamps */
	GsSpan name;           /* "ioctl" */
	GsSpan args;
	GsSpan result; /* as printed, without decoration; empty: unfinished */
	bool has_ret;
	int64_t ret;
	GsSpan error; /* "EINTR"; empty: none */
	GsCallStatus status;
	uint64_t line; /* where it begins */
} GsStraceRecord;

typedef struct {
	uint64_t lines;
	uint64_t records;
	uint64_t skipped;       /* lines not understood */
	uint64_t first_skipped; /* the first one's number; 0: none */
	bool cut;               /* the last line ends inside a call */
	bool gaps_only;         /* times are sums of the gaps that strace -r prints */
} GsStraceStats;

typedef struct GsStraceReader GsStraceReader;

/* Open @path, "-" for standard input. */
GsStraceReader *gs_strace_reader_new(const char *path, GError **error);

/* As above for a stream; takes a reference. @name is for messages. */
GsStraceReader *gs_strace_reader_new_for_stream(GInputStream *stream, const char *name);

void gs_strace_reader_free(GsStraceReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsStraceReader, gs_strace_reader_free)

/*
 * The next call, in the order in which the log completes them. Returns false at
 * the end of the log, and, with @error set, when it cannot be read any further.
 */
bool gs_strace_reader_next(GsStraceReader *reader, GsStraceRecord *record, GError **error);

const GsStraceStats *gs_strace_reader_stats(const GsStraceReader *reader);

/*
 * Who tid 0 is: strace leaves the pid out while there is one thread to trace,
 * and names it once there are more. 0 as long as the log has not said.
 */
int32_t gs_strace_reader_main_tid(const GsStraceReader *reader);

#endif
