/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as a log: how much memory there is to sort its rows does not show, and
 * rows that were once written as strace's text are not changed by being written so
 * again. That the first time changes none, either, holds for what strace prints:
 * prop-import.c.
 */
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "runs/import.h"
#include "tests/fuzz/fuzz-check.h"
#include "tests/fuzz/fuzz.h"

#define LITTLE_MEMORY_BYTES 1000

/* Rows without the two columns that say where in which file, which a copy may change. */
static void append_row(gpointer state, const GsImportRow *row, GString *out)
{
	unsigned int columns = 2;

	gs_import_csv.row(state, row, out);
	while (columns > 0)
		columns -= out->str[--out->len] == ',';
	g_string_append_c(out, '\n');
}

static gpointer open_rows(const GsTraceReader *reader)
{
	return (gpointer)reader;
}

static void close_rows(gpointer state)
{
	(void)state;
}

/* As gs_import_strace orders them. */
static const GsImportFormat rows_format = {
	.open = open_rows,
	.row = append_row,
	.close = close_rows,
	.by_line = true,
};

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

static GBytes *rows_of(GBytes *log, GError **error)
{
	return import(log, &rows_format, GS_IMPORT_BUDGET_BYTES, error);
}

static GBytes *strace_of(GBytes *log, GError **error)
{
	return import(log, &gs_import_strace, GS_IMPORT_BUDGET_BYTES, error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(GBytes) log = g_bytes_new(data, size);
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) rows = rows_of(log, &error);
	g_autoptr(GBytes) sorted = NULL, text = NULL, again = NULL;
	g_autoptr(GBytes) text_rows = NULL, again_rows = NULL;

	FUZZ_CHECK((rows == NULL) == (error != NULL));
	if (!rows)
		return 0;
	sorted = import(log, &rows_format, LITTLE_MEMORY_BYTES, NULL);
	FUZZ_CHECK(sorted && g_bytes_equal(rows, sorted));

	text = strace_of(log, &error);
	FUZZ_CHECK(text || error->domain == GS_IMPORT_ERROR);
	if (!text)
		return 0;
	text_rows = rows_of(text, NULL);
	again = strace_of(text, NULL);
	FUZZ_CHECK(text_rows && again);
	again_rows = rows_of(again, NULL);
	FUZZ_CHECK(again_rows && g_bytes_equal(text_rows, again_rows));
	return 0;
}
