/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines of ftrace and trace-cmd report, which come out as strace's halves of calls. */
#include "tests/lib/gs-test-scan.h"

static void assert_scans(const GsTestScan *cases, size_t count)
{
	gs_test_assert_scans(&gs_scan_ftrace, cases, count);
}

/* Whatever the columns, it is the same half of a call. */
static void test_prefixes(void)
{
	static const char *const lines[] = {
		"fc_vcpu-123 [002] ...1 5075.958079: sys_exit_ioctl: 0x1c",
		"          fc_vcpu-123     [002] ...1.  5075.958079: sys_exit_ioctl: 0x1c",
		"          fc_vcpu-123     [002] d.h1.1 5075.958079: sys_exit_ioctl: 0x1c",
		/* trace-cmd report, which names the flags only if asked to */
		"         fc_vcpu-123   [002]  5075.958079: sys_exit_ioctl:       0x1c",
		/* the process beside the thread, known and not */
		"          fc_vcpu-123     (    100) [002] ..... 5075.958079: sys_exit_ioctl: 0x1c",
		"          fc_vcpu-123     (-------) [002] ..... 5075.958079: sys_exit_ioctl: 0x1c",
		/* names are anything */
		"           <...>-123     [002] ..... 5075.958079: sys_exit_ioctl: 0x1c",
		"        fc_vcpu 0-123     [002] ..... 5075.958079: sys_exit_ioctl: 0x1c",
		"       a-b 1.5: c-123     [002] ..... 5075.958079: sys_exit_ioctl: 0x1c",
		"  kworker/0:1-events-123     [002] ..... 5075.958079: sys_exit_ioctl: 0x1c",
		"           a (9)-123     [002] ..... 5075.958079: sys_exit_ioctl: 0x1c",
		"fc_vcpu-123 [002] ...1 5075.958079000: sys_exit_ioctl: 0x1c",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
		const GsTestScan expected = {
			.line = lines[i],
			.expected = "resumed tid=123 up=5075958079000 ioctl...) = 28",
		};

		assert_scans(&expected, 1);
	}
}

/* trace-cmd record --date */
static void test_date(void)
{
	static const GsTestScan cases[] = {
		{ "a-7 [002] 1795368644.128880: sys_exit_ioctl: 0x0",
		  "resumed tid=7 epoch=1795368644128880000 ioctl...) = 0" },
	};

	assert_scans(cases, G_N_ELEMENTS(cases));
}

static void test_enter(void)
{
	static const GsTestScan cases[] = {
		{ "a-7 [0] .... 1.000001: sys_enter_ioctl: fd: 0x19, cmd: 0xae41, arg: 0x00",
		  "unfinished tid=7 up=1000001000 ioctl(25, 0xae41, 0" },
		{ "a-7 [0] .... 1.000001: sys_enter_ioctl: fd: 0xffffffff, cmd: 0xae80, arg: "
		  "0x7ffd1",
		  "unfinished tid=7 up=1000001000 ioctl(-1, 0xae80, 0x7ffd1" },
		/* as the kernel prints it: hexadecimal, with and without saying so */
		{ "a-7 [0] .... 1.000001: sys_ioctl(fd: 19, cmd: ae41, arg: 0)",
		  "unfinished tid=7 up=1000001000 ioctl(25, 0xae41, 0" },
		{ "a-7 [0] .... 1.000001: sys_ioctl(fd: 0x19, cmd: 0xae41, arg: 1)",
		  "unfinished tid=7 up=1000001000 ioctl(25, 0xae41, 1" },
		/* with types, and with the string at an address */
		{ "a-7 [0] .... 1.000001: sys_ioctl(unsigned int fd: 19, unsigned int cmd: ae41, "
		  "unsigned long arg: 0)",
		  "unfinished tid=7 up=1000001000 ioctl(25, 0xae41, 0" },
		{ "a-7 [0] .... 1.000001: sys_openat(dfd: ffffff9c, filename: 7ffd \"/dev/kvm\", "
		  "flags: 80002)",
		  "unfinished tid=7 up=1000001000 openat(-100, \"/dev/kvm\", 0x80002" },
		{ "a-7 [0] .... 1.000001: sys_write(fd: 2, buf: 0x555a (72:6f:6f) \"roo\", count: "
		  "3)",
		  "unfinished tid=7 up=1000001000 write(2, 0x555a, 3" },
		/* the six registers that may hold arguments */
		{ "a-7 [0] .... 1.000001: sys_enter: NR 16 (19, ae41, 0, 0, 0, 0)",
		  "unfinished tid=7 up=1000001000 ioctl(25, 0xae41, 0" },
		{ "a-7 [0] .... 1.000001: sys_enter: NR 29 (19, ae41, 0, 0, 0, 0)",
		  "unfinished tid=7 up=1000001000 ioctl(25, 0xae41, 0" },
		{ "a-7 [0] .... 1.000001: sys_enter: NR 3 (19, ae41, 0, 1, 2, 7ffd1)",
		  "unfinished tid=7 up=1000001000 syscall_3(0x19, 0xae41, 0, 1, 2, 0x7ffd1" },
		{ "a-7 [0] .... 1.000001: sys_enter_getpid: ",
		  "unfinished tid=7 up=1000001000 getpid(" },
		/* never comes back */
		{ "a-7 [0] .... 1.000001: sys_enter_exit_group: error_code: 0x00000003",
		  "complete tid=7 up=1000001000 exit_group(3) = ?" },
	};

	assert_scans(cases, G_N_ELEMENTS(cases));
}

static void test_exit(void)
{
	static const GsTestScan cases[] = {
		{ "a-7 [0] .... 1.000001: sys_ioctl -> 0x1c",
		  "resumed tid=7 up=1000001000 ioctl...) = 28" },
		{ "a-7 [0] .... 1.000001: sys_exit: NR 16 = 28",
		  "resumed tid=7 up=1000001000 ioctl...) = 28" },
		{ "a-7 [0] .... 1.000001: sys_exit: NR 16 = -22",
		  "resumed tid=7 up=1000001000 ioctl...) = -1 EINVAL" },
		{ "a-7 [0] .... 1.000001: sys_exit: NR 9 = 140553763155968",
		  "resumed tid=7 up=1000001000 syscall_9...) = 0x7fd5391ff000" },
		{ "a-7 [0] .... 1.000001: sys_exit_ioctl: 0xfffffffffffffffc",
		  "resumed tid=7 up=1000001000 ioctl...) = -1 EINTR" },
		/* of a 32-bit kernel */
		{ "a-7 [0] .... 1.000001: sys_exit_ioctl: 0xfffffff7",
		  "resumed tid=7 up=1000001000 ioctl...) = -1 EBADF" },
		{ "a-7 [0] .... 1.000001: sys_exit_ioctl: 0xfffffffffffffe00",
		  "resumed tid=7 up=1000001000 ioctl...) = ? ERESTARTSYS" },
		{ "a-7 [0] .... 1.000001: sys_exit_ioctl: 0xfffffffffffffdfc",
		  "resumed tid=7 up=1000001000 ioctl...) = ? ERESTART_RESTARTBLOCK" },
		{ "a-7 [0] .... 1.000001: sys_exit_ioctl: 0xfffffffffffffda8",
		  "resumed tid=7 up=1000001000 ioctl...) = -1 (errno 600)" },
		{ "a-7 [0] .... 1.000001: sys_exit_mmap: 0x7fd53902a000",
		  "resumed tid=7 up=1000001000 mmap...) = 0x7fd53902a000" },
	};

	assert_scans(cases, G_N_ELEMENTS(cases));
}

/* Only the beginning and the end of a function are a call. */
static void test_probes(void)
{
	static const GsTestScan cases[] = {
		{ "a-7 [0] .... 1.000001: p_kvm_io_bus_register_dev_0: "
		  "(kvm_io_bus_register_dev+0x0/0x120)",
		  "unfinished tid=7 up=1000001000 kvm_io_bus_register_dev(" },
		/* behind an instruction that catches forged jumps */
		{ "a-7 [0] .... 1.000001: mine: (kvm_io_bus_register_dev+0x4/0x120 [kvm]) bus=1 "
		  "addr=0x20",
		  "unfinished tid=7 up=1000001000 kvm_io_bus_register_dev(bus=1, addr=0x20" },
		{ "a-7 [0] .... 1.000001: r_x: (kvm_pic_init+0x12/0x80 <- kvm_io_bus_register_dev) "
		  "arg1=0x0",
		  "resumed tid=7 up=1000001000 kvm_io_bus_register_dev...) = 0" },
		{ "a-7 [0] .... 1.000001: r_x: (kvm_vm_ioctl_create_vcpu+0x12/0x80 <- "
		  "kvm_arch_init) arg1=0",
		  "other" },
		{ "a-7 [0] .... 1.000001: mine: (kvm_io_bus_register_dev+0x4c/0x120)", "other" },
	};

	assert_scans(cases, G_N_ELEMENTS(cases));
}

static void test_other(void)
{
	static const GsTestScan cases[] = {
		{ "# tracer: nop", "other" },
		{ "#", "other" },
		{ "# entries-in-buffer/entries-written: 0/0   #P:2", "other" },
		{ "#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION", "other" },
		{ "##### CPU 1 buffer started ####", "other" },
		{ "cpus=4", "other" },
		{ "version = 6", "other" },
		{ "CPU 3 is empty", "other" },
		{ "CPU:1 [LOST 137 EVENTS]", "other" },
		{ " => kvm_vm_ioctl", "other" },
		{ "a-7 [002] d..2. 5075.958079: sched_switch: prev_comm=a ==> next_comm=b",
		  "other" },
		{ "a-7 [002] ..... 5075.958079: call_srcu <-kvm_io_bus_register_dev", "other" },
		{ "a-7 [002] ..... 5075.958079: kvm_exit: reason EPT_VIOLATION rip 0xfff0",
		  "other" },
		{ "a-7 [002] ..... 5075.958079: <stack trace>", "other" },
	};

	assert_scans(cases, G_N_ELEMENTS(cases));
}

static void test_unknown(void)
{
	static const char *const lines[] = {
		"",
		"45726 14:45:32.914330 ioctl(25, KVM_CREATE_VCPU, 0) = 28 <0.000137>",
		"   0.123 ( 0.289 ms): python3/21717 ioctl(fd: 4, cmd: KVM_CREATE_VM) = 5",
		"k 123 [002] 5075.958079: syscalls:sys_exit_ioctl: 0x1c",
		"# strace -f -T ./vmm",
		"[ 5075.958079] kvm: a guest's kernel",
		"a-7 [002] .... 5075.9580: sys_exit_ioctl: 0x1c",
		"a-7 5075.958079: sys_exit_ioctl: 0x1c",
		"-7 [002] .... 5075.958079: sys_exit_ioctl: 0x1c",
		/* its own, but not as it prints them: a line that was cut */
		"a-7 [002] .... 5075.958079: sys_exit_ioctl: ",
		"a-7 [002] .... 5075.958079: sys_ioctl(fd: 19, cm",
		"a-7 [002] .... 5075.958079: sys_enter: NR 16 (19,",
	};

	gs_test_assert_unknown(&gs_scan_ftrace, lines, G_N_ELEMENTS(lines));
}

/* No duration is printed, but the stamps are those of entry and exit. */
static void test_log(void)
{
	g_autofree char *rows = gs_test_read_log(
		"cpus=2\n"
		"  fc-11    [001] ..... 5075.000100: sys_enter_ioctl: fd: 0x10, cmd: 0xae41, arg: "
		"0x0\n"
		"  fc_api-12 [000] ..... 5075.000200: sys_enter_write: fd: 0x5, buf: 0x7f3a, "
		"count: 0x8\n"
		"  fc_api-12 [000] ..... 5075.000220: sys_exit_write: 0x8\n"
		"  fc-11    [001] d..2. 5075.000300: sched_switch: prev_comm=fc ==> "
		"next_comm=swapper\n"
		"  fc-11    [001] ..... 5075.025100: sys_exit_ioctl: 0x11\n"
		"  fc_vcpu 0-13 [000] ..... 5075.030000: sys_exit_ioctl: 0xfffffffffffffffc\n"
		"  fc_vcpu 0-13 [000] ..... 5075.031000: sys_enter_ioctl: fd: 0x11, cmd: 0xae80, "
		"arg: 0x0\n"
		"  fc-11    [001] ..... 5075.040000: sys_enter_exit_group: error_code: 0x0\n");

	g_assert_cmpstr(rows, ==,
			"12 5075000200000 write(5, 0x7f3a, 8) = 8 <20000> ok\n"
			"11 5075000100000 ioctl(16, 0xae41, 0) = 17 <25000000> ok\n"
			"13 5075030000000 ioctl(\?\?\?) = -1 EINTR error\n"
			"11 5075040000000 exit_group(0) = ? ok\n"
			"13 5075031000000 ioctl(17, 0xae80, 0) =  unfinished\n");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/scan-ftrace/prefixes", test_prefixes);
	g_test_add_func("/scan-ftrace/date", test_date);
	g_test_add_func("/scan-ftrace/enter", test_enter);
	g_test_add_func("/scan-ftrace/exit", test_exit);
	g_test_add_func("/scan-ftrace/probes", test_probes);
	g_test_add_func("/scan-ftrace/other", test_other);
	g_test_add_func("/scan-ftrace/unknown", test_unknown);
	g_test_add_func("/scan-ftrace/log", test_log);
	return g_test_run();
}
