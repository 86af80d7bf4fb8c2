/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From lines to VMs, threads and think time. */
#include <glib.h>

#include "traces/script-from-strace.h"

static GsScript *read_text(const char *text, GError **error)
{
	g_autoptr(GInputStream) stream =
		g_memory_input_stream_new_from_data(text, (gssize)strlen(text), NULL);
	g_autoptr(GsTraceReader) reader = gs_trace_reader_new_for_stream(stream, "log");

	return gs_script_from_strace_reader(reader, "log", NULL, error);
}

static GsScript *script_of(const char *text)
{
	g_autoptr(GError) error = NULL;
	GsScript *script = read_text(text, &error);

	g_assert_no_error(error);
	return script;
}

static int32_t tid_of(const GsScript *script, unsigned int index)
{
	return g_array_index(script->threads, GsScriptThread, gs_script_call(script, index)->thread)
		.tid;
}

/* "NAME/vm" of every call, in order. */
static char *outline(const GsScript *script)
{
	GString *text = g_string_new(NULL);

	for (unsigned int i = 0; i < script->calls->len; i++) {
		const GsScriptCall *call = gs_script_call(script, i);
		const size_t prefix = g_str_has_prefix(call->name, "KVM_") ? strlen("KVM_") : 0;

		g_string_append_printf(text, "%s%s/%u", i ? " " : "", call->name + prefix,
				       call->vm);
	}
	return g_string_free(text, FALSE);
}

static void assert_outline(const char *log, const char *expected)
{
	g_autoptr(GsScript) script = script_of(log);
	g_autofree char *actual = outline(script);

	g_assert_cmpstr(actual, ==, expected);
}

static void assert_note(const GsScript *script, const char *part)
{
	for (unsigned int i = 0; i < script->notes->len; i++) {
		if (strstr(g_ptr_array_index(script->notes, i), part))
			return;
	}
	g_test_message("no note says: %s", part);
	g_test_fail();
}

static void test_seed(void)
{
	g_autoptr(GsScript) script =
		script_of("30295 14:47:08.057412 ioctl(25, KVM_CREATE_VCPU, 0) = 28 <0.025182>\n"
			  "30295 14:47:08.082663 ioctl(25, KVM_CREATE_VCPU, 1) = 30 <0.000031>\n");
	const GsScriptCall *call = gs_script_call(script, 1);

	g_assert_cmpuint(script->calls->len, ==, 2);
	g_assert_cmpuint(script->vm_count, ==, 1);
	g_assert_cmpint(gs_script_call(script, 0)->after, ==, -1);
	g_assert_cmpint(gs_script_call(script, 0)->think_ns, ==, 0);
	g_assert_cmpint(gs_script_call(script, 0)->recorded_ns, ==, 25182000);
	g_assert_cmpstr(call->name, ==, "KVM_CREATE_VCPU");
	g_assert_cmpuint(call->occurrence, ==, 1);
	g_assert_cmpint(call->role, ==, GS_FD_VM);
	g_assert_cmpuint(call->args.value, ==, 1);
	g_assert_cmpint(call->ret, ==, 30);
	g_assert_cmpint(call->start_ns, ==, 25251000);
	g_assert_cmpint(call->think_ns, ==, 69000);
	g_assert_cmpint(call->after, ==, 0);
	g_assert_cmpuint(call->line, ==, 2);
	g_assert_cmpint(tid_of(script, 1), ==, 30295);
	g_assert_cmpuint(script->notes->len, ==, 0);
}

/* Two VMs of one process, one after the other, descriptors used again. */
static void test_vm_after_vm(void)
{
	assert_outline("7 1000000000.000001 openat(AT_FDCWD, \"/dev/kvm\", O_RDWR) = 3\n"
		       "7 1000000000.000002 ioctl(3, KVM_GET_API_VERSION, 0) = 12\n"
		       "7 1000000000.000003 ioctl(3, KVM_CREATE_VM, 0) = 4\n"
		       "7 1000000000.000004 ioctl(3, KVM_CHECK_EXTENSION, KVM_CAP_IRQFD) = 1\n"
		       "7 1000000000.000005 ioctl(4, KVM_CREATE_VCPU, 0) = 5\n"
		       "7 1000000000.000006 ioctl(5, KVM_RUN, 0) = 0\n"
		       "7 1000000000.000007 close(4) = 0\n"
		       "7 1000000000.000008 openat(AT_FDCWD, \"/dev/kvm\", O_RDWR) = 3\n"
		       "7 1000000000.000009 ioctl(3, KVM_GET_API_VERSION, 0) = 12\n"
		       "7 1000000000.000010 ioctl(3, KVM_CREATE_VM, 0) = 4\n"
		       "7 1000000000.000011 ioctl(4, KVM_CREATE_VCPU, 0) = 5\n",
		       "GET_API_VERSION/0 CREATE_VM/0 CHECK_EXTENSION/0 CREATE_VCPU/0 RUN/0 "
		       "close/0 GET_API_VERSION/1 CREATE_VM/1 CREATE_VCPU/1");
}

static void test_vms_side_by_side(void)
{
	assert_outline("7 ioctl(3</dev/kvm>, KVM_CREATE_VM, 0) = 4<anon_inode:kvm-vm>\n"
		       "7 ioctl(3</dev/kvm>, KVM_CREATE_VM, 0) = 5<anon_inode:kvm-vm>\n"
		       "7 ioctl(5<anon_inode:kvm-vm>, KVM_CREATE_VCPU, 0) = 6\n"
		       "7 ioctl(4<anon_inode:kvm-vm>, KVM_CREATE_VCPU, 0) = 7\n"
		       "7 ioctl(6<anon_inode:kvm-vcpu:0>, KVM_RUN, 0) = 0\n"
		       "7 ioctl(7<anon_inode:kvm-vcpu>, KVM_RUN, 0) = 0\n"
		       "7 ioctl(3</dev/kvm<char 10:232>>, KVM_GET_VCPU_MMAP_SIZE, 0) = 12288\n",
		       "CREATE_VM/0 CREATE_VM/1 CREATE_VCPU/1 CREATE_VCPU/0 RUN/1 RUN/0 "
		       "GET_VCPU_MMAP_SIZE/1");
}

/* A failed KVM_CREATE_VM makes none; the VM that follows has it among its calls. */
static void test_failed_create(void)
{
	g_autoptr(GsScript) script =
		script_of("7 ioctl(3, KVM_CREATE_VM, 0) = -1 EINTR (Interrupted system call)\n"
			  "7 ioctl(3, KVM_CREATE_VM, 0) = 4\n");

	g_assert_cmpuint(script->vm_count, ==, 1);
	g_assert_true(gs_script_call(script, 0)->failed);
	g_assert_cmpint(gs_script_call(script, 0)->ret, ==, -1);
	g_assert_cmpuint(gs_script_call(script, 1)->occurrence, ==, 1);
}

/* A log that starts in the middle. */
static void test_unexplained(void)
{
	/* each VM descriptor is a VM */
	assert_outline("7 ioctl(25, KVM_CREATE_VCPU, 0) = 28\n"
		       "7 ioctl(26, KVM_CREATE_VCPU, 0) = 29\n"
		       "7 ioctl(28, KVM_RUN, 0) = 0\n",
		       "CREATE_VCPU/0 CREATE_VCPU/1 RUN/0");
	/* a vCPU and the VM descriptor that turns up later are one */
	assert_outline("7 ioctl(9, KVM_RUN, 0) = 0\n"
		       "7 ioctl(10, KVM_RUN, 0) = 0\n"
		       "7 ioctl(8, KVM_IRQ_LINE_STATUS, 0x7ffd) = 0\n",
		       "RUN/0 RUN/0 IRQ_LINE_STATUS/0");
	/* /dev/kvm asked, no VM made */
	assert_outline("7 ioctl(9, KVM_GET_API_VERSION, 0) = 12\n", "GET_API_VERSION/0");
}

static void test_descriptors_followed(void)
{
	/* dup */
	assert_outline("7 ioctl(3, KVM_CREATE_VM, 0) = 4\n"
		       "7 fcntl(4, F_DUPFD_CLOEXEC, 0) = 9\n"
		       "7 dup2(9, 11) = 11\n"
		       "7 close(4) = 0\n"
		       "7 ioctl(11, KVM_CREATE_VCPU, 0) = 5\n",
		       "CREATE_VM/0 CREATE_VCPU/0");
	/* the number is another descriptor's now */
	assert_outline("7 ioctl(3, KVM_CREATE_VM, 0) = 4\n"
		       "7 ioctl(4, KVM_CREATE_VCPU, 0) = 5\n"
		       "7 close(5) = 0\n"
		       "7 eventfd2(0, 0) = 5\n"
		       "7 ioctl(3, KVM_CREATE_VM, 0) = 5\n"
		       "7 ioctl(5, KVM_CREATE_VCPU, 0) = 6\n",
		       "CREATE_VM/0 CREATE_VCPU/0 CREATE_VM/1 CREATE_VCPU/1");
	/* a fork's descriptors are its own */
	assert_outline("7 ioctl(3, KVM_CREATE_VM, 0) = 4\n"
		       "7 clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|SIGCHLD) = 8\n"
		       "8 close(4) = 0\n"
		       "8 ioctl(3, KVM_CREATE_VM, 0) = 4\n"
		       "7 ioctl(4, KVM_CREATE_VCPU, 0) = 5\n"
		       "8 ioctl(4, KVM_CREATE_VCPU, 0) = 5\n",
		       "CREATE_VM/0 CREATE_VM/1 CREATE_VCPU/0 CREATE_VCPU/1");
}

static void test_device(void)
{
	g_autoptr(GsScript) script = script_of(
		"7 ioctl(3, KVM_CREATE_VM, 0) = 4\n"
		"7 ioctl(4, KVM_CREATE_DEVICE, {type=KVM_DEV_TYPE_ARM_VGIC_V3, fd=5, "
		"flags=0}) = 0\n"
		"7 ioctl(5, KVM_SET_DEVICE_ATTR, {flags=0, group=0, attr=3, addr=0x7f}) = 0\n"
		"7 ioctl(4, KVM_CREATE_DEVICE, 0x7ffd) = 0\n"
		"7 ioctl(6, KVM_SET_DEVICE_ATTR, 0x7ffd) = 0\n");
	const GsScriptCall *call = gs_script_call(script, 2);

	g_assert_cmpint(call->role, ==, GS_FD_DEVICE);
	g_assert_true(call->args.has_device_attr);
	g_assert_true(call->args.has_device_type);
	g_assert_cmpuint(call->args.device_type, ==, 7);
	/* strace printed a pointer: its role is told by its use, its type is not known */
	g_assert_cmpint(gs_script_call(script, 4)->role, ==, GS_FD_DEVICE);
	g_assert_cmpuint(gs_script_call(script, 4)->vm, ==, 0);
	g_assert_false(gs_script_call(script, 4)->args.has_device_type);
}

/* QEMU makes VMs only to ask the kernel something. */
static void test_scratch_vms(void)
{
	g_autoptr(GsScript) script = script_of("7 ioctl(3, KVM_CREATE_VM, 0) = 4\n"
					       "7 ioctl(4, KVM_CREATE_VCPU, 0) = 5\n"
					       "7 ioctl(5, KVM_GET_ONE_REG, 0x7ffd) = 0\n"
					       "7 close(5) = 0\n"
					       "7 close(4) = 0\n"
					       "7 ioctl(3, KVM_CREATE_VM, 0) = 4\n"
					       "7 ioctl(4, KVM_CREATE_VCPU, 0) = 5\n");
	g_autoptr(GsScript) used = script_of(
		"7 ioctl(3, KVM_CREATE_VM, 0) = 4\n"
		"7 ioctl(4, KVM_SET_USER_MEMORY_REGION, 0x7ffd) = 0\n"
		"7 close(4) = 0\n"
		"7 ioctl(3, KVM_CREATE_VM, 0) = 4\n");
	g_autoptr(GsScript) last = script_of("7 ioctl(3, KVM_CREATE_VM, 0) = 4\n"
					     "7 close(4) = 0\n");

	assert_note(script, "log: 2 VMs, whose first calls are in lines 1, 6");
	assert_note(script, "log:1: VM 0 is a scratch VM: closed after 3 calls");
	for (unsigned int i = 0; i < used->notes->len; i++)
		g_assert_null(strstr(g_ptr_array_index(used->notes, i), "scratch"));
	for (unsigned int i = 0; i < last->notes->len; i++)
		g_assert_null(strstr(g_ptr_array_index(last->notes, i), "VM"));
}

/* perf script of the functions KVM's ioctls call in the kernel. */
static void test_probes(void)
{
	static const char log[] =
		"7 1000000000.000001 kvm_io_bus_register_dev() = 0 <0.000003>\n"
		"7 1000000000.000050 kvm_io_bus_register_dev() = 0 <0.000003>\n"
		"8 1000000000.000090 kvm_vm_ioctl_create_vcpu() = 0 <0.000020>\n";
	g_autoptr(GsScript) script = script_of(log);

	assert_outline(log, "IOEVENTFD/0 IOEVENTFD/0 CREATE_VCPU/0");
	g_assert_true(gs_script_call(script, 0)->args.has_flags);
	g_assert_cmphex(gs_script_call(script, 0)->args.flags, ==, 0);
	g_assert_cmpint(gs_script_call(script, 1)->after, ==, 0);
	assert_note(script, "2 kvm_io_bus_register_dev and 1 kvm_vm_ioctl_create_vcpu are taken");
}

static void test_probes_beside_ioctls(void)
{
	assert_outline("7 1000000000.000001 ioctl(3, KVM_CREATE_VM, 0) = 4 <0.000020>\n"
		       "7 1000000000.000050 kvm_io_bus_register_dev() = 0 <0.000003>\n"
		       "7 1000000000.000049 ioctl(4, KVM_IOEVENTFD, 0x7ffd) = 0 <0.000005>\n"
		       "8 1000000000.000090 kvm_vm_ioctl_create_vcpu() = 0 <0.000020>\n",
		       "CREATE_VM/0 IOEVENTFD/0 CREATE_VCPU/0");
}

/* A thread's first call follows the last to complete before it, of any thread. */
static void test_threads(void)
{
	g_autoptr(GsScript) script = script_of(
		"1 1000000000.000000 ioctl(3, KVM_CREATE_VM, 0) = 4 <0.000100>\n"
		"1 1000000000.000200 ioctl(4, KVM_SET_USER_MEMORY_REGION, 0x7f) = 0 <0.000500>\n"
		"2 1000000000.000300 ioctl(4, KVM_CREATE_VCPU, 0) = 5 <0.000050>\n"
		"3 1000000000.000720 ioctl(4, KVM_CREATE_VCPU, 1) = 6 <0.000050>\n"
		"1 1000000000.000750 ioctl(4, KVM_IRQFD, 0x7f) = 0 <0.000001>\n");
	static const struct {
		int32_t tid, after;
		int64_t start_ns, think_ns;
	} expected[] = {
		{ 1, -1, 0, 0 },         { 1, 0, 200000, 100000 }, { 2, 0, 300000, 200000 },
		{ 3, 1, 720000, 20000 }, { 1, 1, 750000, 50000 },
	};

	g_assert_cmpuint(script->calls->len, ==, G_N_ELEMENTS(expected));
	for (unsigned int i = 0; i < script->calls->len; i++) {
		const GsScriptCall *call = gs_script_call(script, i);

		g_assert_cmpint(tid_of(script, i), ==, expected[i].tid);
		g_assert_cmpint(call->after, ==, expected[i].after);
		g_assert_cmpint(call->start_ns, ==, expected[i].start_ns);
		g_assert_cmpint(call->think_ns, ==, expected[i].think_ns);
	}
}

/* Calls printed as they end come back into the order in which they began. */
static void test_start_order(void)
{
	g_autoptr(GsScript) script =
		script_of("2 1000000000.000000 ioctl(4, KVM_CREATE_VCPU, 0 <unfinished ...>\n"
			  "3 1000000000.000100 ioctl(4, KVM_CREATE_VCPU, 1) = 6 <0.000050>\n"
			  "2 1000000000.000300 <... ioctl resumed>) = 5 <0.000290>\n");

	g_assert_cmpint(tid_of(script, 0), ==, 2);
	g_assert_cmpint(gs_script_call(script, 0)->recorded_ns, ==, 290000);
	g_assert_cmpint(gs_script_call(script, 0)->ret, ==, 5);
	g_assert_cmpuint(gs_script_call(script, 1)->occurrence, ==, 1);
	/* nothing had completed: the thread starts on its own, 100 us into the script */
	g_assert_cmpint(gs_script_call(script, 1)->after, ==, -1);
	g_assert_cmpint(gs_script_call(script, 1)->think_ns, ==, 100000);
}

/* The thread strace did not name at first is the one it names later. */
static void test_main_thread(void)
{
	g_autoptr(GsScript) script =
		script_of("ioctl(3, KVM_CREATE_VM, 0) = 4 <0.000009>\n"
			  "strace: Process 12 attached\n"
			  "[pid 12] ioctl(4, KVM_CREATE_VCPU, 0) = 5 <0.0001>\n"
			  "[pid 11] ioctl(4, KVM_IRQFD, 0x7f) = 0 <0.0001>\n");

	g_assert_cmpuint(script->threads->len, ==, 2);
	g_assert_cmpint(tid_of(script, 0), ==, 11);
	g_assert_cmpint(tid_of(script, 2), ==, 11);
}

static void test_restarted(void)
{
	g_autoptr(GsScript) script = script_of(
		"7 1000000000.000000 ioctl(5, KVM_RUN, 0) = ? ERESTARTSYS (To be restarted if "
		"SA_RESTART is set) <0.000100>\n"
		"7 1000000000.000150 --- SIGALRM {si_signo=SIGALRM} ---\n"
		"7 1000000000.000200 ioctl(5, KVM_RUN, 0) = 0 <0.000300>\n"
		"7 1000000000.000600 ioctl(5, KVM_RUN, 0) = 0 <0.000100>\n");

	g_assert_cmpuint(script->calls->len, ==, 2);
	g_assert_cmpint(gs_script_call(script, 0)->recorded_ns, ==, 500000);
	g_assert_cmpint(gs_script_call(script, 0)->ret, ==, 0);
	g_assert_cmpint(gs_script_call(script, 1)->think_ns, ==, 100000);
}

/* Without -T a call's end is unknown, unless it was printed in two halves. */
static void test_no_durations(void)
{
	g_autoptr(GsScript) script =
		script_of("7 1000000000.000000 ioctl(3, KVM_CREATE_VM, 0) = 4\n"
			  "7 1000000000.000150 ioctl(4, KVM_CREATE_VCPU, 0 <unfinished ...>\n"
			  "7 1000000000.000250 <... ioctl resumed>) = 5\n"
			  "7 1000000000.000300 ioctl(4, KVM_IRQFD, 0x7f) = 0\n");

	g_assert_cmpint(gs_script_call(script, 0)->recorded_ns, ==, -1);
	g_assert_cmpint(gs_script_call(script, 1)->recorded_ns, ==, 100000);
	g_assert_cmpint(gs_script_call(script, 1)->think_ns, ==, 150000);
	g_assert_cmpint(gs_script_call(script, 2)->think_ns, ==, 50000);
	assert_note(script, "2 of 3 calls have no duration");
}

static void test_no_stamps(void)
{
	g_autoptr(GsScript) script = script_of("7 ioctl(3, KVM_CREATE_VM, 0) = 4 <0.000300>\n"
					       "7 ioctl(4, KVM_IRQFD, 0x7f) = 0 <0.000002>\n");

	g_assert_cmpint(gs_script_call(script, 1)->start_ns, ==, 300000);
	g_assert_cmpint(gs_script_call(script, 1)->think_ns, ==, 0);
	g_assert_true(gs_script_call(script, 1)->think_unknown);
	assert_note(script, "2 calls have no time stamp");
}

/* Of -t a gap of one second may be none. */
static void test_whole_seconds(void)
{
	g_autoptr(GsScript) script = script_of("7 16:05:11 ioctl(3, KVM_CREATE_VM, 0) = 4\n"
					       "7 16:05:12 ioctl(4, KVM_IRQFD, 0x7f) = 0\n"
					       "7 16:05:14 ioctl(4, KVM_IRQFD, 0x7f) = 0\n");

	g_assert_cmpint(gs_script_call(script, 1)->think_ns, ==, 0);
	g_assert_cmpint(gs_script_call(script, 2)->think_ns, ==, INT64_C(1000000000));
	assert_note(script, "whole seconds");
}

static void test_clock_set_back(void)
{
	g_autoptr(GsScript) script =
		script_of("7 16:05:11.5 ioctl(3, KVM_CREATE_VM, 0) = 4 <0.1>\n"
			  "7 16:05:10.0 ioctl(4, KVM_IRQFD, 0x7f) = 0 <0.1>\n");

	g_assert_cmpstr(gs_script_call(script, 0)->name, ==, "KVM_CREATE_VM");
	g_assert_cmpint(gs_script_call(script, 1)->think_ns, ==, 0);
	assert_note(script, "the clock was set back before 1 of 2 calls");
}

/* The gap over which it was is as long as the thread's others, and what follows moves along. */
static void test_clock_set_back_later(void)
{
	g_autoptr(GString) log = g_string_new("7 16:05:11.000000 ioctl(3, KVM_CREATE_VM, 0) = 4 "
					      "<0.000010>\n");
	g_autoptr(GsScript) script = NULL;

	for (unsigned int i = 1; i < 12; i++)
		g_string_append_printf(log, "7 16:05:%02u.000%u00 ioctl(4, KVM_IRQFD, 0x7f) = 0 "
					    "<0.000010>\n", i < 10 ? 11 : 8, i % 10);
	script = script_of(log->str);
	for (unsigned int i = 1; i < 12; i++)
		g_assert_cmpint(gs_script_call(script, i)->think_ns, ==, 90000);
	assert_note(script, "the clock was set back before 1 of 12 calls");
}

/* strace -r beside -t: whatever the clock was set to, and whole seconds or not. */
static void test_gaps_beside_stamps(void)
{
	g_autoptr(GsScript) script = script_of(
		"7 16:05:11 (+     0.000000) ioctl(3, KVM_CREATE_VM, 0) = 4 <0.000100>\n"
		"7 17:05:11 (+     0.000120) ioctl(4, KVM_IRQFD, 0x7f) = 0 <0.000010>\n"
		"8 17:05:11 (+     0.000030) ioctl(4, KVM_IRQFD, 0x7f <unfinished ...>\n"
		"7 16:05:12 (+     0.000040) ioctl(4, KVM_IRQFD, 0x7f) = 0 <0.000010>\n"
		"8 16:05:12 (+     0.000020) <... ioctl resumed>) = 0 <0.000050>\n"
		"8 16:05:12 (+     0.000025) ioctl(4, KVM_IRQFD, 0x7f) = 0 <0.000010>\n");
	static const int64_t starts_ns[] = { 0, 120000, 150000, 190000, 235000 };

	for (unsigned int i = 0; i < G_N_ELEMENTS(starts_ns); i++)
		g_assert_cmpint(gs_script_call(script, i)->start_ns, ==, starts_ns[i]);
	g_assert_cmpint(gs_script_call(script, 1)->think_ns, ==, 20000);
	g_assert_cmpint(gs_script_call(script, 4)->think_ns, ==, 35000);
	for (unsigned int i = 0; i < script->notes->len; i++) {
		g_assert_null(strstr(g_ptr_array_index(script->notes, i), "whole seconds"));
		g_assert_null(strstr(g_ptr_array_index(script->notes, i), "the clock was set"));
	}
}

/* Rounding: a call that begins before the one before has ended follows it at once. */
static void test_overlap(void)
{
	g_autoptr(GsScript) script = script_of(
		"7 1000000000.000100 ioctl(3, KVM_CREATE_VM, 0) = 4 <0.000101>\n"
		"7 1000000000.000200 ioctl(4, KVM_IRQFD, 0x7f) = 0 <0.000010>\n");

	g_assert_cmpint(gs_script_call(script, 1)->start_ns, ==, 100000);
	g_assert_cmpint(gs_script_call(script, 1)->think_ns, ==, 0);
	g_assert_cmpuint(script->notes->len, ==, 0);
}

/* Who made a thread is in the log, in the very order in which strace prints it. */
static void test_thread_made(void)
{
	g_autoptr(GsScript) script = script_of(
		"20 1000000000.000000 ioctl(3, KVM_CREATE_VM, 0) = 4 <0.000100>\n"
		"20 1000000000.000120 mmap(NULL, 4096, PROT_READ, 1, 4, 0) = 0x7f <0.000005>\n"
		"20 1000000000.000150 clone3({flags=CLONE_VM|CLONE_FILES}, 88 <unfinished ...>\n"
		"21 1000000000.000200 set_robust_list(0x7f, 24 <unfinished ...>\n"
		"20 1000000000.000210 <... clone3 resumed>) = 21 <0.000055>\n"
		"21 1000000000.000215 <... set_robust_list resumed>) = 0 <0.000010>\n"
		"20 1000000000.000230 ioctl(4, KVM_SET_USER_MEMORY_REGION, 0x7f) = 0 <0.000020>\n"
		"21 1000000000.000260 ioctl(4, KVM_CREATE_VCPU, 0) = 5 <0.000050>\n");
	const GsScriptCall *vcpu = gs_script_call(script, 2);

	g_assert_cmpstr(vcpu->name, ==, "KVM_CREATE_VCPU");
	g_assert_cmpint(vcpu->after, ==, 0);
	g_assert_cmpint(vcpu->think_ns, ==, 160000);
	g_assert_cmpuint(vcpu->others, ==, 3);
	g_assert_cmpuint(gs_script_call(script, 1)->others, ==, 2);
}

static void test_unknown_ioctl_kept(void)
{
	g_autoptr(GsScript) script =
		script_of("7 ioctl(3, KVM_CREATE_VM, 0) = 4 <0.0003>\n"
			  "7 ioctl(0, TCGETS, 0x7ffd) = -1 ENOTTY (Inappropriate) <0.000002>\n"
			  "7 ioctl(4, _IOC(_IOC_NONE, 0xae, 0xf0, 0), 0x5) = 0 <0.000007>\n");

	g_assert_cmpuint(script->calls->len, ==, 2);
	g_assert_cmpstr(gs_script_call(script, 1)->name, ==, "_IOC(_IOC_NONE, 0xae, 0xf0, 0)");
	g_assert_cmpint(gs_script_call(script, 1)->recorded_ns, ==, 7000);
	g_assert_cmpuint(gs_script_call(script, 1)->vm, ==, 0);
}

static void test_skipped_lines(void)
{
	g_autoptr(GsScript) script = script_of("7 ioctl(3, KVM_CREATE_VM, 0) = 4 <0.0003>\n"
					       "Booting the guest\n\nhello (there) = world\n"
					       "7 ioctl(4, KVM_IRQFD, 0x7f) = 0 <0.00");

	assert_note(script, "log:2: 2 of 5 lines are not the tracer's");
	assert_note(script, "log:5: the log is cut off here");
	g_assert_cmpuint(script->calls->len, ==, 2);
	g_assert_cmpint(gs_script_call(script, 1)->recorded_ns, ==, -1);
}

static void test_bad_logs(void)
{
	static const struct {
		const char *text;
		GsTraceError code;
		const char *message;
	} cases[] = {
		{ "", GS_TRACE_ERROR_EMPTY, "empty log: 'log'" },
		{ "\n\nhello\n", GS_TRACE_ERROR_SYNTAX,
		  "log:3: not strace output, and no other line is" },
		{ "\n", GS_TRACE_ERROR_NO_KVM, "no KVM ioctl in 'log' (0 system calls)" },
		{ "7 read(0, \"\", 1) = 0\n7 ioctl(0, TCGETS, 0x7f) = 0\n", GS_TRACE_ERROR_NO_KVM,
		  "no KVM ioctl in 'log' (2 system calls)" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(read_text(cases[i].text, &error));
		g_assert_error(error, GS_TRACE_ERROR, (int)cases[i].code);
		g_assert_cmpstr(error->message, ==, cases[i].message);
	}
}

#define CREATE_VM(at, fd) "7 100000000" at " ioctl(3, KVM_CREATE_VM, 0) = " fd " <0.000100>\n"
#define CREATE_VCPU(at, fd) "7 100000000" at " ioctl(4, KVM_CREATE_VCPU, 0) = " fd " <0.000100>\n"
#define CLOSE(at, fd) "7 100000000" at " close(" fd ") = 0 <0.020000>\n"

/* The last reference counts, and only once the VM's own descriptor is closed. */
static void test_close(void)
{
	const GsScriptCall *call;
	g_autoptr(GsScript) script =
		script_of(CREATE_VM("1.000000", "4") CREATE_VCPU("1.001000", "5")
			  CLOSE("1.002000", "4") CLOSE("1.030000", "5"));

	g_assert_cmpuint(script->calls->len, ==, 3);
	call = gs_script_call(script, 2);
	g_assert_cmpstr(call->name, ==, GS_SCRIPT_CLOSE);
	g_assert_cmpint(call->role, ==, GS_FD_VM);
	g_assert_cmpint(call->start_ns, ==, 30000000);
	g_assert_cmpint(call->recorded_ns, ==, 20000000);

	/* the vCPU's was before, or not shown */
	assert_outline(CREATE_VM("1.000000", "4") CREATE_VCPU("1.001000", "5")
		       CLOSE("1.002000", "5") CLOSE("1.030000", "4"),
		       "CREATE_VM/0 CREATE_VCPU/0 close/0");
	assert_outline(CREATE_VM("1.000000", "4") CREATE_VCPU("1.001000", "5")
		       CLOSE("1.030000", "4"),
		       "CREATE_VM/0 CREATE_VCPU/0 close/0");
	/* only a vCPU's; a descriptor that is none of the VM's; a VM that lives on */
	assert_outline(CREATE_VM("1.000000", "4") CREATE_VCPU("1.001000", "5")
		       CLOSE("1.030000", "5") CLOSE("1.060000", "9"),
		       "CREATE_VM/0 CREATE_VCPU/0");
	assert_outline(CREATE_VM("1.000000", "4") CREATE_VCPU("1.001000", "5")
		       CLOSE("1.002000", "4")
		       "7 1000000001.030000 ioctl(5, KVM_GET_REGS, 0x7ffe) = 0 <0.000010>\n",
		       "CREATE_VM/0 CREATE_VCPU/0 GET_REGS/0");
	/* a forked child closes its copy */
	assert_outline(CREATE_VM("1.000000", "4") "7 1000000001.001000 fork() = 8 <0.000100>\n"
		       "8 1000000001.002000 close(4) = 0 <0.000001>\n",
		       "CREATE_VM/0");
}

/* A log that shows no close(): the number of the VM's descriptor is used again. */
static void test_close_unseen(void)
{
	const GsScriptCall *call;
	g_autofree char *text = NULL;
	g_autoptr(GsScript) script =
		script_of(CREATE_VM("1.000000", "4") CREATE_VCPU("1.001000", "5")
			  CREATE_VM("1.050000", "4"));

	text = outline(script);
	g_assert_cmpstr(text, ==, "CREATE_VM/0 CREATE_VCPU/0 close/0 CREATE_VM/1");
	call = gs_script_call(script, 2);
	g_assert_cmpint(call->start_ns, ==, 1100000);
	g_assert_cmpint(call->recorded_ns, ==, -1);
	g_assert_cmpint(call->line, ==, 0);
}

/* Who ends a VM has waited for its threads: the gap begins where the last of them was done. */
static void test_close_after_threads(void)
{
	g_autoptr(GsScript) script =
		script_of(CREATE_VM("1.000000", "4")
			  "8 1000000001.001000 ioctl(4, KVM_CREATE_VCPU, 0) = 5 <0.010000>\n"
			  CLOSE("1.012000", "4"));

	g_assert_cmpint(gs_script_call(script, 2)->after, ==, 0);
	g_assert_cmpint(gs_script_call(script, 2)->think_ns, ==, 1000000);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/script-from-strace/seed", test_seed);
	g_test_add_func("/script-from-strace/vm-after-vm", test_vm_after_vm);
	g_test_add_func("/script-from-strace/vms-side-by-side", test_vms_side_by_side);
	g_test_add_func("/script-from-strace/failed-create", test_failed_create);
	g_test_add_func("/script-from-strace/unexplained", test_unexplained);
	g_test_add_func("/script-from-strace/descriptors-followed", test_descriptors_followed);
	g_test_add_func("/script-from-strace/close/last-reference", test_close);
	g_test_add_func("/script-from-strace/close/unseen", test_close_unseen);
	g_test_add_func("/script-from-strace/close/after-threads", test_close_after_threads);
	g_test_add_func("/script-from-strace/device", test_device);
	g_test_add_func("/script-from-strace/scratch-vms", test_scratch_vms);
	g_test_add_func("/script-from-strace/probes", test_probes);
	g_test_add_func("/script-from-strace/probes-beside-ioctls", test_probes_beside_ioctls);
	g_test_add_func("/script-from-strace/threads", test_threads);
	g_test_add_func("/script-from-strace/start-order", test_start_order);
	g_test_add_func("/script-from-strace/main-thread", test_main_thread);
	g_test_add_func("/script-from-strace/restarted", test_restarted);
	g_test_add_func("/script-from-strace/no-durations", test_no_durations);
	g_test_add_func("/script-from-strace/no-stamps", test_no_stamps);
	g_test_add_func("/script-from-strace/whole-seconds", test_whole_seconds);
	g_test_add_func("/script-from-strace/clock-set-back", test_clock_set_back);
	g_test_add_func("/script-from-strace/clock-set-back-later", test_clock_set_back_later);
	g_test_add_func("/script-from-strace/gaps-beside-stamps", test_gaps_beside_stamps);
	g_test_add_func("/script-from-strace/overlap", test_overlap);
	g_test_add_func("/script-from-strace/thread-made", test_thread_made);
	g_test_add_func("/script-from-strace/unknown-ioctl-kept", test_unknown_ioctl_kept);
	g_test_add_func("/script-from-strace/skipped-lines", test_skipped_lines);
	g_test_add_func("/script-from-strace/bad-logs", test_bad_logs);
	return g_test_run();
}
