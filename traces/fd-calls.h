/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The system calls that make, copy, inherit and close descriptors.
 */
#ifndef GS_FD_CALLS_H
#define GS_FD_CALLS_H

#include "traces/fd-table.h"
#include "traces/trace-record.h"

/* Follow a call that is no request of KVM: open, close, dup, fork, execve ... */
void gs_fd_calls_follow(GsFdTables *tables, const GsTraceRecord *record);

#endif
