/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether a KVM_IOEVENTFD assigns or deassigns where the log does not show it.
 *
 * strace prints the argument as a pointer, so both look alike. Evidence, the
 * strongest first:
 *
 *  - a VM that has neither memory nor a vCPU has no guest to signal anything. What
 *    is assigned then shows that it can be, and is taken back at once: of such
 *    calls in a row the second half deassigns. QEMU up to 7.2 asks this way whether
 *    there may be more than six;
 *  - the eventfds made and closed around the call (eventfd-watch.h);
 *  - before the guest first runs there is nothing to take back;
 *  - of structs that each had an address of their own, one seen again is taken back;
 *  - what comes when the guest has run for the last time, as many calls as were
 *    assigned, takes all of it back.
 *
 * How long a call took says nothing: where a registration waits for readers, its
 * removal does too. What is left over is taken to assign.
 */
#ifndef GS_IOEVENTFD_INFER_H
#define GS_IOEVENTFD_INFER_H

#include "traces/script.h"

/* include/uapi/linux/kvm.h */
#define GS_IOEVENTFD_FLAG_DEASSIGN (1u << 2)

typedef enum {
	GS_IOEVENTFD_INFER,
	GS_IOEVENTFD_ASSIGN,
	GS_IOEVENTFD_DEASSIGN,
} GsIoeventfdMode;

/* "infer", "assign", "deassign": what users call them; ended by NULL. */
extern const char *const gs_ioeventfd_mode_names[];

/* Whether @call is a KVM_IOEVENTFD that did something the log does not show. */
bool gs_ioeventfd_is_hidden(const GsScriptCall *call);

/*
 * Fill in the flags of such calls of @script, or all with what @mode says; with a
 * note that counts them and says why. Those nothing is known of keep none.
 */
void gs_script_infer_ioeventfds(GsScript *script, GsIoeventfdMode mode);

#endif
