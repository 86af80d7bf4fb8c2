/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which VM a descriptor belongs to and in which role, thread by thread. One
 * recording's: others number their processes and descriptors anew.
 *
 * A log names threads, not processes. All of it is taken as one process, until
 * a fork, a clone without CLONE_FILES or an unshare gives a thread a table of
 * its own. Descriptors passed over sockets are not followed.
 */
#ifndef GS_FD_TABLE_H
#define GS_FD_TABLE_H

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

#include "traces/script.h"

/* A system-wide descriptor that has made no VM yet. */
#define GS_VM_NONE (-1)

typedef struct {
	GsFdRole role;
	int32_t vm;         /* GS_VM_NONE only for GS_FD_KVM */
	bool inherited;     /* a forked process's copy: closing it ends nothing */
	bool survives_exec; /* not O_CLOEXEC; KVM makes all its own with it */
	bool has_device_type;
	uint32_t device_type;
	int32_t process; /* whose pidfd it is, with role UNKNOWN; 0: none */
} GsDescriptor;

typedef struct GsFdTables GsFdTables;

/* @first_tid: the first thread heard of. */
GsFdTables *gs_fd_tables_new(int32_t first_tid);
void gs_fd_tables_free(GsFdTables *tables);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsFdTables, gs_fd_tables_free)

/* What is known of @fd in thread @tid; NULL: nothing. Borrowed until the next change. */
GsDescriptor *gs_fd_tables_lookup(GsFdTables *tables, int32_t tid, int32_t fd);

/* Replaces what was known. Returns the stored copy, borrowed until the next change. */
GsDescriptor *gs_fd_tables_set(GsFdTables *tables, int32_t tid, int32_t fd,
			       const GsDescriptor *descriptor);

void gs_fd_tables_forget(GsFdTables *tables, int32_t tid, int32_t fd);

/* As lookup, but finds pidfds as well. */
GsDescriptor *gs_fd_tables_find(GsFdTables *tables, int32_t tid, int32_t fd);

/* The descriptors from @first to @last that are in @tid's table: int32_t, owned. */
GArray *gs_fd_tables_range(GsFdTables *tables, int32_t tid, int64_t first, int64_t last);

/* A child that does not share its parent's table starts with a copy of it. */
void gs_fd_tables_fork(GsFdTables *tables, int32_t parent, int32_t child, bool shares);

void gs_fd_tables_unshare(GsFdTables *tables, int32_t tid);

/*
 * A new program has a table of its own, without what is O_CLOEXEC. The log's first
 * thread keeps the shared one: threads whose clone() the log does not show belong
 * to what it starts.
 */
void gs_fd_tables_exec(GsFdTables *tables, int32_t tid);

/* A thread's number may be given to another; a process's table goes with it. */
void gs_fd_tables_exit(GsFdTables *tables, int32_t tid, bool whole_process);

#endif
