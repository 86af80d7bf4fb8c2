/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An output file that appears whole or not at all.
 *
 * What is written goes to a temporary file beside the wanted one, which takes
 * its name only on gs_output_commit(); an error, SIGHUP, SIGINT or SIGTERM
 * leaves nothing behind. Opened before a long run, it makes a bad path fail at
 * once. Devices and pipes are written to directly; "-" is stdout.
 */
#ifndef GS_OUTPUT_H
#define GS_OUTPUT_H

#include <glib.h>
#include <stdbool.h>
#include <stdio.h>

typedef struct GsOutput GsOutput;

GsOutput *gs_output_open(const char *path, GError **error);

/*
 * Whether paths @a and @b are one file, there or not, as "x" and "./x" are; one is
 * stdout, "-". A device is none: it can be written by two.
 */
bool gs_output_is_same(const char *a, const char *b);

/* Where to write; borrowed. Write errors stay with it: gs_output_commit() reports them. */
FILE *gs_output_stream(GsOutput *output);

/*
 * The file that becomes the wanted one, for who writes it by other means than the
 * stream; borrowed. NULL: what was asked for is a device, a pipe or stdout.
 */
const char *gs_output_temporary(const GsOutput *output);

/* Whether all went well so far. To be called right after writing, while errno says why not. */
bool gs_output_check(GsOutput *output, GError **error);

/* Make what was written the file. To be called once; then only gs_output_free() is left. */
bool gs_output_commit(GsOutput *output, GError **error);

/* Give up what was not committed. */
void gs_output_free(GsOutput *output);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsOutput, gs_output_free)

#endif
