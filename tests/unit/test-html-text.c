/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Entities and tags, and what only looks like them. */
#include <glib.h>

#include "traces/html-text.h"

static char *decode(GsHtmlText *html, const char *line)
{
	g_autoptr(GString) text = g_string_new(NULL);

	gs_html_text_decode(html, gs_span_string(line), text);
	return g_string_free(g_steal_pointer(&text), FALSE);
}

static void check(bool tags, const char *line, const char *expected)
{
	GsHtmlText html = { .tags = tags };
	g_autofree char *text = decode(&html, line);

	g_assert_cmpstr(text, ==, expected);
}

static void test_entities(void)
{
	check(false, "= 28 &lt;0.000137&gt;", "= 28 <0.000137>\n");
	check(false, "&quot;/dev/kvm&quot; &amp;&apos;&#39;&#x27;&#X3C;", "\"/dev/kvm\" &'''<\n");
	check(false, "a&nbsp;b&#160;c&#xa0;d", "a b c d\n");
	/* once, not twice */
	check(false, "&amp;lt;", "&lt;\n");
	check(false, "", "\n");
}

static void test_no_entities(void)
{
	static const char *const lines[] = {
		"WIFEXITED(s) && WEXITSTATUS(s) == 0;",
		"&sin6_addr",
		"&;",
		"&#;",
		"&#x;",
		"&#xd800;",
		"&#1114112;",
		"&lt",
		"&#-1;",
		"&unknown;",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
		g_autofree char *expected = g_strconcat(lines[i], "\n", NULL);

		check(false, lines[i], expected);
	}
}

static void test_tags(void)
{
	check(true, "<pre class=\"x\">a<br/>b</PRE>", "a\nb\n");
	check(true, "<p>a</p><p>b</p>", "a\nb\n");
	check(true, "<a href='x'>ioctl</a>(<span>25</span>)<!-- no -->", "ioctl(25)\n");
	check(true, "<div>a<blockquote>b<br>c</blockquote>d", "a\n> b\n> c\nd\n");
	/* strace's own, and addresses */
	check(true, "ioctl(3</dev/kvm>, X <unfinished ...>",
	      "ioctl(3</dev/kvm>, X <unfinished ...>\n");
	check(true, "<... ioctl resumed>) = 0 <0.000137> <a@example.org>",
	      "<... ioctl resumed>) = 0 <0.000137> <a@example.org>\n");
	check(false, "<b>a</b>", "<b>a</b>\n");
}

static void test_tag_in_two_lines(void)
{
	GsHtmlText html = { .tags = true };
	g_autofree char *first = decode(&html, "a <span"), *second = decode(&html, "class='x'>b");

	g_assert_cmpstr(first, ==, "a \n");
	g_assert_cmpstr(second, ==, "b\n");
}

/* A tag that does not end takes no more than a tag may be long. */
static void test_tag_without_end(void)
{
	g_autofree char *filler = g_strnfill(1000, 'x'), *last = NULL;
	GsHtmlText html = { .tags = true };

	g_free(decode(&html, "<span "));
	for (unsigned int i = 0; i < 5; i++)
		g_free(decode(&html, filler));
	last = decode(&html, "after");
	g_assert_cmpstr(last, ==, "after\n");
}

static void test_shows(void)
{
	g_assert_true(gs_html_text_shows_entities(gs_span_string("f() = 0 &lt;0.1&gt;")));
	g_assert_true(gs_html_text_shows_entities(gs_span_string("open(&quot;x&quot;) = 0")));
	g_assert_false(
		gs_html_text_shows_entities(gs_span_string("write(1, \"\\\"&lt;\", 1) = 1")));
	g_assert_false(gs_html_text_shows_entities(gs_span_string("a && b")));
	g_assert_true(gs_html_text_shows_tags(gs_span_string("f() = 0<br>")));
	g_assert_true(gs_html_text_shows_tags(gs_span_string("<pre>f() = 0")));
	g_assert_false(gs_html_text_shows_tags(gs_span_string("7<b> write(1, \"<br>\", 1) = 1")));
	g_assert_false(gs_html_text_shows_tags(gs_span_string("f(3</dev/kvm>) = 0 <0.1>")));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/html-text/entities", test_entities);
	g_test_add_func("/html-text/no-entities", test_no_entities);
	g_test_add_func("/html-text/tags", test_tags);
	g_test_add_func("/html-text/tag-in-two-lines", test_tag_in_two_lines);
	g_test_add_func("/html-text/tag-without-end", test_tag_without_end);
	g_test_add_func("/html-text/shows", test_shows);
	return g_test_run();
}
