/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * GLib ends a program by SIGTRAP, which libFuzzer does not know: the input that
 * led there would be lost.
 */
#include <signal.h>
#include <stdlib.h>

#include "tests/fuzz/fuzz.h"

static void on_trap(int signal_number)
{
	(void)signal_number;
	abort();
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	signal(SIGTRAP, on_trap);
	return 0;
}
