/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A read-only INI file that knows on which line everything stands.
 *
 * The syntax is GKeyFile's. GKeyFile itself merges groups of the same name in
 * silence and cannot say where something is; here a group or key that comes
 * twice is an error, and every error names its line.
 */
#ifndef GS_INI_FILE_H
#define GS_INI_FILE_H

#include <glib.h>
#include <stdbool.h>

typedef struct GsIniFile GsIniFile;

/*
 * Read @text; @source is the name for messages. Whatever is wrong, here or
 * below, is reported as @code of @domain. The caller frees the file.
 */
GsIniFile *gs_ini_file_new(const char *source, const char *text, gsize length, GQuark domain,
			   int code, GError **error);
void gs_ini_file_free(GsIniFile *ini);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsIniFile, gs_ini_file_free)

/*
 * Insert the groups of @part, which is left empty, behind the group @place of
 * @ini; messages about them still name the file they come from. None of them may
 * be in @ini already.
 */
bool gs_ini_file_insert(GsIniFile *ini, const char *place, GsIniFile *part, GError **error);

/* The groups in the file's order, NULL-terminated; borrowed. */
const char *const *gs_ini_file_groups(const GsIniFile *ini);

/* Whether there is a @group. */
bool gs_ini_file_has(const GsIniFile *ini, const char *group);

/* The keys of @group in the file's order, NULL-terminated: free the array, not the keys. */
const char **gs_ini_file_keys(const GsIniFile *ini, const char *group);

/* A value, borrowed; NULL: no such group or key. */
const char *gs_ini_file_get(const GsIniFile *ini, const char *group, const char *key);

/* The same for a key that must be there and not be empty; NULL: @error is set. */
const char *gs_ini_file_require(const GsIniFile *ini, const char *group, const char *key,
				GError **error);

/* Whether there are no other groups than @known (NULL-terminated). */
bool gs_ini_file_check_groups(const GsIniFile *ini, const char *const *known, GError **error);

/* Whether @group has no other keys than @known (NULL-terminated). */
bool gs_ini_file_check_keys(const GsIniFile *ini, const char *group, const char *const *known,
			    GError **error);

/* "SOURCE:LINE" of @key in @group, or, if NULL, of @group, for later messages; to be freed. */
char *gs_ini_file_place(const GsIniFile *ini, const char *group, const char *key);

/* Add the groups, keys and values to @checksum, in the file's order. */
void gs_ini_file_hash(const GsIniFile *ini, GChecksum *checksum);

/* Set @error to "SOURCE:LINE: ...", the line of @key in @group, or, if NULL, of @group. */
void gs_ini_file_fail(const GsIniFile *ini, const char *group, const char *key, GError **error,
		      const char *format, ...) G_GNUC_PRINTF(5, 6);

#endif
