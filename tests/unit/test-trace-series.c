/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What makes a new data set of the calls that follow. */
#include <glib.h>

#include "traces/trace-series.h"

/*
 * Play @script: a '.' is a call, anything else a line of prose; '>'s in front are
 * its depth, '@' is the next mail. The titles, with the number of their calls.
 */
static char *play(const char *script, bool pasted)
{
	g_auto(GStrv) lines = g_strsplit(script, "\n", -1);
	g_autoptr(GsTraceSeries) series = gs_trace_series_new();
	g_autoptr(GString) out = g_string_new(NULL);
	unsigned int counts[16] = { 0 };
	GsPastedLine line = { .pasted = pasted, .terminated = true };

	for (char **at = lines; *at; at++) {
		const char *text = *at;

		if (g_str_equal(text, "@")) {
			line.mail++;
			continue;
		}
		for (line.depth = 0; *text == '>'; text++)
			line.depth++;
		line.number++;
		line.text = gs_span_string(text);
		if (g_str_equal(text, ".")) {
			unsigned int before = gs_trace_series_count(series);
			bool begins = gs_trace_series_record(series, &line);

			g_assert_cmpuint(gs_trace_series_count(series), ==, before + begins);
			counts[gs_trace_series_count(series) - 1]++;
		} else {
			gs_trace_series_prose(series, &line);
		}
	}
	for (unsigned int i = 0; i < gs_trace_series_count(series); i++)
		g_string_append_printf(out, "%s'%s' %u", i ? ", " : "",
				       gs_trace_series_title(series, i), counts[i]);
	return g_string_free(g_steal_pointer(&out), FALSE);
}

#define assert_played(script, pasted, expected) \
	do { \
		g_autofree char *played_ = play((script), (pasted)); \
		g_assert_cmpstr(played_, ==, (expected)); \
	} while (0)

static void test_without_headings(void)
{
	assert_played("", true, "");
	assert_played("x\n.\n.\n\n.", true, "'' 3");
	assert_played("x\n.\nand then\n.", false, "'' 2");
}

static void test_headings_of_a_paste(void)
{
	assert_played("Before the patch:\n.\n.\nAfter the patch:\n.\n.", true,
		      "'Before the patch' 2, 'After the patch' 2");
	assert_played("HZ=1000\n.\nHZ=100:\n.\nResults with CONFIG_HZ=250\n\n.\nv6.12:\n.", true,
		      "'HZ=1000' 1, 'HZ=100' 1, 'Results with CONFIG_HZ=250' 1, 'v6.12' 1");
	assert_played("With the patch\n.\nWithout:\n.\nOn the old machine:\n\n.", true,
		      "'With the patch' 1, 'Without' 1, 'On the old machine' 1");
	assert_played("=== HZ=1000 ===\n.\n## After\n.\n * vanilla:\n.", true,
		      "'HZ=1000' 1, 'After' 1, 'vanilla' 1");
}

static void test_heading_and_what_stands_below(void)
{
	/* a command, a remark */
	assert_played("Before:\n\n$ strace -fT firecracker\n.\nAfter:\n(HZ=100, idle)\n.", true,
		      "'Before' 1, 'After' 1");
	/* but any line with a colon is one only right before the call */
	assert_played(".\nMy reasons are these:\n- it is late\n.", true, "'' 2");
	/* the nearest counts */
	assert_played("Results:\nHZ=100:\n.", true, "'HZ=100' 1");
	assert_played("After the patch:\nThe first VM:\n.", true, "'The first VM' 1");
}

static void test_prose_is_no_heading(void)
{
	assert_played(".\nwith the patch this takes longer.\n.", true, "'' 2");
	assert_played(".\nafter which it waits, and waits and waits for the other one\n.", true,
		      "'' 2");
	assert_played(".\nThe value of 3 is right\n.", true, "'' 2");
}

static void test_attribution(void)
{
	assert_played("On Fri, 13 Feb 2026, A wrote:\n.\n.", true, "'' 2");
	assert_played(".\nOn Fri, 13 Feb 2026, A wrote:\n.", true, "'' 1, '' 1");
}

static void test_depth_and_mail(void)
{
	assert_played(">>.\n>>.\n>.\n>.\n.", true, "'' 2, '' 2, '' 1");
	assert_played("Before:\n.\n@\n.\n.", true, "'Before' 1, '' 2");
	assert_played(">After:\n>>.\n>>.", true, "'After' 2");
}

static void test_log_with_output_of_programs(void)
{
	assert_played(".\nInfo: starting:\n.\n[    0.123] Booting Linux:\n.\nBooting Linux:\n.\n"
		      "Running with the following options:\n.\nerror after 3 tries\n.",
		      false, "'' 6");
	assert_played(
		"Before the patch:\n.\nAfter:\n.\nHZ=1000\n.\nv6.12:\n.\nUnpatched "
		"kernel:\n.\n6.18.44:\n.",
		false,
		"'Before the patch' 1, 'After' 1, 'HZ=1000' 1, 'v6.12' 1, 'Unpatched kernel' 1, "
		"'6.18.44' 1");
	assert_played(".\nwith the patch\n.\nResults with CONFIG_HZ=100\n.", false, "'' 3");
}

static void test_titles_are_text(void)
{
	g_autofree char *filler = g_strnfill(97, 'x');
	g_autofree char *script = g_strdup_printf("%s\303\251\303\251:\n.", filler);
	g_autofree char *expected = g_strdup_printf("'%s\303\251' 1", filler);

	/* cut between characters */
	assert_played(script, true, expected);
	assert_played("caf\351:\n.", true, "'caf\357\277\275' 1");
	assert_played("  Before : \n.", true, "'Before' 1");
	assert_played(":\n.\n:::\n.", true, "'' 2");
}

static void test_count_is_bounded(void)
{
	g_autoptr(GsTraceSeries) series = gs_trace_series_new();
	GsPastedLine line = { .text = gs_span_string("x"), .pasted = true };

	for (unsigned int i = 0; i < GS_TRACE_SERIES_MAX + 10; i++) {
		line.mail = i;
		g_assert_cmpint(gs_trace_series_record(series, &line), ==, i < GS_TRACE_SERIES_MAX);
	}
	g_assert_cmpuint(gs_trace_series_count(series), ==, GS_TRACE_SERIES_MAX);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/trace-series/without-headings", test_without_headings);
	g_test_add_func("/trace-series/headings", test_headings_of_a_paste);
	g_test_add_func("/trace-series/below-a-heading", test_heading_and_what_stands_below);
	g_test_add_func("/trace-series/prose", test_prose_is_no_heading);
	g_test_add_func("/trace-series/attribution", test_attribution);
	g_test_add_func("/trace-series/depth-and-mail", test_depth_and_mail);
	g_test_add_func("/trace-series/program-output", test_log_with_output_of_programs);
	g_test_add_func("/trace-series/titles", test_titles_are_text);
	g_test_add_func("/trace-series/bounded", test_count_is_bounded);
	return g_test_run();
}
