/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/fd-table.h"

struct GsFdTables {
	GHashTable *shared; /* fd -> GsDescriptor: the log's one process */
	GHashTable *own;    /* tid -> table of a thread that does not use it */
	int32_t first_tid;
};

static GHashTable *table_new(void)
{
	return g_hash_table_new_full(NULL, NULL, NULL, g_free);
}

GsFdTables *gs_fd_tables_new(int32_t first_tid)
{
	GsFdTables *tables = g_new(GsFdTables, 1);

	tables->shared = table_new();
	tables->own = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_hash_table_unref);
	tables->first_tid = first_tid;
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

static void set_own(GsFdTables *tables, int32_t tid, GHashTable *table)
{
	g_hash_table_replace(tables->own, GINT_TO_POINTER(tid), table);
}

GsDescriptor *gs_fd_tables_find(GsFdTables *tables, int32_t tid, int32_t fd)
{
	return g_hash_table_lookup(table_of(tables, tid), GINT_TO_POINTER(fd));
}

GsDescriptor *gs_fd_tables_lookup(GsFdTables *tables, int32_t tid, int32_t fd)
{
	GsDescriptor *descriptor = gs_fd_tables_find(tables, tid, fd);

	return descriptor && !descriptor->process ? descriptor : NULL;
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

/* @inherited: for another process, which ends nothing by closing them. */
static GHashTable *copy_table(GHashTable *table, bool inherited)
{
	GHashTable *copy = table_new();
	GHashTableIter iter;
	gpointer fd, value;

	g_hash_table_iter_init(&iter, table);
	while (g_hash_table_iter_next(&iter, &fd, &value)) {
		GsDescriptor *descriptor = g_new(GsDescriptor, 1);

		*descriptor = *(GsDescriptor *)value;
		descriptor->inherited |= inherited;
		g_hash_table_insert(copy, fd, descriptor);
	}
	return copy;
}

void gs_fd_tables_fork(GsFdTables *tables, int32_t parent, int32_t child, bool shares)
{
	GHashTable *table = table_of(tables, parent);

	if (!shares)
		set_own(tables, child, copy_table(table, true));
	else if (table != tables->shared)
		set_own(tables, child, g_hash_table_ref(table));
	else
		g_hash_table_remove(tables->own, GINT_TO_POINTER(child));
}

void gs_fd_tables_unshare(GsFdTables *tables, int32_t tid)
{
	set_own(tables, tid, copy_table(table_of(tables, tid), true));
}

static gboolean goes_on_exec(gpointer fd, gpointer value, gpointer user_data)
{
	GsDescriptor *descriptor = value;

	(void)fd;
	(void)user_data;
	/* the VM itself is gone */
	if (descriptor->role == GS_FD_KVM)
		descriptor->vm = GS_VM_NONE;
	return !descriptor->survives_exec;
}

void gs_fd_tables_exec(GsFdTables *tables, int32_t tid)
{
	GHashTable *table = table_of(tables, tid);

	if (g_hash_table_size(table) == 0)
		return;
	if (table != tables->shared || tid != tables->first_tid) {
		table = copy_table(table, false);
		set_own(tables, tid, table);
	}
	g_hash_table_foreach_remove(table, goes_on_exec, NULL);
}

static gboolean is_table(gpointer tid, gpointer table, gpointer wanted)
{
	(void)tid;
	return table == wanted;
}

void gs_fd_tables_exit(GsFdTables *tables, int32_t tid, bool whole_process)
{
	GHashTable *own = g_hash_table_lookup(tables->own, GINT_TO_POINTER(tid));

	if (own && whole_process)
		g_hash_table_foreach_remove(tables->own, is_table, own);
	else if (own)
		g_hash_table_remove(tables->own, GINT_TO_POINTER(tid));
}

GArray *gs_fd_tables_range(GsFdTables *tables, int32_t tid, int64_t first, int64_t last)
{
	GArray *range = g_array_new(FALSE, FALSE, sizeof(int32_t));
	GHashTableIter iter;
	gpointer key;

	g_hash_table_iter_init(&iter, table_of(tables, tid));
	while (g_hash_table_iter_next(&iter, &key, NULL)) {
		int32_t fd = GPOINTER_TO_INT(key);

		if (fd >= first && fd <= last)
			g_array_append_val(range, fd);
	}
	return range;
}
