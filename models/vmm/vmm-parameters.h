/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The parameters of a VMM model: numbers, or one of a few named choices, with
 * their default values or those a user sets.
 */
#ifndef GS_VMM_PARAMETERS_H
#define GS_VMM_PARAMETERS_H

#include "models/ini-file.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * Add every [parameter] of @ini, and every choice, to @names (as for
 * gs_vmm_evaluate(), with keys and values of its own). @settings are
 * "NAME=VALUE", NULL-terminated, the last of a name wins; NULL: there are none.
 * What is wrong in the file is reported with its line, what is wrong with a
 * setting as GS_VMM_ERROR_SETTING of the model @name.
 */
bool gs_vmm_read_parameters(const GsIniFile *ini, const char *name, const char *const *settings,
			    GHashTable *names, GError **error);

/* The names of the parameters of @ini, in its order, NULL-terminated; free with g_strfreev(). */
char **gs_vmm_parameter_names(const GsIniFile *ini);

/*
 * Check @settings, of which there is at least one, as above, and return the value
 * of the last in its one spelling: a choice, a decimal number, or, if it hangs on
 * other parameters, as it is without spaces. The caller frees it.
 */
char *gs_vmm_setting_value(const GsIniFile *ini, const char *name, const char *const *settings,
			   GError **error);

/* Remember @value as @name. */
void gs_vmm_set_name(GHashTable *names, const char *name, uint64_t value);

/* The number @key of @group; @value is left alone if there is no such key. */
bool gs_vmm_get_number(const GsIniFile *ini, const char *group, const char *key,
		       GHashTable *names, uint64_t *value, GError **error);

#endif
