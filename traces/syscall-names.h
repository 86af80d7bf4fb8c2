/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names of Linux system calls, to tell a call in running text from a word that
 * happens to stand before a bracket.
 */
#ifndef GS_SYSCALL_NAMES_H
#define GS_SYSCALL_NAMES_H

#include "traces/span.h"

bool gs_is_syscall_name(GsSpan name);

#endif
