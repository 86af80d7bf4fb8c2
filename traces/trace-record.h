/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A system call as a trace tells it, whichever tracer wrote it.
 */
#ifndef GS_TRACE_RECORD_H
#define GS_TRACE_RECORD_H

#include "traces/trace-line.h"

typedef enum {
	GS_CALL_OK,
	GS_CALL_ERROR,
	GS_CALL_UNFINISHED, /* its end is not in the log */
	GS_CALL_RESTARTED,  /* interrupted; the kernel issues it again */
} GsCallStatus;

/* Spans are valid until the next call into the reader. */
typedef struct {
	int32_t tid;           /* 0: the log does not say (but see gs_trace_reader_main_tid()) */
	int64_t start_ns;      /* as far as the log tells: since 1970, midnight or the first
				  record; -1: no stamp */
	GsStampKind stamp;     /* what start_ns counts from; NONE with one: the first record */
	int64_t end_ns;        /* stamp of the second half of a call printed in two; -1: none */
	int64_t duration_ns;   /* from <...>; -1: none */
	int64_t resolution_ns; /* of the stamps; 0: no stamps */
	int64_t steady_ns;     /* start_ns by the gaps of strace -r beside the stamps, which
				  nobody can set; -1: there are none */
	int64_t steady_resolution_ns; /* of these gaps */
	GsSpan name;                  /* "ioctl" */
	GsSpan args;
	GsSpan result; /* as printed, without decoration; empty: unfinished */
	bool has_ret;
	int64_t ret;
	GsSpan error;   /* "EINTR"; empty: none */
	GsSpan outcome; /* all between "= " and the duration, as printed */
	GsCallStatus status;
	uint32_t series; /* of a pasted text, from 0 (trace-reader.h) */
	uint32_t file;   /* index of the file */
	uint32_t group;  /* files of one recording share it (trace-inputs.h) */
	uint64_t line;   /* where it begins, from 1 */
} GsTraceRecord;

#endif
