/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From a script to the text of a VMM model, the way back from vmm-layout.h.
 */
#ifndef GS_VMM_WRITER_H
#define GS_VMM_WRITER_H

#include "traces/script.h"

/*
 * The model whose script is @script, of one VM, with nothing rounded: the same
 * calls of the same threads in the same order, their arguments, what each follows
 * and after how long. How long calls took is not in a model, but for KVM_RUN, and
 * neither is what an ioctl does not need. Fails with GS_VMM_ERROR_LIMIT if there
 * are more calls than a model may make. The caller frees the text.
 */
char *gs_vmm_write(const GsScript *script, GError **error);

#endif
