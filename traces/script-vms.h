/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the user should know of the VMs of a script.
 */
#ifndef GS_SCRIPT_VMS_H
#define GS_SCRIPT_VMS_H

#include "traces/script.h"

/*
 * Note where there are several VMs, and which of them are only scratch: made to
 * ask the kernel something, as QEMU does, and closed before another is made,
 * without ever having had memory.
 */
void gs_script_note_vms(GsScript *script);

#endif
