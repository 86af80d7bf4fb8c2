/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which KVM_IOEVENTFD of a log only probe the kernel.
 *
 * strace prints the argument as a pointer, so assigning and deassigning look the
 * same. A VM that has neither memory nor a vCPU has no guest to signal anything:
 * what is assigned then shows that it can be, and is taken back at once, so of
 * such calls in a row the second half deassigns. QEMU up to 7.2 asks this way
 * whether there may be more than six.
 */
#ifndef GS_IOEVENTFD_PROBE_H
#define GS_IOEVENTFD_PROBE_H

#include "traces/script.h"

/* Fill in the flags of the calls of @script that are such a probe, with a note. */
void gs_script_find_ioeventfd_probes(GsScript *script);

#endif
