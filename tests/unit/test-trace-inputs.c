/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the files of a command line to what is read. */
#include <glib.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "traces/trace-error.h"
#include "traces/trace-inputs.h"

/* A folder of its own, with empty files in it. */
typedef struct {
	char *path;
} Folder;

static void folder_set_up(Folder *folder, gconstpointer data)
{
	(void)data;
	folder->path = g_dir_make_tmp("gracesim-XXXXXX", NULL);
	g_assert_nonnull(folder->path);
	g_assert_cmpint(g_chdir(folder->path), ==, 0);
}

static void folder_tear_down(Folder *folder, gconstpointer data)
{
	g_autoptr(GDir) dir = g_dir_open(".", 0, NULL);
	const char *name;

	(void)data;
	while ((name = g_dir_read_name(dir)))
		g_remove(name);
	g_assert_cmpint(g_chdir("/"), ==, 0);
	g_assert_cmpint(g_rmdir(folder->path), ==, 0);
	g_free(folder->path);
}

/* Make the files @names, separated by blanks. */
static void make(const char *names)
{
	g_auto(GStrv) files = g_strsplit(names, " ", 0);

	for (char **file = files; *file; file++)
		g_assert_true(g_file_set_contents(*file, "", 0, NULL));
}

/* "PATH:TID:GROUP ..." of what the command line @words comes to. */
static char *expand(const char *words, GError **error)
{
	g_auto(GStrv) paths = g_strsplit(words, " ", 0);
	g_autoptr(GArray) inputs = gs_trace_inputs_new((const char *const *)paths, error);
	GString *text = g_string_new(NULL);

	for (guint i = 0; inputs && i < inputs->len; i++) {
		const GsTraceInput *input = &g_array_index(inputs, GsTraceInput, i);

		g_string_append_printf(text, "%s%s:%d:%u", i ? " " : "", input->path, input->tid,
				       input->group);
	}
	return g_string_free(text, !inputs);
}

static void assert_inputs(const char *words, const char *expected)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *got = expand(words, &error);

	g_assert_no_error(error);
	g_assert_cmpstr(got, ==, expected);
}

static void assert_refused(const char *words, const char *message)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *got = expand(words, &error);

	g_assert_null(got);
	g_assert_error(error, GS_TRACE_ERROR, GS_TRACE_ERROR_OPEN);
	g_assert_cmpstr(error->message, ==, message);
}

static void test_alone(Folder *folder, gconstpointer data)
{
	(void)folder;
	(void)data;
	make("b.strace a.log c.log.gz boot.2026 x.7.zst");
	assert_inputs("b.strace a.log c.log.gz", "b.strace:0:0 a.log:0:1 c.log.gz:0:2");
	assert_inputs("./boot.2026 x.7.zst b.strace",
		      "./boot.2026:2026:0 x.7.zst:7:1 b.strace:0:2");
}

/* What the kernel can give a thread as its number, and how strace writes it. */
static void test_tid(Folder *folder, gconstpointer data)
{
	(void)folder;
	(void)data;
	make("x.1 x.4194304 x.4194305 x.0 x.01 x.+1 x.1a x.1.gz.gz x.1.xz .5 x. y.6.7");
	assert_inputs("x.1", "x.1:1:0");
	assert_inputs("x.4194304", "x.4194304:4194304:0");
	assert_inputs("x.4194305 x.0 x.01 x.+1 x.1a x.1.gz.gz x.1.xz .5 x.",
		      "x.4194305:0:0 x.0:0:1 x.01:0:2 x.+1:0:3 x.1a:0:4 x.1.gz.gz:0:5 x.1.xz:0:6 "
		      ".5:0:7 x.:0:8");
	assert_inputs("y.6.7", "y.6.7:7:0");
}

/* strace -ff -o vm */
static void test_set(Folder *folder, gconstpointer data)
{
	(void)folder;
	(void)data;
	make("vm.9 vm.10.gz vm.100.zst vm.x vmm.11 avm.12 vm.13.txt a.log z.log");
	assert_inputs("vm", "vm.9:9:0 vm.10.gz:10:0 vm.100.zst:100:0");
	assert_inputs("a.log vm z.log",
		      "a.log:0:0 vm.9:9:1 vm.10.gz:10:1 vm.100.zst:100:1 z.log:0:2");
	/* as the shell sorts vm.* */
	assert_inputs("vm.10.gz vm.100.zst vm.9", "vm.9:9:0 vm.10.gz:10:0 vm.100.zst:100:0");
	/* two runs at once */
	assert_inputs("vmm vm", "vmm.11:11:0 vm.9:9:1 vm.10.gz:10:1 vm.100.zst:100:1");
	assert_inputs("vm.9 vmm.11 vm.10.gz", "vm.9:9:0 vm.10.gz:10:0 vmm.11:11:1");
}

static void test_set_elsewhere(Folder *folder, gconstpointer data)
{
	g_autofree char *name = g_build_filename(folder->path, "vm", NULL);
	g_autofree char *expected =
		g_strdup_printf("%s/vm.2:2:0 %s/vm.10:10:0", folder->path, folder->path);

	(void)data;
	make("vm.10 vm.2");
	g_assert_cmpint(g_chdir("/"), ==, 0);
	assert_inputs(name, expected);
	g_assert_cmpint(g_chdir(folder->path), ==, 0);
	assert_inputs("./vm", "./vm.2:2:0 ./vm.10:10:0");
}

/* A file that is there is what was meant, whatever else there is. */
static void test_file_before_set(Folder *folder, gconstpointer data)
{
	(void)folder;
	(void)data;
	make("vm vm.1 vm.2");
	assert_inputs("vm", "vm:0:0");
	assert_inputs("vm vm.2 vm.1", "vm:0:0 vm.1:1:1 vm.2:2:1");
}

static void test_missing(Folder *folder, gconstpointer data)
{
	(void)folder;
	(void)data;
	make("vm.x vm.0 x.1");
	assert_refused("vm", "cannot open 'vm': No such file or directory");
	assert_refused("x.1 nowhere/x", "cannot open 'nowhere/x': No such file or directory");
	assert_refused("x.1/y", "cannot open 'x.1/y': Not a directory");
	assert_refused("x.1/", "cannot open 'x.1/': Not a directory");
	assert_refused("nowhere/", "cannot open 'nowhere/': No such file or directory");
	/* a name is no place for the end of the command line */
	assert_refused("x.1 ", "cannot open '': No such file or directory");
}

static void test_twice(Folder *folder, gconstpointer data)
{
	(void)folder;
	(void)data;
	make("a.log vm.1 vm.2");
	g_assert_cmpint(symlink("a.log", "b.log"), ==, 0);
	assert_refused("a.log vm.1 a.log", "the same file twice: 'a.log' and 'a.log'");
	assert_refused("a.log ./a.log", "the same file twice: 'a.log' and './a.log'");
	assert_refused("b.log a.log", "the same file twice: 'b.log' and 'a.log'");
	assert_refused("vm.2 vm", "the same file twice: 'vm.2' and 'vm.2'");
	assert_refused("- -", "the same file twice: '-' and '-'");
}

/* gzip -k leaves both */
static void test_thread_twice(Folder *folder, gconstpointer data)
{
	(void)folder;
	(void)data;
	make("vm.1 vm.2 vm.2.gz");
	assert_refused("vm", "two files of one thread: 'vm.2' and 'vm.2.gz'");
	assert_refused("vm.2.gz vm.1 vm.2", "two files of one thread: 'vm.2' and 'vm.2.gz'");
	assert_inputs("vm.1 vm.2.gz", "vm.1:1:0 vm.2.gz:2:0");
}

static void test_standard_input(Folder *folder, gconstpointer data)
{
	(void)folder;
	(void)data;
	make("a.log -.5");
	assert_inputs("-", "-:0:0");
	assert_inputs("a.log - -.5", "a.log:0:0 -:0:1 -.5:5:2");
}

static void add(const char *path, void (*test)(Folder *folder, gconstpointer data))
{
	g_test_add(path, Folder, NULL, folder_set_up, test, folder_tear_down);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	add("/trace-inputs/alone", test_alone);
	add("/trace-inputs/tid", test_tid);
	add("/trace-inputs/set", test_set);
	add("/trace-inputs/set-elsewhere", test_set_elsewhere);
	add("/trace-inputs/file-before-set", test_file_before_set);
	add("/trace-inputs/missing", test_missing);
	add("/trace-inputs/twice", test_twice);
	add("/trace-inputs/thread-twice", test_thread_twice);
	add("/trace-inputs/standard-input", test_standard_input);
	return g_test_run();
}
