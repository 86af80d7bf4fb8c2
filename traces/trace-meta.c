/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/trace-meta.h"

#include <string.h>

#define GROUP "trace"

G_DEFINE_QUARK(gs - trace - meta - error - quark, gs_trace_meta_error)

void gs_trace_meta_free(GsTraceMeta *meta)
{
	g_free(meta->path);
	g_free(meta->policy);
	g_free(meta->kernel);
	g_free(meta->machine);
	g_free(meta->host);
	g_free(meta);
}

static char *meta_path(const char *log_path)
{
	size_t length = strlen(log_path);

	if (g_str_has_suffix(log_path, ".strace"))
		length -= strlen(".strace");
	return g_strdup_printf("%.*s.meta", (int)length, log_path);
}

/* "unknown" says the same as leaving the key out. */
static char *get_word(GKeyFile *file, const char *key)
{
	g_autofree char *value = g_key_file_get_string(file, GROUP, key, NULL);

	if (value)
		g_strstrip(value);
	if (!value || !*value || g_str_equal(value, "unknown"))
		return NULL;
	return g_steal_pointer(&value);
}

static bool get_count(GKeyFile *file, const char *path, const char *key, unsigned int max,
		      int *count, GError **error)
{
	g_autofree char *value = get_word(file, key);
	guint64 number;

	*count = 0;
	if (!value)
		return true;
	if (!g_ascii_string_to_unsigned(value, 10, 1, max, &number, NULL)) {
		g_set_error(error, GS_TRACE_META_ERROR, GS_TRACE_META_ERROR_SYNTAX,
			    "%s: '%s' is not a number from 1 to %u: '%s'", path, key, max, value);
		return false;
	}
	*count = (int)number;
	return true;
}

GsTraceMeta *gs_trace_meta_load(const char *log_path, GError **error)
{
	g_autoptr(GsTraceMeta) meta = g_new0(GsTraceMeta, 1);
	g_autoptr(GKeyFile) file = g_key_file_new();
	g_autofree char *path = meta_path(log_path);
	g_autoptr(GError) failure = NULL;

	if (!g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, &failure)) {
		if (g_error_matches(failure, G_FILE_ERROR, G_FILE_ERROR_NOENT) ||
		    g_error_matches(failure, G_FILE_ERROR, G_FILE_ERROR_NOTDIR))
			return g_steal_pointer(&meta);
		g_set_error(error, GS_TRACE_META_ERROR,
			    failure->domain == G_KEY_FILE_ERROR ? GS_TRACE_META_ERROR_SYNTAX
								: GS_TRACE_META_ERROR_READ,
			    "cannot read '%s': %s", path, failure->message);
		return NULL;
	}
	if (!get_count(file, path, "hz", 10000, &meta->hz, error) ||
	    !get_count(file, path, "cpus", 8192, &meta->cpus, error))
		return NULL;
	meta->policy = get_word(file, "policy");
	meta->kernel = get_word(file, "kernel");
	meta->machine = get_word(file, "machine");
	meta->host = get_word(file, "host");
	meta->path = g_steal_pointer(&path);
	return g_steal_pointer(&meta);
}
