/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/fd-table.h"

#include "traces/strace-text.h"

struct GsFdTables {
	GHashTable *shared; /* fd -> GsDescriptor: the log's one process */
	GHashTable *own;    /* tid -> table of a thread that was forked off */
};

static GHashTable *table_new(void)
{
	return g_hash_table_new_full(NULL, NULL, NULL, g_free);
}

GsFdTables *gs_fd_tables_new(void)
{
	GsFdTables *tables = g_new(GsFdTables, 1);

	tables->shared = table_new();
	tables->own = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_hash_table_unref);
	return tables;
}

void gs_fd_tables_free(GsFdTables *tables)
{
	g_hash_table_unref(tables->shared);
	g_hash_table_unref(tables->own);
	g_free(tables);
}

static GHashTable *table_of(GsFdTables *tables, int32_t tid)
{
	GHashTable *own = g_hash_table_lookup(tables->own, GINT_TO_POINTER(tid));

	return own ? own : tables->shared;
}

GsDescriptor *gs_fd_tables_lookup(GsFdTables *tables, int32_t tid, int32_t fd)
{
	return g_hash_table_lookup(table_of(tables, tid), GINT_TO_POINTER(fd));
}

GsDescriptor *gs_fd_tables_set(GsFdTables *tables, int32_t tid, int32_t fd,
			       const GsDescriptor *descriptor)
{
	GsDescriptor *copy = g_new(GsDescriptor, 1);

	*copy = *descriptor;
	g_hash_table_replace(table_of(tables, tid), GINT_TO_POINTER(fd), copy);
	return copy;
}

/* A VM is gone: the next one made from its /dev/kvm is another. */
static void forget_vm(GHashTable *table, int32_t vm)
{
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, table);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		GsDescriptor *descriptor = value;

		if (descriptor->role == GS_FD_KVM && descriptor->vm == vm)
			descriptor->vm = GS_VM_NONE;
	}
}

void gs_fd_tables_forget(GsFdTables *tables, int32_t tid, int32_t fd)
{
	GHashTable *table = table_of(tables, tid);
	GsDescriptor *descriptor = g_hash_table_lookup(table, GINT_TO_POINTER(fd));

	if (!descriptor)
		return;
	if (descriptor->role == GS_FD_VM)
		forget_vm(table, descriptor->vm);
	g_hash_table_remove(table, GINT_TO_POINTER(fd));
}

static GsFdRole role_of_decoration(GsSpan path)
{
	if (gs_span_has_prefix(path, "/dev/kvm"))
		return path.length == strlen("/dev/kvm") || path.text[strlen("/dev/kvm")] == '<'
			       ? GS_FD_KVM
			       : GS_FD_UNKNOWN;
	if (!gs_span_has_prefix(path, "anon_inode:"))
		return GS_FD_UNKNOWN;
	path = gs_span_drop(path, strlen("anon_inode:"));
	/* later kernels put the name in square brackets */
	if (gs_span_has_prefix(path, "[")) {
		path = gs_span_drop(path, 1);
		if (path.length && path.text[path.length - 1] == ']')
			path.length--;
	}
	if (gs_span_equals(path, "kvm-vm"))
		return GS_FD_VM;
	if (gs_span_equals(path, "kvm-vcpu") || gs_span_has_prefix(path, "kvm-vcpu:"))
		return GS_FD_VCPU;
	return gs_span_has_prefix(path, "kvm-") ? GS_FD_DEVICE : GS_FD_UNKNOWN;
}

bool gs_fd_parse(GsSpan text, int32_t *fd, GsFdRole *role)
{
	const char *end, *behind;
	GsSpan name, value;
	size_t length = 0;
	int64_t number;

	/* strace -N: "fd=25" */
	if (gs_strace_split_member(text, &name, &value))
		text = value;
	end = text.text + text.length;
	while (length < text.length && g_ascii_isalnum(text.text[length]))
		length++;
	*role = GS_FD_UNKNOWN;
	if (!gs_strace_number(gs_span(text.text, text.text + length), &number) || number < 0 ||
	    number > INT32_MAX)
		return false;
	*fd = (int32_t)number;
	behind = gs_strace_skip_decoration(text.text + length, end);
	if (behind)
		*role = role_of_decoration(gs_span(text.text + length + 1, behind - 1));
	return true;
}

/* The @index-th argument of @record, from 0; empty if there are fewer. */
static GsSpan argument(const GsTraceRecord *record, unsigned int index)
{
	GsSpan list = record->args, item;

	for (unsigned int i = 0; gs_strace_next_item(&list, &item); i++) {
		if (i == index)
			return item;
	}
	return gs_span_string("");
}

static void follow_open(GsFdTables *tables, const GsTraceRecord *record, unsigned int path_index)
{
	GsSpan path = argument(record, path_index), name, value;
	int32_t fd = (int32_t)record->ret;

	if (gs_strace_split_member(path, &name, &value))
		path = value;
	gs_fd_tables_forget(tables, record->tid, fd);
	if (gs_span_equals(path, "\"/dev/kvm\""))
		gs_fd_tables_set(tables, record->tid, fd,
				 &(GsDescriptor){ .role = GS_FD_KVM, .vm = GS_VM_NONE });
}

static void follow_dup(GsFdTables *tables, const GsTraceRecord *record)
{
	int32_t from, to = (int32_t)record->ret;
	GsDescriptor *descriptor, copy;
	GsFdRole role;

	if (!gs_fd_parse(argument(record, 0), &from, &role) || from == to)
		return;
	descriptor = gs_fd_tables_lookup(tables, record->tid, from);
	if (!descriptor) {
		gs_fd_tables_forget(tables, record->tid, to);
		return;
	}
	copy = *descriptor;
	gs_fd_tables_set(tables, record->tid, to, &copy);
}

/* A child that does not share its parent's descriptors starts with a copy of them. */
static void follow_fork(GsFdTables *tables, const GsTraceRecord *record)
{
	GHashTable *parent = table_of(tables, record->tid), *child;
	GHashTableIter iter;
	gpointer fd, descriptor;

	if (g_strstr_len(record->args.text, (gssize)record->args.length, "CLONE_FILES")) {
		if (parent != tables->shared)
			g_hash_table_replace(tables->own, GINT_TO_POINTER(record->ret),
					     g_hash_table_ref(parent));
		return;
	}
	child = table_new();
	g_hash_table_iter_init(&iter, parent);
	while (g_hash_table_iter_next(&iter, &fd, &descriptor)) {
		GsDescriptor *copy = g_new(GsDescriptor, 1);

		*copy = *(GsDescriptor *)descriptor;
		copy->inherited = true;
		g_hash_table_insert(child, fd, copy);
	}
	g_hash_table_replace(tables->own, GINT_TO_POINTER(record->ret), child);
}

static bool is_one_of(GsSpan name, const char *const *names)
{
	for (; *names; names++) {
		if (gs_span_equals(name, *names))
			return true;
	}
	return false;
}

void gs_fd_tables_follow(GsFdTables *tables, const GsTraceRecord *record)
{
	static const char *const forks[] = { "clone", "clone3", "fork", "vfork", NULL };
	static const char *const dups[] = { "dup", "dup2", "dup3", NULL };
	/* an fd number seen here is a new descriptor, whatever it was before */
	static const char *const makers[] = {
		"accept",  "accept4",   "creat",          "epoll_create", "epoll_create1",
		"eventfd", "eventfd2",  "inotify_init1",  "memfd_create", "pidfd_open",
		"socket",  "signalfd4", "timerfd_create", "userfaultfd",  NULL,
	};
	GsFdRole role;
	int32_t fd;

	if (record->status == GS_CALL_ERROR || !record->has_ret || record->ret < 0 ||
	    record->ret > INT32_MAX)
		return;
	if (gs_span_equals(record->name, "close")) {
		if (gs_fd_parse(argument(record, 0), &fd, &role))
			gs_fd_tables_forget(tables, record->tid, fd);
	} else if (gs_span_equals(record->name, "open")) {
		follow_open(tables, record, 0);
	} else if (gs_span_equals(record->name, "openat") ||
		   gs_span_equals(record->name, "openat2")) {
		follow_open(tables, record, 1);
	} else if (is_one_of(record->name, dups) ||
		   (gs_span_equals(record->name, "fcntl") &&
		    gs_span_has_prefix(argument(record, 1), "F_DUPFD"))) {
		follow_dup(tables, record);
	} else if (is_one_of(record->name, makers)) {
		gs_fd_tables_forget(tables, record->tid, (int32_t)record->ret);
	} else if (record->ret > 0 && is_one_of(record->name, forks)) {
		follow_fork(tables, record);
	}
}
