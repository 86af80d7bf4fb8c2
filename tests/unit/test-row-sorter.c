/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows come out in order whatever fits into memory. */
#include "traces/row-sorter.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct {
	unsigned int count;
	size_t budget_bytes;
	int time_max; /* few times make many equals */
	size_t row_max;
} Case;

/* What a row is, at its front; the rest is filler. */
typedef struct {
	int64_t time_ns;
	uint64_t number;
} Row;

static void add_rows(GsRowSorter *sorter, GRand *rand, const Case *c)
{
	for (uint64_t i = 0; i < c->count; i++) {
		size_t size = sizeof(Row) +
			      (c->row_max ? (size_t)g_rand_int_range(rand, 0, (int)c->row_max) : 0);
		g_autofree char *bytes = g_malloc0(size);
		Row row = { .time_ns = g_rand_int_range(rand, 0, c->time_max), .number = i };
		GsRowKey key = { .time_ns = row.time_ns };

		memcpy(bytes, &row, sizeof(row));
		memset(bytes + sizeof(row), (int)(i & 0xff), size - sizeof(row));
		g_assert_true(gs_row_sorter_add(sorter, &key, bytes, size, NULL));
	}
}

static void check_rows(GsRowSorter *sorter, unsigned int count)
{
	g_autofree bool *seen = g_new0(bool, count + 1);
	Row before = { .time_ns = -1 };
	unsigned int found = 0;
	const void *bytes;
	size_t size;

	while (gs_row_sorter_next(sorter, &bytes, &size, NULL)) {
		const char *filler = (const char *)bytes + sizeof(Row);
		Row row;

		memcpy(&row, bytes, sizeof(row));
		g_assert_cmpint(row.time_ns, >=, before.time_ns);
		if (row.time_ns == before.time_ns)
			g_assert_cmpuint(row.number, >, before.number);
		g_assert_cmpuint(row.number, <, count);
		g_assert_false(seen[row.number]);
		seen[row.number] = true;
		for (size_t i = 0; i < size - sizeof(row); i++)
			g_assert_cmpint((unsigned char)filler[i], ==, row.number & 0xff);
		before = row;
		found++;
	}
	g_assert_cmpuint(found, ==, count);
}

static void test_order(void)
{
	static const Case cases[] = {
		{ 0, 1 << 20, 10, 0 },
		{ 1, 1, 10, 0 },
		{ 1000, 1 << 20, 1000, 100 }, /* all in memory */
		{ 1000, 4096, 1000, 100 },    /* some runs */
		{ 1000, 4096, 3, 100 },       /* nearly all equal */
		{ 9000, 128, 5000, 8 },       /* thousands of runs: merged twice */
		{ 200, 128, 100, 20000 },     /* rows that are larger than everything */
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GRand) rand = g_rand_new_with_seed(g_test_rand_int());
		g_autoptr(GsRowSorter) sorter =
			gs_row_sorter_new(g_get_tmp_dir(), cases[i].budget_bytes);

		add_rows(sorter, rand, &cases[i]);
		check_rows(sorter, cases[i].count);
	}
}

static void add_key(GsRowSorter *sorter, GsRowKey key, char name)
{
	g_assert_true(gs_row_sorter_add(sorter, &key, &name, 1, NULL));
}

static void test_keys(void)
{
	g_autoptr(GsRowSorter) sorter = gs_row_sorter_new(g_get_tmp_dir(), 1 << 20);
	g_autoptr(GString) order = g_string_new(NULL);
	const void *row;
	size_t size;

	add_key(sorter, (GsRowKey){ .series = 1 }, 'g');
	add_key(sorter, (GsRowKey){ .clock = 1 }, 'f');
	add_key(sorter, (GsRowKey){ .time_ns = 1 }, 'e');
	add_key(sorter, (GsRowKey){ .file = 1 }, 'd');
	add_key(sorter, (GsRowKey){ .line = 1 }, 'b');
	add_key(sorter, (GsRowKey){ .line = 1 }, 'c'); /* a line may hold several calls */
	add_key(sorter, (GsRowKey){ .time_ns = INT64_MIN, .file = 9 }, 'a');
	while (gs_row_sorter_next(sorter, &row, &size, NULL))
		g_string_append_len(order, row, (gssize)size);
	g_assert_cmpstr(order->str, ==, "abcdefg");
}

/* Only what does not fit is written, and nothing is left of it. */
static void test_files(void)
{
	g_autofree char *folder = g_dir_make_tmp("gracesim-XXXXXX", NULL);
	g_autoptr(GRand) rand = g_rand_new_with_seed(1);
	g_autoptr(GsRowSorter) small = gs_row_sorter_new(folder, 1 << 20);
	g_autoptr(GsRowSorter) large = gs_row_sorter_new(folder, 1 << 10);
	const Case c = { .count = 200, .time_max = 100 };
	g_autoptr(GDir) dir = NULL;

	add_rows(small, rand, &c);
	add_rows(large, rand, &c);
	g_assert_cmpuint(gs_row_sorter_spill_count(small), ==, 0);
	g_assert_cmpuint(gs_row_sorter_spill_count(large), >, 0);
	dir = g_dir_open(folder, 0, NULL);
	g_assert_null(g_dir_read_name(dir));
	check_rows(small, c.count);
	check_rows(large, c.count);
	g_rmdir(folder);
}

static void test_no_folder(void)
{
	g_autoptr(GsRowSorter) sorter = gs_row_sorter_new("/nonexistent/folder", 1);
	g_autoptr(GError) error = NULL;
	const GsRowKey key = { 0 };

	g_assert_true(gs_row_sorter_add(sorter, &key, "a", 1, &error));
	g_assert_false(gs_row_sorter_add(sorter, &key, "b", 1, &error));
	g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
	g_assert_nonnull(strstr(error->message, "'/nonexistent/folder'"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/row-sorter/order", test_order);
	g_test_add_func("/row-sorter/keys", test_keys);
	g_test_add_func("/row-sorter/files", test_files);
	g_test_add_func("/row-sorter/no-folder", test_no_folder);
	return g_test_run();
}
