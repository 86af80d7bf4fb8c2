/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Runs a fuzz target over the files and folders given, without libFuzzer: a
 * corpus as a test. Prints TAP, one result per file or folder given.
 */
#include <glib.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"

static int compare_names(const void *a, const void *b)
{
	return g_strcmp0(*(char *const *)a, *(char *const *)b);
}

/* Every file below @path, in the order of their names. */
static bool add_files(const char *path, GPtrArray *files, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GDir) folder = NULL;
	const char *name;

	if (!g_file_test(path, G_FILE_TEST_IS_DIR)) {
		g_ptr_array_add(files, g_strdup(path));
		return true;
	}
	folder = g_dir_open(path, 0, error);
	if (!folder)
		return false;
	while ((name = g_dir_read_name(folder)))
		g_ptr_array_add(names, g_build_filename(path, name, NULL));
	g_ptr_array_sort(names, compare_names);
	for (unsigned int i = 0; i < names->len; i++) {
		if (!add_files(g_ptr_array_index(names, i), files, error))
			return false;
	}
	return true;
}

static bool run_file(const char *path, GError **error)
{
	g_autofree char *contents = NULL;
	g_autofree uint8_t *data = NULL;
	gsize size;

	/* said before, so that the last one is that which ended the program */
	printf("# %s\n", path);
	if (!g_file_get_contents(path, &contents, &size, error))
		return false;
	/* without the NUL behind it, so that a look beyond the end is found out */
	data = g_malloc(MAX(size, 1));
	memcpy(data, contents, size);
	LLVMFuzzerTestOneInput(data, size);
	return true;
}

static bool run_files(const char *path, GError **error)
{
	g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_free);

	if (!add_files(path, files, error))
		return false;
	for (unsigned int i = 0; i < files->len; i++) {
		if (!run_file(g_ptr_array_index(files, i), error))
			return false;
	}
	if (files->len == 0)
		g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT, "no file to run");
	return files->len > 0;
}

int main(int argc, char **argv)
{
	bool all = true;

	setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
	printf("1..%d\n", argc - 1);
	for (int i = 1; i < argc; i++) {
		g_autofree char *program = g_path_get_basename(argv[0]);
		g_autoptr(GError) error = NULL;

		if (run_files(argv[i], &error)) {
			printf("ok %d - %s %s\n", i, program, argv[i]);
			continue;
		}
		printf("not ok %d - %s %s\n# %s\n", i, program, argv[i], error->message);
		all = false;
	}
	return all ? EXIT_SUCCESS : EXIT_FAILURE;
}
