/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which KVM_IOEVENTFD assign and which deassign, where the log shows a pointer. */
#include <glib.h>

#include "traces/script-from-strace.h"

#define CREATE "1 ioctl(3, KVM_CREATE_VM, 0) = 4\n"
#define IOEVENTFD "1 ioctl(4, KVM_IOEVENTFD, 0x7ffd) = 0\n"
#define IOEVENTFD_AT(address) "1 ioctl(4, KVM_IOEVENTFD, " address ") = 0\n"
#define FAILED "1 ioctl(4, KVM_IOEVENTFD, 0x7ffd) = -1 ENOSPC (No space left on device)\n"
#define OTHER "1 ioctl(4, KVM_CHECK_EXTENSION, KVM_CAP_SYNC_MMU) = 1\n"
#define VCPU "1 ioctl(4, KVM_CREATE_VCPU, 0) = 5\n"
#define MEMORY "1 ioctl(4, KVM_SET_USER_MEMORY_REGION2, 0x7ffd) = 0\n"
#define RUN "2 ioctl(5, KVM_RUN, 0) = 0\n"
#define EVENTFD(fd) "1 eventfd2(0, EFD_CLOEXEC) = " fd "\n"
#define CLOSE(fd) "1 close(" fd ") = 0\n"

static GsScript *script_of(const char *text, const GsScriptOptions *options)
{
	g_autoptr(GInputStream) stream =
		g_memory_input_stream_new_from_data(text, (gssize)strlen(text), NULL);
	g_autoptr(GsTraceReader) reader = gs_trace_reader_new_for_stream(stream, "log");
	g_autoptr(GError) error = NULL;
	GsScript *script = gs_script_from_strace_reader(reader, "log", options, &error);

	g_assert_no_error(error);
	return script;
}

/* '+' assigns, '-' deassigns, '?' nothing is known of it, for each KVM_IOEVENTFD. */
static void assert_script(const GsScript *script, const char *expected)
{
	g_autoptr(GString) actual = g_string_new(NULL);

	for (unsigned int i = 0; i < script->calls->len; i++) {
		const GsScriptCall *call = gs_script_call(script, i);

		if (strcmp(call->name, "KVM_IOEVENTFD") == 0)
			g_string_append_c(actual, !call->args.has_flags	  ? '?' :
						  call->args.flags & 4u ? '-' : '+');
	}
	g_assert_cmpstr(actual->str, ==, expected);
}

static void assert_inferred(const char *log, const char *expected)
{
	g_autoptr(GsScript) script = script_of(log, NULL);

	assert_script(script, expected);
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

/* Before a VM has memory and vCPUs there is no guest: an ioeventfd only tries the kernel. */
static void test_probe(void)
{
	assert_inferred(CREATE OTHER IOEVENTFD IOEVENTFD IOEVENTFD IOEVENTFD OTHER, "++--");
	assert_inferred(CREATE IOEVENTFD IOEVENTFD FAILED IOEVENTFD IOEVENTFD OTHER, "++?--");
	/* a guest's, later in the same VM */
	assert_inferred(CREATE IOEVENTFD IOEVENTFD OTHER IOEVENTFD IOEVENTFD VCPU, "+-++");
	/* an odd number, and a row the log ends in, is no probe */
	assert_inferred(CREATE IOEVENTFD IOEVENTFD IOEVENTFD OTHER, "+++");
	assert_inferred(CREATE IOEVENTFD IOEVENTFD, "++");
	/* eventfds shown for a half of it change nothing */
	assert_inferred(CREATE EVENTFD("7") IOEVENTFD EVENTFD("8") IOEVENTFD IOEVENTFD IOEVENTFD
				OTHER,
			"++--");
}

/* Nothing can be taken back before the guest runs. */
static void test_order(void)
{
	assert_inferred(CREATE VCPU IOEVENTFD IOEVENTFD OTHER, "++");
	assert_inferred(CREATE MEMORY IOEVENTFD IOEVENTFD OTHER, "++");
	assert_inferred(CREATE MEMORY VCPU RUN IOEVENTFD RUN, "?");
	/* a log that starts in the middle */
	assert_inferred(IOEVENTFD IOEVENTFD OTHER, "??");
}

/* What the guest had is taken back when it runs no more. */
static void test_mirror(void)
{
	assert_inferred(CREATE VCPU IOEVENTFD IOEVENTFD RUN IOEVENTFD IOEVENTFD OTHER, "++--");
	assert_inferred(CREATE VCPU IOEVENTFD RUN IOEVENTFD RUN IOEVENTFD IOEVENTFD, "+?--");
	/* not as many */
	assert_inferred(CREATE VCPU IOEVENTFD IOEVENTFD RUN IOEVENTFD OTHER, "++?");
	/* while it runs */
	assert_inferred(CREATE VCPU IOEVENTFD IOEVENTFD RUN IOEVENTFD IOEVENTFD RUN, "++??");
}

static void test_eventfds(void)
{
	assert_inferred(CREATE VCPU RUN EVENTFD("7") IOEVENTFD RUN IOEVENTFD CLOSE("7") RUN, "+-");
	/* several at once */
	assert_inferred(CREATE VCPU RUN EVENTFD("7") EVENTFD("8") IOEVENTFD IOEVENTFD RUN IOEVENTFD
				IOEVENTFD CLOSE("7") CLOSE("8") RUN,
			"++--");
	/* as strace -y shows them */
	assert_inferred(CREATE VCPU IOEVENTFD RUN IOEVENTFD CLOSE("7<anon_inode:[eventfd]>") RUN,
			"+-");
	/* another thread's, another descriptor, another request's */
	assert_inferred(CREATE VCPU IOEVENTFD RUN IOEVENTFD "2 close(7<anon_inode:[eventfd]>) = 0\n"
				RUN,
			"+?");
	assert_inferred(CREATE VCPU IOEVENTFD RUN IOEVENTFD CLOSE("7</tmp/x>") RUN, "+?");
	assert_inferred(CREATE VCPU EVENTFD("7") RUN IOEVENTFD OTHER CLOSE("7") RUN, "+");
	/* nothing to take back: then the close meant something else */
	assert_inferred(CREATE VCPU RUN IOEVENTFD CLOSE("7<anon_inode:[eventfd]>") RUN, "?");
}

/* Structs that each have an address of their own. */
static void test_addresses(void)
{
	assert_inferred(CREATE VCPU IOEVENTFD_AT("0x10") IOEVENTFD_AT("0x20") RUN
				IOEVENTFD_AT("0x20") RUN IOEVENTFD_AT("0x30") RUN,
			"++-?");
	/* on the stack: always the same */
	assert_inferred(CREATE VCPU IOEVENTFD_AT("0x10") IOEVENTFD_AT("0x10") IOEVENTFD_AT("0x20")
				RUN IOEVENTFD_AT("0x20") RUN,
			"+++?");
}

/* A printed struct is never doubted. */
static void test_printed(void)
{
	static const char *const log =
		CREATE "1 ioctl(4, KVM_IOEVENTFD, {addr=0, len=4, fd=9, flags=0}) = 0\n"
		       "1 ioctl(4, KVM_IOEVENTFD, {addr=4, len=4, fd=9, flags=0}) = 0\n" OTHER;
	const GsScriptOptions told = { .ioeventfd = GS_IOEVENTFD_DEASSIGN };
	g_autoptr(GsScript) script = script_of(log, &told);

	assert_inferred(log, "++");
	assert_script(script, "++");
	for (unsigned int i = 0; i < script->notes->len; i++)
		g_assert_null(strstr(g_ptr_array_index(script->notes, i), "KVM_IOEVENTFD"));
}

static void test_told(void)
{
	static const char *const log = CREATE IOEVENTFD IOEVENTFD OTHER VCPU RUN FAILED IOEVENTFD;
	const GsScriptOptions assign = { .ioeventfd = GS_IOEVENTFD_ASSIGN };
	const GsScriptOptions deassign = { .ioeventfd = GS_IOEVENTFD_DEASSIGN };
	g_autoptr(GsScript) all_on = script_of(log, &assign);
	g_autoptr(GsScript) all_off = script_of(log, &deassign);

	assert_script(all_on, "++?+");
	assert_script(all_off, "--?-");
	assert_note(all_on, "log: 3 KVM_IOEVENTFD show only a pointer; all are taken to assign, as "
			    "told");
	assert_note(all_off, "all are taken to deassign, as told");
}

static void test_note(void)
{
	g_autoptr(GsScript) script =
		script_of(CREATE IOEVENTFD IOEVENTFD OTHER VCPU IOEVENTFD RUN IOEVENTFD RUN, NULL);

	assert_note(script,
		    "log: 4 KVM_IOEVENTFD show only a pointer; 3 are taken to assign (1 as the "
		    "first half of a probe, from line 2; 1 before the guest ran, from line 6; "
		    "1 for want of evidence, from line 8); 1 are taken to deassign (as the "
		    "second half of a probe, from line 3)");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/ioeventfd-infer/probe", test_probe);
	g_test_add_func("/ioeventfd-infer/order", test_order);
	g_test_add_func("/ioeventfd-infer/mirror", test_mirror);
	g_test_add_func("/ioeventfd-infer/eventfds", test_eventfds);
	g_test_add_func("/ioeventfd-infer/addresses", test_addresses);
	g_test_add_func("/ioeventfd-infer/printed", test_printed);
	g_test_add_func("/ioeventfd-infer/told", test_told);
	g_test_add_func("/ioeventfd-infer/note", test_note);
	return g_test_run();
}
