/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One line of strace output, taken apart. Knows the grammar of a line and
 * nothing of its neighbours: joining halves and unwrapping clocks is the
 * reader's work (strace-reader.h).
 */
#ifndef GS_STRACE_SCAN_H
#define GS_STRACE_SCAN_H

#include "traces/span.h"

/* No stamp or duration is above this, so that the sum of two fits in an int64_t. */
#define GS_STRACE_TIME_MAX_NS (INT64_C(4000000000) * 1000000000)

typedef enum {
	GS_STAMP_NONE,
	GS_STAMP_CLOCK, /* HH:MM:SS, since midnight */
	GS_STAMP_EPOCH, /* seconds since 1970 */
} GsStampKind;

/*
 * What stands before the call. Each token is told by its shape alone, so a file
 * may change style half-way: a clock has colons, seconds since the epoch do not
 * fit a pid, gaps since the line before have a fraction or are padded on the
 * left, pids on the right.
 */
typedef struct {
	int32_t tid;    /* -1: none */
	bool bracketed; /* tid as "[pid N]", so strace left it out where it was alone */
	GsStampKind stamp;
	int64_t stamp_ns;
	int64_t gap_ns;        /* since the line before (strace -r); -1: none */
	int64_t resolution_ns; /* of stamp_ns or gap_ns; 0: neither */
} GsStracePrefix;

typedef enum {
	GS_LINE_COMPLETE,   /* name(args) = result */
	GS_LINE_UNFINISHED, /* name(args <unfinished ...> */
	GS_LINE_RESUMED,    /* <... name resumed>args) = result */
	GS_LINE_CUT,        /* begins a call, but ends inside it */
	GS_LINE_EXIT,       /* +++ exited or killed +++ */
	GS_LINE_SUPERSEDED, /* +++ superseded by execve in pid N +++ */
	GS_LINE_ATTACHED,   /* strace: Process N attached */
	GS_LINE_OTHER,      /* strace's, of no interest: signals, stacks, dumps, blank */
	GS_LINE_UNKNOWN,
} GsLineKind;

typedef struct {
	GsLineKind kind;
	GsSpan name;
	GsSpan args;   /* between the brackets, as printed */
	GsSpan head;   /* UNFINISHED and CUT: the call so far, to put a resumed tail behind */
	GsSpan tail;   /* RESUMED: what to put behind that head */
	GsSpan result; /* as printed, without decoration: "28", "0x7f..", "?" */
	bool has_ret;
	int64_t ret;
	GsSpan error;        /* "EINTR", "ERESTARTSYS"; empty: none */
	int64_t duration_ns; /* <...> at the end; -1: none */
	int32_t other_tid;   /* SUPERSEDED, ATTACHED */
} GsStraceLine;

/* The prefix of @line; returns what follows it. */
GsSpan gs_strace_scan_prefix(GsSpan line, GsStracePrefix *prefix);

/* What follows the prefix, or a call whose halves were put together. */
GsLineKind gs_strace_scan_body(GsSpan body, GsStraceLine *line);

/* The tail of a resumed call whose beginning is not in the log. */
bool gs_strace_scan_tail(GsSpan tail, GsStraceLine *line);

#endif
