/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/vmm/vmm-keys.h"

#include <string.h>

#include "models/suggest.h"
#include "models/vmm/vmm-call.h"

/* None of @keys in a step that has no call. */
static bool check_absent(const GsIniFile *ini, const char *group, const char *const *keys,
			 GError **error)
{
	for (const char *const *key = keys; *key; key++) {
		if (!gs_ini_file_get(ini, group, *key))
			continue;
		gs_ini_file_fail(ini, group, *key, error, "'%s' without a 'call'", *key);
		return false;
	}
	return true;
}

/* A step has the keys of its call's argument too, but without a call none of them. */
static bool check_step(const GsIniFile *ini, const char *group, GError **error)
{
	static const char *const own_keys[] = {
		"call", "request", "thread", "when",		 "repeat",
		"loop", "source",  "think",  "think_between", "think_source",
		NULL,
	};
	/* like those of the call itself only of a step that has one */
	static const char *const order_keys[] = { "after", "fails", "guest", NULL };
	const char *const *call_keys = gs_vmm_call_keys();
	g_autoptr(GPtrArray) keys = g_ptr_array_new();

	for (const char *const *key = own_keys; *key; key++)
		g_ptr_array_add(keys, (void *)*key);
	for (const char *const *key = order_keys; *key; key++)
		g_ptr_array_add(keys, (void *)*key);
	for (const char *const *key = call_keys; *key; key++)
		g_ptr_array_add(keys, (void *)*key);
	g_ptr_array_add(keys, NULL);
	if (!gs_ini_file_check_keys(ini, group, (const char *const *)keys->pdata, error) ||
	    !gs_ini_file_require(ini, group, "source", error))
		return false;
	return gs_vmm_call_is_in(ini, group) ||
	       (check_absent(ini, group, order_keys, error) &&
		check_absent(ini, group, call_keys, error));
}

static bool check_group(const GsIniFile *ini, const char *group, GError **error)
{
	static const char *const kinds[] = { "vmm", "part", "parameter", "loop", "step", NULL };
	static const char *const part_keys[] = { NULL };
	static const char *const vmm_keys[] = { "name",	 "summary",	 "source",
						"think", "think_source", "architecture",
						NULL };
	static const char *const parameter_keys[] = { "summary", "default", "min",
						      "max",	 "choices", NULL };
	static const char *const loop_keys[] = { "repeat", "when", NULL };
	size_t kind_length = strcspn(group, " ");
	g_autofree char *kind = g_strndup(group, kind_length);
	bool has_name = group[kind_length] && group[kind_length + 1];
	bool is_header = g_str_equal(kind, "vmm");

	if (!g_strv_contains(kinds, kind)) {
		g_autofree char *hint = gs_suggest_hint(kind, kinds);

		gs_ini_file_fail(ini, group, NULL, error, "unknown group '[%s]'%s", group, hint);
		return false;
	}
	if (has_name == is_header) {
		gs_ini_file_fail(ini, group, NULL, error, "%s in '[%s]'",
				 is_header ? "name not expected" : "name missing", group);
		return false;
	}
	if (is_header)
		return gs_ini_file_check_keys(ini, group, vmm_keys, error);
	if (g_str_equal(kind, "part"))
		return gs_ini_file_check_keys(ini, group, part_keys, error);
	if (g_str_equal(kind, "parameter"))
		return gs_ini_file_check_keys(ini, group, parameter_keys, error);
	if (g_str_equal(group, "loop i")) {
		gs_ini_file_fail(ini, group, NULL, error,
				 "a loop cannot be named 'i': @i counts a step's own repetitions");
		return false;
	}
	if (g_str_equal(kind, "loop"))
		return gs_ini_file_check_keys(ini, group, loop_keys, error) &&
		       gs_ini_file_require(ini, group, "repeat", error);
	return check_step(ini, group, error);
}

static bool check_architecture(const GsIniFile *ini, GError **error)
{
	static const char *const known[] = { "x86", "arm64", NULL };
	const char *text = gs_ini_file_get(ini, "vmm", "architecture");
	g_autofree char *hint = NULL;

	if (!text || g_strv_contains(known, text))
		return true;
	hint = gs_suggest_hint(text, known);
	gs_ini_file_fail(ini, "vmm", "architecture", error, "'%s' is neither x86 nor arm64%s", text,
			 hint);
	return false;
}

bool gs_vmm_check_keys(const GsIniFile *ini, GError **error)
{
	static const char *const required[] = { "name", "summary", "source", "think" };
	const char *const *groups = gs_ini_file_groups(ini);

	for (size_t i = 0; groups[i]; i++) {
		if (!check_group(ini, groups[i], error))
			return false;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(required); i++) {
		if (!gs_ini_file_require(ini, "vmm", required[i], error))
			return false;
	}
	return check_architecture(ini, error);
}
