/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Events of tracers that print a line when a system call is entered and another
 * when it is left: what ftrace's text and perf script's have in common.
 */
#ifndef GS_SYSCALL_EVENT_H
#define GS_SYSCALL_EVENT_H

#include "traces/trace-line.h"

#include <glib.h>

/*
 * "sys_enter_ioctl: fd: 0x19, ...", "sys_ioctl -> 0x1c" and all the others, as in
 * GsTraceScanner. Returns GS_LINE_OTHER for events that are no half of a call.
 */
GsLineKind gs_syscall_event_scan(GsSpan event, GsTraceLine *line, GString *scratch);

#endif
