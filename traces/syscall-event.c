/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/syscall-event.h"

#include <inttypes.h>

#include "traces/kernel-value.h"
#include "traces/probe-event.h"
#include "traces/span-take.h"
#include "traces/strace-scan.h"
#include "traces/strace-text.h"
#include "traces/trace-scanner.h"

static void append(GString *out, GsSpan text)
{
	g_string_append_len(out, text.text, (gssize)text.length);
}

static bool is_descriptor(GsSpan name)
{
	static const char *const names[] = { "fd", "dfd", "fildes", "oldfd", "newfd" };

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		if (gs_span_equals(name, names[i]))
			return true;
	}
	return false;
}

/*
 * One argument in strace's words: a descriptor is a signed number, others are
 * hexadecimal, and a string that the kernel read is told instead of its address.
 */
static void append_value(GString *out, GsSpan name, GsSpan value)
{
	const char *end = value.text + value.length, *blank = memchr(value.text, ' ', value.length);
	GsSpan first = gs_span(value.text, blank ? blank : end), rest;
	uint64_t number;

	rest = gs_span_drop(value, first.length + 1);
	if (!gs_kernel_value_read(first, &number)) {
		append(out, value);
	} else if (rest.length && *rest.text == '"') {
		append(out, rest);
	} else if (is_descriptor(name)) {
		g_string_append_printf(out, "%d", (int)(int32_t)number);
	} else {
		g_string_append_printf(out, number < 10 ? "%" PRIu64 : "0x%" PRIx64, number);
	}
}

/* "fd: 0x19, cmd: 0xae41, arg: 0x00"; types may stand before the names */
static void append_arguments(GString *out, GsSpan list)
{
	const char *separator = "";
	GsSpan item;

	while (gs_strace_next_item(&list, &item)) {
		const char *end = item.text + item.length;
		const char *colon = memchr(item.text, ':', item.length), *begin = colon;
		GsSpan name = gs_span_string("");

		if (colon) {
			while (begin > item.text && gs_is_name_byte(begin[-1]))
				begin--;
			name = gs_span(begin, colon);
		}
		g_string_append(out, separator);
		append_value(out, name, name.length ? gs_span_trim(gs_span(colon + 1, end)) : item);
		separator = ", ";
	}
}

/* On x86-64, and on those whose numbers are the common ones, such as arm64 and riscv. */
static bool is_ioctl_number(int64_t number)
{
	return number == 16 || number == 29;
}

static void append_numbered_name(GString *out, int64_t number)
{
	if (is_ioctl_number(number))
		g_string_append(out, "ioctl");
	else
		g_string_append_printf(out, "syscall_%" PRId64, number);
}

/* "NR 16 (19, ae41, 0, 0, 0, 0)": always six, whatever the call takes */
static bool enter_numbered(GsSpan text, GString *out)
{
	GsSpan list, item, fd = gs_span_string("fd"), none = gs_span_string("");
	unsigned int count;
	int64_t number;
	bool is_ioctl;

	if (!gs_span_take_word(&text, "NR ") || !gs_span_take_digits(&text, &number, &count) ||
	    !gs_span_take_byte(&text, ' ') || !gs_strace_inside(text, '(', &list))
		return false;
	is_ioctl = is_ioctl_number(number);
	append_numbered_name(out, number);
	g_string_append_c(out, '(');
	for (unsigned int i = 0; i < (is_ioctl ? 3 : 6) && gs_strace_next_item(&list, &item); i++) {
		g_string_append(out, i ? ", " : "");
		append_value(out, is_ioctl && i == 0 ? fd : none, item);
	}
	return true;
}

/* "NR 16 = 28" */
static bool exit_numbered(GsSpan text, GString *out)
{
	unsigned int count;
	int64_t number, value;

	if (!gs_span_take_word(&text, "NR ") || !gs_span_take_digits(&text, &number, &count) ||
	    !gs_span_take_word(&text, " = ") || !gs_strace_number(text, &value))
		return false;
	g_string_append(out, "<... ");
	append_numbered_name(out, number);
	g_string_append(out, " resumed>) = ");
	gs_kernel_value_append_return(out, value);
	return true;
}

/* Leaving never comes back, so its beginning is all there is of it. */
static bool is_exit(GsSpan name)
{
	return gs_span_equals(name, "exit") || gs_span_equals(name, "exit_group");
}

static bool enter_named(GsSpan name, GsSpan list, GString *out)
{
	if (!name.length)
		return false;
	append(out, name);
	g_string_append_c(out, '(');
	append_arguments(out, list);
	g_string_append(out, is_exit(name) ? ") = ?" : "");
	return true;
}

static bool exit_named(GsSpan name, GsSpan value, GString *out)
{
	uint64_t number;

	if (!name.length || !gs_kernel_value_read(value, &number))
		return false;
	g_string_append(out, "<... ");
	append(out, name);
	g_string_append(out, " resumed>) = ");
	gs_kernel_value_append_return(out, (int64_t)number);
	return true;
}

/* "syscalls:sys_enter_ioctl": the name without the group before it */
static bool take_event_name(GsSpan *text, GsSpan *name)
{
	size_t length;

	for (;;) {
		length = 0;
		while (length < text->length && gs_is_name_byte(text->text[length]))
			length++;
		if (length == 0)
			return false;
		if (length + 1 >= text->length || text->text[length] != ':' ||
		    !gs_is_name_byte(text->text[length + 1]))
			break;
		*text = gs_span_drop(*text, length + 1);
	}
	*name = gs_span(text->text, text->text + length);
	*text = gs_span_drop(*text, length);
	return true;
}

/*
 * Put @event in strace's words in @out. GS_LINE_OTHER: it is none of those that
 * matter; GS_LINE_UNKNOWN: it should be, but is not printed as they are.
 */
static GsLineKind translate(GsSpan event, GString *out)
{
	GsSpan name, list, call;
	bool understood;

	if (!take_event_name(&event, &name))
		return GS_LINE_OTHER;
	call = name;
	if (!gs_span_take_word(&call, "sys_")) {
		return gs_span_take_byte(&event, ':') &&
				       gs_probe_event_translate(name, gs_span_trim(event), out)
			       ? GS_LINE_COMPLETE
			       : GS_LINE_OTHER;
	}
	if (gs_span_take_word(&event, " -> ")) {
		/* as the kernel prints them: "sys_ioctl(fd: 19, ...)", "sys_ioctl -> 0x1c" */
		understood = exit_named(call, event, out);
	} else if (gs_span_has_prefix(event, "(")) {
		understood = gs_strace_inside(event, '(', &list) && enter_named(call, list, out);
	} else {
		if (!gs_span_take_byte(&event, ':'))
			return GS_LINE_OTHER;
		event = gs_span_trim(event);
		if (gs_span_equals(call, "enter"))
			understood = enter_numbered(event, out);
		else if (gs_span_equals(call, "exit"))
			understood = exit_numbered(event, out);
		else if (gs_span_take_word(&call, "enter_"))
			understood = enter_named(call, event, out);
		else
			understood =
				gs_span_take_word(&call, "exit_") && exit_named(call, event, out);
	}
	return understood ? GS_LINE_COMPLETE : GS_LINE_UNKNOWN;
}

GsLineKind gs_syscall_event_scan(GsSpan event, GsTraceLine *line, GString *scratch)
{
	gs_trace_line_init(line);
	line->kind = translate(event, scratch);
	if (line->kind != GS_LINE_COMPLETE)
		return line->kind;
	gs_strace_scan_body(gs_span(scratch->str, scratch->str + scratch->len), line);
	/* an entry is a call that goes on */
	if (line->kind == GS_LINE_CUT)
		line->kind = GS_LINE_UNFINISHED;
	line->stamps_are_exact = line->kind == GS_LINE_RESUMED;
	line->layer = gs_probe_event_layer(line->name);
	return line->kind;
}
