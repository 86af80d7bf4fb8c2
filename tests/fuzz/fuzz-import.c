/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as a log: how much memory there is to sort its rows does not show, JSON
 * is UTF-8, and what is written as strace's text can be read. That it reads back as
 * the same rows holds for what strace prints: prop-import.c.
 */
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "runs/import.h"
#include "tests/fuzz/fuzz-check.h"
#include "tests/fuzz/fuzz.h"

#define MUCH_MEMORY_BYTES ((size_t)1 << 20)
#define LITTLE_MEMORY_BYTES 4000

/* A file in memory, and its name. */
static int file_of(GBytes *bytes, char **ret_path)
{
	const int fd = memfd_create("fuzz", MFD_CLOEXEC);
	gsize size;
	const void *data = g_bytes_get_data(bytes, &size);

	FUZZ_CHECK(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	*ret_path = g_strdup_printf("/proc/self/fd/%d", fd);
	return fd;
}

/* NULL with @error set if @log cannot be read, or not be written in @format. */
static GBytes *import(GBytes *log, const GsImportFormat *format, size_t budget_bytes,
		      GError **error)
{
	g_autofree char *path = NULL;
	const int fd = file_of(log, &path);
	const GsImportSpec spec = {
		.paths = (const char *const[]){ path, NULL },
		.format = format,
		.budget_bytes = budget_bytes,
	};
	g_autoptr(GsImport) import = gs_import_read(&spec, error);
	char *text;
	size_t size;
	FILE *stream;

	close(fd);
	if (!import)
		return NULL;
	stream = open_memstream(&text, &size);
	FUZZ_CHECK(stream && gs_import_write(import, stream, error) && fclose(stream) == 0);
	return g_bytes_new_with_free_func(text, size, free, text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(GBytes) log = g_bytes_new(data, size);
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) rows = import(log, &gs_import_csv, MUCH_MEMORY_BYTES, &error);
	g_autoptr(GBytes) sorted = NULL, json = NULL, text = NULL, text_rows = NULL;

	FUZZ_CHECK((rows == NULL) == (error != NULL));
	if (!rows)
		return 0;
	sorted = import(log, &gs_import_csv, LITTLE_MEMORY_BYTES, NULL);
	FUZZ_CHECK(sorted && g_bytes_equal(rows, sorted));
	json = import(log, &gs_import_jsonl, MUCH_MEMORY_BYTES, NULL);
	FUZZ_CHECK(json && g_utf8_validate_len(g_bytes_get_data(json, NULL),
					       g_bytes_get_size(json), NULL));

	text = import(log, &gs_import_strace, MUCH_MEMORY_BYTES, &error);
	FUZZ_CHECK(text || error->domain == GS_IMPORT_ERROR);
	if (!text)
		return 0;
	text_rows = import(text, &gs_import_csv, MUCH_MEMORY_BYTES, NULL);
	FUZZ_CHECK(text_rows);
	return 0;
}
