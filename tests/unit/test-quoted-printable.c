/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The transfer encoding "quoted-printable". */
#include <glib.h>

#include "traces/quoted-printable.h"

static void check(const char *line, const char *expected, bool goes_on)
{
	g_autoptr(GString) text = g_string_new("before ");
	bool soft = gs_quoted_printable_decode(gs_span_string(line), text);

	g_assert_true(g_str_has_prefix(text->str, "before "));
	g_assert_cmpstr(text->str + strlen("before "), ==, expected);
	g_assert_cmpint(soft, ==, goes_on);
}

static void test_decode(void)
{
	check("", "", false);
	check("plain text", "plain text", false);
	check("ioctl(25, KVM_RUN, 0) =3D 0", "ioctl(25, KVM_RUN, 0) = 0", false);
	check("=3d=3D", "==", false);
	check("=C2=A0", "\302\240", false);
}

static void test_soft_breaks(void)
{
	check("a =", "a ", true);
	/* gateways put blanks behind it */
	check("a= \t", "a", true);
	check("=", "", true);
	/* blanks at the end of a line are nobody's, unless encoded */
	check("a  ", "a", false);
	check("a=20", "a ", false);
	check("a=3D", "a=", false);
	check("a=3D=", "a=", true);
}

static void test_what_is_no_escape_stays(void)
{
	check("flags=O_RDONLY|=x", "flags=O_RDONLY|=x", false);
	check("=3", "=3", false);
	check("=G0 = =4", "=G0 = =4", false);
}

static void test_shows(void)
{
	static const struct {
		const char *line;
		bool shows;
	} cases[] = {
		{ "ioctl(25, KVM_RUN, 0) =3D 28 <0.1>", true },
		{ "ioctl(25, KVM_RUN, 0)      =3D -1 EINTR", true },
		{ "exit_group(0) =3D ?", true },
		{ "ioctl(25, KVM_RUN, 0) = 28", false },
		{ "mmap(flags=3D, 0) = 28", false },
		{ "x =3D y", false },
		{ "=3D 28", false },
		{ "ioctl(25, KVM_RUN, 0) =3D", false },
		{ "ioctl(25, KVM_RUN, 0) =3D ", false },
		{ "", false },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_test_message("%s", cases[i].line);
		g_assert_cmpint(gs_quoted_printable_shows(gs_span_string(cases[i].line)), ==,
				cases[i].shows);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/quoted-printable/decode", test_decode);
	g_test_add_func("/quoted-printable/soft-breaks", test_soft_breaks);
	g_test_add_func("/quoted-printable/no-escape", test_what_is_no_escape_stays);
	g_test_add_func("/quoted-printable/shows", test_shows);
	return g_test_run();
}
