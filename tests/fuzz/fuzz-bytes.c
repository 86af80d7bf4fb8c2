/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as a file: they read the same however they arrive, compressed or not,
 * and what is left of a damaged file reads as its beginning.
 */
#include <string.h>

#ifdef HAVE_ZSTD
#include <zstd.h>
#endif

#include "tests/fuzz/fuzz-check.h"
#include "tests/fuzz/fuzz.h"
#include "tests/lib/gs-test-bytes.h"
#include "traces/trace-reader.h"

/* A few bytes may stand for gigabytes. */
#define TEXT_MAX ((size_t)1 << 20)

/* From this many bytes on a format is told by its beginning. */
#define MAGIC_BYTES 4

/* What is in @bytes that arrive @step at a time, TEXT_MAX of it at most. */
static GBytes *read_text(GBytes *bytes, size_t step, bool *ret_failed)
{
	g_autoptr(GsByteSource) source = gs_test_source(bytes, "fuzz", step);
	g_autoptr(GError) error = NULL;
	GByteArray *text = g_byte_array_new();
	char buffer[4096];
	gssize count = 1;

	while (count > 0 && text->len < TEXT_MAX) {
		const size_t wanted = MIN(sizeof(buffer), TEXT_MAX - text->len);

		count = gs_byte_source_read(source, buffer, wanted, &error);
		if (count > 0)
			g_byte_array_append(text, (const guint8 *)buffer, (guint)count);
	}
	FUZZ_CHECK((count < 0) == (error != NULL));
	*ret_failed = count < 0;
	return g_byte_array_free_to_bytes(text);
}

static bool is_beginning(GBytes *part, GBytes *whole)
{
	gsize part_size, size;
	const void *part_data = g_bytes_get_data(part, &part_size);
	const void *data = g_bytes_get_data(whole, &size);

	return part_size <= size && (part_size == 0 || memcmp(part_data, data, part_size) == 0);
}

#ifdef HAVE_ZSTD
static GBytes *compress_zstd(GBytes *bytes)
{
	gsize size;
	const void *data = g_bytes_get_data(bytes, &size);
	const size_t room = ZSTD_compressBound(size);
	void *compressed = g_malloc(room);

	return g_bytes_new_take(compressed, ZSTD_compress(compressed, room, data, size, 1));
}
#endif

/* @packed is @text compressed. Something of @text says where it is cut and damaged. */
static void check_packed(GBytes *packed, GBytes *text, size_t step)
{
	const size_t size = g_bytes_get_size(packed), at = g_bytes_hash(text) % size;
	g_autoptr(GBytes) cut = g_bytes_new_from_bytes(packed, 0, MAX(at, MAGIC_BYTES));
	g_autofree guint8 *flipped = g_malloc(size);
	g_autoptr(GBytes) whole_text = NULL, cut_text = NULL, damaged = NULL, damaged_text = NULL;
	bool failed;

	whole_text = read_text(packed, step, &failed);
	FUZZ_CHECK(!failed && g_bytes_equal(whole_text, text));

	cut_text = read_text(cut, step, &failed);
	FUZZ_CHECK(failed || g_bytes_get_size(cut_text) == TEXT_MAX);
	FUZZ_CHECK(is_beginning(cut_text, text));

	memcpy(flipped, g_bytes_get_data(packed, NULL), size);
	flipped[at] ^= (guint8)(1 << step % 8);
	damaged = g_bytes_new_static(flipped, size);
	damaged_text = read_text(damaged, step, &failed);
}

static void check_log(GBytes *text)
{
	g_autoptr(GInputStream) stream = g_memory_input_stream_new_from_bytes(text);
	g_autoptr(GsTraceReader) reader = gs_trace_reader_new_for_stream(stream, "fuzz");
	g_autoptr(GError) error = NULL;
	GsTraceRecord record;
	uint64_t count = 0;

	while (gs_trace_reader_next(reader, &record, &error))
		count++;
	FUZZ_CHECK(error || count == gs_trace_reader_stats(reader).records);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(GBytes) bytes = g_bytes_new(data, size), gzip = NULL;
	const size_t step = 1 + size % 13;
	bool failed, failed_slowly;
	g_autoptr(GBytes) text = read_text(bytes, SIZE_MAX, &failed);
	g_autoptr(GBytes) text_slowly = read_text(bytes, step, &failed_slowly);

	FUZZ_CHECK(failed == failed_slowly && g_bytes_equal(text, text_slowly));
	if (g_bytes_get_size(text) < TEXT_MAX)
		check_log(bytes);
	gzip = gs_test_gzip(text);
	check_packed(gzip, text, step);
#ifdef HAVE_ZSTD
	g_autoptr(GBytes) zstd = compress_zstd(text);

	check_packed(zstd, text, step);
#endif
	return 0;
}
