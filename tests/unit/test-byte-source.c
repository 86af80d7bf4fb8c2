/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Logs from files and pipes, and what happens where there is none. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/time.h>
#include <unistd.h>

#include "tests/lib/gs-test-bytes.h"
#include "traces/trace-error.h"

static void test_plain(void)
{
	static const unsigned int counts[] = { 0, 1, 10000 };

	for (size_t i = 0; i < G_N_ELEMENTS(counts); i++) {
		g_autoptr(GBytes) text = gs_test_log(counts[i]);

		gs_test_check_reading(text, text, "vm.log.gz");
	}
	for (size_t size = 1; size < 4; size++) {
		g_autoptr(GBytes) text = g_bytes_new_static("\x28\xb5\x2f", size);

		gs_test_check_reading(text, text, "short");
	}
}

/* A folder of its own to be in; back with leave(). */
static char *enter(void)
{
	char *folder = g_dir_make_tmp("gracesim-XXXXXX", NULL);

	g_assert_nonnull(folder);
	g_assert_cmpint(g_chdir(folder), ==, 0);
	return folder;
}

static void leave(char *folder)
{
	g_assert_cmpint(g_chdir("/"), ==, 0);
	g_assert_cmpint(g_rmdir(folder), ==, 0);
	g_free(folder);
}

static void test_file(void)
{
	char *folder = enter();
	g_autoptr(GBytes) text = gs_test_log(10000);
	g_autoptr(GBytes) compressed = gs_test_gzip(text);
	GBytes *const contents[] = { text, compressed };

	for (size_t i = 0; i < G_N_ELEMENTS(contents); i++) {
		g_autoptr(GsByteSource) source = NULL;
		g_autoptr(GError) error = NULL;
		g_autoptr(GBytes) got = NULL;
		gsize size;
		const char *data = g_bytes_get_data(contents[i], &size);

		g_assert_true(g_file_set_contents("x", data, (gssize)size, NULL));
		source = gs_byte_source_open("x", &error);
		g_assert_no_error(error);
		g_assert_cmpstr(gs_byte_source_name(source), ==, "x");
		got = gs_test_read_all(source, 5000, &error);
		g_assert_no_error(error);
		gs_test_assert_bytes(got, text);
	}
	g_unlink("x");
	leave(folder);
}

/* Write to a pipe, then end it. */
typedef struct {
	int fd;
	GBytes *bytes;
	gulong delay_us;
} Writer;

static void *write_pipe(void *data)
{
	Writer *writer = data;
	gsize size;
	const char *bytes = g_bytes_get_data(writer->bytes, &size);

	g_usleep(writer->delay_us);
	for (gsize at = 0; at < size;) {
		ssize_t count = write(writer->fd, bytes + at, MIN(size - at, 1000));

		g_assert_true(count > 0 || errno == EINTR);
		at += (gsize)MAX(count, 0);
	}
	close(writer->fd);
	return NULL;
}

/* Read @text, compressed, from a pipe that begins to be written to @delay_us later. */
static void check_pipe(GBytes *text, gulong delay_us, bool non_blocking)
{
	g_autoptr(GBytes) compressed = gs_test_gzip(text);
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) got = NULL;
	int fds[2], saved = dup(STDIN_FILENO);
	GsByteSource *source;
	Writer writer;
	GThread *thread;

	g_assert_cmpint(pipe(fds), ==, 0);
	g_assert_cmpint(dup2(fds[0], STDIN_FILENO), ==, STDIN_FILENO);
	close(fds[0]);
	if (non_blocking)
		g_assert_cmpint(fcntl(STDIN_FILENO, F_SETFL, O_NONBLOCK), ==, 0);
	writer = (Writer){ fds[1], compressed, delay_us };
	thread = g_thread_new("writer", write_pipe, &writer);
	source = gs_byte_source_open("-", &error);
	g_assert_no_error(error);
	g_assert_cmpstr(gs_byte_source_name(source), ==, "(standard input)");
	got = gs_test_read_all(source, 5000, &error);
	g_assert_no_error(error);
	gs_test_assert_bytes(got, text);
	g_thread_join(thread);
	gs_byte_source_free(source);
	/* whose it was, not ours to close */
	g_assert_cmpint(fcntl(STDIN_FILENO, F_GETFD), !=, -1);
	dup2(saved, STDIN_FILENO);
	close(saved);
}

static void test_standard_input(void)
{
	g_autoptr(GBytes) noise = gs_test_noise(300000);

	check_pipe(noise, 0, false);
}

static void test_non_blocking(void)
{
	g_autoptr(GBytes) text = gs_test_log(10);

	check_pipe(text, 20000, true);
}

static void do_nothing(int number)
{
	(void)number;
}

/* A signal that is handled is no reason to stop. */
static void test_interrupted(void)
{
	const struct itimerval often = { { 0, 1000 }, { 0, 1000 } }, never = { 0 };
	struct sigaction action = { .sa_handler = do_nothing }, before;
	g_autoptr(GBytes) text = gs_test_log(10);

	sigaction(SIGALRM, &action, &before);
	setitimer(ITIMER_REAL, &often, NULL);
	check_pipe(text, 20000, false);
	setitimer(ITIMER_REAL, &never, NULL);
	sigaction(SIGALRM, &before, NULL);
}

static void test_missing(void)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(gs_byte_source_open("no-such-folder/x.strace", &error));
	g_assert_error(error, GS_TRACE_ERROR, GS_TRACE_ERROR_OPEN);
	g_assert_cmpstr(error->message, ==,
			"cannot open 'no-such-folder/x.strace': No such file or directory");
}

static void test_folder(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GsByteSource) source = gs_byte_source_open(".", &error);
	char byte;

	g_assert_no_error(error);
	g_assert_cmpint(gs_byte_source_read(source, &byte, 1, &error), ==, -1);
	g_assert_error(error, GS_TRACE_ERROR, GS_TRACE_ERROR_READ);
	g_assert_cmpstr(error->message, ==, "cannot read '.': Is a directory");
}

static void test_not_allowed(void)
{
	char *folder;
	g_autoptr(GError) error = NULL;

	if (geteuid() == 0) {
		g_test_skip("root may read everything");
		return;
	}
	folder = enter();
	g_assert_true(g_file_set_contents("x", "", 0, NULL));
	g_assert_cmpint(g_chmod("x", 0), ==, 0);
	g_assert_null(gs_byte_source_open("x", &error));
	g_assert_error(error, GS_TRACE_ERROR, GS_TRACE_ERROR_OPEN);
	g_assert_cmpstr(error->message, ==, "cannot open 'x': Permission denied");
	g_unlink("x");
	leave(folder);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/byte-source/plain", test_plain);
	g_test_add_func("/byte-source/file", test_file);
	g_test_add_func("/byte-source/standard-input", test_standard_input);
	g_test_add_func("/byte-source/non-blocking", test_non_blocking);
	g_test_add_func("/byte-source/interrupted", test_interrupted);
	g_test_add_func("/byte-source/missing", test_missing);
	g_test_add_func("/byte-source/folder", test_folder);
	g_test_add_func("/byte-source/not-allowed", test_not_allowed);
	return g_test_run();
}
