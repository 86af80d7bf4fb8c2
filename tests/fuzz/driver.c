/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Runs a fuzz target over the files and folders given, without libFuzzer: a
 * corpus as a test. Prints TAP, one result per file.
 */
#include <glib.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/fuzz/fuzz.h"

static int compare_names(const void *a, const void *b)
{
	return g_strcmp0(*(char *const *)a, *(char *const *)b);
}

/* Every file below @path, in the order of their names. */
static bool add_files(const char *path, GPtrArray *files)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GError) error = NULL;
	g_autoptr(GDir) folder = NULL;
	const char *name;

	if (!g_file_test(path, G_FILE_TEST_IS_DIR)) {
		g_ptr_array_add(files, g_strdup(path));
		return true;
	}
	folder = g_dir_open(path, 0, &error);
	if (!folder) {
		printf("Bail out! %s\n", error->message);
		return false;
	}
	while ((name = g_dir_read_name(folder)))
		g_ptr_array_add(names, g_build_filename(path, name, NULL));
	g_ptr_array_sort(names, compare_names);
	for (unsigned int i = 0; i < names->len; i++) {
		if (!add_files(g_ptr_array_index(names, i), files))
			return false;
	}
	return true;
}

static bool run_file(const char *path, unsigned int number)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *name = g_path_get_basename(path), *data = NULL;
	gsize size;

	if (!g_file_get_contents(path, &data, &size, &error)) {
		printf("not ok %u - %s\n# %s\n", number, name, error->message);
		return false;
	}
	LLVMFuzzerTestOneInput((const uint8_t *)data, size);
	printf("ok %u - %s\n", number, name);
	return true;
}

int main(int argc, char **argv)
{
	g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_free);
	bool all = true;

	for (int i = 1; i < argc; i++) {
		if (!add_files(argv[i], files))
			return EXIT_FAILURE;
	}
	if (files->len == 0) {
		printf("Bail out! no file to run\n");
		return EXIT_FAILURE;
	}
	printf("1..%u\n", files->len);
	for (unsigned int i = 0; i < files->len; i++)
		all = run_file(g_ptr_array_index(files, i), i + 1) && all;
	return all ? EXIT_SUCCESS : EXIT_FAILURE;
}
