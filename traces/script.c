/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/script.h"

#include <stdarg.h>

GsScript *gs_script_new(const char *source)
{
	GsScript *script = g_new0(GsScript, 1);

	script->source = g_strdup(source);
	script->label = g_strdup(source);
	script->calls = g_array_new(FALSE, TRUE, sizeof(GsScriptCall));
	script->threads = g_array_new(FALSE, TRUE, sizeof(GsScriptThread));
	script->names = g_string_chunk_new(64);
	script->notes = g_ptr_array_new_with_free_func(g_free);
	return script;
}

void gs_script_free(GsScript *script)
{
	g_free(script->source);
	g_free(script->label);
	g_array_unref(script->calls);
	g_array_unref(script->threads);
	g_string_chunk_free(script->names);
	g_ptr_array_unref(script->notes);
	g_free(script);
}

void gs_script_note(GsScript *script, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	g_ptr_array_add(script->notes, g_strdup_vprintf(format, arguments));
	va_end(arguments);
}

uint32_t gs_script_thread(GsScript *script, int32_t tid)
{
	GsScriptThread thread = { .tid = tid };

	for (unsigned int i = 0; i < script->threads->len; i++) {
		if (g_array_index(script->threads, GsScriptThread, i).tid == tid)
			return i;
	}
	g_array_append_val(script->threads, thread);
	return script->threads->len - 1;
}

typedef struct {
	const char *name; /* interned, so compared by address */
	uint32_t vm;
	uint32_t count;
} NameInVm;

static guint name_in_vm_hash(gconstpointer data)
{
	const NameInVm *key = data;

	return g_direct_hash(key->name) * 31 + key->vm;
}

static gboolean name_in_vm_equal(gconstpointer a, gconstpointer b)
{
	const NameInVm *left = a, *right = b;

	return left->name == right->name && left->vm == right->vm;
}

void gs_script_number_calls(GsScript *script)
{
	g_autoptr(GHashTable) counts =
		g_hash_table_new_full(name_in_vm_hash, name_in_vm_equal, g_free, NULL);

	for (unsigned int i = 0; i < script->calls->len; i++) {
		GsScriptCall *call = &g_array_index(script->calls, GsScriptCall, i);
		NameInVm key = { .name = g_intern_string(call->name), .vm = call->vm };
		NameInVm *known = g_hash_table_lookup(counts, &key);

		if (!known) {
			known = g_new(NameInVm, 1);
			*known = key;
			g_hash_table_add(counts, known);
		}
		call->occurrence = known->count++;
	}
}
