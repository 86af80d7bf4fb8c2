/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>

#include "models/machine-spec.h"
#include "models/profile/kernel-lookup.h"
#include "models/profile/kernel-release.h"

static void test_parse(void)
{
	static const struct {
		const char *text;
		GsKernelRelease release;
	} good[] = {
		{ "v6.17", { 6, 17, 0, 0 } },
		{ "6.17", { 6, 17, 0, 0 } },
		{ "6.17.9", { 6, 17, 9, 0 } },
		{ "v6.12.57-amd64", { 6, 12, 57, 0 } },
		{ "6.12.57+deb13-cloud-amd64", { 6, 12, 57, 0 } },
		{ "5.19.0-rc3", { 5, 19, 0, 3 } },
		{ "v5.19-rc1", { 5, 19, 0, 1 } },
		{ "7.2.0-rc7-next-20260714", { 7, 2, 0, 7 } },
		{ "6.1.0_1", { 6, 1, 0, 0 } },
		{ "5.14.0-503.el9.x86_64", { 5, 14, 0, 0 } },
	};
	static const char *const bad[] = {
		"", "v", "6", "6.", "v6.x", "6.17x", "6.17.", "6.17.9x", "6.17-rc", "6.17-rcx",
		"6.17-rc1x", "host", "latest", "-6.17", " 6.17", "6.-17", "1234567.1",
	};
	GsKernelRelease release;

	for (unsigned int i = 0; i < G_N_ELEMENTS(good); i++) {
		g_test_message("%s", good[i].text);
		g_assert_true(gs_kernel_release_parse(good[i].text, &release));
		g_assert_cmpint(gs_kernel_release_compare(&release, &good[i].release), ==, 0);
	}
	for (unsigned int i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_test_message("'%s'", bad[i]);
		g_assert_false(gs_kernel_release_parse(bad[i], &release));
	}
}

/* By number, not by letter, and candidates before what they are candidates of. */
static void test_order(void)
{
	static const char *const oldest_first[] = {
		"v4.12", "v5.9.16", "v5.10", "v5.10.1", "v5.19-rc1", "v5.19-rc10", "v5.19",
		"v5.19.1", "v6.0-rc1", "v6.1", "v6.2", "v6.12", "v7.0",
	};
	GsKernelRelease a, b;

	for (int i = 0; i < (int)G_N_ELEMENTS(oldest_first); i++) {
		for (int j = 0; j < (int)G_N_ELEMENTS(oldest_first); j++) {
			g_assert_true(gs_kernel_release_parse(oldest_first[i], &a));
			g_assert_true(gs_kernel_release_parse(oldest_first[j], &b));
			g_assert_cmpint(gs_kernel_release_compare(&a, &b), ==,
					(i > j) - (i < j));
		}
	}
}

static void expect_lookup(const char *name, const char *profile, const char *note)
{
	g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GError) error = NULL;
	g_autofree char *found = gs_kernel_lookup(name, notes, &error);

	g_assert_no_error(error);
	g_assert_cmpstr(found, ==, profile);
	g_assert_cmpuint(notes->len, ==, note ? 1 : 0);
	if (note)
		g_assert_cmpstr(g_ptr_array_index(notes, 0), ==, note);
}

/* The newest profile that is not newer, and a word about it unless it is the release itself. */
static void test_lookup(void)
{
	g_auto(GStrv) kernels = gs_machine_list_kernels();
	g_autoptr(GError) error = NULL;
	g_autofree char *older = NULL;

	expect_lookup("v6.18", "v6.18", NULL);
	expect_lookup("6.18", "v6.18", NULL);
	expect_lookup("6.18.0", "v6.18", NULL);
	expect_lookup("v6.17", "v6.12",
		      "kernel 'v6.17' has no profile and is simulated by v6.12, the newest before "
		      "it");
	expect_lookup("6.17.9", "v6.12",
		      "kernel '6.17.9' has no profile and is simulated by v6.12, the newest before "
		      "it");
	expect_lookup("v6.12.57-amd64", "v6.12",
		      "kernel 'v6.12.57-amd64' is simulated by profile v6.12");
	expect_lookup("7.2", "v7.0",
		      "kernel '7.2' has no profile and is simulated by v7.0, the newest before it");
	expect_lookup("6.10", "v6.9",
		      "kernel '6.10' has no profile and is simulated by v6.9, the newest before "
		      "it");
	/* What a candidate of a release has yet to get is not known. */
	expect_lookup("v6.18-rc1", "v6.12",
		      "kernel 'v6.18-rc1' has no profile and is simulated by v6.12, the newest "
		      "before it");
	expect_lookup("v99.1", "v7.3",
		      "kernel 'v99.1' is newer than all profiles and simulated by the newest, "
		      "v7.3");
	/* Not a release: for whoever loads it to refuse. */
	expect_lookup("my/kernel.ini", "my/kernel.ini", NULL);
	expect_lookup("6.12-mine.ini", "6.12-mine.ini", NULL);
	expect_lookup("6.12/mine", "6.12/mine", NULL);
	expect_lookup("latest", "latest", NULL);

	g_assert_null(gs_kernel_lookup("v3.10", NULL, &error));
	g_assert_error(error, GS_MACHINE_ERROR, GS_MACHINE_ERROR_UNKNOWN);
	older = g_strdup_printf("kernel 'v3.10' is older than the oldest there is a profile of, "
				"'%s'", kernels[0]);
	g_assert_cmpstr(error->message, ==, older);
}

/* What is listed comes in the order of the releases. */
static void test_list(void)
{
	g_auto(GStrv) kernels = gs_machine_list_kernels();
	GsKernelRelease older, newer;

	for (char **kernel = kernels + 1; *kernel; kernel++) {
		g_assert_true(gs_kernel_release_parse(kernel[-1], &older));
		g_assert_true(gs_kernel_release_parse(kernel[0], &newer));
		g_assert_cmpint(gs_kernel_release_compare(&older, &newer), <, 0);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/kernel-release/parse", test_parse);
	g_test_add_func("/kernel-release/order", test_order);
	g_test_add_func("/kernel-release/lookup", test_lookup);
	g_test_add_func("/kernel-release/list", test_list);
	return g_test_run();
}
