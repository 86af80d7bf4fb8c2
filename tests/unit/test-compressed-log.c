/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Compressed logs: whole, in several parts, cut and damaged. */
#include <stdint.h>
#include <string.h>

#ifdef HAVE_ZSTD
#include <zstd.h>
#endif

#include "tests/lib/gs-test-bytes.h"
#include "traces/trace-error.h"

static GBytes *decode_by(GBytes *bytes, size_t size, GError **error)
{
	g_autoptr(GsByteSource) source = gs_test_source(bytes, "vm.log", SIZE_MAX);

	return gs_test_read_all(source, size, error);
}

static GBytes *decode(GBytes *bytes, GError **error)
{
	return decode_by(bytes, 100000, error);
}

#ifdef HAVE_ZSTD
/* With a checksum, as the program zstd does it. */
static GBytes *zstd(GBytes *bytes)
{
	ZSTD_CCtx *context = ZSTD_createCCtx();
	gsize size;
	const void *data = g_bytes_get_data(bytes, &size);
	const size_t room = ZSTD_compressBound(size);
	guint8 *compressed = g_malloc(room);
	size_t made;

	ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
	made = ZSTD_compress2(context, compressed, room, data, size);
	g_assert_false(ZSTD_isError(made));
	ZSTD_freeCCtx(context);
	return g_bytes_new_take(compressed, made);
}
#endif

/* Each way to compress that this build can read. */
static GBytes *(*const methods[])(GBytes *bytes) = {
	gs_test_gzip,
#ifdef HAVE_ZSTD
	zstd,
#endif
};

static GBytes *join(GBytes *first, GBytes *second)
{
	GByteArray *all = g_byte_array_new();
	gsize size;
	const guint8 *data = g_bytes_get_data(first, &size);

	g_byte_array_append(all, data, (guint)size);
	data = g_bytes_get_data(second, &size);
	g_byte_array_append(all, data, (guint)size);
	return g_byte_array_free_to_bytes(all);
}

static GBytes *flip(GBytes *bytes, size_t at)
{
	gsize size;
	const guint8 *data = g_bytes_get_data(bytes, &size);
	guint8 *flipped = g_malloc(size);

	g_assert_cmpuint(at, <, size);
	memcpy(flipped, data, size);
	flipped[at] ^= 0x10;
	return g_bytes_new_take(flipped, size);
}

static void test_compressed(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(methods); i++) {
		g_autoptr(GBytes) empty = gs_test_log(0);
		g_autoptr(GBytes) text = gs_test_log(10000);
		g_autoptr(GBytes) noise = gs_test_noise(300000);
		g_autoptr(GBytes) of_empty = methods[i](empty);
		g_autoptr(GBytes) of_text = methods[i](text);
		g_autoptr(GBytes) of_noise = methods[i](noise);

		gs_test_check_reading(of_empty, empty, "vm.log");
		gs_test_check_reading(of_text, text, "vm.log");
		gs_test_check_reading(of_noise, noise, "vm.log");
	}
}

/* "cat a.gz b.gz", and what pigz, bgzip and pzstd write */
static void test_several(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(methods); i++) {
		g_autoptr(GBytes) empty = gs_test_log(0);
		g_autoptr(GBytes) head = gs_test_log(1000);
		g_autoptr(GBytes) tail = gs_test_log(3);
		g_autoptr(GBytes) text = join(head, tail);
		g_autoptr(GBytes) of_empty = methods[i](empty);
		g_autoptr(GBytes) of_head = methods[i](head);
		g_autoptr(GBytes) of_tail = methods[i](tail);
		g_autoptr(GBytes) two = join(of_head, of_empty);
		g_autoptr(GBytes) three = join(two, of_tail);

		gs_test_check_reading(three, text, "vm.log");
	}
}

static void test_padding(void)
{
	static const guint8 zeros[1000];
	g_autoptr(GBytes) padding = g_bytes_new_static(zeros, sizeof(zeros));
	g_autoptr(GBytes) text = gs_test_log(100);
	g_autoptr(GBytes) compressed = gs_test_gzip(text);
	g_autoptr(GBytes) padded = join(compressed, padding);

	gs_test_check_reading(padded, text, "vm.log");
}

/* A little that becomes much is handed out piece by piece like anything else. */
static void test_bomb(void)
{
	const size_t size = (size_t)32 << 20;
	g_autoptr(GBytes) zeros = g_bytes_new_take(g_malloc0(size), size);

	for (size_t i = 0; i < G_N_ELEMENTS(methods); i++) {
		g_autoptr(GBytes) compressed = methods[i](zeros);
		g_autoptr(GBytes) text = NULL;
		g_autoptr(GError) error = NULL;

		g_assert_cmpuint(g_bytes_get_size(compressed), <, 100000);
		text = decode(compressed, &error);
		g_assert_no_error(error);
		gs_test_assert_bytes(text, zeros);
	}
}

/* Cut anywhere: what is there comes out, then an error that says how far it went. */
static void test_cut(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(methods); i++) {
		g_autoptr(GBytes) text = gs_test_log(300);
		g_autoptr(GBytes) compressed = methods[i](text);
		const size_t size = g_bytes_get_size(compressed);
		size_t most = 0;

		for (size_t cut = 4; cut < size; cut++) {
			g_autoptr(GBytes) part = g_bytes_new_from_bytes(compressed, 0, cut);
			g_autoptr(GError) error = NULL;
			g_autoptr(GBytes) got = decode(part, &error);
			g_autoptr(GBytes) got_slowly = decode_by(part, 7, NULL);
			g_autofree char *message =
				g_strdup_printf("cannot decompress 'vm.log' beyond %" G_GSIZE_FORMAT
						" bytes of text: it ends early",
						g_bytes_get_size(got));

			g_assert_error(error, GS_TRACE_ERROR, GS_TRACE_ERROR_CUT);
			g_assert_cmpstr(error->message, ==, message);
			gs_test_assert_bytes(got_slowly, got);
			g_assert_cmpuint(g_bytes_get_size(got), >=, most);
			most = g_bytes_get_size(got);
			g_assert_cmpmem(g_bytes_get_data(got, NULL), most,
					g_bytes_get_data(text, NULL), most);
		}
		/* only the checksum is missing */
		g_assert_cmpuint(most, ==, g_bytes_get_size(text));
	}
}

/* A bit that flipped never goes unnoticed, unless it means nothing. */
static void test_damaged_anywhere(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(methods); i++) {
		g_autoptr(GBytes) text = gs_test_log(300);
		g_autoptr(GBytes) compressed = methods[i](text);

		for (size_t at = 4; at < g_bytes_get_size(compressed); at++) {
			g_autoptr(GBytes) damaged = flip(compressed, at);
			g_autoptr(GError) error = NULL;
			g_autoptr(GBytes) got = decode(damaged, &error);

			/* what is damaged may look as if more were to come */
			if (!error)
				gs_test_assert_bytes(got, text);
			else if (error->code != GS_TRACE_ERROR_CUT)
				g_assert_error(error, GS_TRACE_ERROR, GS_TRACE_ERROR_READ);
		}
	}
}

/* Flip a bit @from_end before the end of @compressed: all of @text comes, then the error. */
static void check_wrong_end(GBytes *compressed, size_t from_end, GBytes *text)
{
	g_autoptr(GBytes) damaged = flip(compressed, g_bytes_get_size(compressed) - from_end);
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) got = decode(damaged, &error);
	g_autofree char *begin =
		g_strdup_printf("cannot decompress 'vm.log' beyond %" G_GSIZE_FORMAT
				" bytes of text: ",
				g_bytes_get_size(text));

	g_assert_error(error, GS_TRACE_ERROR, GS_TRACE_ERROR_READ);
	g_assert_true(g_str_has_prefix(error->message, begin));
	g_assert_false(g_str_has_suffix(error->message, "it ends early"));
	gs_test_assert_bytes(got, text);
}

static void test_wrong_checksum(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(methods); i++) {
		g_autoptr(GBytes) text = gs_test_log(300);
		g_autoptr(GBytes) compressed = methods[i](text);

		check_wrong_end(compressed, 1, text);
		/* gzip's checksum is followed by the length */
		if (methods[i] == gs_test_gzip)
			check_wrong_end(compressed, 8, text);
	}
}

static void test_garbage_behind(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(methods); i++) {
		g_autoptr(GBytes) text = gs_test_log(300);
		g_autoptr(GBytes) compressed = methods[i](text);
		g_autoptr(GBytes) garbage = g_bytes_new_static(GS_TEST_LINE, strlen(GS_TEST_LINE));
		g_autoptr(GBytes) both = join(compressed, garbage);
		g_autoptr(GError) error = NULL;
		g_autoptr(GBytes) got = decode(both, &error);

		g_assert_error(error, GS_TRACE_ERROR, GS_TRACE_ERROR_READ);
		gs_test_assert_bytes(got, text);
	}
}

#ifdef HAVE_ZSTD

/* A frame that was not compressed, by the format's specification: RFC 8878. */
#define ZSTD_MAGIC "\x28\xb5\x2f\xfd"
#define FRAME(window) ZSTD_MAGIC "\x00" window "\x29\x00\x00hello"
#define SKIPPED "\x5a\x2a\x4d\x18\x03\x00\x00\x00xyz"

static void test_skippable_frames(void)
{
	static const char frames[] = SKIPPED FRAME("\x00") SKIPPED FRAME("\x00") SKIPPED;
	g_autoptr(GBytes) bytes = g_bytes_new_static(frames, sizeof(frames) - 1);
	g_autoptr(GBytes) expected = g_bytes_new_static("hellohello", 10);

	gs_test_check_reading(bytes, expected, "vm.log");
}

/* How much memory a file may ask for. */
static void test_window(void)
{
	static const char most[] = FRAME("\x88"), too_much[] = FRAME("\x90");
	g_autoptr(GBytes) window_128m = g_bytes_new_static(most, sizeof(most) - 1);
	g_autoptr(GBytes) window_256m = g_bytes_new_static(too_much, sizeof(too_much) - 1);
	g_autoptr(GBytes) expected = g_bytes_new_static("hello", 5);
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) text = decode(window_128m, &error), nothing = NULL;

	g_assert_no_error(error);
	gs_test_assert_bytes(text, expected);
	nothing = decode(window_256m, &error);
	g_assert_error(error, GS_TRACE_ERROR, GS_TRACE_ERROR_READ);
	g_assert_true(g_pattern_match_simple(
		"cannot decompress 'vm.log' beyond 0 bytes of text: *memory*", error->message));
}

/* What the library knows before it comes upon damage in the next block. */
static void test_damaged_block(void)
{
	static const char blocks[] = ZSTD_MAGIC "\x00\x00"
						"\x28\x00\x00hello" /* raw, not the last */
						"\x2a\x00\x00!"     /* "!" five times */
						"\x2f\x00\x00"; /* of a type that does not exist */
	g_autoptr(GBytes) bytes = g_bytes_new_static(blocks, sizeof(blocks) - 1);
	g_autoptr(GBytes) expected = g_bytes_new_static("hello!!!!!", 10);
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) text = decode(bytes, &error);

	g_assert_error(error, GS_TRACE_ERROR, GS_TRACE_ERROR_READ);
	gs_test_assert_bytes(text, expected);
}

#else

static void test_without_zstd(void)
{
	g_autoptr(GBytes) bytes = g_bytes_new_static("\x28\xb5\x2f\xfd", 4);
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) text = decode(bytes, &error);

	g_assert_cmpuint(g_bytes_get_size(text), ==, 0);
	g_assert_error(error, GS_TRACE_ERROR, GS_TRACE_ERROR_READ);
	g_assert_cmpstr(error->message, ==,
			"cannot read 'vm.log': it is compressed with zstd, which this program was "
			"built without");
}

#endif

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/compressed-log/compressed", test_compressed);
	g_test_add_func("/compressed-log/several", test_several);
	g_test_add_func("/compressed-log/padding", test_padding);
	g_test_add_func("/compressed-log/bomb", test_bomb);
	g_test_add_func("/compressed-log/cut", test_cut);
	g_test_add_func("/compressed-log/damaged-anywhere", test_damaged_anywhere);
	g_test_add_func("/compressed-log/wrong-checksum", test_wrong_checksum);
	g_test_add_func("/compressed-log/garbage-behind", test_garbage_behind);
#ifdef HAVE_ZSTD
	g_test_add_func("/compressed-log/skippable-frames", test_skippable_frames);
	g_test_add_func("/compressed-log/window", test_window);
	g_test_add_func("/compressed-log/damaged-block", test_damaged_block);
#else
	g_test_add_func("/compressed-log/without-zstd", test_without_zstd);
#endif
	return g_test_run();
}
