/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/trace-inputs.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "traces/trace-error.h"

/* PID_MAX_LIMIT of the kernel */
#define TID_MAX (1 << 22)

typedef struct {
	GArray *inputs;     /* GsTraceInput */
	GHashTable *groups; /* NAME of an -ff run, owned -> its group */
	GHashTable *files;  /* which file it is, owned -> the path that was given, owned */
	uint32_t group_count;
} Collection;

static void input_clear(void *data)
{
	GsTraceInput *input = data;

	g_free(input->path);
}

/* NAME of "NAME.TID", "NAME.TID.gz", "NAME.TID.zst"; NULL: it is called otherwise. */
static char *member_name(const char *path, int32_t *tid)
{
	static const char *const compressed[] = { ".gz", ".zst" };
	g_autofree char *name = g_strdup(path);
	guint64 number;
	char *dot;

	for (size_t i = 0; i < G_N_ELEMENTS(compressed); i++) {
		if (g_str_has_suffix(path, compressed[i]))
			name[strlen(path) - strlen(compressed[i])] = '\0';
	}
	dot = strrchr(name, '.');
	/* strace prints no leading zeros, log rotation may */
	if (!dot || dot == name || dot[-1] == '/' || dot[1] == '0' ||
	    !g_ascii_string_to_unsigned(dot + 1, 10, 1, TID_MAX, &number, NULL))
		return NULL;
	*dot = '\0';
	*tid = (int32_t)number;
	return g_steal_pointer(&name);
}

/* The group of the -ff run @name; NULL: one for a file alone. */
static uint32_t find_group(Collection *collection, const char *name)
{
	gpointer group;

	if (name && g_hash_table_lookup_extended(collection->groups, name, NULL, &group))
		return GPOINTER_TO_UINT(group);
	if (name)
		g_hash_table_insert(collection->groups, g_strdup(name),
				    GUINT_TO_POINTER(collection->group_count));
	return collection->group_count++;
}

static bool add_file(Collection *collection, const char *path, GError **error)
{
	const bool is_stdin = g_str_equal(path, "-");
	GsTraceInput input = { 0 };
	g_autofree char *name = NULL;
	g_autofree char *file = NULL;
	const char *same;
	struct stat status;

	if ((is_stdin ? fstat(STDIN_FILENO, &status) : stat(path, &status)) < 0) {
		g_set_error(error, GS_TRACE_ERROR, GS_TRACE_ERROR_OPEN, "cannot open '%s': %s",
			    path, g_strerror(errno));
		return false;
	}
	file = g_strdup_printf("%ju %ju", (uintmax_t)status.st_dev, (uintmax_t)status.st_ino);
	same = g_hash_table_lookup(collection->files, file);
	if (same) {
		g_set_error(error, GS_TRACE_ERROR, GS_TRACE_ERROR_OPEN,
			    "the same file twice: '%s' and '%s'", same, path);
		return false;
	}
	g_hash_table_insert(collection->files, g_steal_pointer(&file), g_strdup(path));
	name = member_name(path, &input.tid);
	input.path = g_strdup(path);
	input.group = find_group(collection, name);
	g_array_append_val(collection->inputs, input);
	return true;
}

/* Add what "strace -ff -o @name" wrote. */
static bool add_members(Collection *collection, const char *name, GError **error)
{
	const char *slash = strrchr(name, '/');
	const char *base = slash ? slash + 1 : name;
	g_autofree char *folder = g_path_get_dirname(name);
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	const char *entry;

	while (dir && (entry = g_dir_read_name(dir))) {
		int32_t tid;
		g_autofree char *member_of = member_name(entry, &tid);

		if (g_strcmp0(member_of, base) != 0)
			continue;
		g_autofree char *path = g_strconcat(name, entry + strlen(base), NULL);
		if (!add_file(collection, path, error))
			return false;
	}
	return true;
}

static bool add_path(Collection *collection, const char *path, GError **error)
{
	const unsigned int count = collection->inputs->len;
	const bool exists = g_str_equal(path, "-") || g_file_test(path, G_FILE_TEST_EXISTS);

	if (!exists && !add_members(collection, path, error))
		return false;
	/* no member either: let it say why it is not there */
	return collection->inputs->len > count || add_file(collection, path, error);
}

static int compare_inputs(gconstpointer a, gconstpointer b)
{
	const GsTraceInput *left = a, *right = b;

	if (left->group != right->group)
		return left->group < right->group ? -1 : 1;
	if (left->tid != right->tid)
		return left->tid < right->tid ? -1 : 1;
	return strcmp(left->path, right->path);
}

/* "log.7" beside "log.7.gz": to read both is to count every call twice. */
static bool check_threads(const GArray *inputs, GError **error)
{
	for (unsigned int i = 1; i < inputs->len; i++) {
		const GsTraceInput *input = &g_array_index(inputs, GsTraceInput, i);
		const GsTraceInput *before = input - 1;

		if (input->tid && input->tid == before->tid && input->group == before->group) {
			g_set_error(error, GS_TRACE_ERROR, GS_TRACE_ERROR_OPEN,
				    "two files of one thread: '%s' and '%s'", before->path,
				    input->path);
			return false;
		}
	}
	return true;
}

GArray *gs_trace_inputs_new(const char *const *paths, GError **error)
{
	g_autoptr(GArray) inputs = g_array_new(FALSE, FALSE, sizeof(GsTraceInput));
	g_autoptr(GHashTable) groups = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GHashTable) files =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	Collection collection = { .inputs = inputs, .groups = groups, .files = files };

	g_array_set_clear_func(inputs, input_clear);
	for (; *paths; paths++) {
		if (!add_path(&collection, *paths, error))
			return NULL;
	}
	g_array_sort(inputs, compare_inputs);
	return check_threads(inputs, error) ? g_steal_pointer(&inputs) : NULL;
}

char *gs_trace_inputs_group_name(const GArray *inputs, const GsTraceInput *input)
{
	unsigned int count = 0;
	int32_t tid;

	for (unsigned int i = 0; i < inputs->len; i++)
		count += g_array_index(inputs, GsTraceInput, i).group == input->group;
	return count > 1 ? member_name(input->path, &tid) : g_strdup(input->path);
}
