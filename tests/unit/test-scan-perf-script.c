/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines of perf script, which come out as strace's halves of calls. */
#include "tests/lib/gs-test-scan.h"

static void assert_scans(const GsTestScan *cases, size_t count)
{
	gs_test_assert_scans(&gs_scan_perf_script, cases, count);
}

/* Whatever the columns (perf script -F), it is the same half of a call. */
static void test_prefixes(void)
{
	static const char *const lines[] = {
		"         fc_vcpu   123 [002]  5075.958079:  syscalls:sys_exit_ioctl: 0x1c",
		"         fc_vcpu   100/123   [002]  5075.958079:  syscalls:sys_exit_ioctl: 0x1c",
		"         fc_vcpu   123  5075.958079:          1  syscalls:sys_exit_ioctl: 0x1c",
		"123 5075.958079:  syscalls:sys_exit_ioctl: 0x1c",
		"         fc_vcpu   123 [002]  5075.958079000:  syscalls:sys_exit_ioctl: 0x1c",
		/* with stacks, names are not padded */
		"fc_vcpu 123 [002]  5075.958079: syscalls:sys_exit_ioctl: 0x1c",
		/* and are anything */
		"       fc_vcpu 0   123 [002]  5075.958079:  syscalls:sys_exit_ioctl: 0x1c",
		"       CPU 0/KVM   123 [002]  5075.958079:  syscalls:sys_exit_ioctl: 0x1c",
		"     a-7 1.5: [3   123 [002]  5075.958079:  syscalls:sys_exit_ioctl: 0x1c",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
		const GsTestScan expected = {
			.line = lines[i],
			.expected = "resumed tid=123 up=5075958079000 ioctl...) = 28",
		};

		assert_scans(&expected, 1);
	}
}

static void test_threads_without_number(void)
{
	static const GsTestScan cases[] = {
		{ "             :-1    -1 [002]  5075.958079:  syscalls:sys_exit_ioctl: 0x1c",
		  "resumed up=5075958079000 ioctl...) = 28" },
	};

	assert_scans(cases, G_N_ELEMENTS(cases));
}

static void test_system_calls(void)
{
	static const GsTestScan cases[] = {
		{ "k 7 [0] 1.000001: syscalls:sys_enter_ioctl: fd: 0x00000005, cmd: 0x0000ae41, "
		  "arg: 0x00000001",
		  "unfinished tid=7 up=1000001000 ioctl(5, 0xae41, 1" },
		{ "k 7 [0] 1.000001:   raw_syscalls:sys_enter: NR 16 (5, ae41, 1, 8, 0, "
		  "7ffe0ece0657)",
		  "unfinished tid=7 up=1000001000 ioctl(5, 0xae41, 1" },
		{ "k 7 [0] 1.000001:    raw_syscalls:sys_exit: NR 16 = -25",
		  "resumed tid=7 up=1000001000 ioctl...) = -1 ENOTTY" },
		{ "k 7 [0] 1.000001:  syscalls:sys_exit_ioctl: 0xffffffffffffffe7",
		  "resumed tid=7 up=1000001000 ioctl...) = -1 ENOTTY" },
	};

	assert_scans(cases, G_N_ELEMENTS(cases));
}

static void test_probes(void)
{
	static const GsTestScan cases[] = {
		{ "k 7 [0] 1.000001: probe:kvm_io_bus_register_dev: (ffffffffc0a1b2c3)",
		  "unfinished tid=7 up=1000001000 kvm_io_bus_register_dev(" },
		{ "k 7 [0] 1.000001: probe:kvm_io_bus_register_dev: (ffffffffc0a1b2c3) bus_idx=1 "
		  "addr=0xd0000050",
		  "unfinished tid=7 up=1000001000 kvm_io_bus_register_dev(bus_idx=1, "
		  "addr=0xd0000050" },
		{ "k 7 [0] 1.000001: probe:kvm_vm_ioctl_create_vcpu_1: (ffffffffc0a1b2c3) name=\"a "
		  "b\" id=1",
		  "unfinished tid=7 up=1000001000 kvm_vm_ioctl_create_vcpu(name=\"a b\", id=1" },
		/* named by the user */
		{ "k 7 [0] 1.000001: stall:at_kvm_io_bus_register_dev: (ffffffffc0a1b2c3)",
		  "unfinished tid=7 up=1000001000 kvm_io_bus_register_dev(" },
		{ "k 7 [0] 1.000001: probe:kvm_io_bus_register_dev__return: (ffffffffc0a1b2c3 <- "
		  "ffffffffc0a1b2d0) arg1=0x0",
		  "resumed tid=7 up=1000001000 kvm_io_bus_register_dev...) = 0" },
		{ "k 7 [0] 1.000001: probe:kvm_io_bus_register_dev__return_1: (ffffffffc0a1b2c3 <- "
		  "ffffffffc0a1b2d0) arg1=0xfffffff4",
		  "resumed tid=7 up=1000001000 kvm_io_bus_register_dev...) = -1 ENOMEM" },
		{ "k 7 [0] 1.000001: probe:kvm_vm_ioctl_create_vcpu__return: (ffffffffc0a1b2c3 <- "
		  "ffffffffc0a1b2d0) ret=28",
		  "resumed tid=7 up=1000001000 kvm_vm_ioctl_create_vcpu...) = 28" },
		/* which does not say what was returned */
		{ "k 7 [0] 1.000001: probe:kvm_io_bus_register_dev__return: (ffffffffc0a1b2c3 <- "
		  "ffffffffc0a1b2d0)",
		  "resumed tid=7 up=1000001000 kvm_io_bus_register_dev...) = ?" },
		/* on a line inside the function, and on another function */
		{ "k 7 [0] 1.000001: probe:kvm_io_bus_register_dev_L12: (ffffffffc0a1b2c3)",
		  "other" },
		{ "k 7 [0] 1.000001: probe:kvm_put_kvm: (ffffffffc0a1b2c3)", "other" },
	};

	assert_scans(cases, G_N_ELEMENTS(cases));
}

static void test_other(void)
{
	static const GsTestScan cases[] = {
		{ "\t           fdd6b __GI___ioctl+0x3b (/usr/lib/x86_64-linux-gnu/libc.so.6)",
		  "other" },
		{ "\tffffffff81a0d1b2 do_syscall_64+0x5b ([kernel.kallsyms])", "other" },
		{ "   perf 21098 [000] 22480.943162: sched:sched_switch: prev_comm=perf prev_pid=2",
		  "other" },
		{ "   perf 21098 [000] 22480.943162:     250000 cycles:  ffffffff81a0d1b2 f+0x1 "
		  "(vmlinux)",
		  "other" },
	};

	assert_scans(cases, G_N_ELEMENTS(cases));
}

static void test_unknown(void)
{
	static const char *const lines[] = {
		"",
		"45726 14:45:32.914330 ioctl(25, KVM_CREATE_VCPU, 0) = 28 <0.000137>",
		"45726 1795365489.527497 ioctl(25, KVM_CREATE_VCPU, 0) = 28 <0.000137>",
		"   0.123 ( 0.289 ms): python3/21717 ioctl(fd: 4, cmd: KVM_CREATE_VM) = 5",
		"fc_vcpu-123 [002] ...1 5075.958079: sys_exit_ioctl: 0x1c",
		"fc_vcpu [002] 5075.958079: syscalls:sys_exit_ioctl: 0x1c",
		"    deadbeef is not a stack (really)",
		"A mail of 12.345678: lines like this one are prose",
		"k 7 [0] 1.000001:  syscalls:sys_exit_ioctl: ",
	};

	gs_test_assert_unknown(&gs_scan_perf_script, lines, G_N_ELEMENTS(lines));
}

/* Without a return probe the calls are there, but how long they took is not. */
static void test_log(void)
{
	g_autofree char *rows = gs_test_read_log(
		"  fc  11 [001] 5075.000100: probe:kvm_io_bus_register_dev: (ffffffffc0a1) "
		"addr=0x20\n"
		"  fc  11 [001] 5075.000102: probe:kvm_io_bus_register_dev__return: (ffffffffc0a1 "
		"<- ffffffffc0b1) arg1=0x0\n"
		"  fc  11 [001] 5075.000200: probe:kvm_vm_ioctl_create_vcpu: (ffffffffc0c1)\n"
		"  fc  11 [001] 5075.000300: probe:kvm_vm_ioctl_create_vcpu: (ffffffffc0c1)\n");

	g_assert_cmpstr(rows, ==,
			"11 5075000100000 kvm_io_bus_register_dev(addr=0x20) = 0 <2000> ok\n"
			"11 5075000200000 kvm_vm_ioctl_create_vcpu() =  unfinished\n"
			"11 5075000300000 kvm_vm_ioctl_create_vcpu() =  unfinished\n");
}

/* Probes inside a system call and inside each other, with and without one on the return. */
static void test_nested(void)
{
	g_autofree char *rows = gs_test_read_log(
		"  fc  11 [001] 5.000100: syscalls:sys_enter_ioctl: fd: 0x10, cmd: 0xae41, arg: 0\n"
		"  fc  11 [001] 5.000102: probe:kvm_vm_ioctl_create_vcpu: (ffffffffc0c1)\n"
		"  fc  11 [001] 5.000103: probe:kvm_io_bus_register_dev: (ffffffffc0a1)\n"
		"  fc  11 [001] 5.000104: probe:kvm_io_bus_register_dev__return: (ffffffffc0a1 <- "
		"ffffffffc0b1) arg1=0x0\n"
		"  fc  11 [001] 5.000109: syscalls:sys_exit_ioctl: 0x11\n");

	g_assert_cmpstr(rows, ==,
			"11 5000103000 kvm_io_bus_register_dev() = 0 <1000> ok\n"
			"11 5000100000 ioctl(16, 0xae41, 0) = 17 <9000> ok\n"
			"11 5000102000 kvm_vm_ioctl_create_vcpu() =  unfinished\n");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/scan-perf-script/prefixes", test_prefixes);
	g_test_add_func("/scan-perf-script/threads-without-number", test_threads_without_number);
	g_test_add_func("/scan-perf-script/system-calls", test_system_calls);
	g_test_add_func("/scan-perf-script/probes", test_probes);
	g_test_add_func("/scan-perf-script/other", test_other);
	g_test_add_func("/scan-perf-script/unknown", test_unknown);
	g_test_add_func("/scan-perf-script/log", test_log);
	g_test_add_func("/scan-perf-script/nested", test_nested);
	return g_test_run();
}
