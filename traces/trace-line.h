/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One line of a trace, taken apart: what every tracer's lines come down to. A
 * scanner (trace-scanner.h) makes these, the reader joins them into calls.
 */
#ifndef GS_TRACE_LINE_H
#define GS_TRACE_LINE_H

#include "traces/span.h"

/*
 * System calls, and the functions of the kernel that tracers with probes tell of: a
 * thread may be inside of one in each layer.
 */
#define GS_TRACE_LAYERS 3

/* No stamp or duration is above this, so that the sum of two fits in an int64_t. */
#define GS_TRACE_TIME_MAX_NS (INT64_C(4000000000) * 1000000000)

typedef enum {
	GS_STAMP_NONE,
	GS_STAMP_CLOCK,  /* HH:MM:SS, since midnight */
	GS_STAMP_EPOCH,  /* seconds since 1970 */
	GS_STAMP_UPTIME, /* since the machine or the tracer started */
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
	int64_t gap_ns;            /* since the line before (strace -r); -1: none */
	int64_t gap_resolution_ns; /* of gap_ns; 0: none */
	int64_t resolution_ns;     /* of stamp_ns, else of gap_ns; 0: neither */
} GsTracePrefix;

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
	GsSpan args;    /* between the brackets, as printed */
	GsSpan head;    /* UNFINISHED and CUT: the call so far, to put a resumed tail behind */
	GsSpan tail;    /* RESUMED: what to put behind that head */
	GsSpan result;  /* as printed, without decoration: "28", "0x7f..", "?" */
	GsSpan outcome; /* all between "= " and the duration: "28<anon_inode:kvm-vcpu:0>" */
	bool has_ret;
	int64_t ret;
	GsSpan error;          /* "EINTR", "ERESTARTSYS"; empty: none */
	int64_t duration_ns;   /* as printed; -1: none */
	bool stamps_are_exact; /* RESUMED: no duration is printed, but the stamps tell it */
	bool moved;            /* UNFINISHED: it ends in the file of another thread (-ff) */
	bool is_blank;         /* OTHER: nothing behind the prefix */
	unsigned int layer;    /* below GS_TRACE_LAYERS; 0: a system call */
	int32_t other_tid;     /* SUPERSEDED, ATTACHED */
} GsTraceLine;

/* Whether it tells of a system call, in whole or in part. */
static inline bool gs_trace_line_is_call(const GsTraceLine *line)
{
	return line->kind == GS_LINE_COMPLETE || line->kind == GS_LINE_UNFINISHED ||
	       line->kind == GS_LINE_RESUMED || line->kind == GS_LINE_CUT;
}

#endif
