/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Descriptors as strace prints them, and through the calls that change them. */
#include <glib.h>

#include "traces/fd-calls.h"
#include "traces/fd-text.h"
#include "traces/strace-scan.h"

#define FIRST 7

static void test_text(void)
{
	static const struct {
		const char *text;
		int32_t number; /* -1: not a descriptor */
		GsFdRole role;
		bool decorated;
	} cases[] = {
		{ "4", 4, GS_FD_UNKNOWN, false },
		{ "0x19", 25, GS_FD_UNKNOWN, false },
		{ "fd=25", 25, GS_FD_UNKNOWN, false },
		{ "3</dev/kvm>", 3, GS_FD_KVM, true },
		{ "3</dev/kvm<char 10:232>>", 3, GS_FD_KVM, true },
		{ "3</dev/kvm>(deleted)", 3, GS_FD_KVM, true },
		{ "3</dev/kvm (deleted)>", 3, GS_FD_KVM, true },
		{ "3</dev/kvm> [system_u:object_r:kvm_device_t:s0]", 3, GS_FD_KVM, true },
		/* a jail's, from outside */
		{ "3</srv/jailer/firecracker/vm1/root/dev/kvm>", 3, GS_FD_KVM, true },
		{ "3</run/renamed<char 10:232>>", 3, GS_FD_KVM, true },
		{ "3</dev/kvm2>", 3, GS_FD_UNKNOWN, true },
		{ "3</dev/nitro_enclaves<char 10:123>>", 3, GS_FD_UNKNOWN, true },
		{ "4<anon_inode:kvm-vm>", 4, GS_FD_VM, true },
		{ "4<anon_inode:[kvm-vm]>", 4, GS_FD_VM, true },
		{ "4<anon_inode:kvm-vm> [system_u:system_r:svirt_t:s0:c1,c2]", 4, GS_FD_VM, true },
		{ "fd=4<anon_inode:kvm-vm>", 4, GS_FD_VM, true },
		{ "5<anon_inode:kvm-vcpu:0>", 5, GS_FD_VCPU, true },
		{ "5<anon_inode:[kvm-vcpu:11]>", 5, GS_FD_VCPU, true },
		{ "5<anon_inode:kvm-vcpu>", 5, GS_FD_VCPU, true },
		{ "6<anon_inode:kvm-vfio>", 6, GS_FD_DEVICE, true },
		{ "6<anon_inode:kvm-arm-vgic-v3>", 6, GS_FD_DEVICE, true },
		{ "6<anon_inode:[kvm-xive]>", 6, GS_FD_DEVICE, true },
		/* KVM's, but nothing that takes its requests */
		{ "6<anon_inode:kvm-vm-stats>", 6, GS_FD_UNKNOWN, true },
		{ "6<anon_inode:kvm-vcpu-stats:0>", 6, GS_FD_UNKNOWN, true },
		{ "6<anon_inode:[kvm-gmem]>", 6, GS_FD_UNKNOWN, true },
		{ "9<TCP:[127.0.0.1:80->10.0.0.1:5555]>", 9, GS_FD_UNKNOWN, true },
		{ "AT_FDCWD</root>", -1, GS_FD_UNKNOWN, false },
		{ "-1", -1, GS_FD_UNKNOWN, false },
		{ "0x7ffd00000000", -1, GS_FD_UNKNOWN, false },
		{ "???", -1, GS_FD_UNKNOWN, false },
		{ "", -1, GS_FD_UNKNOWN, false },
	};
	GsFdText fd;

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_test_message("%s", cases[i].text);
		g_assert_cmpint(gs_fd_text_parse(gs_span_string(cases[i].text), &fd), ==,
				cases[i].number >= 0);
		if (cases[i].number < 0)
			continue;
		g_assert_cmpint(fd.number, ==, cases[i].number);
		g_assert_cmpint(fd.role, ==, cases[i].role);
		g_assert_cmpint(fd.decorated, ==, cases[i].decorated);
	}
}

static void test_text_of_others(void)
{
	GsFdText fd;

	g_assert_true(gs_fd_text_parse(gs_span_string("8<anon_inode:[eventfd]>"), &fd));
	g_assert_true(fd.is_eventfd);
	g_assert_true(gs_fd_text_parse(
		gs_span_string("8<{eventfd-count=0, eventfd-id=3, eventfd-semaphore=0}>"), &fd));
	g_assert_true(fd.is_eventfd);
	g_assert_true(gs_fd_text_parse(gs_span_string("8<pid:21935>"), &fd));
	g_assert_cmpint(fd.process, ==, 21935);
	g_assert_true(gs_fd_text_parse(gs_span_string("8<pid:21935<qemu>>"), &fd));
	g_assert_cmpint(fd.process, ==, 21935);
}

/* Follow the lines of @log, "TID CALL" each. */
static GsFdTables *follow(const char *log)
{
	GsFdTables *tables = gs_fd_tables_new(FIRST);
	g_auto(GStrv) lines = g_strsplit(log, "\n", -1);

	for (char **line = lines; *line; line++) {
		GsTraceRecord record = { 0 };
		GsTraceLine scanned;
		char *body;

		if (!**line)
			continue;
		record.tid = (int32_t)g_ascii_strtoll(*line, &body, 10);
		g_assert_cmpint(gs_strace_scan_body(gs_span_string(body + 1), &scanned), ==,
				GS_LINE_COMPLETE);
		record.name = scanned.name;
		record.args = scanned.args;
		record.outcome = scanned.outcome;
		record.has_ret = scanned.has_ret;
		record.ret = scanned.ret;
		record.status = scanned.error.length ? GS_CALL_ERROR : GS_CALL_OK;
		gs_fd_calls_follow(tables, &record);
	}
	return tables;
}

/* "3=kvm 5=kvm": the descriptors below 16 of @tid that are of KVM's. */
static void assert_table(const char *log, int32_t tid, const char *expected)
{
	static const char *const names[] = { "?", "kvm", "vm", "vcpu", "device" };
	g_autoptr(GsFdTables) tables = follow(log);
	g_autoptr(GString) actual = g_string_new(NULL);

	for (int32_t fd = 0; fd < 16; fd++) {
		const GsDescriptor *descriptor = gs_fd_tables_lookup(tables, tid, fd);

		if (descriptor)
			g_string_append_printf(actual, "%s%d=%s", actual->len ? " " : "", fd,
					       names[descriptor->role]);
	}
	g_test_message("%s", log);
	g_assert_cmpstr(actual->str, ==, expected);
}

#define OPEN "7 openat(AT_FDCWD, \"/dev/kvm\", O_RDWR|O_CLOEXEC) = 3\n"

static void test_open(void)
{
	assert_table(OPEN, FIRST, "3=kvm");
	assert_table("7 open(\"/dev/kvm\", O_RDWR) = 3\n", FIRST, "3=kvm");
	assert_table("7 openat2(AT_FDCWD, \"/dev/kvm\", {flags=O_RDWR, resolve=0}, 24) = 3\n",
		     FIRST, "3=kvm");
	assert_table("7 openat(dfd=AT_FDCWD, filename=\"/dev/kvm\", flags=O_RDWR) = 3\n", FIRST,
		     "3=kvm");
	assert_table("7 openat(5</dev>, \"kvm\", O_RDWR) = 3</dev/kvm<char 10:232>>\n", FIRST,
		     "3=kvm");
	assert_table("7 openat(AT_FDCWD, \"/dev/kvm\", O_RDWR) = -1 EACCES (Permission denied)\n",
		     FIRST, "");
	assert_table("7 openat(AT_FDCWD, \"/dev/kvm0\", O_RDWR) = 3\n", FIRST, "");
}

static void test_close(void)
{
	assert_table(OPEN "7 close(3) = 0\n", FIRST, "");
	assert_table(OPEN "7 close(4) = 0\n", FIRST, "3=kvm");
	assert_table(OPEN "7 close_range(3, 4294967295, 0) = 0\n", FIRST, "");
	assert_table(OPEN "7 close_range(3, ~0U, 0) = 0\n", FIRST, "");
	assert_table(OPEN "7 close_range(4, 9, 0) = 0\n", FIRST, "3=kvm");
	assert_table(OPEN "7 close_range(0, 2, 0) = 0\n", FIRST, "3=kvm");
	assert_table(OPEN "7 close_range(0, 9, 0) = -1 EINVAL (Invalid argument)\n", FIRST,
		     "3=kvm");
}

static void test_dup(void)
{
	assert_table(OPEN "7 dup(3) = 5\n", FIRST, "3=kvm 5=kvm");
	assert_table(OPEN "7 dup2(3, 5) = 5\n7 close(3) = 0\n", FIRST, "5=kvm");
	assert_table(OPEN "7 dup3(3, 5, O_CLOEXEC) = 5\n", FIRST, "3=kvm 5=kvm");
	assert_table(OPEN "7 dup2(3, 3) = 3\n", FIRST, "3=kvm");
	assert_table(OPEN "7 dup2(1, 3) = 3\n", FIRST, "");
	assert_table(OPEN "7 fcntl(3, F_DUPFD, 10) = 10\n", FIRST, "3=kvm 10=kvm");
	assert_table(OPEN "7 fcntl64(3, F_DUPFD_CLOEXEC, 10) = 10\n", FIRST, "3=kvm 10=kvm");
	assert_table(OPEN "7 fcntl(3, F_GETFD) = 1\n", FIRST, "3=kvm");
	/* the decoration knows better */
	assert_table(OPEN "7 dup(3</tmp/x>) = 5</tmp/x>\n", FIRST, "3=kvm");
	assert_table("7 dup(3</dev/kvm>) = 5</dev/kvm>\n", FIRST, "5=kvm");
}

/* A number that any of these returns means something else from then on. */
static void test_numbers_used_again(void)
{
	static const char *const makers[] = {
		"accept", "accept4", "creat", "epoll_create", "epoll_create1", "eventfd",
		"eventfd2", "fanotify_init", "inotify_init", "inotify_init1", "io_uring_setup",
		"landlock_create_ruleset", "memfd_create", "memfd_secret", "mq_open", "open",
		"open_by_handle_at", "open_tree", "openat", "openat2", "perf_event_open",
		"pidfd_open", "pidfd_getfd", "signalfd", "signalfd4", "socket", "timerfd_create",
		"userfaultfd",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(makers); i++) {
		g_autofree char *log = g_strdup_printf(OPEN "7 %s(0, 0, 0) = 3\n", makers[i]);

		g_test_message("%s", makers[i]);
		assert_table(log, FIRST, "");
	}
	assert_table(OPEN "7 pipe([3, 4]) = 0\n", FIRST, "");
	assert_table(OPEN "7 pipe2([2, 3], O_CLOEXEC) = 0\n", FIRST, "");
	assert_table(OPEN "7 socketpair(AF_UNIX, SOCK_STREAM, 0, [4, 3]) = 0\n", FIRST, "");
	assert_table(OPEN "7 read(3, \"\", 3) = 3\n", FIRST, "3=kvm");
}

static void test_threads_share(void)
{
	static const char *const shares[] = {
		"7 clone(child_stack=0x7f, flags=CLONE_VM|CLONE_FS|CLONE_FILES) = 8\n",
		"7 clone3({flags=CLONE_VM|CLONE_FILES} => {parent_tid=[8]}, 88) = 8\n",
		"7 clone(child_stack=0x7f, flags=0x3d0f00) = 8\n",
	};
	static const char *const copies[] = {
		"7 fork() = 8\n",
		"7 vfork() = 8\n",
		"7 clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|SIGCHLD) = 8\n",
		"7 clone3({flags=CLONE_VM|CLONE_VFORK, exit_signal=SIGCHLD}, 88) = 8\n",
		"7 clone(child_stack=NULL, flags=0x1200011) = 8\n",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(shares); i++) {
		g_autofree char *log = g_strconcat(OPEN, shares[i], "8 close(3) = 0\n", NULL);

		assert_table(log, FIRST, "");
		assert_table(log, 8, "");
	}
	for (size_t i = 0; i < G_N_ELEMENTS(copies); i++) {
		g_autofree char *log = g_strconcat(OPEN, copies[i], "7 close(3) = 0\n", NULL);

		g_test_message("%s", copies[i]);
		assert_table(log, FIRST, "");
		assert_table(log, 8, "3=kvm");
	}
	assert_table(OPEN "7 fork() = -1 EAGAIN (Resource temporarily unavailable)\n", FIRST,
		     "3=kvm");
	/* a thread of the child's */
	assert_table(OPEN "7 fork() = 8\n8 clone(flags=CLONE_VM|CLONE_FILES) = 9\n"
			  "9 close(3) = 0\n",
		     8, "");
	/* a thread nobody was seen to make is the first one's */
	assert_table(OPEN "9 close(3) = 0\n", FIRST, "");
	assert_table(OPEN "9 unshare(CLONE_FILES) = 0\n9 close(3) = 0\n", FIRST, "3=kvm");
	assert_table(OPEN "9 unshare(CLONE_NEWNS) = 0\n9 close(3) = 0\n", FIRST, "");
	assert_table(OPEN "9 close_range(3, 9, CLOSE_RANGE_UNSHARE) = 0\n", FIRST, "3=kvm");
}

/* A child in a PID namespace of its own has another number outside. */
static void test_pid_namespace(void)
{
	g_autoptr(GsFdTables) tables = follow(OPEN);
	const GsTraceRecord record = {
		.tid = FIRST,
		.name = gs_span_string("fork"),
		.args = gs_span_string(""),
		.outcome = gs_span_string("2 /* 8 in strace's PID NS */"),
		.has_ret = true,
		.ret = 2,
		.status = GS_CALL_OK,
	};

	gs_fd_calls_follow(tables, &record);
	g_assert_true(gs_fd_tables_lookup(tables, 8, 3)->inherited);
	g_assert_false(gs_fd_tables_lookup(tables, 2, 3)->inherited);
}

static void test_thread_numbers_used_again(void)
{
	/* 8 was a process, then is a thread */
	assert_table(OPEN "7 fork() = 8\n8 close(3) = 0\n8 exit_group(0) = ?\n"
			  "7 clone(flags=CLONE_VM|CLONE_FILES) = 8\n",
		     8, "3=kvm");
	/* with its threads */
	assert_table(OPEN "7 fork() = 8\n8 clone(flags=CLONE_FILES) = 9\n8 close(3) = 0\n"
			  "8 exit_group(0) = ?\n",
		     9, "3=kvm");
	/* one thread less, the process goes on */
	assert_table(OPEN "7 fork() = 8\n8 clone(flags=CLONE_FILES) = 9\n8 close(3) = 0\n"
			  "9 exit(0) = ?\n",
		     8, "");
}

#define EXEC "7 execve(\"/bin/x\", [\"x\"], 0x7ffd /* 3 vars */) = 0\n"
#define KEEP "7 open(\"/dev/kvm\", O_RDWR) = 4\n"

/* A new program starts without what is O_CLOEXEC. */
static void test_exec(void)
{
	assert_table(OPEN KEEP EXEC, FIRST, "4=kvm");
	assert_table(OPEN KEEP "7 execve(\"/bin/x\", [\"x\"], 0x7ffd) = -1 ENOENT (No such file)\n",
		     FIRST, "3=kvm 4=kvm");
	assert_table(OPEN "7 dup(3) = 5\n7 dup3(3, 6, O_CLOEXEC) = 6\n"
			  "7 fcntl(3, F_DUPFD, 8) = 8\n7 fcntl(3, F_DUPFD_CLOEXEC, 9) = 9\n" EXEC,
		     FIRST, "5=kvm 8=kvm");
	assert_table(OPEN KEEP "7 fcntl(3, F_SETFD, 0) = 0\n"
			       "7 fcntl(4, F_SETFD, FD_CLOEXEC) = 0\n" EXEC,
		     FIRST, "3=kvm");
	assert_table(OPEN KEEP "7 ioctl(3, FIONCLEX) = 0\n7 ioctl(4, FIOCLEX) = 0\n" EXEC, FIRST,
		     "3=kvm");
	assert_table(KEEP "7 close_range(3, 9, CLOSE_RANGE_CLOEXEC) = 0\n" EXEC, FIRST, "");
	assert_table("7 openat(AT_FDCWD, \"/dev/kvm\", 0x80002) = 3\n" EXEC, FIRST, "");
	/* a child's program; its parent goes on */
	assert_table(OPEN KEEP "7 vfork() = 8\n8 execve(\"/bin/x\", [\"x\"], 0x7ffd) = 0\n", 8,
		     "4=kvm");
	assert_table(OPEN KEEP "7 vfork() = 8\n8 execve(\"/bin/x\", [\"x\"], 0x7ffd) = 0\n", FIRST,
		     "3=kvm 4=kvm");
	/* a child nobody was seen to make */
	assert_table(OPEN "9 execve(\"/bin/x\", [\"x\"], 0x7ffd) = 0\n", FIRST, "3=kvm");
	/* what the first program starts is known to threads nobody was seen to make */
	assert_table(EXEC OPEN, 9, "3=kvm");
}

static void test_pidfd(void)
{
	assert_table(OPEN "7 fork() = 8\n7 close(3) = 0\n7 pidfd_open(8, 0) = 5\n"
			  "7 pidfd_getfd(5, 3, 0) = 6\n",
		     FIRST, "6=kvm");
	assert_table(OPEN "7 fork() = 8\n7 close(3) = 0\n7 pidfd_getfd(5<pid:8>, 3, 0) = 6\n",
		     FIRST, "6=kvm");
	assert_table(OPEN "7 fork() = 8\n7 pidfd_open(8, 0) = 5<anon_inode:[pidfd]>\n"
			  "7 pidfd_getfd(5, 4, 0) = 3\n",
		     FIRST, "");
}

/* Closing a copy ends nothing. */
static void test_inherited(void)
{
	g_autoptr(GsFdTables) tables = follow(OPEN "7 fork() = 8\n");

	g_assert_false(gs_fd_tables_lookup(tables, FIRST, 3)->inherited);
	g_assert_true(gs_fd_tables_lookup(tables, 8, 3)->inherited);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/fd-text/roles", test_text);
	g_test_add_func("/fd-text/others", test_text_of_others);
	g_test_add_func("/fd-table/open", test_open);
	g_test_add_func("/fd-table/close", test_close);
	g_test_add_func("/fd-table/dup", test_dup);
	g_test_add_func("/fd-table/numbers-used-again", test_numbers_used_again);
	g_test_add_func("/fd-table/threads-share", test_threads_share);
	g_test_add_func("/fd-table/pid-namespace", test_pid_namespace);
	g_test_add_func("/fd-table/thread-numbers-used-again", test_thread_numbers_used_again);
	g_test_add_func("/fd-table/exec", test_exec);
	g_test_add_func("/fd-table/pidfd", test_pidfd);
	g_test_add_func("/fd-table/inherited", test_inherited);
	return g_test_run();
}
