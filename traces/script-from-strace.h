/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From strace logs to a script: descriptors become VMs, stamps become think time.
 *
 * A VM begins at KVM_CREATE_VM and ends at a close() (vm-ends.h); its ioctls are
 * those on the descriptor that returned, on the vCPU and device descriptors
 * created from it, and, of the system-wide ioctls on /dev/kvm, those before it
 * since the VM before was closed and those after it until the next. A log may
 * start in the middle: a VM descriptor it does not explain opens a VM of its own,
 * a vCPU's or device's belongs to the VM seen last.
 */
#ifndef GS_SCRIPT_FROM_STRACE_H
#define GS_SCRIPT_FROM_STRACE_H

#include "traces/ioeventfd-infer.h"
#include "traces/script.h"
#include "traces/trace-reader.h"

typedef struct {
	GsIoeventfdMode ioeventfd; /* what KVM_IOEVENTFD do whose argument is not shown */
	uint32_t series;           /* only this one of a pasted text, from 1; 0: all */
} GsScriptOptions;

/*
 * Read a trace from a reader at its beginning: a script for each of its series
 * that has KVM ioctls, in their order. @source is for messages. Fails with
 * file:line where there is one: a file that cannot be read, nothing in it, no KVM
 * ioctl in it, no such series. Lines that are not understood are skipped and
 * counted in a note of the first script. @options: NULL for the defaults, all
 * zero. Returns a GPtrArray of GsScript.
 */
GPtrArray *gs_scripts_from_reader(GsTraceReader *reader, const char *source,
				  const GsScriptOptions *options, GError **error);

/* The first of them. The caller frees it. */
GsScript *gs_script_from_strace_reader(GsTraceReader *reader, const char *source,
				       const GsScriptOptions *options, GError **error);

#endif
