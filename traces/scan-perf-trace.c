/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What perf trace prints: "  0.123 ( 0.289 ms): fc_vcpu 3/123 ioctl(fd: 4, cmd: KVM_RUN) = 0".
 * Lines are put in strace's words: "ioctl(4, KVM_RUN, 0) = 0 <0.000289>".
 */
#include <inttypes.h>

#include "traces/kernel-value.h"
#include "traces/perf-frame.h"
#include "traces/span-take.h"
#include "traces/strace-scan.h"
#include "traces/strace-text.h"
#include "traces/trace-scanner.h"

#define NS_PER_SECOND INT64_C(1000000000)
#define NS_PER_MS INT64_C(1000000)

/* perf prints no more of a thread's name. */
#define COMM_BYTES_MAX 14

static size_t name_length(GsSpan text)
{
	size_t length = 0;

	while (length < text.length && gs_is_name_byte(text.text[length]))
		length++;
	return length;
}

static void append(GString *out, GsSpan text)
{
	g_string_append_len(out, text.text, (gssize)text.length);
}

/* --- what stands before the call --- */

/* "   4.902 ", or "  ? " if the beginning of the call was lost */
static bool take_stamp(GsSpan *text, GsTracePrefix *prefix)
{
	int64_t ns, resolution_ns;

	gs_span_take_blanks(text);
	if (gs_span_take_word(text, "? "))
		return true;
	if (!gs_span_take_time(text, NS_PER_MS, &ns, &resolution_ns) ||
	    resolution_ns == NS_PER_MS || !gs_span_take_byte(text, ' '))
		return false;
	prefix->stamp = GS_STAMP_UPTIME;
	prefix->stamp_ns = ns;
	prefix->resolution_ns = resolution_ns;
	return true;
}

/* "( 0.289 ms): ", or "(         ): " of a call whose end is not known yet */
static bool take_duration(GsSpan *text, int64_t *duration_ns)
{
	int64_t resolution_ns;

	*duration_ns = -1;
	if (!gs_span_take_byte(text, '('))
		return false;
	if (gs_span_take_blanks(text) >= 9)
		return gs_span_take_word(text, "): ");
	return gs_span_take_time(text, NS_PER_MS, duration_ns, &resolution_ns) &&
	       gs_span_take_word(text, " ms): ");
}

/* "[002] " */
static void take_cpu(GsSpan *text)
{
	unsigned int count;
	GsSpan at = *text;
	int64_t cpu;

	if (gs_span_take_byte(&at, '[') && gs_span_take_digits(&at, &cpu, &count) &&
	    gs_span_take_word(&at, "] "))
		*text = at;
}

static bool take_tid(GsSpan *text, int32_t *tid)
{
	unsigned int count;
	int64_t number;

	if (!gs_span_take_digits(text, &number, &count) || number > INT32_MAX ||
	    !gs_span_take_byte(text, ' '))
		return false;
	*tid = (int32_t)number;
	return true;
}

/*
 * "fc_vcpu 3/123 ", "123 " or, of a single thread, nothing. The name may be
 * anything, a '/' included: the last that a number follows counts.
 */
static void take_thread(GsSpan *text, GsTracePrefix *prefix)
{
	for (size_t i = MIN(text->length, COMM_BYTES_MAX + 1); i > 0; i--) {
		GsSpan at = gs_span_drop(*text, i);

		if (text->text[i - 1] == '/' && take_tid(&at, &prefix->tid)) {
			*text = at;
			return;
		}
	}
	take_tid(text, &prefix->tid);
}

/* --- arguments --- */

/* Words that perf prints without the beginning they all have. */
static void append_flags(GString *out, GsSpan flags, const char *beginning)
{
	bool first = true;

	for (const char *end = flags.text + flags.length; flags.length;) {
		const char *bar = memchr(flags.text, '|', flags.length);
		GsSpan word = gs_span(flags.text, bar ? bar : end);

		g_string_append(out, first ? "" : "|");
		if (g_ascii_isupper(*word.text) && !gs_span_has_prefix(word, beginning))
			g_string_append(out, beginning);
		append(out, word);
		flags = bar ? gs_span(bar + 1, end) : gs_span(end, end);
		first = false;
	}
}

/*
 * A request perf has no name for: "(READ|WRITE, 0xae, 0xf1, 0x8)", or of a type it
 * knows "(0xae, 0xf1, 0x3)", where the direction is last and the size missing.
 */
static void append_request(GString *out, GsSpan request)
{
	static const char *const directions[] = {
		"_IOC_NONE",
		"_IOC_WRITE",
		"_IOC_READ",
		"_IOC_READ|_IOC_WRITE",
	};
	GsSpan list, first, number, direction;
	int64_t bits;

	if (!gs_strace_inside(request, '(', &list) || !gs_strace_next_item(&list, &first)) {
		append(out, request);
		return;
	}
	g_string_append(out, "_IOC(");
	if (gs_strace_next_item(&list, &number) && gs_strace_next_item(&list, &direction) &&
	    !list.length && gs_strace_number(direction, &bits) && bits >= 0 && bits < 4) {
		g_string_append_printf(out, "%s, ", directions[bits]);
		append(out, first);
		g_string_append(out, ", ");
		append(out, number);
		g_string_append(out, ", ???");
	} else {
		append_flags(out, first, "_IOC_");
		append(out, gs_span(first.text + first.length, request.text + request.length - 1));
	}
	g_string_append_c(out, ')');
}

/* Split "fd: 4"; false: there is no name, as perf's trace.show_arg_names=no has it. */
static bool split_argument(GsSpan item, GsSpan *name, GsSpan *value)
{
	size_t length = name_length(item);

	*name = gs_span(item.text, item.text + length);
	*value = gs_span_drop(item, length);
	if (length && gs_span_take_word(value, ": "))
		return true;
	*value = item;
	return false;
}

static void append_argument(GString *out, GsSpan call, GsSpan name, GsSpan value)
{
	if (gs_span_equals(name, "clone_flags")) {
		g_string_append(out, "flags=");
		append_flags(out, value, "CLONE_");
	} else if (gs_span_equals(call, "fcntl") && gs_span_equals(name, "cmd")) {
		append_flags(out, value, "F_");
	} else if (value.length && *value.text == '/') {
		g_string_append_c(out, '"');
		append(out, value);
		g_string_append_c(out, '"');
	} else {
		append(out, value);
	}
}

static void append_arguments(GString *out, GsSpan call, GsSpan list)
{
	const char *separator = "";
	GsSpan item, name, value;

	while (gs_strace_next_item(&list, &item)) {
		split_argument(item, &name, &value);
		g_string_append(out, separator);
		append_argument(out, call, name, value);
		separator = ", ";
	}
}

/* What is zero perf leaves out, so each goes to its place by name. */
static void append_ioctl_arguments(GString *out, GsSpan list)
{
	static const char *const names[] = { "fd", "cmd", "arg" };
	GsSpan places[] = { gs_span_string("0"), gs_span_string("0"), gs_span_string("0") };
	GsSpan item, name, value;

	for (unsigned int i = 0; i < G_N_ELEMENTS(places); i++) {
		unsigned int place = i;

		if (!gs_strace_next_item(&list, &item))
			break;
		if (split_argument(item, &name, &value)) {
			for (place = 0; place < G_N_ELEMENTS(names) - 1; place++) {
				if (gs_span_equals(name, names[place]))
					break;
			}
		}
		places[place] = value;
	}
	append(out, places[0]);
	g_string_append(out, ", ");
	append_request(out, places[1]);
	g_string_append(out, ", ");
	append(out, places[2]);
}

/* --- results --- */

/* "-1 (unknown) (Unknown error 516)": perf's library does not know the kernel's own errors */
static bool append_unknown_error(GString *out, GsSpan note)
{
	unsigned int count;
	int64_t number;

	if (!gs_span_take_word(&note, "(unknown) "))
		return false;
	while (note.length && !g_ascii_isdigit(*note.text))
		note = gs_span_drop(note, 1);
	if (!gs_span_take_digits(&note, &number, &count))
		return false;
	gs_kernel_value_append_return(out, -number);
	return true;
}

/*
 * What stands behind the "=": "28", "4</dev/kvm>", "-1 EINVAL (Invalid argument)",
 * "123 (comm)", flags in words, or nothing at all.
 */
static void append_result(GString *out, GsSpan text)
{
	const char *end = text.text + text.length, *behind, *stop;
	const char *begin = text.text;
	size_t length = 0;
	GsSpan note;
	int64_t value;

	while (length < text.length && (g_ascii_isalnum(begin[length]) || begin[length] == '-'))
		length++;
	if (!gs_strace_number(gs_span(begin, begin + length), &value)) {
		g_string_append_c(out, '?');
		if (length) {
			g_string_append(out, " (");
			append(out, text);
			g_string_append_c(out, ')');
		}
		return;
	}
	behind = gs_strace_skip_decoration(begin + length, end);
	note = gs_span_trim(gs_span(behind ? behind : begin + length, end));
	if (value == -1 && append_unknown_error(out, note))
		return;
	append(out, gs_span(begin, behind ? behind : begin + length));
	length = name_length(note);
	if (length) {
		g_string_append_c(out, ' ');
		append(out, gs_span(note.text, note.text + length));
		note = gs_span_trim(gs_span_drop(note, length));
	}
	/* a thread's name may have brackets of its own, and is a comment only */
	if (gs_span_take_byte(&note, '(') &&
	    gs_strace_walk_list(note.text, end, false, &stop) == GS_LIST_CLOSED &&
	    stop == note.text + note.length - 1) {
		g_string_append(out, " (");
		append(out, note);
	}
}

static void append_end(GString *out, GsSpan result, int64_t duration_ns)
{
	g_string_append(out, ") = ");
	append_result(out, result);
	if (duration_ns >= 0)
		g_string_append_printf(out, " <%" PRId64 ".%09d>", duration_ns / NS_PER_SECOND,
				       (int)(duration_ns % NS_PER_SECOND));
}

/* --- lines --- */

/* "    = 28" */
static bool take_result(GsSpan *text)
{
	return gs_span_take_blanks(text) > 0 && gs_span_take_byte(text, '=') &&
	       (gs_span_take_blanks(text) > 0 || text->length == 0);
}

/* " ... [continued]: ioctl())   = 0" */
static bool translate_resumed(GsSpan text, int64_t duration_ns, GString *out)
{
	size_t length = name_length(text);
	GsSpan name = gs_span(text.text, text.text + length);

	text = gs_span_drop(text, length);
	if (!length || !gs_span_take_word(&text, "())") || !take_result(&text))
		return false;
	g_string_append(out, "<... ");
	append(out, name);
	g_string_append(out, " resumed>");
	append_end(out, text, duration_ns);
	return true;
}

/* "ioctl(fd: 4, cmd: KVM_RUN)   = 0", or "   ..." if something came between */
static bool translate_call(GsSpan text, int64_t duration_ns, GString *out)
{
	const char *end = text.text + text.length, *stop;
	size_t length = name_length(text);
	GsSpan name = gs_span(text.text, text.text + length), args;
	GsListStop why;
	bool whole;

	text = gs_span_drop(text, length);
	if (!length || !gs_span_take_byte(&text, '('))
		return false;
	why = gs_strace_walk_list(text.text, end, false, &stop);
	whole = why == GS_LIST_CLOSED && *stop == ')';
	if (!whole && why != GS_LIST_ENDED && why != GS_LIST_ENDED_IN_STRING)
		return false;
	args = gs_span(text.text, stop);
	append(out, name);
	g_string_append_c(out, '(');
	if (whole && gs_span_equals(name, "ioctl"))
		append_ioctl_arguments(out, args);
	else
		append_arguments(out, name, args);
	if (!whole)
		return true;
	text = gs_span(stop + 1, end);
	if (gs_span_equals(gs_span_trim(text), "..."))
		g_string_append(out, " <unfinished ...>");
	else if (take_result(&text))
		append_end(out, text, duration_ns);
	else
		g_string_append_c(out, ')');
	return true;
}

/* What is no call: "minfault [...] => ...", "probe:kvm_init(...)" */
static bool is_other_event(GsSpan text)
{
	size_t length = name_length(text);

	if (gs_span_has_prefix(text, "minfault [") || gs_span_has_prefix(text, "majfault ["))
		return true;
	text = gs_span_drop(text, length);
	return length > 0 && gs_span_take_byte(&text, ':') && text.length &&
	       gs_is_name_byte(*text.text);
}

static GsLineKind scan_event(GsSpan text, int64_t duration_ns, GsTracePrefix *prefix,
			     GsTraceLine *line, GString *scratch)
{
	bool resumed = gs_span_take_word(&text, " ... [continued]: ");

	if (resumed ? !translate_resumed(text, duration_ns, scratch)
		    : !translate_call(text, duration_ns, scratch))
		return is_other_event(text) ? GS_LINE_OTHER : GS_LINE_UNKNOWN;
	gs_strace_scan_body(gs_span(scratch->str, scratch->str + scratch->len), line);
	/* perf stamps both halves with the beginning, strace the second with the end */
	if (line->kind == GS_LINE_RESUMED && prefix->stamp != GS_STAMP_NONE && duration_ns >= 0)
		prefix->stamp_ns = MIN(prefix->stamp_ns + duration_ns, GS_TRACE_TIME_MAX_NS);
	return line->kind;
}

/* "LOST 12 events!", and the stack of the call above, far to the right */
static bool is_not_an_event(GsSpan text)
{
	unsigned int count;
	int64_t number;

	if (gs_span_take_word(&text, "LOST "))
		return gs_span_take_digits(&text, &number, &count) &&
		       gs_span_equals(text, " events!");
	return gs_span_take_blanks(&text) >= 30 && gs_perf_is_frame(text);
}

static GsLineKind scan(GsSpan text, GsTracePrefix *prefix, GsTraceLine *line, GString *scratch)
{
	int64_t duration_ns;
	GsSpan at = text;

	*prefix = (GsTracePrefix){ .tid = -1, .gap_ns = -1 };
	gs_trace_line_init(line);
	if (!take_stamp(&at, prefix) || !take_duration(&at, &duration_ns)) {
		*prefix = (GsTracePrefix){ .tid = -1, .gap_ns = -1 };
		return line->kind = is_not_an_event(text) ? GS_LINE_OTHER : GS_LINE_UNKNOWN;
	}
	take_cpu(&at);
	take_thread(&at, prefix);
	return line->kind = scan_event(at, duration_ns, prefix, line, scratch);
}

const GsTraceScanner gs_scan_perf_trace = { .name = "perf trace", .scan = scan };
