/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runs/call-pool.h"

#include <string.h>

static unsigned int hash_call(gconstpointer key)
{
	const GsScriptCall *call = key;

	return g_str_hash(call->name) ^ (call->occurrence * UINT32_C(2654435761));
}

static gboolean equal_calls(gconstpointer a, gconstpointer b)
{
	const GsScriptCall *left = a, *right = b;

	return left->occurrence == right->occurrence && !strcmp(left->name, right->name);
}

static void pool_calls(GsCallPool *pool, const GsScript *script)
{
	g_autoptr(GHashTable) known = g_hash_table_new(hash_call, equal_calls);

	for (unsigned int i = 0; i < pool->entry_count; i++) {
		const GsScriptCall *call = gs_script_call(script, i);
		gpointer index;

		if (!g_hash_table_lookup_extended(known, call, NULL, &index)) {
			GsPooledCall fresh = { .name = call->name, .occurrence = call->occurrence };

			index = GUINT_TO_POINTER(pool->calls->len);
			g_array_append_val(pool->calls, fresh);
			g_hash_table_insert(known, (gpointer)call, index);
		}
		pool->entries[i] = (GsPoolEntry){
			.pool = GPOINTER_TO_UINT(index),
			.vm = call->vm,
			.is_run = !strcmp(call->name, "KVM_RUN"),
		};
		g_array_index(pool->calls, GsPooledCall, pool->entries[i].pool).vm_count++;
	}
}

static void list_members(GsCallPool *pool)
{
	const unsigned int count = pool->calls->len;
	g_autofree uint32_t *next = g_new(uint32_t, count);

	pool->first = g_new0(uint32_t, count + 1);
	pool->members = g_new(uint32_t, pool->entry_count);
	for (unsigned int n = 0; n < count; n++) {
		next[n] = pool->first[n];
		pool->first[n + 1] = next[n] + gs_call_pool_call(pool, n)->vm_count;
	}
	for (uint32_t i = 0; i < pool->entry_count; i++)
		pool->members[next[pool->entries[i].pool]++] = i;
}

GsCallPool *gs_call_pool_new(const GsScript *script)
{
	GsCallPool *pool = g_new0(GsCallPool, 1);

	pool->calls = g_array_new(FALSE, FALSE, sizeof(GsPooledCall));
	pool->entry_count = script->calls->len;
	pool->entries = g_new(GsPoolEntry, pool->entry_count);
	pool->vm_count = script->vm_count;
	pool_calls(pool, script);
	list_members(pool);
	return pool;
}

void gs_call_pool_free(GsCallPool *pool)
{
	g_array_unref(pool->calls);
	g_free(pool->entries);
	g_free(pool->members);
	g_free(pool->first);
	g_free(pool);
}
