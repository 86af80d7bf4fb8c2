/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is known of a log beside its lines: LOG.meta next to LOG.strace, a key
 * file with a group [trace]. All of it is optional.
 */
#ifndef GS_TRACE_META_H
#define GS_TRACE_META_H

#include <glib.h>
#include <stdbool.h>

#define GS_TRACE_META_ERROR gs_trace_meta_error_quark()
GQuark gs_trace_meta_error_quark(void);
typedef enum {
	GS_TRACE_META_ERROR_READ,
	GS_TRACE_META_ERROR_SYNTAX,
} GsTraceMetaError;

typedef struct {
	char *path;                             /* of the key file; NULL: there is none */
	int hz;                                 /* what the log was recorded under; 0: not known */
	char *policy, *kernel, *machine, *host; /* likewise; NULL: not known */
	int cpus;                               /* likewise; 0: not known */
} GsTraceMeta;

/*
 * Read what lies beside @log_path: its name with ".strace" replaced by, or
 * otherwise followed by, ".meta". No such file is no error: all fields are empty
 * then. The caller frees the result.
 */
GsTraceMeta *gs_trace_meta_load(const char *log_path, GError **error);
void gs_trace_meta_free(GsTraceMeta *meta);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsTraceMeta, gs_trace_meta_free)

#endif
