/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines of perf trace, which come out as strace would have printed them. */
#include "tests/lib/gs-test-scan.h"

static void assert_scans(const GsTestScan *cases, size_t count)
{
	gs_test_assert_scans(&gs_scan_perf_trace, cases, count);
}

static void test_threads(void)
{
	static const GsTestScan cases[] = {
		{ "2648607.841 ( 0.289 ms): python3/21717 ioctl(fd: 4, cmd: KVM_CREATE_VM)      = "
		  "5",
		  "complete tid=21717 up=2648607841000 ioctl(4, KVM_CREATE_VM, 0) = 5 <289000>" },
		/* perf trace --no-comm */
		{ "     1.014 ( 0.196 ms): 17058 getpid() = 17058",
		  "complete tid=17058 up=1014000 getpid() = 17058 <196000>" },
		/* one process of one thread */
		{ "     0.123 ( 0.005 ms): getpid() = 7",
		  "complete up=123000 getpid() = 7 <5000>" },
		/* with the CPU, as later versions can */
		{ "     0.123 ( 0.005 ms): [002] a/7 getpid() = 7",
		  "complete tid=7 up=123000 getpid() = 7 <5000>" },
		{ "     0.123 ( 0.005 ms): fc_vcpu 0/7 getpid() = 7",
		  "complete tid=7 up=123000 getpid() = 7 <5000>" },
		{ "     0.123 ( 0.005 ms): CPU 0/KVM/7 getpid() = 7",
		  "complete tid=7 up=123000 getpid() = 7 <5000>" },
		{ "     0.123 ( 0.005 ms): my: a) = 1/2 [/7 getpid() = 7",
		  "complete tid=7 up=123000 getpid() = 7 <5000>" },
		{ "     0.123 ( 0.005 ms): /1 /7 getpid() = 7",
		  "complete tid=7 up=123000 getpid() = 7 <5000>" },
	};

	assert_scans(cases, G_N_ELEMENTS(cases));
}

/* Arguments that are zero are left out; the request is always the second. */
static void test_ioctl_arguments(void)
{
	static const GsTestScan cases[] = {
		{ " 0.1 ( 0.001 ms): ioctl(fd: 4, cmd: KVM_RUN) = 0",
		  "complete up=100000 ioctl(4, KVM_RUN, 0) = 0 <1000>" },
		{ " 0.1 ( 0.001 ms): ioctl(cmd: TCGETS, arg: 0x7ffd1) = 0",
		  "complete up=100000 ioctl(0, TCGETS, 0x7ffd1) = 0 <1000>" },
		{ " 0.1 ( 0.001 ms): ioctl(fd: 4, arg: 0x5) = 0",
		  "complete up=100000 ioctl(4, 0, 0x5) = 0 <1000>" },
		{ " 0.1 ( 0.001 ms): ioctl() = -1 EBADF (Bad file descriptor)",
		  "complete up=100000 ioctl(0, 0, 0) = -1 EBADF (Bad file descriptor) <1000>" },
		{ " 0.1 ( 0.001 ms): ioctl(fd: -1, cmd: 0xae41) = 0",
		  "complete up=100000 ioctl(-1, 0xae41, 0) = 0 <1000>" },
		{ " 0.1 ( 0.001 ms): ioctl(fd: 4</dev/kvm>, cmd: KVM_CREATE_VM, arg: 0x1) = 5",
		  "complete up=100000 ioctl(4</dev/kvm>, KVM_CREATE_VM, 0x1) = 5 <1000>" },
		{ " 0.1 ( 0.001 ms): ioctl(fd: 4<anon_inode:kvm-vcpu:0>, cmd: KVM_RUN) = 0",
		  "complete up=100000 ioctl(4<anon_inode:kvm-vcpu:0>, KVM_RUN, 0) = 0 <1000>" },
		/* trace.show_arg_names=no */
		{ " 0.1 ( 0.001 ms): ioctl(4, KVM_CREATE_VCPU, 0x1) = 5",
		  "complete up=100000 ioctl(4, KVM_CREATE_VCPU, 0x1) = 5 <1000>" },
	};

	assert_scans(cases, G_N_ELEMENTS(cases));
}

/* What perf has no name for, in the words of strace. */
static void test_unnamed_requests(void)
{
	static const GsTestScan cases[] = {
		{ " 0.1 ( 0.001 ms): ioctl(fd: 4, cmd: (READ|WRITE, 0xae, 0xf1, 0x8)) = 0",
		  "complete up=100000 ioctl(4, _IOC(_IOC_READ|_IOC_WRITE, 0xae, 0xf1, 0x8), 0) = 0 "
		  "<1000>" },
		{ " 0.1 ( 0.001 ms): ioctl(fd: 4, cmd: (NONE, 0xae, 0xf0, 0)) = 0",
		  "complete up=100000 ioctl(4, _IOC(_IOC_NONE, 0xae, 0xf0, 0), 0) = 0 <1000>" },
		{ " 0.1 ( 0.001 ms): ioctl(fd: 4, cmd: (_IOC_READ, 0xae, 0xf1, 0x8)) = 0",
		  "complete up=100000 ioctl(4, _IOC(_IOC_READ, 0xae, 0xf1, 0x8), 0) = 0 <1000>" },
		/* of a type perf knows: the direction is last, and the size not told */
		{ " 0.1 ( 0.001 ms): ioctl(fd: 4, cmd: (0xae, 0xf1, 0x3)) = 0",
		  "complete up=100000 ioctl(4, _IOC(_IOC_READ|_IOC_WRITE, 0xae, 0xf1, \?\?\?), 0) "
		  "= 0 "
		  "<1000>" },
		{ " 0.1 ( 0.001 ms): ioctl(fd: 4, cmd: (0xae, 0xf0, 0)) = 0",
		  "complete up=100000 ioctl(4, _IOC(_IOC_NONE, 0xae, 0xf0, \?\?\?), 0) = 0 "
		  "<1000>" },
	};

	assert_scans(cases, G_N_ELEMENTS(cases));
}

/* Whoever follows descriptors looks for these. */
static void test_other_arguments(void)
{
	static const GsTestScan cases[] = {
		{ " 0.1 ( 0.001 ms): close(fd: 4<pipe:[1205133]>) = 0",
		  "complete up=100000 close(4<pipe:[1205133]>) = 0 <1000>" },
		{ " 0.1 ( 0.001 ms): dup(fildes: 4) = 7", "complete up=100000 dup(4) = 7 <1000>" },
		{ " 0.1 ( 0.001 ms): fcntl(fd: 4, cmd: DUPFD_CLOEXEC, arg: 0x3) = 7",
		  "complete up=100000 fcntl(4, F_DUPFD_CLOEXEC, 0x3) = 7 <1000>" },
		{ " 0.1 ( 0.001 ms): openat(dfd: CWD, filename: \"/dev/kvm\", flags: RDWR) = 4",
		  "complete up=100000 openat(CWD, \"/dev/kvm\", RDWR) = 4 <1000>" },
		{ " 0.1 ( 0.001 ms): openat(dfd: CWD, filename: /dev/kvm, flags: RDWR) = 4",
		  "complete up=100000 openat(CWD, \"/dev/kvm\", RDWR) = 4 <1000>" },
		{ " 0.1 ( 0.001 ms): clone(clone_flags: VM|FS|FILES|0x11, newsp: 0x7f14) = 9 (a)",
		  "complete up=100000 clone(flags=CLONE_VM|CLONE_FS|CLONE_FILES|0x11, 0x7f14) = 9 "
		  "(a) <1000>" },
		{ " 0.1 ( 0.001 ms): mmap(len: 12288, prot: READ|WRITE) = 0x7f5bc60e0000",
		  "complete up=100000 mmap(12288, READ|WRITE) = 0x7f5bc60e0000 <1000>" },
	};

	assert_scans(cases, G_N_ELEMENTS(cases));
}

static void test_results(void)
{
	static const GsTestScan cases[] = {
		{ " 0.1 ( 0.001 ms): f() = -1 EINTR (Interrupted system call)",
		  "complete up=100000 f() = -1 EINTR (Interrupted system call) <1000>" },
		{ " 0.1 (1234.567 ms): f() = 0 (Timeout)",
		  "complete up=100000 f() = 0 (Timeout) <1234567000>" },
		{ " 0.1 (         ): exit_group(error_code: 3) = ?",
		  "complete up=100000 exit_group(3) = ?" },
		/* the kernel's own errors, which perf has no names for */
		{ " 0.1 ( 2.098 ms): f() = -1 (unknown) (INTERNAL ERROR: strerror_r(516, [buf], "
		  "128)=22)",
		  "complete up=100000 f() = ? ERESTART_RESTARTBLOCK <2098000>" },
		{ " 0.1 ( 2.098 ms): f() = -1 (unknown) (Unknown error 512)",
		  "complete up=100000 f() = ? ERESTARTSYS <2098000>" },
		/* a pid with a name beside it that is no list of anything */
		{ " 0.1 ( 0.249 ms): f() = 17050 (my: a) = 1/2 [x)",
		  "complete up=100000 f() = 17050 <249000>" },
		{ " 0.1 ( 0.015 ms): fcntl(fd: 5, cmd: GETFL) = RDWR|NONBLOCK",
		  "complete up=100000 fcntl(5, F_GETFL) = ? (RDWR|NONBLOCK) <15000>" },
		{ " 0.1 ( 0.015 ms): f() = 7</dev/kvm>",
		  "complete up=100000 f() = 7</dev/kvm> <15000>" },
	};

	assert_scans(cases, G_N_ELEMENTS(cases));
}

/* Both halves are stamped with the beginning; the second's becomes that of the end. */
static void test_halves(void)
{
	static const GsTestScan cases[] = {
		{ " 4.5 (         ): a/7 ioctl(fd: 4, cmd: KVM_RUN)          ...",
		  "unfinished tid=7 up=4500000 ioctl(4, KVM_RUN, 0" },
		{ " 4.5 ( 3.100 ms): a/7  ... [continued]: ioctl())          = 0",
		  "resumed tid=7 up=7600000 ioctl...) = 0 <0.003100000>" },
		{ " 4.5 ( 3.100 ms):  ... [continued]: ioctl())  = -1 EINTR (Interrupted system "
		  "call)",
		  "resumed up=7600000 ioctl...) = -1 EINTR (Interrupted system call) "
		  "<0.003100000>" },
		/* its beginning was lost */
		{ "         ? (         ): a/7  ... [continued]: clone3())   = 0",
		  "resumed tid=7 clone3...) = 0" },
		/* a pid that is nobody's any more */
		{ "         ? (         ): a/7  ... [continued]: clone())    = ",
		  "resumed tid=7 clone...) = ?" },
	};

	assert_scans(cases, G_N_ELEMENTS(cases));
}

static void test_cut(void)
{
	static const GsTestScan cases[] = {
		{ " 4.5 ( 3.100 ms): a/7 ioctl(fd: 4, cmd: KVM_SET_US",
		  "cut tid=7 up=4500000 ioctl(4, KVM_SET_US" },
		{ " 4.5 ( 3.100 ms): a/7 ioctl(fd: 4, cmd: KVM_RUN)    ",
		  "cut tid=7 up=4500000 ioctl(4, KVM_RUN, 0)" },
		{ " 4.5 ( 3.100 ms): a/7 openat(filename: \"/dev/k",
		  "cut tid=7 up=4500000 openat(\"/dev/k" },
	};

	assert_scans(cases, G_N_ELEMENTS(cases));
}

static void test_other(void)
{
	static const GsTestScan cases[] = {
		{ "LOST 12 events!", "other" },
		{ "     2.243 ( 0.000 ms): k/17069 minfault [_copy_from_user+0x1e] => 0x7f23 (?k)",
		  "other" },
		{ "     2.243 ( 0.000 ms): k/17069 majfault [f+0x1] => /usr/lib/libc.so.6@0xd3e40 "
		  "(d.)",
		  "other" },
		{ "     2.243 (         ): k/17069 probe:kvm_io_bus_register_dev(__probe_ip: 1)",
		  "other" },
		{ "                                       __GI___ioctl (/usr/lib/libc.so.6)",
		  "other" },
	};

	assert_scans(cases, G_N_ELEMENTS(cases));
}

static void test_unknown(void)
{
	static const char *const lines[] = {
		"",
		"45726 14:45:32.914330 ioctl(25, KVM_CREATE_VCPU, 0) = 28 <0.000137>",
		"     0.000040 ioctl(25, KVM_CREATE_VCPU, 0) = 28 <0.000137>",
		"7 00:00:02.000001 (+     0.000040) f() = 0",
		"fc_vcpu-123 [002] ...1 5075.958079: sys_exit_ioctl: 0x1c",
		"k 123 [002] 5075.958079: syscalls:sys_exit_ioctl: 0x1c",
		" 5 ( 0.001 ms): f() = 0",
		" 5.0 (0.001 s): f() = 0",
		" 5.0 ( 0.001 ms): a/7 12",
		"LOST all events!",
		"Before the patch (1.5 ms):",
	};

	gs_test_assert_unknown(&gs_scan_perf_trace, lines, G_N_ELEMENTS(lines));
}

/* A log as a whole: durations are perf's own, joined across its halves. */
static void test_log(void)
{
	g_autofree char *rows = gs_test_read_log(
		"     0.071 ( 0.294 ms): fc/11 ioctl(fd: 12, cmd: KVM_CREATE_VM)     = 16\n"
		"     0.690 (         ): fc/11 ioctl(fd: 16, cmd: KVM_CREATE_VCPU)   ...\n"
		"LOST 3 events!\n"
		"     7.015 ( 0.020 ms): fc_api/12 write(fd: 5, buf: 0x7f3a, count: 8) = 8\n"
		"     0.690 (24.871 ms): fc/11  ... [continued]: ioctl())            = 17\n"
		"         ? (         ): fc_vcpu 0/13  ... [continued]: clone3())    = 0\n"
		"    30.100 (         ): fc_vcpu 0/13 ioctl(fd: 17, cmd: KVM_RUN)    ...\n");

	g_assert_cmpstr(rows, ==,
			"11 71000 ioctl(12, KVM_CREATE_VM, 0) = 16 <294000> ok\n"
			"12 7015000 write(5, 0x7f3a, 8) = 8 <20000> ok\n"
			"11 690000 ioctl(16, KVM_CREATE_VCPU, 0) = 17 <24871000> ok\n"
			"13 - clone3(\?\?\?) = 0 ok\n"
			"13 30100000 ioctl(17, KVM_RUN, 0) =  unfinished\n");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/scan-perf-trace/threads", test_threads);
	g_test_add_func("/scan-perf-trace/ioctl-arguments", test_ioctl_arguments);
	g_test_add_func("/scan-perf-trace/unnamed-requests", test_unnamed_requests);
	g_test_add_func("/scan-perf-trace/other-arguments", test_other_arguments);
	g_test_add_func("/scan-perf-trace/results", test_results);
	g_test_add_func("/scan-perf-trace/halves", test_halves);
	g_test_add_func("/scan-perf-trace/cut", test_cut);
	g_test_add_func("/scan-perf-trace/other", test_other);
	g_test_add_func("/scan-perf-trace/unknown", test_unknown);
	g_test_add_func("/scan-perf-trace/log", test_log);
	return g_test_run();
}
