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
} GsScriptOptions;

/*
 * Read one strace log. Fails with file:line where there is one: missing or
 * unreadable file, nothing in it, no KVM ioctl in it. Lines that are not
 * understood are skipped and counted in a note with the first one's place.
 * @options: NULL for the defaults, all zero. The caller frees the script.
 */
GsScript *gs_script_from_strace(const char *path, const GsScriptOptions *options, GError **error);

/* As above, from a reader at its beginning; @source is for messages. */
GsScript *gs_script_from_strace_reader(GsTraceReader *reader, const char *source,
				       const GsScriptOptions *options, GError **error);

#endif
