/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Numbers as the kernel's tracers print them, and strace's words for them.
 */
#ifndef GS_KERNEL_VALUE_H
#define GS_KERNEL_VALUE_H

#include "traces/span.h"

#include <glib.h>

/* All of @text as a hexadecimal number; older kernels leave the 0x out. */
bool gs_kernel_value_read(GsSpan text, uint64_t *value);

/*
 * What a system call returns: append "28", "0x7fd53902a000", "-1 EINVAL" or "? ERESTARTSYS"
 * to @out. @value is as it is in the register, of 64 or 32 bits: errors are negative.
 */
void gs_kernel_value_append_return(GString *out, int64_t value);

#endif
