/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One line of strace at a time. */
#include <glib.h>

#include "traces/strace-scan.h"
#include "traces/strace-text.h"

#define NS_PER_SECOND INT64_C(1000000000)

#define assert_span(span, expected) \
	do { \
		g_autofree char *text_ = g_strndup((span).text, (span).length); \
		g_assert_cmpstr(text_, ==, (expected)); \
	} while (0)

/* Everything of a line but its prefix. */
static GsLineKind scan(const char *text, GsTraceLine *line)
{
	GsTracePrefix prefix;

	return gs_strace_scan_body(gs_strace_scan_prefix(gs_span_string(text), &prefix), line);
}

static void test_prefixes(void)
{
	static const struct {
		const char *line;
		int32_t tid;
		bool bracketed;
		GsStampKind stamp;
		int64_t stamp_ns, gap_ns, resolution_ns;
	} cases[] = {
		{ "f() = 0", -1, false, GS_STAMP_NONE, 0, -1, 0 },
		{ "45726 f() = 0", 45726, false, GS_STAMP_NONE, 0, -1, 0 },
		{ "123   f() = 0", 123, false, GS_STAMP_NONE, 0, -1, 0 },
		{ "4194303 f() = 0", 4194303, false, GS_STAMP_NONE, 0, -1, 0 },
		{ "8181<qemu: a) = 1> f() = 0", 8181, false, GS_STAMP_NONE, 0, -1, 0 },
		{ "[pid  8344] f() = 0", 8344, true, GS_STAMP_NONE, 0, -1, 0 },
		{ "[pid 8344<CPU 0/KVM>] f() = 0", 8344, true, GS_STAMP_NONE, 0, -1, 0 },
		{ "00:00:01 f() = 0", -1, false, GS_STAMP_CLOCK, NS_PER_SECOND, -1, NS_PER_SECOND },
		{ "45726 14:45:32.914330 f() = 0", 45726, false, GS_STAMP_CLOCK,
		  INT64_C(53132914330000), -1, 1000 },
		{ "45726 00:00:00.914 f() = 0", 45726, false, GS_STAMP_CLOCK, INT64_C(914000000),
		  -1, 1000000 },
		{ "82 1795365489.527497711 f() = 0", 82, false, GS_STAMP_EPOCH,
		  INT64_C(1795365489527497711), -1, 1 },
		{ "1795365489 f() = 0", -1, false, GS_STAMP_EPOCH, INT64_C(1795365489000000000), -1,
		  NS_PER_SECOND },
		{ "[pid 5] 1795365489.527497 f() = 0", 5, true, GS_STAMP_EPOCH,
		  INT64_C(1795365489527497000), -1, 1000 },
		{ "     0.000040 f() = 0", -1, false, GS_STAMP_NONE, 0, 40000, 1000 },
		{ "32161      0.000074 f() = 0", 32161, false, GS_STAMP_NONE, 0, 74000, 1000 },
		{ "32161      3 f() = 0", 32161, false, GS_STAMP_NONE, 0, 3 * NS_PER_SECOND,
		  NS_PER_SECOND },
		{ "     3 f() = 0", -1, false, GS_STAMP_NONE, 0, 3 * NS_PER_SECOND, NS_PER_SECOND },
		{ "7 00:00:02.000001 (+     0.000040) f() = 0", 7, false, GS_STAMP_CLOCK,
		  INT64_C(2000001000), 40000, 1000 },
		{ "8181<q> 1795363526.621694153 [  16] f() = 0", 8181, false, GS_STAMP_EPOCH,
		  INT64_C(1795363526621694153), -1, 1 },
		{ "9 [unconfined_u:unconfined_r:t:s0] 00:00:01 [00007f3b5d0a1b2c] f() = 0", 9,
		  false, GS_STAMP_CLOCK, NS_PER_SECOND, -1, NS_PER_SECOND },
		{ "[????????????????] f() = 0", -1, false, GS_STAMP_NONE, 0, -1, 0 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		GsTracePrefix prefix;
		GsSpan body = gs_strace_scan_prefix(gs_span_string(cases[i].line), &prefix);

		g_test_message("%s", cases[i].line);
		assert_span(body, "f() = 0");
		g_assert_cmpint(prefix.tid, ==, cases[i].tid);
		g_assert_cmpint(prefix.bracketed, ==, cases[i].bracketed);
		g_assert_cmpint(prefix.stamp, ==, cases[i].stamp);
		g_assert_cmpint(prefix.stamp_ns, ==, cases[i].stamp_ns);
		g_assert_cmpint(prefix.gap_ns, ==, cases[i].gap_ns);
		g_assert_cmpint(prefix.resolution_ns, ==, cases[i].resolution_ns);
	}
}

static void test_complete(void)
{
	GsTraceLine line;

	g_assert_cmpint(scan("45726 14:45:32.914330 ioctl(25, KVM_CREATE_VCPU, 0) = 28 <0.000137>",
			     &line),
			==, GS_LINE_COMPLETE);
	assert_span(line.name, "ioctl");
	assert_span(line.args, "25, KVM_CREATE_VCPU, 0");
	assert_span(line.result, "28");
	g_assert_true(line.has_ret);
	g_assert_cmpint(line.ret, ==, 28);
	g_assert_cmpuint(line.error.length, ==, 0);
	g_assert_cmpint(line.duration_ns, ==, 137000);
}

static void test_results(void)
{
	static const struct {
		const char *line, *result, *error;
		bool has_ret;
		int64_t ret, duration_ns;
	} cases[] = {
		{ "f()     = 0", "0", "", true, 0, -1 },
		{ "f() = 28 <1>", "28", "", true, 28, NS_PER_SECOND },
		{ "f() = 28 <0.025>", "28", "", true, 28, 25000000 },
		{ "f() = 28 <0.000007792>", "28", "", true, 28, 7792 },
		{ "f() = ?", "?", "", false, 0, -1 },
		{ "f() = 0x7f00 <0.000001>", "0x7f00", "", true, 0x7f00, 1000 },
		{ "umask(022) = 022", "022", "", true, 18, -1 },
		{ "f() = 4<anon_inode:kvm-vm> <0.000281>", "4", "", true, 4, 281000 },
		{ "f() = 3</dev/kvm<char 10:232>> <0.000001>", "3", "", true, 3, 1000 },
		{ "f() = 3</tmp/x>(deleted) <0.000001>", "3", "", true, 3, 1000 },
		{ "f() = -1 EINTR (Interrupted system call) <1.981560>", "-1", "EINTR", true, -1,
		  1981560000 },
		{ "f() = -1 (errno 600)", "-1", "errno 600", true, -1, -1 },
		{ "f() = ? ERESTARTSYS (To be restarted if SA_RESTART is set) <0.1>", "?",
		  "ERESTARTSYS", false, 0, 100000000 },
		{ "f() = -1 EIO (Input/output error) (INJECTED: args, retval) (DELAYED) <0.000001>",
		  "-1", "EIO", true, -1, 1000 },
		{ "f() = 0 (KVM_EXIT_IO) <0.000002>", "0", "", true, 0, 2000 },
		{ "f() = 1 ([{fd=7, revents=POLLIN}], left {tv_sec=2, tv_nsec=9}) <0.093802>", "1",
		  "", true, 1, 93802000 },
		{ "f() = ? <unavailable>", "?", "", false, 0, -1 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		GsTraceLine line;

		g_test_message("%s", cases[i].line);
		g_assert_cmpint(scan(cases[i].line, &line), ==, GS_LINE_COMPLETE);
		assert_span(line.result, cases[i].result);
		assert_span(line.error, cases[i].error);
		g_assert_cmpint(line.has_ret, ==, cases[i].has_ret);
		g_assert_cmpint(line.ret, ==, cases[i].ret);
		g_assert_cmpint(line.duration_ns, ==, cases[i].duration_ns);
	}
}

/* Brackets, commas, equals signs and whole fake tails that are not the call's own. */
static void test_nesting(void)
{
	static const struct {
		const char *args;
		unsigned int count;
	} cases[] = {
		{ "", 0 },
		{ "1, \"x) = 28 <0.000137>\\n\\\"q\\\"\\0\\377=\", 25", 3 },
		{ "1, \"a\\\\\", 2", 3 },
		{ "1, \"long\"..., 2", 3 },
		{ "6, KVM_GET_SREGS, {cs={base=0xffff0000, limit=65535, ..., avl=0}, ...}", 3 },
		{ "\"/bin/x\", [\"a\", \"b)\"], 0x7ffe /* 67 vars, ) = 0 */", 3 },
		{ "3, _IOC(_IOC_READ|_IOC_WRITE, 0xae, 0xf1, 0x8), 0x7ffd", 3 },
		{ "3</tmp/a\\76b, c) = 1>, 2", 2 },
		{ "3</dev/kvm<char 10:232>>, KVM_CREATE_VM, 0", 3 },
		{ "5<TCP:[127.0.0.1:80->10.0.0.1:5555]>, 1", 2 },
		{ "5<UNIX-STREAM:[12->13,\"/run/a>b\"]>, 1", 2 },
		{ "3</tmp/ends-in->, 1", 2 },
		{ "AT_FDCWD</root>, \"x\"", 2 },
		{ "1<<3, 2", 2 },
		{ "~[RTMIN RT_1], NULL, 8", 3 },
		{ "<... resuming interrupted nanosleep ...>", 1 },
		{ "{flags=CLONE_VM, stack_size=0x7fff00} => {parent_tid=[533]}, 88", 2 },
		{ "fd=25, op=KVM_CREATE_VCPU, argp=0", 3 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text = g_strdup_printf("7 f(%s)  = 3 <0.000002>", cases[i].args);
		unsigned int count = 0;
		GsTraceLine line;
		GsSpan item;

		g_test_message("%s", text);
		g_assert_cmpint(scan(text, &line), ==, GS_LINE_COMPLETE);
		assert_span(line.args, cases[i].args);
		g_assert_cmpint(line.ret, ==, 3);
		g_assert_cmpint(line.duration_ns, ==, 2000);
		while (gs_strace_next_item(&line.args, &item))
			count++;
		g_assert_cmpuint(count, ==, cases[i].count);
	}
}

static void test_halves(void)
{
	GsTraceLine line;

	g_assert_cmpint(scan("1 ioctl(12, KVM_RUN <unfinished ...>", &line), ==,
			GS_LINE_UNFINISHED);
	assert_span(line.name, "ioctl");
	assert_span(line.args, "12, KVM_RUN");
	assert_span(line.head, "ioctl(12, KVM_RUN");

	g_assert_cmpint(scan("1 ioctl(12, KVM_RUN <detached ...>", &line), ==, GS_LINE_UNFINISHED);

	g_assert_cmpint(scan("1 <... ioctl resumed>, 0) = 0 <0.000043>", &line), ==,
			GS_LINE_RESUMED);
	assert_span(line.name, "ioctl");
	assert_span(line.tail, ", 0) = 0 <0.000043>");

	/* strace before 5.0 */
	g_assert_cmpint(scan("1 <... ioctl resumed> , 0) = 0", &line), ==, GS_LINE_RESUMED);
	assert_span(line.tail, ", 0) = 0");

	g_assert_cmpint(scan("1 <... ??? resumed>) = ?", &line), ==, GS_LINE_RESUMED);
	assert_span(line.name, "???");

	/* killed inside the call: complete, without a result */
	g_assert_cmpint(scan("1 ioctl(13, KVM_RUN <unfinished ...>) = ?", &line), ==,
			GS_LINE_COMPLETE);
	assert_span(line.args, "13, KVM_RUN");
	assert_span(line.result, "?");
}

/* A tail alone may close brackets that the lost half opened. */
static void test_tail_alone(void)
{
	GsTraceLine line;

	g_assert_cmpint(scan("1 <... ppoll resumed>events=1}], 4) = 1 <0.220293>", &line), ==,
			GS_LINE_RESUMED);
	g_assert_true(gs_strace_scan_tail(line.tail, &line));
	g_assert_cmpint(line.ret, ==, 1);
	g_assert_cmpint(line.duration_ns, ==, 220293000);
	g_assert_false(gs_strace_scan_tail(gs_span_string("events=1}], 4"), &line));
}

static void test_kinds(void)
{
	static const struct {
		const char *line;
		GsLineKind kind;
	} cases[] = {
		{ "", GS_LINE_OTHER },
		{ "7 --- SIGCHLD {si_signo=SIGCHLD, si_pid=3} ---", GS_LINE_OTHER },
		{ "7 --- stopped by SIGTTOU ---", GS_LINE_OTHER },
		{ "[ Process PID=7 runs in 64 bit mode. ]", GS_LINE_OTHER },
		{ " > /usr/lib/libc.so.6(ioctl+0x3b) [0x106c5b]", GS_LINE_OTHER },
		{ " | 00000  61 62 63   abc |", GS_LINE_OTHER },
		{ " VCPU:0< {mmap=0x7f00}", GS_LINE_OTHER },
		{ "strace: Process 7 detached", GS_LINE_OTHER },
		{ "strace: Process 7 attached", GS_LINE_ATTACHED },
		{ "/usr/bin/strace: Process 7 attached with 4 threads", GS_LINE_ATTACHED },
		{ "7 +++ exited with 0 +++", GS_LINE_EXIT },
		{ "7 00:00:01 +++ killed by SIGSEGV (core dumped) +++", GS_LINE_EXIT },
		{ "7 +++ superseded by execve in pid 8 +++", GS_LINE_SUPERSEDED },
		{ "qemu-system-x86_64: warning: no (thing) = 0", GS_LINE_UNKNOWN },
		{ "ioctl(3, {a=1]) = 0", GS_LINE_UNKNOWN },
		{ "ioctl(3, KVM_RUN, 0", GS_LINE_CUT },
		{ "ioctl(3, KVM_RUN, 0) =", GS_LINE_CUT },
		{ "write(1, \"abc", GS_LINE_CUT },
		{ "ioctl(3, KVM_RUN, 0) = 0 <0.000137> and more", GS_LINE_CUT },
		{ "12 34 56", GS_LINE_UNKNOWN },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		GsTraceLine line;

		g_test_message("%s", cases[i].line);
		g_assert_cmpint(scan(cases[i].line, &line), ==, cases[i].kind);
	}
}

static void test_numbers(void)
{
	int64_t number;

	g_assert_true(gs_strace_number(gs_span_string("0xffffffffffffffff"), &number));
	g_assert_cmpint(number, ==, -1);
	g_assert_false(gs_strace_number(gs_span_string("0x1ffffffffffffffff"), &number));
	g_assert_false(gs_strace_number(gs_span_string("18446744073709551616"), &number));
	g_assert_false(gs_strace_number(gs_span_string("08"), &number));
	g_assert_false(gs_strace_number(gs_span_string(""), &number));
	g_assert_false(gs_strace_number(gs_span_string("-"), &number));
	g_assert_false(gs_strace_number(gs_span_string("12k"), &number));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/strace-scan/prefixes", test_prefixes);
	g_test_add_func("/strace-scan/complete", test_complete);
	g_test_add_func("/strace-scan/results", test_results);
	g_test_add_func("/strace-scan/nesting", test_nesting);
	g_test_add_func("/strace-scan/halves", test_halves);
	g_test_add_func("/strace-scan/tail-alone", test_tail_alone);
	g_test_add_func("/strace-scan/kinds", test_kinds);
	g_test_add_func("/strace-scan/numbers", test_numbers);
	return g_test_run();
}
