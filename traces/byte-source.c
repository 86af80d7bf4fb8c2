/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/byte-source.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#ifdef HAVE_ZSTD
#include <zstd.h>
#endif

#include "traces/trace-error.h"

#define INPUT_BYTES ((size_t)128 << 10)
#define MAGIC_BYTES 4

/* Returns how much it put into @buffer, 0: it needs more input, -1 with @error set. */
typedef gssize (*DecodeFunc)(GsByteSource *source, char *buffer, size_t size, GError **error);

struct GsByteSource {
	char *name;
	GInputStream *stream; /* owned reference, or NULL: fd it is */
	int fd;               /* owned unless it is standard input */
	bool ended;           /* there is no input after what is in @input */

	unsigned char *input; /* read, not decoded */
	size_t begin, end;

	bool recognised;
	DecodeFunc decode;   /* NULL: not compressed */
	bool between;        /* not inside a gzip member or zstd frame: the input may end here */
	bool more_inside;    /* the decoder has something to say without more input */
	uint64_t text_bytes; /* decompressed and handed out */
	z_stream gzip;
#ifdef HAVE_ZSTD
	ZSTD_DCtx *zstd;
	size_t zstd_hint; /* how much input it said it would like */
#endif
};

static GsByteSource *source_new(const char *name)
{
	GsByteSource *source = g_new0(GsByteSource, 1);

	source->name = g_strdup(name);
	source->fd = STDIN_FILENO;
	source->input = g_malloc(INPUT_BYTES);
	source->between = true;
	return source;
}

GsByteSource *gs_byte_source_new_for_stream(GInputStream *stream, const char *name)
{
	GsByteSource *source = source_new(name);

	source->stream = g_object_ref(stream);
	return source;
}

GsByteSource *gs_byte_source_open(const char *path, GError **error)
{
	GsByteSource *source;
	int fd;

	if (g_str_equal(path, "-"))
		return source_new("(standard input)");
	do
		fd = open(path, O_RDONLY | O_CLOEXEC);
	while (fd < 0 && errno == EINTR);
	if (fd < 0) {
		g_set_error(error, GS_TRACE_ERROR, GS_TRACE_ERROR_OPEN, "cannot open '%s': %s",
			    path, g_strerror(errno));
		return NULL;
	}
	source = source_new(path);
	source->fd = fd;
	return source;
}

void gs_byte_source_free(GsByteSource *source)
{
	inflateEnd(&source->gzip);
#ifdef HAVE_ZSTD
	ZSTD_freeDCtx(source->zstd);
#endif
	g_clear_object(&source->stream);
	if (source->fd != STDIN_FILENO)
		close(source->fd);
	g_free(source->input);
	g_free(source->name);
	g_free(source);
}

const char *gs_byte_source_name(const GsByteSource *source)
{
	return source->name;
}

static int fail_read(const GsByteSource *source, const char *reason, GError **error)
{
	g_set_error(error, GS_TRACE_ERROR, GS_TRACE_ERROR_READ, "cannot read '%s': %s",
		    source->name, reason);
	return -1;
}

static int fail_to_decode(const GsByteSource *source, GsTraceError code, const char *reason,
			  GError **error)
{
	g_set_error(error, GS_TRACE_ERROR, code,
		    "cannot decompress '%s' beyond %" G_GUINT64_FORMAT " bytes of text: %s",
		    source->name, source->text_bytes, reason);
	return -1;
}

static int fail_decode(const GsByteSource *source, const char *reason, GError **error)
{
	return fail_to_decode(source, GS_TRACE_ERROR_READ, reason, error);
}

static gssize read_fd(const GsByteSource *source, void *buffer, size_t size, GError **error)
{
	struct pollfd poll_fd = { .fd = source->fd, .events = POLLIN };
	ssize_t count;

	while ((count = read(source->fd, buffer, size)) < 0) {
		/* whoever shares our standard input may have made it non-blocking */
		if (errno == EAGAIN)
			poll(&poll_fd, 1, -1);
		else if (errno != EINTR)
			return fail_read(source, g_strerror(errno), error);
	}
	return count;
}

static gssize read_stream(const GsByteSource *source, void *buffer, size_t size, GError **error)
{
	g_autoptr(GError) failure = NULL;
	gssize count = g_input_stream_read(source->stream, buffer, size, NULL, &failure);

	return count < 0 ? fail_read(source, failure->message, error) : count;
}

static gssize read_raw(GsByteSource *source, void *buffer, size_t size, GError **error)
{
	gssize count;

	if (source->ended)
		return 0;
	count = source->stream ? read_stream(source, buffer, size, error)
			       : read_fd(source, buffer, size, error);
	source->ended = count == 0;
	return count;
}

/* Read more behind what is in @input. */
static gssize read_input(GsByteSource *source, GError **error)
{
	gssize count;

	if (source->begin == source->end)
		source->begin = source->end = 0;
	count = read_raw(source, source->input + source->end, INPUT_BYTES - source->end, error);
	if (count > 0)
		source->end += (size_t)count;
	return count;
}

/*
 * zlib itself and not GIO's GZlibDecompressor, which forgets what it has
 * decompressed when it comes upon damage.
 */
static gssize decode_gzip(GsByteSource *source, char *buffer, size_t size, GError **error)
{
	z_stream *gzip = &source->gzip;
	gssize count;
	int status;

	if (source->between) {
		/* tapes and some disks pad a file with zeros */
		while (source->begin < source->end && source->input[source->begin] == 0)
			source->begin++;
		if (source->begin == source->end)
			return 0;
		inflateReset(gzip);
	}
	gzip->next_in = source->input + source->begin;
	gzip->avail_in = (uInt)(source->end - source->begin);
	gzip->next_out = (unsigned char *)buffer;
	gzip->avail_out = (uInt)MIN(size, G_MAXINT);
	status = inflate(gzip, Z_NO_FLUSH);
	count = (char *)gzip->next_out - buffer;
	source->begin = source->end - gzip->avail_in;
	source->between = status == Z_STREAM_END;
	source->more_inside = !source->between && gzip->avail_out == 0;
	if (status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR)
		return count;
	if (count == 0)
		return fail_decode(source, gzip->msg ? gzip->msg : zError(status), error);
	source->more_inside = true;
	return count;
}

static int begin_gzip(GsByteSource *source, GError **error)
{
	/* 16: the gzip format and no other */
	const int status = inflateInit2(&source->gzip, 16 + MAX_WBITS);

	source->decode = decode_gzip;
	return status == Z_OK ? 0 : fail_decode(source, zError(status), error);
}

#ifdef HAVE_ZSTD

/* What "zstd -d" takes without being told to: 128 MiB. */
#define ZSTD_WINDOW_LOG_MAX 27
/* RFC 8878 */
#define ZSTD_BLOCK_HEADER_BYTES 3

/*
 * ZSTD_decompressStream() keeps to itself what it wrote before it came upon
 * damage. So it is never given input for more than one step: what it would like
 * is mostly a block and the header of the next.
 */
static gssize decode_zstd(GsByteSource *source, char *buffer, size_t size, GError **error)
{
	const size_t step = source->zstd_hint > ZSTD_BLOCK_HEADER_BYTES
				    ? source->zstd_hint - ZSTD_BLOCK_HEADER_BYTES
				    : 1;
	ZSTD_inBuffer in = { .src = source->input + source->begin,
			     .size = MIN(step, source->end - source->begin) };
	ZSTD_outBuffer out = { .dst = buffer, .size = size };
	const size_t hint = ZSTD_decompressStream(source->zstd, &out, &in);

	if (ZSTD_isError(hint))
		return fail_decode(source, ZSTD_getErrorName(hint), error);
	source->begin += in.pos;
	source->zstd_hint = hint;
	source->between = hint == 0;
	source->more_inside = !source->between && out.pos == size;
	return (gssize)out.pos;
}

static int begin_zstd(GsByteSource *source, GError **error)
{
	source->zstd = ZSTD_createDCtx();
	if (!source->zstd)
		return fail_decode(source, g_strerror(ENOMEM), error);
	ZSTD_DCtx_setParameter(source->zstd, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG_MAX);
	source->decode = decode_zstd;
	return 0;
}

#else

static int begin_zstd(GsByteSource *source, GError **error)
{
	return fail_read(source, "it is compressed with zstd, which this program was built without",
			 error);
}

#endif

static bool is_gzip(const unsigned char *head, size_t length)
{
	return length >= 2 && memcmp(head, "\x1f\x8b", 2) == 0;
}

/* A frame, or one of those to be skipped, which pzstd puts first. */
static bool is_zstd(const unsigned char *head, size_t length)
{
	if (length < 4)
		return false;
	return memcmp(head, "\x28\xb5\x2f\xfd", 4) == 0 ||
	       ((head[0] & 0xf0) == 0x50 && memcmp(head + 1, "\x2a\x4d\x18", 3) == 0);
}

/* Look at the first bytes. */
static int recognise(GsByteSource *source, GError **error)
{
	gssize count;

	/* a pipe may hand out a byte at a time */
	do
		count = read_input(source, error);
	while (count > 0 && source->end < MAGIC_BYTES);
	if (count < 0)
		return -1;
	source->recognised = true;
	if (is_gzip(source->input, source->end))
		return begin_gzip(source, error);
	if (is_zstd(source->input, source->end))
		return begin_zstd(source, error);
	return 0;
}

static gssize read_plain(GsByteSource *source, char *buffer, size_t size, GError **error)
{
	const size_t count = MIN(size, source->end - source->begin);

	/* nothing left of what was read to look at: from here on without a copy */
	if (count == 0)
		return read_raw(source, buffer, size, error);
	memcpy(buffer, source->input + source->begin, count);
	source->begin += count;
	return (gssize)count;
}

static gssize read_decoded(GsByteSource *source, char *buffer, size_t size, GError **error)
{
	gssize count;

	do {
		if (source->begin == source->end && !source->more_inside) {
			count = read_input(source, error);
			if (count == 0 && !source->between)
				return fail_to_decode(source, GS_TRACE_ERROR_CUT, "it ends early",
						      error);
			if (count <= 0)
				return count;
		}
		count = source->decode(source, buffer, size, error);
	} while (count == 0);
	if (count > 0)
		source->text_bytes += (uint64_t)count;
	return count;
}

gssize gs_byte_source_read(void *data, char *buffer, size_t size, GError **error)
{
	GsByteSource *source = data;

	if (!source->recognised && recognise(source, error) < 0)
		return -1;
	return source->decode ? read_decoded(source, buffer, size, error)
			      : read_plain(source, buffer, size, error);
}
