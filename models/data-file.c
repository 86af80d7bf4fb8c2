/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/data-file.h"

#include <errno.h>
#include <gio/gio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/gs-resources.h"
#include "models/suggest.h"

#define SUFFIX ".ini"

/* Ours have some kilobytes; /dev/zero has no end. */
#define FILE_BYTES_MAX (16U << 20)

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

char **gs_data_list(const GsDataKind *kind)
{
	char **names = g_resource_enumerate_children(gs_resources_get_resource(), kind->folder,
						     G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

	if (!names)
		return g_new0(char *, 1);
	for (char **name = names; *name; name++) {
		if (g_str_has_suffix(*name, SUFFIX))
			(*name)[strlen(*name) - strlen(SUFFIX)] = '\0';
	}
	qsort(names, g_strv_length(names), sizeof(*names), compare_names);
	return names;
}

bool gs_data_is_path(const char *name)
{
	return strchr(name, '/') || g_str_has_suffix(name, SUFFIX);
}

/* The file at @path, which may be a pipe; NULL, with errno set: it cannot be read. */
static GBytes *read_whole(const char *path)
{
	FILE *stream = fopen(path, "re");
	GByteArray *text;
	guint8 piece[4096];
	size_t count;
	int errnum = 0;

	if (!stream)
		return NULL;
	text = g_byte_array_new();
	while (text->len <= FILE_BYTES_MAX &&
	       (count = fread(piece, 1, sizeof(piece), stream)) > 0)
		g_byte_array_append(text, piece, (guint)count);
	if (ferror(stream))
		errnum = errno;
	else if (text->len > FILE_BYTES_MAX)
		errnum = EFBIG;
	fclose(stream);
	if (!errnum)
		return g_byte_array_free_to_bytes(text);
	g_byte_array_unref(text);
	errno = errnum;
	return NULL;
}

static GBytes *read_path(const GsDataKind *kind, const char *path, GError **error)
{
	GBytes *text = read_whole(path);

	if (!text)
		g_set_error(error, kind->domain(), kind->unknown_code, "cannot read %s '%s': %s",
			    kind->what, path, g_strerror(errno));
	return text;
}

GBytes *gs_data_read_shipped(const GsDataKind *kind, const char *name, GError **error)
{
	g_autofree char *path = g_strconcat(kind->folder, name, SUFFIX, NULL);
	GBytes *text = g_resource_lookup_data(gs_resources_get_resource(), path,
					      G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
	g_auto(GStrv) names = NULL;
	g_autofree char *hint = NULL;

	if (text)
		return text;
	names = gs_data_list(kind);
	hint = gs_suggest_hint(name, (const char *const *)names);
	g_set_error(error, kind->domain(), kind->unknown_code, "unknown %s '%s'%s", kind->what,
		    name, hint);
	return NULL;
}

GsIniFile *gs_data_open(const GsDataKind *kind, const char *name, GError **error)
{
	const bool path = gs_data_is_path(name);
	g_autoptr(GBytes) text =
		path ? read_path(kind, name, error) : gs_data_read_shipped(kind, name, error);
	g_autofree char *source = NULL;
	const char *data;
	gsize length;

	if (!text)
		return NULL;
	data = g_bytes_get_data(text, &length);
	source = path ? g_strdup(name) : g_strconcat(kind->source, name, SUFFIX, NULL);
	return gs_ini_file_new(source, data ? data : "", length, kind->domain(), kind->syntax_code,
			       error);
}
