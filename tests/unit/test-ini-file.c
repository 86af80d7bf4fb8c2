/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>
#include <string.h>

#include "models/ini-file.h"

#define TEST_ERROR g_quark_from_static_string("test-error")
#define TEST_CODE 42

static GsIniFile *parse(const char *text, GError **error)
{
	return gs_ini_file_new("x.ini", text, strlen(text), TEST_ERROR, TEST_CODE, error);
}

static GsIniFile *parse_good(const char *text)
{
	g_autoptr(GError) error = NULL;
	GsIniFile *ini = parse(text, &error);

	g_assert_no_error(error);
	return ini;
}

static void expect_error(const GError *error, const char *message)
{
	g_assert_error(error, TEST_ERROR, TEST_CODE);
	g_assert_cmpstr(error->message, ==, message);
}

static char *keys_of(const GsIniFile *ini, const char *group)
{
	g_autofree const char **keys = gs_ini_file_keys(ini, group);

	return g_strjoinv(" ", (char **)keys);
}

static void test_values(void)
{
	g_autoptr(GsIniFile) ini = parse_good("# head\n\n[one]\na=1\n  b = two words\nc=\n"
					      "[two]\na=x=y\nd=caf\xc3\xa9\n");

	g_assert_cmpstr(gs_ini_file_get(ini, "one", "a"), ==, "1");
	g_assert_cmpstr(gs_ini_file_get(ini, "one", "b"), ==, "two words");
	g_assert_cmpstr(gs_ini_file_get(ini, "one", "c"), ==, "");
	g_assert_cmpstr(gs_ini_file_get(ini, "two", "a"), ==, "x=y");
	g_assert_cmpstr(gs_ini_file_get(ini, "two", "d"), ==, "caf\xc3\xa9");
	g_assert_null(gs_ini_file_get(ini, "two", "b"));
	g_assert_null(gs_ini_file_get(ini, "three", "a"));
}

static void test_empty(void)
{
	static const char *const texts[] = { "", "\n\n", "# nothing\n", "# no newline" };

	for (unsigned int i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(GsIniFile) ini = parse_good(texts[i]);
		g_autofree char *keys = keys_of(ini, "any");

		g_assert_null(gs_ini_file_groups(ini)[0]);
		g_assert_cmpstr(keys, ==, "");
	}
}

/* Order carries meaning: a VMM model's steps are keys. */
static void test_order(void)
{
	g_autoptr(GsIniFile) ini = parse_good("[z]\nz=1\na=2\nm=3\nb10=4\nb9=5\n"
					      "[a]\nq=1\n[zz]\n[m]\nb=1\na=1\n");
	g_autofree char *groups = g_strjoinv(" ", (char **)gs_ini_file_groups(ini));
	g_autofree char *z = keys_of(ini, "z"), *m = keys_of(ini, "m");
	g_autofree char *zz = keys_of(ini, "zz");

	g_assert_cmpstr(groups, ==, "z a zz m");
	g_assert_cmpstr(z, ==, "z a m b10 b9");
	g_assert_cmpstr(m, ==, "b a");
	g_assert_cmpstr(zz, ==, "");
}

/* GKeyFile would let the last one win without a word. */
static void test_duplicates(void)
{
	g_autoptr(GError) key = NULL, group = NULL, other = NULL;

	g_assert_null(parse("[a]\nk=1\n\nk=2\n", &key));
	expect_error(key, "x.ini:4: key 'k' is already on line 2");
	g_assert_null(parse("[a]\nk=1\n[b]\n# again\n[a]\nl=1\n", &group));
	expect_error(group, "x.ini:5: group '[a]' is already on line 1");
	/* the same key in two groups is two keys */
	g_autoptr(GsIniFile) ini = parse("[a]\nk=1\n[b]\nk=2\n", &other);
	g_assert_no_error(other);
	g_assert_cmpstr(gs_ini_file_get(ini, "b", "k"), ==, "2");
}

static void test_syntax(void)
{
	static const struct {
		const char *text, *message;
	} rows[] = {
		{ "k=1\n", "x.ini:1: key 'k' comes before the first group" },
		{ "[a]\n\nhello\n", "x.ini:3: not a [group], key=value or # comment: 'hello'" },
		{ "[a\nk=1\n", "x.ini:1: not a group such as [name]: '[a'" },
		{ "[]\n", "x.ini:1: not a group such as [name]: '[]'" },
		{ "[a]x\n", "x.ini:1: not a group such as [name]: '[a]x'" },
		{ "[a]\n=1\n", "x.ini:2: not a key: ''" },
		{ "[a]\nb c=1\n", "x.ini:2: not a key: 'b c'" },
		{ "[a]\nname[de]=1\n", "x.ini:2: not a key: 'name[de]'" },
		{ "[a]\nk=\xff\n", "x.ini: not a text in UTF-8" },
	};

	for (unsigned int i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(parse(rows[i].text, &error));
		expect_error(error, rows[i].message);
	}
}

static void test_bad_escape(void)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(parse("[a]\nok=1\nk=a\\qb\n", &error));
	g_assert_error(error, TEST_ERROR, TEST_CODE);
	g_assert_true(g_str_has_prefix(error->message, "x.ini:3: bad value of 'k': "));
}

static void test_nul_byte(void)
{
	static const char text[] = "[a]\nk=1\0\n[b]\n";
	g_autoptr(GError) error = NULL;

	g_assert_null(gs_ini_file_new("x.ini", text, sizeof(text) - 1, TEST_ERROR, TEST_CODE,
				      &error));
	expect_error(error, "x.ini: not a text in UTF-8");
}

/* Lines end as they do on either system; the last may not end at all. */
static void test_line_ends(void)
{
	g_autoptr(GsIniFile) dos = parse_good("[a]\r\nk=1\r\nl=2\r\n");
	g_autoptr(GsIniFile) cut = parse_good("[a]\nk=1");
	g_autoptr(GError) error = NULL;

	g_assert_cmpstr(gs_ini_file_get(dos, "a", "k"), ==, "1");
	g_assert_cmpstr(gs_ini_file_get(dos, "a", "l"), ==, "2");
	g_assert_cmpstr(gs_ini_file_get(cut, "a", "k"), ==, "1");
	g_assert_null(parse("[a]\r\nk=1\r\nk=2\r\n", &error));
	expect_error(error, "x.ini:3: key 'k' is already on line 2");
}

static void test_known_keys(void)
{
	static const char *const known[] = { "summary", "policy", NULL };
	g_autoptr(GsIniFile) ini = parse_good("[good]\npolicy=1\n[bad]\nsummary=1\npolcy=2\n");
	g_autoptr(GError) error = NULL;

	g_assert_true(gs_ini_file_check_keys(ini, "good", known, &error));
	g_assert_true(gs_ini_file_check_keys(ini, "absent", known, &error));
	g_assert_no_error(error);
	g_assert_false(gs_ini_file_check_keys(ini, "bad", known, &error));
	expect_error(error, "x.ini:5: unknown key 'polcy' in [bad]; did you mean 'policy'?");
}

static void test_require(void)
{
	g_autoptr(GsIniFile) ini = parse_good("\n[a]\nk=v\nempty=\n");
	g_autoptr(GError) empty = NULL, no_key = NULL, no_group = NULL;

	g_assert_cmpstr(gs_ini_file_require(ini, "a", "k", NULL), ==, "v");
	g_assert_null(gs_ini_file_require(ini, "a", "empty", &empty));
	expect_error(empty, "x.ini:4: 'empty' is empty");
	g_assert_null(gs_ini_file_require(ini, "a", "none", &no_key));
	expect_error(no_key, "x.ini:2: [a] has no 'none'");
	g_assert_null(gs_ini_file_require(ini, "b", "k", &no_group));
	expect_error(no_group, "x.ini: [b] has no 'k'");
}

static void test_fail(void)
{
	g_autoptr(GsIniFile) ini = parse_good("[a]\n# comment\nk=v\n[b]\n");
	g_autoptr(GError) key = NULL, group = NULL;

	gs_ini_file_fail(ini, "a", "k", &key, "%d is odd", 3);
	expect_error(key, "x.ini:3: 3 is odd");
	gs_ini_file_fail(ini, "b", NULL, &group, "empty");
	expect_error(group, "x.ini:4: empty");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/ini-file/values", test_values);
	g_test_add_func("/ini-file/empty", test_empty);
	g_test_add_func("/ini-file/order", test_order);
	g_test_add_func("/ini-file/duplicates", test_duplicates);
	g_test_add_func("/ini-file/syntax", test_syntax);
	g_test_add_func("/ini-file/bad-escape", test_bad_escape);
	g_test_add_func("/ini-file/nul-byte", test_nul_byte);
	g_test_add_func("/ini-file/line-ends", test_line_ends);
	g_test_add_func("/ini-file/known-keys", test_known_keys);
	g_test_add_func("/ini-file/require", test_require);
	g_test_add_func("/ini-file/fail", test_fail);
	return g_test_run();
}
