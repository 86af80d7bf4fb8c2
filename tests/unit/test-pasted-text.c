/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mails and other pastes, back into the lines a tracer wrote. */
#include <glib.h>

#include "traces/pasted-text.h"

#define CALL "45726 14:45:32.914330 ioctl(25, KVM_CREATE_VCPU, 0) = 28 <0.000137>"
#define NEXT "45726 14:45:32.914533 ioctl(25, KVM_CREATE_VCPU, 1) = 30 <0.000046>"

typedef struct {
	const char *text;
	size_t length, at;
} Input;

/* Not all at once, as from a pipe. */
static gssize read_input(void *source, char *buffer, size_t size, GError **error)
{
	Input *input = source;
	size_t count = MIN(MIN(size, 1000), input->length - input->at);

	(void)error;
	memcpy(buffer, input->text + input->at, count);
	input->at += count;
	return (gssize)count;
}

/*
 * Everything that comes out of @text, one line a line: number, a '>' for each
 * level of quoting, text; and what the mail kept for itself. Unpasted text is
 * marked "plain".
 */
static char *undo_bytes(const char *bytes, size_t length, size_t line_max)
{
	Input input = { .text = bytes, .length = length };
	g_autoptr(GString) out = g_string_new(NULL);
	g_autoptr(GsPastedText) text = NULL;
	g_autoptr(GError) error = NULL;
	GsTextLines lines;
	GsPastedLine line;
	unsigned int mail = 0;

	gs_text_lines_init(&lines, read_input, &input, line_max);
	text = gs_pasted_text_new(&lines);
	while (gs_pasted_text_next(text, &line, &error)) {
		if (line.mail != mail)
			g_string_append(out, "next mail\n");
		mail = line.mail;
		g_string_append_printf(out, "%" G_GUINT64_FORMAT "%s", line.number,
				       line.pasted ? "" : " plain");
		for (unsigned int i = 0; i < line.depth; i++)
			g_string_append_c(out, '>');
		g_string_append_c(out, ' ');
		g_string_append_len(out, line.text.text, (gssize)line.text.length);
		g_string_append(out, line.oversized ? "(oversized)\n" : "\n");
	}
	g_assert_no_error(error);
	if (gs_pasted_text_own_count(text) > 0)
		g_string_append_printf(out, "own %" G_GUINT64_FORMAT "\n",
				       gs_pasted_text_own_count(text));
	gs_text_lines_clear(&lines);
	return g_string_free(g_steal_pointer(&out), FALSE);
}

static char *undo(const char *text)
{
	return undo_bytes(text, strlen(text), 1 << 20);
}

#define assert_undone(text, expected) \
	do { \
		g_autofree char *undone_ = undo(text); \
		g_assert_cmpstr(undone_, ==, (expected)); \
	} while (0)

static void test_plain_log_is_untouched(void)
{
	assert_undone("", "");
	assert_undone(
		"Info: Running Firecracker\n" CALL "\n > /lib/libc.so.6(ioctl+0x3f) [0x10bc5b]\n"
		" | 00000  61 62 63                                          abc              |\n",
		"1 plain Info: Running Firecracker\n2 plain " CALL
		"\n3 plain  > /lib/libc.so.6(ioctl+0x3f) [0x10bc5b]\n4 plain  | 00000  61 62 63"
		"                                          abc              |\n");
	/* what mailers write, inside strings and flags */
	assert_undone(
		"write(1, \"&lt;0.000137&gt; =3D 28 &quot;\", 5) = 5\nmmap(NULL, 8, flags=3D, 0)"
		" = 0x7f\nwrite(1, \"> > " CALL "\", 5) = 5\n",
		"1 plain write(1, \"&lt;0.000137&gt; =3D 28 &quot;\", 5) = 5\n2 plain mmap(NULL, 8,"
		" flags=3D, 0) = 0x7f\n3 plain write(1, \"> > " CALL "\", 5) = 5\n");
	/* what programs print is no quoting */
	assert_undone(CALL "\n> prompt\n| table |\n: colon\n&amp;\n",
		      "1 plain " CALL "\n2 plain > prompt\n3 plain | table |\n4 plain : colon\n"
		      "5 plain &amp;\n");
	/* gaps of strace -r */
	assert_undone("     0.000040 ioctl(3, KVM_RUN, 0) = 0\n     3 ioctl(3, KVM_RUN, 0) = 0\n",
		      "1 plain      0.000040 ioctl(3, KVM_RUN, 0) = 0\n2 plain      3 ioctl(3, "
		      "KVM_RUN, 0)"
		      " = 0\n");
}

static void test_long_line_of_plain_log(void)
{
	g_autofree char *filler = g_strnfill(5000, 'x');
	g_autofree char *text = g_strdup_printf(
		"write(1, \"%s ioctl(3, KVM_RUN, 0) = 0 ioctl(3, KVM_RUN, 0) = 0\", 5) = 5\n",
		filler);
	g_autofree char *expected = g_strdup_printf("1 plain %s", text);

	assert_undone(text, expected);
}

static void test_quotes(void)
{
	assert_undone("Hi,\n> On Friday A wrote:\n> > " CALL "\n>> " NEXT "\n>> \n>>> " CALL "\n",
		      "1 Hi,\n2> On Friday A wrote:\n3>> " CALL "\n4>> " NEXT "\n5>> \n6>>> " CALL
		      "\n");
	assert_undone("| " CALL "\n| | " NEXT "\n", "1> " CALL "\n2>> " NEXT "\n");
	assert_undone(": " CALL "\n: " NEXT "\n", "1> " CALL "\n2> " NEXT "\n");
	/* a quote behind blanks is one only if every call has it so */
	assert_undone("  > " CALL "\n  > " NEXT "\n", "1> " CALL "\n2> " NEXT "\n");
	/* quoted output of strace -k and -e write */
	assert_undone("> " CALL "\n>  > /lib/libc.so.6(ioctl+0x3f) [0x10bc5b]\n>  | 00000  61 |\n"
		      "> >  > /lib/libc.so.6(ioctl+0x3f) [0x10bc5b]\n",
		      "1> " CALL
		      "\n2>  > /lib/libc.so.6(ioctl+0x3f) [0x10bc5b]\n3>  | 00000  61 |\n"
		      "4>>  > /lib/libc.so.6(ioctl+0x3f) [0x10bc5b]\n");
}

/* Other tracers' lines are quoted too, and a log with a terminal's output is not. */
static void test_other_tracers(void)
{
	assert_undone("> Before:\n>   fc-4711  [001] ..... 5.958079: sys_enter_ioctl:      fd: "
		      "0x0000000c, "
		      "cmd: 0x0000ae00, arg: 0x00000000\n",
		      "1> Before:\n2> fc-4711  [001] ..... 5.958079: sys_enter_ioctl:      fd: "
		      "0x0000000c, "
		      "cmd: 0x0000ae00, arg: 0x00000000\n");
	assert_undone("Info: " CALL "\n" NEXT "\n", "1 plain Info: " CALL "\n2 plain " NEXT "\n");
}

static void test_wrapped_calls_stay_in_pieces(void)
{
	assert_undone("> 45726 14:45:32.914330 ioctl(25, KVM_SET_USER_MEMORY_REGION, {slot=0,\n"
		      "> flags=0, memory_size=65536}) = 0\n> <0.003750>\n",
		      "1> 45726 14:45:32.914330 ioctl(25, KVM_SET_USER_MEMORY_REGION, {slot=0,\n"
		      "2> flags=0, memory_size=65536}) = 0\n3> <0.003750>\n");
}

static void test_indented(void)
{
	assert_undone("My results:\n\n    " CALL "\n\t" NEXT "\n\n  Bye\n",
		      "1 My results:\n2 \n3 " CALL "\n4 " NEXT "\n5 \n6 Bye\n");
}

static void test_no_break_spaces(void)
{
	assert_undone(
		"45726\302\24014:45:32.914330\302\240ioctl(25, KVM_CREATE_VCPU, 0)\302\240= 28\r\n",
		"1 45726 14:45:32.914330 ioctl(25, KVM_CREATE_VCPU, 0) = 28\n");
	/* Latin-1, and the second half of another character */
	assert_undone("45726\24014:45:32.914330\240ioctl(25, KVM_CREATE_VCPU, 0) = 28\n\303\240 la "
		      "carte\n",
		      "1 45726 14:45:32.914330 ioctl(25, KVM_CREATE_VCPU, 0) = 28\n2 \303\240 la "
		      "carte\n");
}

static void test_html_entities(void)
{
	assert_undone(
		"45726 14:45:32.914330 ioctl(25, KVM_CREATE_VCPU, 0) =&nbsp;28 &lt;0.000137&gt;\n"
		"openat(AT_FDCWD, &quot;/dev/k&#118;m&#x22;, O_RDWR) = 3 &#x3c;0.1&#62;\n",
		"1 " CALL "\n2 openat(AT_FDCWD, \"/dev/kvm\", O_RDWR) = 3 <0.1>\n");
}

static void test_html_page(void)
{
	assert_undone(
		"<html><body><p>Before:<br>" CALL "</p><pre>\n"
		"45726 14:45:32.914533 <a href=\"x\">ioctl</a>(25, <b>KVM_CREATE_VCPU</b>, 1) = 30 "
		"&lt;0.000046&gt;\n\nwrite(1, &lt;unfinished ...&gt;\n</pre></body></html>\n",
		"1 Before:\n1 " CALL "\n2 " NEXT "\n3 \n4 write(1, <unfinished ...>\n");
	assert_undone(
		"<div>x<blockquote>45726 14:45:32.914330 ioctl(25, KVM_CREATE_VCPU,\n0) = 28 "
		"&lt;0.000137&gt;</blockquote>y</div>\n",
		"1 x\n1> 45726 14:45:32.914330 ioctl(25, KVM_CREATE_VCPU,\n2> 0) = 28 <0.000137>\n"
		"2 y\n");
}

#define HEADER "From: A <a@example.org>\nSubject: a log,\n folded\nMIME-Version: 1.0\n"

static void test_mail(void)
{
	assert_undone(HEADER "\nHello\n" CALL "\n", "6 Hello\n7 " CALL "\nown 5\n");
	/* what looks like a header but is none */
	assert_undone("Version: 1\nDate: today\n" CALL "\n",
		      "1 plain Version: 1\n2 plain Date: today\n3 plain " CALL "\n");
	/* a header that is not ended by a blank line */
	assert_undone(HEADER CALL "\n", "5 " CALL "\nown 4\n");
}

static void test_mail_in_quoted_printable(void)
{
	assert_undone(HEADER
		      "Content-Transfer-Encoding: Quoted-Printable\n\n45726 14:45:32.914330 ioct=\n"
		      "l(25, KVM_CREATE_VCPU, 0) =3D 28 <0.00=\r\n0137>\nb=C3=A9ta =zz=\n",
		      "7 " CALL "\n10 b\303\251ta =zz\nown 6\n");
}

static void test_quoted_printable_without_header(void)
{
	assert_undone("> 45726 14:45:32.914330 ioctl(25, KVM_CREATE_VCPU, =\n0) =3D 28 "
		      "<0.000137>\n> x =3D y\n",
		      "1> " CALL "\n3> x = y\n");
}

static void test_mail_in_base64(void)
{
	static const char body[] = "Before:\r\n" CALL "\r\n" NEXT "\n";
	g_autofree char *encoded = g_base64_encode((const guchar *)body, strlen(body));
	g_autofree char *text = g_strdup_printf(
		HEADER "Content-Type: multipart/mixed;\n\tboundary=\"a part\"\n\n--a part\n"
		       "content-transfer-encoding: BASE64\n\n%.60s\n%s\n--a part--\n\nBye\n",
		encoded, encoded + 60);

	assert_undone(text, "11 Before:\n11 " CALL "\n12 " NEXT "\n14 \n15 Bye\nown 11\n");
}

static void test_mail_says_it_twice(void)
{
	assert_undone(HEADER "Content-Type: multipart/alternative; boundary=b\n\n--b\n\n" CALL
			     "\n--b\nContent-Type: text/html\n\n<p>" CALL "</p>\n--b--\n",
		      "9 " CALL "\nown 13\n");
	/* a plain part without any call is only a notice */
	assert_undone(HEADER
		      "Content-Type: multipart/alternative; boundary=b\n\n--b\n\nThis is HTML.\n"
		      "--b\nContent-Type: text/html\n\n<p>45726 14:45:32.914330 ioctl(25, "
		      "KVM_CREATE_VCPU, 0) = 28 &lt;0.000137&gt;</p>\n--b--\n",
		      "9 This is HTML.\n13 " CALL "\nown 12\n");
}

static void test_mailbox(void)
{
	assert_undone("From a@example.org Fri Feb 13 14:45:32 2026\nSubject: one\n\n" CALL
		      "\n>From here on\n\nFrom b@example.org Sat Feb 14 01:02:03 2026\nSubject: "
		      "two\n\n" NEXT "\nFrom here on 14:45:32 2026\n",
		      "4 " CALL "\n5 From here on\n6 \nnext mail\n10 " NEXT
		      "\n11 From here on 14:45:32 2026\nown 6\n");
	/* a mail behind a log that is none */
	assert_undone("ioctl(3, KVM_RUN, 0) = 0\n\nFrom a@example.org Fri Feb 13 14:45:32 "
		      "2026\nTo: b\n\n" CALL "\n",
		      "1 plain ioctl(3, KVM_RUN, 0) = 0\n2 plain \nnext mail\n6 " CALL "\nown 3\n");
}

static void test_mail_in_a_mail(void)
{
	assert_undone(HEADER "Content-Type: multipart/mixed; boundary=b\n\n" CALL
			     "\n--b\nContent-Type: message/rfc822\n\nFrom: x\nTo: y\n\n" NEXT
			     "\n--b--\n",
		      "7 " CALL "\nnext mail\n14 " NEXT "\nown 13\n");
}

/* Out of sight when the log begins. */
static void test_paste_after_plain_log(void)
{
	g_autoptr(GString) text = g_string_new(NULL), expected = g_string_new(NULL);
	unsigned int number = 0;

	while (text->len < 100000) {
		g_string_append(text, CALL "\n");
		g_string_append_printf(expected, "%u plain " CALL "\n", ++number);
	}
	g_string_append(text, "> prompt\n> " CALL "\n> > x\n");
	g_string_append_printf(expected, "%u plain > prompt\n%u> " CALL "\n%u>> x\n", number + 1,
			       number + 2, number + 3);
	assert_undone(text->str, expected->str);
}

static void test_collapsed(void)
{
	assert_undone("Hi. I see this. > > Before the patch: > > " CALL " > > " NEXT
		      " > After: >30295 14:47:08.057412 ioctl(25, KVM_CREATE_VCPU, 0) = 28 "
		      "<0.025182> Bye\n",
		      "1 Hi.\n1 I see this.\n1 Before the patch:\n1 " CALL "\n1 " NEXT
		      "\n1 After:\n1 30295 14:47:08.057412 ioctl(25, KVM_CREATE_VCPU, 0) = 28 "
		      "<0.025182>\n"
		      "1 Bye\n");
}

static void test_collapsed_wrapped(void)
{
	assert_undone(
		"Before: > 45726 14:45:32.914330 ioctl(25, KVM_SET_USER_MEMORY_REGION, {slot=0, > "
		"flags=0, memory_size=65536}) = > 0   <0.003750> > 45726 14:45:33.000000 write(1, "
		"\"a > b\", 5) = 5\n",
		"1 Before:\n1 45726 14:45:32.914330 ioctl(25, KVM_SET_USER_MEMORY_REGION, {slot=0, "
		"flags=0, memory_size=65536}) = 0 <0.003750>\n1 45726 14:45:33.000000 write(1, \"a "
		"> "
		"b\", 5) = 5\n");
}

static void test_collapsed_halves(void)
{
	assert_undone(
		"45726 14:45:32.914330 ioctl(25, KVM_RUN <unfinished ...> > 45727 14:45:32.914400 "
		"close(3) = 0 <0.000010> > 45726 14:45:32.914500 <... ioctl resumed>, 0) = 0 "
		"<0.000170>"
		" > [pid 7] close(4) = -1 EBADF (Bad file descriptor) <0.1>\n",
		"1 45726 14:45:32.914330 ioctl(25, KVM_RUN <unfinished ...>\n"
		"1 45727 14:45:32.914400 close(3) = 0 <0.000010>\n"
		"1 45726 14:45:32.914500 <... ioctl resumed>, 0) = 0 <0.000170>\n"
		"1 [pid 7] close(4) = -1 EBADF (Bad file descriptor) <0.1>\n");
}

static void test_oversized(void)
{
	g_autofree char *filler = g_strnfill(200, 'x');
	g_autofree char *text = g_strdup_printf("> " CALL "\n%s\n> " NEXT "\n", filler);
	g_autofree char *undone = undo_bytes(text, strlen(text), 100);

	g_assert_cmpstr(undone, ==, "1> " CALL "\n2 (oversized)\n3> " NEXT "\n");
}

/* Lines without end, in a transfer encoding: memory stays bounded, the rest is read. */
static void test_endless_soft_breaks(void)
{
	g_autoptr(GString) text =
		g_string_new(HEADER "Content-Transfer-Encoding: quoted-printable\n\n");
	g_autofree char *undone = NULL;

	for (unsigned int i = 0; i < 100; i++)
		g_string_append(text, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx=\n");
	g_string_append(text, "\n" CALL "\n");
	undone = undo_bytes(text->str, text->len, 100);
	g_assert_cmpstr(undone, ==, "7 (oversized)\n108 " CALL "\nown 6\n");
}

static void test_endless_header(void)
{
	g_autoptr(GString) text = g_string_new("From: a\nTo: b\n");

	for (unsigned int i = 0; i < 5000; i++)
		g_string_append(text, " more of it\n");
	g_string_append(text, "\n" CALL "\n");
	assert_undone(text->str, "5004 " CALL "\nown 5003\n");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/pasted-text/plain", test_plain_log_is_untouched);
	g_test_add_func("/pasted-text/plain-long-line", test_long_line_of_plain_log);
	g_test_add_func("/pasted-text/quotes", test_quotes);
	g_test_add_func("/pasted-text/other-tracers", test_other_tracers);
	g_test_add_func("/pasted-text/wrapped", test_wrapped_calls_stay_in_pieces);
	g_test_add_func("/pasted-text/indented", test_indented);
	g_test_add_func("/pasted-text/no-break-spaces", test_no_break_spaces);
	g_test_add_func("/pasted-text/html-entities", test_html_entities);
	g_test_add_func("/pasted-text/html-page", test_html_page);
	g_test_add_func("/pasted-text/mail", test_mail);
	g_test_add_func("/pasted-text/quoted-printable", test_mail_in_quoted_printable);
	g_test_add_func("/pasted-text/quoted-printable-without-header",
			test_quoted_printable_without_header);
	g_test_add_func("/pasted-text/base64", test_mail_in_base64);
	g_test_add_func("/pasted-text/alternative", test_mail_says_it_twice);
	g_test_add_func("/pasted-text/mailbox", test_mailbox);
	g_test_add_func("/pasted-text/mail-in-a-mail", test_mail_in_a_mail);
	g_test_add_func("/pasted-text/paste-after-plain", test_paste_after_plain_log);
	g_test_add_func("/pasted-text/collapsed", test_collapsed);
	g_test_add_func("/pasted-text/collapsed-wrapped", test_collapsed_wrapped);
	g_test_add_func("/pasted-text/collapsed-halves", test_collapsed_halves);
	g_test_add_func("/pasted-text/oversized", test_oversized);
	g_test_add_func("/pasted-text/endless-soft-breaks", test_endless_soft_breaks);
	g_test_add_func("/pasted-text/endless-header", test_endless_header);
	return g_test_run();
}
