/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The bytes of a log, wherever they come from: a file, a pipe, standard input,
 * compressed with gzip or zstd or not at all. What it is tells its beginning,
 * never its name.
 *
 * Memory does not grow with the log; zstd may take up to 128 MiB if it was told
 * to when the log was compressed (--long, --ultra), else 8 MiB.
 */
#ifndef GS_BYTE_SOURCE_H
#define GS_BYTE_SOURCE_H

#include <gio/gio.h>

typedef struct GsByteSource GsByteSource;

/* Open @path, "-" for standard input. */
GsByteSource *gs_byte_source_open(const char *path, GError **error);

/* As above for a stream; takes a reference. @name is for messages. */
GsByteSource *gs_byte_source_new_for_stream(GInputStream *stream, const char *name);

void gs_byte_source_free(GsByteSource *source);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsByteSource, gs_byte_source_free)

/* What to call it in messages. */
const char *gs_byte_source_name(const GsByteSource *source);

/*
 * Up to @size bytes, @size above 0, decompressed; 0 at the end, -1 with @error
 * set. Where compressed data are damaged or end early, all that comes before is
 * handed out first. A GsReadFunc.
 */
gssize gs_byte_source_read(void *source, char *buffer, size_t size, GError **error);

#endif
