/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/ini-file.h"

#include <stdarg.h>
#include <string.h>

#include "models/suggest.h"

/* Some editors begin a text with it. */
#define BYTE_ORDER_MARK "\xef\xbb\xbf"

/* A key, or a group; also what one is looked up by, so that this allocates nothing. */
typedef struct {
	const char *group;  /* a group's: owned; a key's: that of its group */
	char *key;          /* owned; NULL: a group */
	const char *source; /* interned */
	unsigned int line;  /* from 1 */
	char *value;        /* owned; NULL: a group */
	GPtrArray *keys;    /* owned, of a group: its keys in order, as their entries have them */
} Entry;

struct GsIniFile {
	const char *source;  /* interned */
	char **groups;       /* owned */
	GHashTable *entries; /* a set of Entry, owned */
	GQuark domain;
	int code;
};

static void entry_free(void *data)
{
	Entry *entry = data;

	if (!entry->key)
		g_free((char *)entry->group);
	g_free(entry->key);
	g_free(entry->value);
	g_clear_pointer(&entry->keys, g_ptr_array_unref);
	g_free(entry);
}

static unsigned int entry_hash(gconstpointer data)
{
	const Entry *entry = data;

	return g_str_hash(entry->group) * 31 + (entry->key ? g_str_hash(entry->key) : 0);
}

static gboolean entry_equal(gconstpointer a, gconstpointer b)
{
	const Entry *left = a, *right = b;

	if (!left->key != !right->key || (left->key && strcmp(left->key, right->key)))
		return false;
	return !strcmp(left->group, right->group);
}

void gs_ini_file_free(GsIniFile *ini)
{
	g_strfreev(ini->groups);
	g_hash_table_unref(ini->entries);
	g_free(ini);
}

static Entry *find_entry(const GsIniFile *ini, const char *group, const char *key)
{
	const Entry wanted = { .group = group, .key = (char *)key };

	return g_hash_table_lookup(ini->entries, &wanted);
}

static bool fail_at(const GsIniFile *ini, unsigned int line, GError **error, const char *format,
		    ...) G_GNUC_PRINTF(4, 5);
static bool fail_at(const GsIniFile *ini, unsigned int line, GError **error, const char *format,
		    ...)
{
	g_autofree char *message = NULL;
	va_list arguments;

	va_start(arguments, format);
	message = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	g_set_error(error, ini->domain, ini->code, "%s:%u: %s", ini->source, line, message);
	return false;
}

static bool add_entry(GsIniFile *ini, const char *group, const char *key, unsigned int line,
		      GError **error)
{
	const Entry *first = find_entry(ini, group, key);
	Entry *entry, *its_group;

	if (first && key)
		return fail_at(ini, line, error, "key '%s' is already on line %u", key,
			       first->line);
	if (first)
		return fail_at(ini, line, error, "group '[%s]' is already on line %u", group,
			       first->line);
	entry = g_new0(Entry, 1);
	entry->source = ini->source;
	entry->line = line;
	if (key) {
		its_group = find_entry(ini, group, NULL);
		entry->group = its_group->group;
		entry->key = g_strdup(key);
		g_ptr_array_add(its_group->keys, entry->key);
	} else {
		entry->group = g_strdup(group);
		entry->keys = g_ptr_array_new();
	}
	g_hash_table_add(ini->entries, entry);
	return true;
}

/* Note where groups and keys stand. @line is changed; *group is the current one, owned. */
static bool scan_line(GsIniFile *ini, char *line, unsigned int number, char **group, GError **error)
{
	char *end;

	g_strstrip(line);
	if (*line == '\0' || *line == '#')
		return true;
	if (*line == '[') {
		end = strchr(line, ']');
		if (!end || end == line + 1 || end[1])
			return fail_at(ini, number, error, "not a group such as [name]: '%s'",
				       line);
		g_free(*group);
		*group = g_strndup(line + 1, (gsize)(end - line - 1));
		return add_entry(ini, *group, NULL, number, error);
	}
	end = strchr(line, '=');
	if (!end)
		return fail_at(ini, number, error, "not a [group], key=value or # comment: '%s'",
			       line);
	*end = '\0';
	g_strchomp(line);
	if (!*line || line[strspn(line, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "._-,")])
		return fail_at(ini, number, error, "not a key: '%s'", line);
	if (!*group)
		return fail_at(ini, number, error, "key '%s' comes before the first group", line);
	return add_entry(ini, *group, line, number, error);
}

static bool scan_lines(GsIniFile *ini, const char *text, GError **error)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	g_autofree char *group = NULL;

	for (unsigned int i = 0; lines[i]; i++) {
		if (!scan_line(ini, lines[i], i + 1, &group, error))
			return false;
	}
	return true;
}

static bool read_values(GsIniFile *ini, GKeyFile *file, GError **error)
{
	for (char **group = ini->groups; *group; group++) {
		g_auto(GStrv) keys = g_key_file_get_keys(file, *group, NULL, NULL);

		for (char **key = keys; *key; key++) {
			Entry *entry = find_entry(ini, *group, *key);

			/* as it stands: GLib stumbles over a second bad escape in one value */
			entry->value = g_key_file_get_value(file, *group, *key, NULL);
			if (strchr(entry->value, '\\'))
				return fail_at(ini, entry->line, error,
					       "bad value of '%s': there are no escapes", *key);
			g_strchomp(entry->value);
		}
	}
	return true;
}

GsIniFile *gs_ini_file_new(const char *source, const char *text, gsize length, GQuark domain,
			   int code, GError **error)
{
	g_autoptr(GsIniFile) ini = g_new0(GsIniFile, 1);
	g_autoptr(GKeyFile) file = g_key_file_new();
	g_autoptr(GError) failure = NULL;
	g_autofree char *copy = NULL;

	ini->source = g_intern_string(source);
	ini->entries = g_hash_table_new_full(entry_hash, entry_equal, entry_free, NULL);
	ini->domain = domain;
	ini->code = code;

	if (!g_utf8_validate_len(text, length, NULL)) {
		g_set_error(error, domain, code, "%s: not a text in UTF-8", source);
		return NULL;
	}
	if (length >= strlen(BYTE_ORDER_MARK) &&
	    !memcmp(text, BYTE_ORDER_MARK, strlen(BYTE_ORDER_MARK))) {
		text += strlen(BYTE_ORDER_MARK);
		length -= strlen(BYTE_ORDER_MARK);
	}
	copy = g_strndup(text, length);
	if (!scan_lines(ini, copy, error))
		return NULL;
	if (length && !g_key_file_load_from_data(file, text, length, G_KEY_FILE_NONE, &failure)) {
		g_set_error(error, domain, code, "%s: %s", source, failure->message);
		return NULL;
	}
	ini->groups = g_key_file_get_groups(file, NULL);
	return read_values(ini, file, error) ? g_steal_pointer(&ini) : NULL;
}

/* Move what is known of @group, and its keys, from @part to @ini. */
static void take_group(GsIniFile *ini, GsIniFile *part, const char *group)
{
	Entry *taken = find_entry(part, group, NULL);

	for (unsigned int i = 0; i < taken->keys->len; i++) {
		Entry *entry = find_entry(part, group, g_ptr_array_index(taken->keys, i));

		g_hash_table_steal(part->entries, entry);
		g_hash_table_add(ini->entries, entry);
	}
	g_hash_table_steal(part->entries, taken);
	g_hash_table_add(ini->entries, taken);
}

bool gs_ini_file_insert(GsIniFile *ini, const char *place, GsIniFile *part, GError **error)
{
	g_autoptr(GPtrArray) groups = g_ptr_array_new();

	for (char **group = part->groups; *group; group++) {
		const Entry *first = find_entry(ini, *group, NULL);

		if (!first)
			continue;
		gs_ini_file_fail(part, *group, NULL, error,
				 "group '[%s]' is already in %s, line %u", *group, first->source,
				 first->line);
		return false;
	}
	for (char **group = ini->groups; *group; group++) {
		g_ptr_array_add(groups, *group);
		if (!g_str_equal(*group, place))
			continue;
		for (char **inserted = part->groups; *inserted; inserted++) {
			take_group(ini, part, *inserted);
			g_ptr_array_add(groups, g_strdup(*inserted));
		}
	}
	g_ptr_array_add(groups, NULL);
	g_free(ini->groups);
	ini->groups = (char **)g_ptr_array_free(g_steal_pointer(&groups), FALSE);
	return true;
}

const char *const *gs_ini_file_groups(const GsIniFile *ini)
{
	return (const char *const *)ini->groups;
}

bool gs_ini_file_has(const GsIniFile *ini, const char *group)
{
	return find_entry(ini, group, NULL) != NULL;
}

const char *gs_ini_file_get(const GsIniFile *ini, const char *group, const char *key)
{
	const Entry *entry = find_entry(ini, group, key);

	return entry ? entry->value : NULL;
}

const char *gs_ini_file_require(const GsIniFile *ini, const char *group, const char *key,
				GError **error)
{
	const char *value = gs_ini_file_get(ini, group, key);

	if (value && *value)
		return value;
	if (value)
		gs_ini_file_fail(ini, group, key, error, "'%s' is empty", key);
	else
		gs_ini_file_fail(ini, group, NULL, error, "[%s] has no '%s'", group, key);
	return NULL;
}

const char **gs_ini_file_keys(const GsIniFile *ini, const char *group)
{
	const Entry *entry = find_entry(ini, group, NULL);
	const unsigned int count = entry ? entry->keys->len : 0;
	const char **keys = g_new(const char *, count + 1);

	for (unsigned int i = 0; i < count; i++)
		keys[i] = g_ptr_array_index(entry->keys, i);
	keys[count] = NULL;
	return keys;
}

bool gs_ini_file_check_groups(const GsIniFile *ini, const char *const *known, GError **error)
{
	for (const char *const *group = gs_ini_file_groups(ini); *group; group++) {
		g_autofree char *hint = NULL;

		if (g_strv_contains(known, *group))
			continue;
		hint = gs_suggest_hint(*group, known);
		gs_ini_file_fail(ini, *group, NULL, error, "unknown group '[%s]'%s", *group, hint);
		return false;
	}
	return true;
}

bool gs_ini_file_check_keys(const GsIniFile *ini, const char *group, const char *const *known,
			    GError **error)
{
	g_autofree const char **keys = gs_ini_file_keys(ini, group);

	for (const char **key = keys; *key; key++) {
		g_autofree char *hint = NULL;

		if (g_strv_contains(known, *key))
			continue;
		hint = gs_suggest_hint(*key, known);
		gs_ini_file_fail(ini, group, *key, error, "unknown key '%s' in [%s]%s", *key, group,
				 hint);
		return false;
	}
	return true;
}

void gs_ini_file_fail(const GsIniFile *ini, const char *group, const char *key, GError **error,
		      const char *format, ...)
{
	const Entry *entry = find_entry(ini, group, key);
	g_autofree char *message = NULL;
	va_list arguments;

	va_start(arguments, format);
	message = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	if (entry)
		g_set_error(error, ini->domain, ini->code, "%s:%u: %s", entry->source, entry->line,
			    message);
	else
		g_set_error(error, ini->domain, ini->code, "%s: %s", ini->source, message);
}

char *gs_ini_file_place(const GsIniFile *ini, const char *group, const char *key)
{
	const Entry *entry = find_entry(ini, group, key);

	return entry ? g_strdup_printf("%s:%u", entry->source, entry->line) : g_strdup(ini->source);
}

/* With its end, lest two texts in a row be taken for two others. */
static void hash_text(GChecksum *checksum, const char *text)
{
	g_checksum_update(checksum, (const guchar *)text, (gssize)strlen(text) + 1);
}

void gs_ini_file_hash(const GsIniFile *ini, GChecksum *checksum)
{
	for (char **group = ini->groups; *group; group++) {
		g_autofree const char **keys = gs_ini_file_keys(ini, *group);

		hash_text(checksum, *group);
		for (const char **key = keys; *key; key++) {
			hash_text(checksum, *key);
			hash_text(checksum, gs_ini_file_get(ini, *group, *key));
		}
		hash_text(checksum, "");
	}
}
