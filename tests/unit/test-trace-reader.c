/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines of strace put together into calls. Each log is one we wrote. */
#include <glib.h>
#include <glib/gstdio.h>

#include "traces/trace-reader.h"

/* What a test looks at of a record; the reader's own spans do not live long enough. */
typedef struct {
	int32_t tid;
	int64_t start_ns, end_ns, duration_ns;
	char *name, *args, *error;
	int64_t ret;
	GsCallStatus status;
	uint64_t line;
} Call;

typedef struct {
	GArray *calls; /* Call */
	GsTraceStats stats;
	int32_t main_tid;
} Log;

static void call_clear(void *data)
{
	Call *call = data;

	g_free(call->name);
	g_free(call->args);
	g_free(call->error);
}

static char *copy(GsSpan span)
{
	return g_strndup(span.text, span.length);
}

static Log read_bytes(const char *text, size_t length, const char *name)
{
	g_autoptr(GInputStream) stream =
		g_memory_input_stream_new_from_data(text, (gssize)length, NULL);
	g_autoptr(GsTraceReader) reader = gs_trace_reader_new_for_stream(stream, name);
	Log log = { .calls = g_array_new(FALSE, FALSE, sizeof(Call)) };
	g_autoptr(GError) error = NULL;
	GsTraceRecord record;

	g_array_set_clear_func(log.calls, call_clear);
	while (gs_trace_reader_next(reader, &record, &error)) {
		Call call = {
			.tid = record.tid,
			.start_ns = record.start_ns,
			.end_ns = record.end_ns,
			.duration_ns = record.duration_ns,
			.name = copy(record.name),
			.args = copy(record.args),
			.error = copy(record.error),
			.ret = record.has_ret ? record.ret : INT64_MIN,
			.status = record.status,
			.line = record.line,
		};

		g_array_append_val(log.calls, call);
	}
	g_assert_no_error(error);
	log.stats = gs_trace_reader_stats(reader);
	log.main_tid = gs_trace_reader_main_tid(reader, 0);
	g_assert_cmpuint(log.stats.records, ==, log.calls->len);
	return log;
}

static Log read_log(const char *text)
{
	return read_bytes(text, strlen(text), "test.strace");
}

static const Call *call_at(const Log *log, unsigned int index)
{
	g_assert_cmpuint(index, <, log->calls->len);
	return &g_array_index(log->calls, Call, index);
}

static void log_clear(Log *log)
{
	g_array_unref(log->calls);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Log, log_clear)

static void test_plain(void)
{
	g_auto(Log) log = read_log("45726 14:45:32.914330 ioctl(25, KVM_CREATE_VCPU, 0) = 28 "
				   "<0.000137>\n"
				   "45726 14:45:32.914533 ioctl(25, KVM_CREATE_VCPU, 1) = 30 "
				   "<0.000046>\n");

	g_assert_cmpuint(log.calls->len, ==, 2);
	g_assert_cmpint(call_at(&log, 0)->tid, ==, 45726);
	g_assert_cmpint(call_at(&log, 0)->start_ns, ==, INT64_C(53132914330000));
	g_assert_cmpint(call_at(&log, 0)->duration_ns, ==, 137000);
	g_assert_cmpint(call_at(&log, 0)->ret, ==, 28);
	g_assert_cmpuint(call_at(&log, 1)->line, ==, 2);
	g_assert_cmpint(call_at(&log, 1)->start_ns - call_at(&log, 0)->start_ns, ==, 203000);
	g_assert_cmpuint(log.stats.skipped.count, ==, 0);
}

/* Start from the first half, duration and end from the second. */
static void test_join(void)
{
	g_auto(Log) log = read_log("1 1000000000.5 x() = 0\n"
				   "2 1000000000.000100 ioctl(12, KVM_RUN <unfinished ...>\n"
				   "3 1000000000.000150 ioctl(13, KVM_RUN <unfinished ...>\n"
				   "2 1000000000.000200 --- SIGUSR1 {si_signo=SIGUSR1} ---\n"
				   "2 1000000000.000300 <... ioctl resumed>, 0) = 0 <0.000190>\n"
				   "3 1000000000.000400 <... ??? resumed> , 0) = 7 <0.000250>\n");

	g_assert_cmpuint(log.calls->len, ==, 3);
	g_assert_cmpint(call_at(&log, 1)->tid, ==, 2);
	g_assert_cmpstr(call_at(&log, 1)->args, ==, "12, KVM_RUN, 0");
	g_assert_cmpint(call_at(&log, 1)->start_ns, ==, INT64_C(1000000000000100000));
	g_assert_cmpint(call_at(&log, 1)->end_ns, ==, INT64_C(1000000000000300000));
	g_assert_cmpint(call_at(&log, 1)->duration_ns, ==, 190000);
	g_assert_cmpuint(call_at(&log, 1)->line, ==, 2);
	g_assert_cmpstr(call_at(&log, 2)->args, ==, "13, KVM_RUN, 0");
	g_assert_cmpstr(call_at(&log, 2)->name, ==, "ioctl");
	g_assert_cmpint(call_at(&log, 2)->ret, ==, 7);
}

/* The first half may end in ", ", or inside a struct. */
static void test_join_anywhere(void)
{
	g_auto(Log) log = read_log("2 wait4(-1,  <unfinished ...>\n"
				   "3 clone3({flags=CLONE_VM <unfinished ...>\n"
				   "2 <... wait4 resumed>NULL, 0, NULL) = 5\n"
				   "3 <... clone3 resumed> => {parent_tid=[4]}}, 88) = 4\n");

	g_assert_cmpuint(log.calls->len, ==, 2);
	g_assert_cmpstr(call_at(&log, 0)->args, ==, "-1, NULL, 0, NULL");
	g_assert_cmpstr(call_at(&log, 1)->args, ==, "{flags=CLONE_VM => {parent_tid=[4]}}, 88");
}

/* Attached in the middle of a call: it began its duration before its end. */
static void test_resumed_alone(void)
{
	g_auto(Log) log = read_log("2 1000000000.500000 <... ioctl resumed>, 0) = 3 <0.200000>\n");

	g_assert_cmpuint(log.calls->len, ==, 1);
	g_assert_cmpstr(call_at(&log, 0)->name, ==, "ioctl");
	g_assert_cmpint(call_at(&log, 0)->ret, ==, 3);
	g_assert_cmpint(call_at(&log, 0)->start_ns, ==, INT64_C(1000000000300000000));
}

static void test_statuses(void)
{
	g_auto(Log) log = read_log("1 a() = 0\n"
				   "1 b() = -1 ENOENT (No such file or directory)\n"
				   "1 c() = ? ERESTARTNOHAND (To be restarted if no handler)\n"
				   "1 d( <unfinished ...>) = ?\n"
				   "1 exit_group(3) = ?\n"
				   "2 e(1 <unfinished ...>\n"
				   "2 +++ killed by SIGKILL +++\n"
				   "3 f(1 <unfinished ...>\n"
				   "3 <... f resumed> <unfinished ...>) = ?\n");
	static const struct {
		const char *name;
		GsCallStatus status;
	} expected[] = {
		{ "a", GS_CALL_OK },          { "b", GS_CALL_ERROR },
		{ "c", GS_CALL_RESTARTED },   { "d", GS_CALL_UNFINISHED },
		{ "exit_group", GS_CALL_OK }, { "e", GS_CALL_UNFINISHED },
		{ "f", GS_CALL_UNFINISHED },
	};

	g_assert_cmpuint(log.calls->len, ==, G_N_ELEMENTS(expected));
	for (unsigned int i = 0; i < log.calls->len; i++) {
		g_assert_cmpstr(call_at(&log, i)->name, ==, expected[i].name);
		g_assert_cmpint(call_at(&log, i)->status, ==, expected[i].status);
	}
	g_assert_cmpstr(call_at(&log, 1)->error, ==, "ENOENT");
	g_assert_cmpint(call_at(&log, 5)->duration_ns, ==, -1);
}

/* Calls open at the end of the log come out in the order they began. */
static void test_open_at_end(void)
{
	g_auto(Log) log = read_log("9 a(1 <unfinished ...>\n8 b(2 <unfinished ...>\n9 a(3, 4");

	g_assert_cmpuint(log.calls->len, ==, 3);
	g_assert_cmpstr(call_at(&log, 0)->args, ==, "1"); /* its second half was lost */
	g_assert_cmpstr(call_at(&log, 1)->name, ==, "b");
	g_assert_cmpstr(call_at(&log, 2)->args, ==, "3, 4");
	g_assert_cmpint(call_at(&log, 2)->status, ==, GS_CALL_UNFINISHED);
	g_assert_true(log.stats.cut);
	g_assert_cmpuint(log.stats.skipped.count, ==, 0);
}

static void test_midnight(void)
{
	g_auto(Log) log = read_log("1 23:59:59.900000 a() = 0\n"
				   "1 00:00:00.100000 b() = 0\n"
				   "2 23:59:59.950000 c() = 0\n"
				   "1 00:00:00.200000 d() = 0\n");
	int64_t day_ns = INT64_C(86400000000000);

	g_assert_cmpint(call_at(&log, 1)->start_ns, ==, day_ns + 100000000);
	/* printed as it ended, after midnight, but begun before */
	g_assert_cmpint(call_at(&log, 2)->start_ns, ==, day_ns - 50000000);
	g_assert_cmpint(call_at(&log, 3)->start_ns, ==, day_ns + 200000000);
}

/* Gaps count from the line before, of whichever thread and kind. */
static void test_gaps(void)
{
	g_auto(Log) log = read_log("32161      0.000000 a() = 0\n"
				   "32161      0.000074 b(1 <unfinished ...>\n"
				   "32163      0.000010 --- SIGUSR1 {si_signo=SIGUSR1} ---\n"
				   "32163      1.000021 c() = 0\n"
				   "32161      0.000018 <... b resumed>) = 0\n");

	g_assert_cmpint(call_at(&log, 0)->start_ns, ==, 0);
	g_assert_cmpint(call_at(&log, 1)->start_ns, ==, 1000105000);
	g_assert_cmpint(call_at(&log, 2)->start_ns, ==, 74000);
	g_assert_cmpint(call_at(&log, 2)->end_ns, ==, 1000123000);
	g_assert_true(log.stats.gaps_only);
}

static void test_no_stamps(void)
{
	g_auto(Log) log = read_log("ioctl(3, KVM_RUN, 0) = 0 <0.000009>\n");

	g_assert_cmpint(call_at(&log, 0)->tid, ==, 0);
	g_assert_cmpint(call_at(&log, 0)->start_ns, ==, -1);
	g_assert_cmpint(call_at(&log, 0)->duration_ns, ==, 9000);
}

/* On a terminal, strace names threads only while there is more than one. */
static void test_unnamed_thread(void)
{
	g_auto(Log) log = read_log("a() = 0\n"
				   "strace: Process 101 attached\n"
				   "[pid 101] b() = 0\n"
				   "[pid 100] c() = 0\n"
				   "[pid 101] +++ exited with 0 +++\n"
				   "d() = 0\n");

	g_assert_cmpuint(log.calls->len, ==, 4);
	g_assert_cmpint(call_at(&log, 0)->tid, ==, 0);
	g_assert_cmpint(log.main_tid, ==, 100);
	g_assert_cmpint(call_at(&log, 1)->tid, ==, 101);
	g_assert_cmpint(call_at(&log, 2)->tid, ==, 100);
	g_assert_cmpint(call_at(&log, 3)->tid, ==, 100);
	g_assert_cmpuint(log.stats.skipped.count, ==, 0);
}

/* Trap 1: a message of strace's in the middle of a line. */
static void test_spliced_message(void)
{
	g_auto(Log) log = read_log("clone(child_stack=0x7f, flags=1, strace: Process 101 attached\n"
				   " <unfinished ...>\n"
				   "[pid 101] b() = 0\n"
				   "[pid 100] <... clone resumed>child_tidptr=0x7f) = 101\n"
				   "[pid 101] ioctl(12, KVM_RUNstrace: Process 100 detached\n"
				   "strace: Process 99 detached\n"
				   " <detached ...>\n");

	g_assert_cmpuint(log.calls->len, ==, 3);
	g_assert_cmpstr(call_at(&log, 1)->name, ==, "clone");
	g_assert_cmpint(call_at(&log, 1)->tid, ==, 100);
	g_assert_cmpint(call_at(&log, 1)->ret, ==, 101);
	g_assert_cmpstr(call_at(&log, 1)->args, ==, "child_stack=0x7f, flags=1, child_tidptr=0x7f");
	g_assert_cmpstr(call_at(&log, 2)->args, ==, "12, KVM_RUN");
	g_assert_cmpint(call_at(&log, 2)->status, ==, GS_CALL_UNFINISHED);
	g_assert_cmpuint(log.stats.skipped.count, ==, 0);
}

/* Trap 15: another thread's execve goes on under the leader's pid. */
static void test_superseded(void)
{
	g_auto(Log) log = read_log("8 execve(\"/bin/true\", [\"true\"], NULL <unfinished ...>\n"
				   "7 pause( <unfinished ...>\n"
				   "7 +++ superseded by execve in pid 8 +++\n"
				   "7 <... execve resumed>) = 0\n");

	g_assert_cmpuint(log.calls->len, ==, 2);
	g_assert_cmpstr(call_at(&log, 0)->name, ==, "pause");
	g_assert_cmpint(call_at(&log, 0)->status, ==, GS_CALL_UNFINISHED);
	g_assert_cmpstr(call_at(&log, 1)->name, ==, "execve");
	g_assert_cmpint(call_at(&log, 1)->tid, ==, 7);
	g_assert_cmpint(call_at(&log, 1)->status, ==, GS_CALL_OK);
}

/* strace -ff: one file per thread, the pid only in its name; merged by time. */
static void test_file_per_thread(void)
{
	g_autofree char *folder = g_dir_make_tmp("gracesim-XXXXXX", NULL);
	g_autofree char *first = g_build_filename(folder, "out.8498", NULL);
	g_autofree char *second = g_build_filename(folder, "out.8500", NULL);
	const char *const paths[] = { first, second, NULL };
	static const int32_t tids[] = { 8498, 8500, 8498 };
	g_autoptr(GsTraceReader) reader = NULL;
	g_autoptr(GError) error = NULL;
	GsTraceRecord record;

	g_file_set_contents(first, "1000000000.5 getpid() = 1\n1000000000.7 getpid() = 1\n", -1,
			    &error);
	g_assert_no_error(error);
	g_file_set_contents(second, "1000000000.6 getpid() = 1\n", -1, &error);
	g_assert_no_error(error);
	reader = gs_trace_reader_new(paths, &error);
	g_assert_no_error(error);
	for (size_t i = 0; i < G_N_ELEMENTS(tids); i++) {
		g_assert_true(gs_trace_reader_next(reader, &record, &error));
		g_assert_cmpint(record.tid, ==, tids[i]);
		g_assert_cmpuint(record.group, ==, 0);
	}
	g_assert_false(gs_trace_reader_next(reader, &record, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(gs_trace_reader_stats(reader).lines, ==, 3);
	g_unlink(first);
	g_unlink(second);
	g_rmdir(folder);
}

static void test_unknown_lines(void)
{
	g_auto(Log) log = read_log("  Info: # lkvm run\n"
				   "1 a() = 0\n"
				   "qemu: warning: (x) = 3\n"
				   "1 b(1, 2\n"
				   "1 c() = 0\n");

	g_assert_cmpuint(log.calls->len, ==, 3);
	g_assert_cmpstr(call_at(&log, 2)->args, ==, "1, 2");
	g_assert_cmpint(call_at(&log, 2)->status, ==, GS_CALL_UNFINISHED);
	g_assert_cmpuint(log.stats.foreign.count, ==, 2);
	g_assert_cmpuint(log.stats.foreign.first, ==, 1);
	g_assert_cmpuint(log.stats.skipped.count, ==, 0);
	g_assert_cmpuint(log.stats.lines, ==, 5);
	g_assert_false(log.stats.cut);
}

/* Carriage returns, colours, NULs, bytes that are no UTF-8. */
static void test_odd_bytes(void)
{
	static const char text[] = "\0\0\0"
				   "1 a() = 0 <0.000001>\r\n"
				   "\033[33m1\033[0m b(\"\xff\xfe\") = 0\n"
				   "1 c(\"x\0y\") = 0\n";
	g_auto(Log) log = read_bytes(text, sizeof(text) - 1, "test.strace");

	g_assert_cmpuint(log.calls->len, ==, 3);
	g_assert_cmpint(call_at(&log, 0)->duration_ns, ==, 1000);
	g_assert_cmpint(call_at(&log, 1)->tid, ==, 1);
	g_assert_cmpstr(call_at(&log, 1)->args, ==, "\"\xff\xfe\"");
	g_assert_cmpuint(log.stats.skipped.count, ==, 0);
}

/* A line as long as the reader takes, and one longer. */
static void test_long_lines(void)
{
	g_autoptr(GString) text = g_string_new("1 a(\"");

	for (size_t i = text->len; i < GS_TRACE_LINE_MAX - strlen("\") = 0"); i++)
		g_string_append_c(text, 'x');
	g_string_append(text, "\") = 0\n1 b(\"");
	for (size_t i = 0; i < 3 * (size_t)GS_TRACE_LINE_MAX; i++)
		g_string_append_c(text, 'y');
	g_string_append(text, "\") = 0\n1 c() = 0\n");
	{
		g_auto(Log) log = read_bytes(text->str, text->len, "test.strace");

		g_assert_cmpuint(log.calls->len, ==, 2);
		g_assert_cmpstr(call_at(&log, 0)->name, ==, "a");
		g_assert_cmpstr(call_at(&log, 1)->name, ==, "c");
		g_assert_cmpuint(call_at(&log, 1)->line, ==, 3);
		g_assert_cmpuint(log.stats.skipped.count, ==, 1);
		g_assert_cmpuint(log.stats.skipped.first, ==, 2);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/trace-reader/plain", test_plain);
	g_test_add_func("/trace-reader/join", test_join);
	g_test_add_func("/trace-reader/join-anywhere", test_join_anywhere);
	g_test_add_func("/trace-reader/resumed-alone", test_resumed_alone);
	g_test_add_func("/trace-reader/statuses", test_statuses);
	g_test_add_func("/trace-reader/open-at-end", test_open_at_end);
	g_test_add_func("/trace-reader/midnight", test_midnight);
	g_test_add_func("/trace-reader/gaps", test_gaps);
	g_test_add_func("/trace-reader/no-stamps", test_no_stamps);
	g_test_add_func("/trace-reader/unnamed-thread", test_unnamed_thread);
	g_test_add_func("/trace-reader/spliced-message", test_spliced_message);
	g_test_add_func("/trace-reader/superseded", test_superseded);
	g_test_add_func("/trace-reader/file-per-thread", test_file_per_thread);
	g_test_add_func("/trace-reader/unknown-lines", test_unknown_lines);
	g_test_add_func("/trace-reader/odd-bytes", test_odd_bytes);
	g_test_add_func("/trace-reader/long-lines", test_long_lines);
	return g_test_run();
}
