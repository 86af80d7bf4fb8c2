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

/* The VM to look at if nobody says which: the first that has had memory or run, else the first. */
uint32_t gs_script_first_vm(const GsScript *script);

/*
 * The calls of VM @vm alone, as a script that begins with the first of them. What
 * lies between two of a thread in other VMs becomes think time, durations and all.
 * The caller frees it.
 */
GsScript *gs_script_of_vm(const GsScript *script, uint32_t vm);

#endif
