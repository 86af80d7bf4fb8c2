/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>

#include "traces/syscall-names.h"

static void test_known(void)
{
	/* the first, the last, old, new, other architectures', strace's own spellings */
	static const char *const names[] = {
		"_llseek",    "writev",         "ioctl",           "open",
		"openat2",    "mmap",           "mmap2",           "stat64",
		"pread64",    "epoll_wait",     "file_setattr",    "arm_sync_file_range",
		"cacheflush", "umount",         "restart_syscall", "exit_group",
		"clone3",     "io_uring_enter",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_test_message("%s", names[i]);
		g_assert_true(gs_is_syscall_name(gs_span_string(names[i])));
	}
}

static void test_unknown(void)
{
	static const char *const names[] = { "",      "ioct", "ioctls", "synchronize_srcu",
					     "IOCTL", "zzz",  "_" };

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		g_assert_false(gs_is_syscall_name(gs_span_string(names[i])));
	g_assert_false(gs_is_syscall_name((GsSpan){ .text = "open\0", .length = 5 }));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/syscall-names/known", test_known);
	g_test_add_func("/syscall-names/unknown", test_unknown);
	return g_test_run();
}
