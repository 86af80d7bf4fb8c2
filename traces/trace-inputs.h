/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which files to read: those of the command line, where the name that was given
 * to "strace -ff -o NAME" stands for all of NAME.PID.
 */
#ifndef GS_TRACE_INPUTS_H
#define GS_TRACE_INPUTS_H

#include <glib.h>
#include <stdint.h>

typedef struct {
	char *path;     /* owned; "-": standard input */
	int32_t tid;    /* N of "NAME.N", "NAME.N.gz", "NAME.N.zst"; 0: another name */
	uint32_t group; /* files of one -ff run share it; from 0 */
} GsTraceInput;

/*
 * The files of @paths, ended by NULL, as a GArray of GsTraceInput. They stay in
 * the order given, but those of one -ff run stand together, sorted by tid. A file
 * called "boot.2026" looks like such a run's: only its lines can tell.
 */
GArray *gs_trace_inputs_new(const char *const *paths, GError **error);

/* What to call @input's group: NAME if there is more than one file of it, else its path. */
char *gs_trace_inputs_group_name(const GArray *inputs, const GsTraceInput *input);

#endif
