/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which VM a descriptor belongs to and in which role, followed through the
 * calls that make, copy and close descriptors.
 *
 * A log names threads, not processes. All of it is taken as one process, until
 * a fork, or a clone without CLONE_FILES, gives a thread a table of its own.
 * Descriptors passed over sockets are not followed.
 */
#ifndef GS_FD_TABLE_H
#define GS_FD_TABLE_H

#include "traces/script.h"
#include "traces/trace-reader.h"

/* A system-wide descriptor that has made no VM yet. */
#define GS_VM_NONE (-1)

typedef struct {
	GsFdRole role;
	int32_t vm;     /* GS_VM_NONE only for GS_FD_KVM */
	bool inherited; /* a forked process's copy: closing it ends nothing */
	bool has_device_type;
	uint32_t device_type;
} GsDescriptor;

typedef struct GsFdTables GsFdTables;

GsFdTables *gs_fd_tables_new(void);
void gs_fd_tables_free(GsFdTables *tables);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsFdTables, gs_fd_tables_free)

/* Follow a system call other than ioctl: open, close, dup, fork ... */
void gs_fd_tables_follow(GsFdTables *tables, const GsTraceRecord *record);

/* What is known of @fd in thread @tid; NULL: nothing. Borrowed until the next change. */
GsDescriptor *gs_fd_tables_lookup(GsFdTables *tables, int32_t tid, int32_t fd);

/* Replaces what was known. Returns the stored copy, borrowed until the next change. */
GsDescriptor *gs_fd_tables_set(GsFdTables *tables, int32_t tid, int32_t fd,
			       const GsDescriptor *descriptor);

void gs_fd_tables_forget(GsFdTables *tables, int32_t tid, int32_t fd);

/* Take "4<anon_inode:kvm-vm>" apart; false: not a descriptor. */
bool gs_fd_parse(GsSpan text, int32_t *fd, GsFdRole *role);

#endif
