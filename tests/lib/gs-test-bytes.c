/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/lib/gs-test-bytes.h"

#include <stdint.h>
#include <string.h>

/* A stream that hands out a few bytes at a time, as a pipe may. */
typedef struct {
	GInputStream parent;
	GBytes *bytes; /* owned */
	size_t at, step;
} Trickle;
typedef GInputStreamClass TrickleClass;
static GType trickle_get_type(void);
G_DEFINE_TYPE(Trickle, trickle, G_TYPE_INPUT_STREAM)

static gssize trickle_read(GInputStream *stream, void *buffer, gsize size,
			   GCancellable *cancellable, GError **error)
{
	Trickle *trickle = (Trickle *)stream;
	size_t count =
		MIN(MIN(size, trickle->step), g_bytes_get_size(trickle->bytes) - trickle->at);

	(void)cancellable;
	(void)error;
	if (count > 0)
		memcpy(buffer, (const char *)g_bytes_get_data(trickle->bytes, NULL) + trickle->at,
		       count);
	trickle->at += count;
	return (gssize)count;
}

static void trickle_finalize(GObject *object)
{
	g_bytes_unref(((Trickle *)object)->bytes);
	G_OBJECT_CLASS(trickle_parent_class)->finalize(object);
}

static void trickle_class_init(TrickleClass *class)
{
	class->read_fn = trickle_read;
	G_OBJECT_CLASS(class)->finalize = trickle_finalize;
}

static void trickle_init(Trickle *trickle)
{
	(void)trickle;
}

GBytes *gs_test_log(unsigned int count)
{
	GString *text = g_string_new(NULL);

	for (unsigned int i = 0; i < count; i++)
		g_string_append_printf(text, "%u %s", i, GS_TEST_LINE);
	return g_string_free_to_bytes(text);
}

GBytes *gs_test_noise(size_t size)
{
	guint8 *data = g_malloc(size);
	g_autoptr(GRand) rand = g_rand_new_with_seed(1);

	for (size_t i = 0; i < size; i++)
		data[i] = (guint8)g_rand_int(rand);
	return g_bytes_new_take(data, size);
}

GBytes *gs_test_gzip(GBytes *bytes)
{
	g_autoptr(GZlibCompressor) compressor =
		g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP, 6);
	gsize size, used, made;
	const void *data = g_bytes_get_data(bytes, &size);
	const gsize room = size + size / 100 + 1000;
	guint8 *compressed = g_malloc(room);

	/* GLib wants something to point at, even to compress nothing */
	g_assert_cmpint(g_converter_convert(G_CONVERTER(compressor), data ? data : "", size,
					    compressed, room, G_CONVERTER_INPUT_AT_END, &used,
					    &made, NULL),
			==, G_CONVERTER_FINISHED);
	return g_bytes_new_take(compressed, made);
}

GsByteSource *gs_test_source(GBytes *bytes, const char *name, size_t step)
{
	g_autoptr(GInputStream) stream = g_object_new(trickle_get_type(), NULL);
	Trickle *trickle = (Trickle *)stream;

	trickle->bytes = g_bytes_ref(bytes);
	trickle->step = step;
	return gs_byte_source_new_for_stream(stream, name);
}

GBytes *gs_test_read_all(GsByteSource *source, size_t size, GError **error)
{
	GByteArray *all = g_byte_array_new();
	g_autofree char *buffer = g_malloc(size);
	gssize count;

	while ((count = gs_byte_source_read(source, buffer, size, error)) > 0)
		g_byte_array_append(all, (const guint8 *)buffer, (guint)count);
	g_assert_true(!error || count == (*error ? -1 : 0));
	return g_byte_array_free_to_bytes(all);
}

void gs_test_assert_bytes(GBytes *got, GBytes *expected)
{
	gsize got_size, size;
	const void *got_data = g_bytes_get_data(got, &got_size);
	const void *data = g_bytes_get_data(expected, &size);

	g_assert_cmpmem(got_data, got_size, data, size);
}

void gs_test_check_reading(GBytes *bytes, GBytes *expected, const char *name)
{
	static const size_t steps[] = { 1, 3, 4096, SIZE_MAX };
	static const size_t sizes[] = { 1, 1000, 256 << 10 };

	for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
		for (size_t k = 0; k < G_N_ELEMENTS(sizes); k++) {
			g_autoptr(GsByteSource) source = gs_test_source(bytes, name, steps[i]);
			g_autoptr(GError) error = NULL;
			g_autoptr(GBytes) text = gs_test_read_all(source, sizes[k], &error);
			char byte;

			g_assert_no_error(error);
			gs_test_assert_bytes(text, expected);
			/* the end stays the end */
			g_assert_cmpint(gs_byte_source_read(source, &byte, 1, &error), ==, 0);
		}
	}
}
