/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A descriptor as strace prints it: a number, and with -y what is behind it.
 */
#ifndef GS_FD_TEXT_H
#define GS_FD_TEXT_H

#include "traces/script.h"
#include "traces/span.h"

typedef struct {
	int32_t number;
	GsFdRole role;   /* by the decoration; GS_FD_UNKNOWN: not KVM's, or not decorated */
	bool decorated;  /* so that UNKNOWN means: something else */
	bool is_eventfd; /* by the decoration */
	int32_t process; /* whose pidfd it is, by the decoration; 0: none */
} GsFdText;

/* Take "4<anon_inode:kvm-vm>" or "fd=4" apart, whatever follows; false: not a descriptor. */
bool gs_fd_text_parse(GsSpan text, GsFdText *fd);

#endif
