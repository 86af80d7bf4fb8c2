/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/profile/profile.h"

#include "models/data-file.h"
#include "models/machine-spec.h"
#include "models/profile/kernel-lookup.h"
#include "sim/engine/sim-time.h"

/* No ioctl works longer than this. */
#define WORK_MAX_NS (3600 * GS_NSEC_PER_SEC)

static const GsDataKind kinds[] = {
	[GS_PROFILE_KERNEL] = {
		.folder = "/org/gracesim/kernel/",
		.what = "kernel",
		.source = "models/profile/kernel-",
		.domain = gs_machine_error_quark,
		.unknown_code = GS_MACHINE_ERROR_UNKNOWN,
		.syntax_code = GS_MACHINE_ERROR_FILE,
	},
	[GS_PROFILE_HOST] = {
		.folder = "/org/gracesim/host/",
		.what = "host",
		.source = "models/profile/host-",
		.domain = gs_machine_error_quark,
		.unknown_code = GS_MACHINE_ERROR_UNKNOWN,
		.syntax_code = GS_MACHINE_ERROR_FILE,
	},
};

char **gs_profile_list(GsProfileKind kind)
{
	char **names = gs_data_list(&kinds[kind]);

	if (kind == GS_PROFILE_KERNEL)
		gs_kernel_sort(names);
	return names;
}

static bool check_groups(const GsIniFile *ini, GError **error)
{
	static const char *const known[] = { "profile", "parameters", "work", NULL };

	return gs_ini_file_check_groups(ini, known, error);
}

static bool read_head(const GsIniFile *ini, GsProfile *profile, GError **error)
{
	static const char *const known[] = { "summary", "policy", "cpus", NULL };
	const char *cpus = gs_ini_file_get(ini, "profile", "cpus");
	gint64 number = 0;

	if (!gs_ini_file_check_keys(ini, "profile", known, error))
		return false;
	profile->summary = g_strdup(gs_ini_file_get(ini, "profile", "summary"));
	profile->policy = g_strdup(gs_ini_file_get(ini, "profile", "policy"));
	if (cpus && !g_ascii_string_to_signed(cpus, 10, 1, GS_CPUS_MAX, &number, NULL)) {
		gs_ini_file_fail(ini, "profile", "cpus", error, "'%s' is not a number from 1 to %d",
				 cpus, GS_CPUS_MAX);
		return false;
	}
	profile->cpus = (int)number;
	return true;
}

static bool read_parameters(const GsIniFile *ini, GsProfile *profile, GError **error)
{
	g_autofree const char **keys = gs_ini_file_keys(ini, "parameters");

	for (const char **key = keys; *key; key++) {
		g_autoptr(GError) failure = NULL;
		GsAssignment assignment;

		if (!gs_params_parse(*key, gs_ini_file_get(ini, "parameters", *key), &assignment,
				     &failure)) {
			gs_ini_file_fail(ini, "parameters", *key, error, "%s", failure->message);
			return false;
		}
		g_array_append_val(profile->assignments, assignment);
	}
	return true;
}

static bool read_work(const GsIniFile *ini, GsProfile *profile, GError **error)
{
	g_autofree const char **keys = gs_ini_file_keys(ini, "work");

	for (const char **key = keys; *key; key++) {
		g_autoptr(GError) failure = NULL;
		int64_t *ns = g_new(int64_t, 1);

		g_hash_table_insert(profile->work_ns, g_strdup(*key), ns);
		if (!gs_duration_parse(gs_ini_file_get(ini, "work", *key), ns, &failure)) {
			gs_ini_file_fail(ini, "work", *key, error, "%s", failure->message);
			return false;
		}
		if (*ns > WORK_MAX_NS) {
			gs_ini_file_fail(ini, "work", *key, error, "over an hour of work");
			return false;
		}
	}
	return true;
}

GsProfile *gs_profile_read(const GsIniFile *ini, const char *name, GError **error)
{
	g_autoptr(GsProfile) profile = g_new0(GsProfile, 1);

	profile->name = g_strdup(name);
	profile->assignments = g_array_new(FALSE, FALSE, sizeof(GsAssignment));
	profile->work_ns = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	if (!check_groups(ini, error) || !read_head(ini, profile, error) ||
	    !read_parameters(ini, profile, error) || !read_work(ini, profile, error))
		return NULL;
	return g_steal_pointer(&profile);
}

GsProfile *gs_profile_load(GsProfileKind kind, const char *name, GError **error)
{
	g_autoptr(GsIniFile) ini = gs_data_open(&kinds[kind], name, error);

	return ini ? gs_profile_read(ini, name, error) : NULL;
}

void gs_profile_free(GsProfile *profile)
{
	g_free(profile->name);
	g_free(profile->summary);
	g_free(profile->policy);
	g_array_unref(profile->assignments);
	g_hash_table_unref(profile->work_ns);
	g_free(profile);
}
