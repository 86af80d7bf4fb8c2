/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A trace as a stream of system calls, whether it is one file or many.
 *
 * Files whose stamps count from the same moment are merged by time: the files of
 * strace -ff, or those of several processes. Others follow each other as given.
 * A pasted text may hold several series, logs of their own under headings such as
 * "Before the patch:"; each has its own threads, descriptors and clock.
 */
#ifndef GS_TRACE_READER_H
#define GS_TRACE_READER_H

#include "traces/trace-error.h"
#include "traces/trace-file.h"

#include <gio/gio.h>

typedef struct GsTraceReader GsTraceReader;

/* Open what @paths (NULL-terminated) name; see trace-inputs.h for what they may be. */
GsTraceReader *gs_trace_reader_new(const char *const *paths, GError **error);

/* As above for a stream; takes a reference. @name is for messages. */
GsTraceReader *gs_trace_reader_new_for_stream(GInputStream *stream, const char *name);

void gs_trace_reader_free(GsTraceReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsTraceReader, gs_trace_reader_free)

/*
 * The next call, in the order in which the trace completes them. Its spans are
 * valid until the next call of this. Returns false at the end of the trace, and,
 * with @error set, when it cannot be read any further.
 */
bool gs_trace_reader_next(GsTraceReader *reader, GsTraceRecord *record, GError **error);

unsigned int gs_trace_reader_file_count(const GsTraceReader *reader);
const char *gs_trace_reader_file_name(const GsTraceReader *reader, unsigned int file);
const GsTraceStats *gs_trace_reader_file_stats(const GsTraceReader *reader, unsigned int file);

/*
 * Who tid 0 is in @file: strace leaves the pid out while there is one thread to
 * trace, and names it once there are more. 0 as long as the file has not said.
 */
int32_t gs_trace_reader_main_tid(const GsTraceReader *reader, unsigned int file);

/* Of all files. The first line of a kind is that of the first file that has one. */
GsTraceStats gs_trace_reader_stats(const GsTraceReader *reader);

/* What was read up to now: a series begins with its first call. At least one. */
unsigned int gs_trace_reader_series_count(const GsTraceReader *reader);

/* UTF-8, "" if it has no heading. Borrowed. */
const char *gs_trace_reader_series_title(const GsTraceReader *reader, unsigned int series);

#endif
