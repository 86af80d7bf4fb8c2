/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What records mean to KVM, one by one, without looking ahead. */
#include <glib.h>

#include "traces/kvm-follow.h"
#include "traces/trace-reader.h"

/* One line of @expected per record: "NAME fd role vm", "-" for what is not known. */
static char *explain(const char *log)
{
	static const char *const roles[] = { "-", "kvm", "vm", "vcpu", "device" };
	g_autoptr(GInputStream) stream =
		g_memory_input_stream_new_from_data(log, (gssize)strlen(log), NULL);
	g_autoptr(GsTraceReader) reader = gs_trace_reader_new_for_stream(stream, "log");
	g_autoptr(GsKvmFollow) follow = gs_kvm_follow_new();
	g_autoptr(GError) error = NULL;
	GString *text = g_string_new(NULL);
	GsTraceRecord record;
	GsKvmCall call;

	while (gs_trace_reader_next(reader, &record, &error)) {
		GsSpan shown;

		gs_kvm_follow_record(follow, &record, &call);
		shown = call.is_ioctl ? gs_kvm_call_request(&call) : record.name;
		if (gs_span_has_prefix(shown, "KVM_"))
			shown = gs_span_drop(shown, strlen("KVM_"));
		g_string_append_printf(text, "%.*s ", (int)shown.length, shown.text);
		if (call.fd >= 0)
			g_string_append_printf(text, "%d", call.fd);
		else
			g_string_append_c(text, '-');
		g_string_append_printf(text, " %s ", roles[call.role]);
		if (call.vm != GS_VM_NONE)
			g_string_append_printf(text, "%d\n", call.vm);
		else
			g_string_append(text, "-\n");
	}
	g_assert_no_error(error);
	return g_string_free(text, FALSE);
}

static void assert_follow(const char *log, const char *expected)
{
	g_autofree char *actual = explain(log);

	g_assert_cmpstr(actual, ==, expected);
}

static void test_start(void)
{
	assert_follow("7 openat(AT_FDCWD, \"/dev/kvm\", O_RDWR|O_CLOEXEC) = 3\n"
		      "7 ioctl(3, KVM_GET_API_VERSION, 0) = 12\n"
		      "7 ioctl(3, KVM_CREATE_VM, 0) = -1 EINTR (Interrupted system call)\n"
		      "7 ioctl(3, KVM_CREATE_VM, 0) = 4\n"
		      "7 ioctl(3, KVM_CHECK_EXTENSION, KVM_CAP_IRQFD) = 1\n"
		      "7 ioctl(4, KVM_CREATE_VCPU, 0) = 5\n"
		      "7 ioctl(5, KVM_RUN, 0) = 0\n"
		      "7 ioctl(0, TCGETS, 0x7ffd) = 0\n"
		      "7 close(5) = 0\n"
		      "7 close(4) = 0\n"
		      "7 close(9) = 0\n"
		      "7 read(3, \"\", 1) = 0\n",
		      "openat - - -\n"
		      /* whose it is, the VM to come tells; that is not known yet */
		      "GET_API_VERSION 3 kvm -\n"
		      "CREATE_VM 3 kvm -\n"
		      "CREATE_VM 3 kvm 0\n"
		      "CHECK_EXTENSION 3 kvm 0\n"
		      "CREATE_VCPU 4 vm 0\n"
		      "RUN 5 vcpu 0\n"
		      "TCGETS 0 - -\n"
		      "close 5 vcpu 0\n"
		      "close 4 vm 0\n"
		      "close 9 - -\n"
		      "read - - -\n");
}

static void test_several_vms(void)
{
	assert_follow("7 ioctl(3, KVM_CREATE_VM, 0) = 4\n"
		      "7 ioctl(3, KVM_CREATE_VM, 0) = 5\n"
		      "7 ioctl(5, KVM_CREATE_VCPU, 0) = 6\n"
		      "7 ioctl(4, KVM_CREATE_VCPU, 0) = 7\n"
		      "7 ioctl(6, KVM_RUN, 0) = 0\n"
		      "7 ioctl(7, KVM_RUN, 0) = 0\n",
		      "CREATE_VM 3 kvm 0\nCREATE_VM 3 kvm 1\nCREATE_VCPU 5 vm 1\n"
		      "CREATE_VCPU 4 vm 0\nRUN 6 vcpu 1\nRUN 7 vcpu 0\n");
}

/* What strace -y prints behind a descriptor is right, whatever was followed. */
static void test_decoration_wins(void)
{
	assert_follow("7 ioctl(3, KVM_CREATE_VM, 0) = 4\n"
		      "7 ioctl(4<anon_inode:kvm-vcpu:0>, KVM_RUN, 0) = 0\n"
		      "7 ioctl(4<anon_inode:[eventfd]>, 0x5421, [1]) = 0\n"
		      "7 close(4</tmp/x>) = 0\n"
		      "7 ioctl(4<anon_inode:ne-vm>, 0xc004ae21, 0x7ffd) = 0\n"
		      "7 fstat(6<anon_inode:kvm-vm>, 0x7ffd) = 0\n",
		      "CREATE_VM 3 kvm 0\nRUN 4 vcpu 0\n0x5421 4 - -\nclose 4 - -\n"
		      "0xc004ae21 4 - -\nfstat 6 vm -\n");
}

static void test_devices(void)
{
	assert_follow("7 ioctl(3, KVM_CREATE_VM, 0) = 4\n"
		      "7 ioctl(4, KVM_CREATE_DEVICE, {type=KVM_DEV_TYPE_VFIO, fd=5, flags=0}) = 0\n"
		      "7 ioctl(5, KVM_SET_DEVICE_ATTR, 0x7ffd) = 0\n"
		      "7 ioctl(4, KVM_SET_DEVICE_ATTR, 0x7ffd) = 0\n"
		      "7 ioctl(4, KVM_CREATE_VCPU, 0) = 6\n"
		      "7 ioctl(4, KVM_GET_STATS_FD, 0) = 6\n"
		      "7 close(6) = 0\n",
		      "CREATE_VM 3 kvm 0\nCREATE_DEVICE 4 vm 0\nSET_DEVICE_ATTR 5 device 0\n"
		      "SET_DEVICE_ATTR 4 vm 0\nCREATE_VCPU 4 vm 0\nGET_STATS_FD 4 vm 0\n"
		      "close 6 - -\n");
}

/* One number of two requests: shown as printed where the descriptor does not tell. */
static void test_ambiguous(void)
{
	assert_follow("7 ioctl(9, 0x4010aeab, 0x7ffd) = 0\n", "0x4010aeab 9 - 0\n");
	assert_follow("7 ioctl(9, KVM_ARM_SET_DEVICE_ADDR or KVM_GET_ONE_REG, 0x7ffd) = 0\n",
		      "ARM_SET_DEVICE_ADDR or KVM_GET_ONE_REG 9 - 0\n");
	assert_follow("7 ioctl(4<anon_inode:kvm-vm>, 0x4010aeab, 0x7ffd) = 0\n"
		      "7 ioctl(5<anon_inode:kvm-vcpu:0>, 0x4010aeab, 0x7ffd) = 0\n"
		      "7 ioctl(5, 0x4010aeab, 0x7ffd) = 0\n",
		      "ARM_SET_DEVICE_ADDR 4 vm 0\nGET_ONE_REG 5 vcpu 0\nGET_ONE_REG 5 vcpu 0\n");
}

/* The text of what is not known, with all that was printed. */
static void test_unknown(void)
{
	assert_follow("7 ioctl(4<anon_inode:kvm-vm>, 0xc008aef1 /* _IOC(_IOC_READ|_IOC_WRITE, "
		      "0xae, 0xf1, 0x8) */, 0x7ffd) = 0\n",
		      "0xc008aef1 /* _IOC(_IOC_READ|_IOC_WRITE, 0xae, 0xf1, 0x8) */ 4 vm 0\n");
	assert_follow("7 ioctl(0</dev/pts/0>, 0x5401 /* TCGETS */, 0x7ffd) = 0\n",
		      "0x5401 /* TCGETS */ 0 - -\n");
	assert_follow("7 ioctl(fd=0, op=TCGETS, argp=0x7ffd) = 0\n", "TCGETS 0 - -\n");
	assert_follow("7 ioctl(-1, KVM_RUN, 0) = -1 EBADF (Bad file descriptor)\n", "RUN - - -\n");
}

/* Each paste in a mail, and each file, is a recording of its own. */
static void test_recordings(void)
{
	g_autoptr(GsKvmFollow) follow = gs_kvm_follow_new();
	GsTraceRecord record = {
		.tid = 7,
		.name = gs_span_string("ioctl"),
		.args = gs_span_string("3, KVM_CREATE_VM, 0"),
		.result = gs_span_string("4"),
		.outcome = gs_span_string("4"),
		.has_ret = true,
		.ret = 4,
		.status = GS_CALL_OK,
	};
	GsKvmCall call;

	gs_kvm_follow_record(follow, &record, &call);
	g_assert_cmpint(call.vm, ==, 0);
	g_assert_cmpint(call.vm_begun, ==, 0);
	record.args = gs_span_string("4, KVM_CREATE_VCPU, 0");
	record.series = 1;
	gs_kvm_follow_record(follow, &record, &call);
	g_assert_cmpint(call.vm, ==, 1);
	g_assert_cmpint(call.vm_begun, ==, 1);
	record.series = 0;
	record.group = 1;
	gs_kvm_follow_record(follow, &record, &call);
	g_assert_cmpint(call.vm, ==, 2);
	record.group = 0;
	gs_kvm_follow_record(follow, &record, &call);
	g_assert_cmpint(call.vm, ==, 0);
	g_assert_cmpint(call.vm_begun, ==, GS_VM_NONE);
	g_assert_cmpuint(gs_kvm_follow_vm_count(follow), ==, 3);
}

static void test_replaced(void)
{
	g_autoptr(GsKvmFollow) follow = gs_kvm_follow_new();
	const GsTraceRecord record = {
		.tid = 7,
		.name = gs_span_string("ioctl"),
		.args = gs_span_string("3, KVM_CREATE_VM, 0"),
		.outcome = gs_span_string("4"),
		.has_ret = true,
		.ret = 4,
		.status = GS_CALL_OK,
	};
	GsKvmCall call;

	gs_kvm_follow_record(follow, &record, &call);
	g_assert_cmpint(call.vm_replaced, ==, GS_VM_NONE);
	gs_kvm_follow_record(follow, &record, &call);
	g_assert_cmpint(call.vm_replaced, ==, 0);
	g_assert_cmpint(call.vm, ==, 1);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/kvm-follow/start", test_start);
	g_test_add_func("/kvm-follow/several-vms", test_several_vms);
	g_test_add_func("/kvm-follow/decoration-wins", test_decoration_wins);
	g_test_add_func("/kvm-follow/devices", test_devices);
	g_test_add_func("/kvm-follow/ambiguous", test_ambiguous);
	g_test_add_func("/kvm-follow/unknown", test_unknown);
	g_test_add_func("/kvm-follow/recordings", test_recordings);
	g_test_add_func("/kvm-follow/replaced", test_replaced);
	return g_test_run();
}
