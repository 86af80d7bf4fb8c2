/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>

#include "cli/command.h"
#include "cli/options.h"

static void assert_usage_error(GError **error, const char *message)
{
	g_assert_error(*error, GS_CLI_ERROR, GS_CLI_ERROR_USAGE);
	g_assert_cmpstr((*error)->message, ==, message);
	g_clear_error(error);
}

static void test_hz_list(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GArray) list = gs_option_parse_hz_list("--hz", "1000,24,10000", &error);

	g_assert_no_error(error);
	g_assert_cmpuint(list->len, ==, 3);
	g_assert_cmpint(g_array_index(list, int, 0), ==, 1000);
	g_assert_cmpint(g_array_index(list, int, 1), ==, 24);
	g_assert_cmpint(g_array_index(list, int, 2), ==, 10000);
}

static void test_hz_list_errors(void)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{ "0", "--hz: '0' is not a tick rate from 24 to 10000" },
		{ "23", "--hz: '23' is not a tick rate from 24 to 10000" },
		{ "10001", "--hz: '10001' is not a tick rate from 24 to 10000" },
		{ "abc", "--hz: 'abc' is not a tick rate from 24 to 10000" },
		{ "100,2x0", "--hz: '2x0' is not a tick rate from 24 to 10000" },
		{ "-100", "--hz: '-100' is not a tick rate from 24 to 10000" },
		{ "100, 250", "--hz: ' 250' is not a tick rate from 24 to 10000" },
		{ "1e3", "--hz: '1e3' is not a tick rate from 24 to 10000" },
		{ "18446744073709551716", "--hz: '18446744073709551716' is not a tick rate from 24 "
					  "to 10000" },
		{ "", "--hz: the list is empty" },
		{ "100,", "--hz: an element of '100,' is empty" },
		{ "100,250,100", "--hz: '100' is listed twice" },
		{ "100,0100", "--hz: 100 is listed twice" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(gs_option_parse_hz_list("--hz", cases[i].text, &error));
		assert_usage_error(&error, cases[i].message);
	}
}

static void test_policy_list(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) all = gs_option_parse_policy_list("--policy", "all", &error);
	g_autoptr(GPtrArray) two = gs_option_parse_policy_list("--policy", "hybrid,sync", &error);
	unsigned int count = 0;

	g_assert_no_error(error);
	while (gs_policy_all()[count])
		count++;
	g_assert_cmpuint(all->len, ==, count);
	g_assert_cmpuint(two->len, ==, 2);
	g_assert_true(two->pdata[0] == gs_policy_lookup("hybrid"));
	g_assert_true(two->pdata[1] == gs_policy_lookup("sync"));
}

static void test_policy_list_errors(void)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(gs_option_parse_policy_list("--policy", "sync,hybird", &error));
	assert_usage_error(&error, "--policy: unknown policy 'hybird'; did you mean 'hybrid'?");
	g_assert_null(gs_option_parse_policy_list("--policy", "zzzzzz", &error));
	assert_usage_error(&error, "--policy: unknown policy 'zzzzzz'; 'gracesim list policies' "
				   "lists them");
	g_assert_null(gs_option_parse_policy_list("--policy", "sync,sync", &error));
	assert_usage_error(&error, "--policy: 'sync' is listed twice");
	g_assert_null(gs_option_parse_policy_list("--policy", "", &error));
	assert_usage_error(&error, "--policy: the list is empty");
}

static void test_call(void)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *every = NULL, *third = NULL, *untouched = NULL;
	int64_t occurrence = 7;

	g_assert_true(gs_option_parse_call("--call", "KVM_RUN", &every, &occurrence, &error));
	g_assert_cmpstr(every, ==, "KVM_RUN");
	g_assert_cmpint(occurrence, ==, -1);
	g_assert_true(gs_option_parse_call("--call", "KVM_RUN:3", &third, &occurrence, &error));
	g_assert_cmpstr(third, ==, "KVM_RUN");
	g_assert_cmpint(occurrence, ==, 3);

	g_assert_false(gs_option_parse_call("--call", ":3", &untouched, &occurrence, &error));
	assert_usage_error(&error, "--call: ':3' names no ioctl; write NAME or NAME:K");
	g_assert_false(gs_option_parse_call("--call", "RUN:x", &untouched, &occurrence, &error));
	assert_usage_error(&error, "--call: 'x' is not an occurrence: they count from 0");
	g_assert_null(untouched);
	g_assert_cmpint(occurrence, ==, 3);
}

static void test_number(void)
{
	g_autoptr(GError) error = NULL;
	uint64_t number = 7;

	g_assert_false(gs_option_parse_number("--runs", "0", 1, 99, &number, &error));
	assert_usage_error(&error, "--runs: '0' is not a whole number from 1 to 99");
	g_assert_false(gs_option_parse_number("--runs", "", 1, 99, &number, &error));
	assert_usage_error(&error, "--runs: '' is not a whole number from 1 to 99");
	g_assert_cmpuint(number, ==, 7);
	g_assert_true(gs_option_parse_number("--seed", "18446744073709551615", 0, UINT64_MAX,
					     &number, &error));
	g_assert_cmpuint(number, ==, UINT64_MAX);
}

static void test_word(void)
{
	static const char *const words[] = { "table", "csv", NULL };
	g_autoptr(GError) error = NULL;

	g_assert_cmpint(gs_option_parse_word("--format", "csv", words, &error), ==, 1);
	g_assert_cmpint(gs_option_parse_word("--format", "tabel", words, &error), ==, -1);
	assert_usage_error(&error, "--format: 'tabel' is none of table, csv; did you mean "
				   "'table'?");
}

static void test_duration(void)
{
	static const struct {
		const char *text;
		int64_t ns;
	} good[] = {
		{ "0", 0 },
		{ "6800", 6800 },
		{ "10us", 10000 },
		{ "1.5ms", 1500000 },
		{ "1s", 1000000000 },
	};
	static const char *const bad[] = { "", "-1", "10m", "us", "2s", "1000000001", "1 2us" };
	int64_t ns;

	for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_true(gs_option_parse_duration("--x", good[i].text, 1000000000, &ns,
						       &error));
		g_assert_no_error(error);
		g_assert_cmpint(ns, ==, good[i].ns);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autofree char *message = g_strdup_printf("--x: '%s' is not a duration such as "
							   "25us or 25000 (ns), up to 1.00 s",
							   bad[i]);
		g_autoptr(GError) error = NULL;

		g_assert_false(gs_option_parse_duration("--x", bad[i], 1000000000, &ns, &error));
		assert_usage_error(&error, message);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/cli/options/hz-list", test_hz_list);
	g_test_add_func("/cli/options/hz-list-errors", test_hz_list_errors);
	g_test_add_func("/cli/options/policy-list", test_policy_list);
	g_test_add_func("/cli/options/policy-list-errors", test_policy_list_errors);
	g_test_add_func("/cli/options/call", test_call);
	g_test_add_func("/cli/options/number", test_number);
	g_test_add_func("/cli/options/word", test_word);
	g_test_add_func("/options/duration", test_duration);
	return g_test_run();
}
