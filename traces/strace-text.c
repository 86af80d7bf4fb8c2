/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/strace-text.h"

#include <glib.h>

/* Classes of the few bytes a walk has to look at; all others are skipped over. */
enum {
	COMMA = 1,
	QUOTE = 2,
	OPEN = 4,
	CLOSE = 8,
	ANGLE = 16,
	SLASH = 32,
};

static const uint8_t byte_class[256] = {
	[','] = COMMA, ['"'] = QUOTE, ['('] = OPEN,  ['['] = OPEN,  ['{'] = OPEN,
	[')'] = CLOSE, [']'] = CLOSE, ['}'] = CLOSE, ['<'] = ANGLE, ['/'] = SLASH,
};

/* Unclosed angle brackets in one call after which no further one is believed. */
#define VAIN_MAX 8

static bool starts_with(const char *at, const char *end, const char *word)
{
	return gs_span_has_prefix(gs_span(at, end), word);
}

static char closing_bracket(char open)
{
	return open == '(' ? ')' : open == '[' ? ']' : '}';
}

/* Behind the string that opens at @at; NULL: it does not end. */
static const char *skip_string(const char *at, const char *end)
{
	for (at++; at < end && *at != '"'; at++) {
		if (*at == '\\')
			at++;
	}
	return at < end ? at + 1 : NULL;
}

/* Behind the comment that opens at @at; NULL: it does not end. */
static const char *skip_comment(const char *at, const char *end)
{
	const char *star = at + 2;

	while (star < end && (star = memchr(star, '*', (size_t)(end - star)))) {
		star++;
		if (star < end && *star == '/')
			return star + 1;
	}
	return NULL;
}

/*
 * Angle brackets inside a path or a thread's name are escaped by strace, the
 * arrow of a socket's [local->remote] is not: it is the one '>' that closes
 * nothing.
 */
static bool is_arrow(const char *at, const char *end, int square_depth)
{
	return square_depth > 0 && at[-1] == '-' && at + 1 < end &&
	       (g_ascii_isalnum(at[1]) || at[1] == '[' || at[1] == '"' || at[1] == '@');
}

const char *gs_strace_skip_decoration(const char *at, const char *end)
{
	int angle_depth = 0, square_depth = 0;

	if (at >= end || *at != '<')
		return NULL;
	while (at < end) {
		switch (*at) {
		case '\\':
			at++;
			break;
		case '"':
			at = skip_string(at, end);
			if (!at)
				return NULL;
			continue;
		case '[':
			square_depth++;
			break;
		case ']':
			square_depth--;
			break;
		case '<':
			angle_depth++;
			break;
		case '>':
			if (!is_arrow(at, end, square_depth) && --angle_depth == 0)
				return at + 1;
			break;
		default:
			break;
		}
		at++;
	}
	return NULL;
}

/*
 * Behind the '<' at @at and whatever belongs to it; NULL: the call stops here. One
 * that opens nothing costs a look at all that follows: @ret_vain counts those.
 */
static const char *skip_angle(const char *at, const char *begin, const char *end,
			      unsigned int *ret_vain)
{
	const char *behind = NULL;

	if (starts_with(at, end, "<unfinished ...>") || starts_with(at, end, "<detached ...>") ||
	    starts_with(at, end, "<pid changed to "))
		return NULL;
	if (starts_with(at, end, "<<"))
		return at + 2;
	/* a descriptor or pid is decorated, or strace resumes "<... resuming X ...>" */
	if (*ret_vain < VAIN_MAX && (starts_with(at, end, "<...") ||
				     (at > begin && (g_ascii_isalnum(at[-1]) || at[-1] == '_')))) {
		behind = gs_strace_skip_decoration(at, end);
		*ret_vain += behind ? 0 : 1;
	}
	return behind ? behind : at + 1;
}

static inline bool is_of(uint8_t classes, char byte)
{
	return byte_class[(unsigned char)byte] & classes;
}

/* The first byte of @wanted classes; most of what strace prints is between those. */
static inline const char *find_class(const char *at, const char *end, uint8_t wanted)
{
	for (; end - at >= 8; at += 8) {
		if (is_of(wanted, at[0]))
			return at;
		if (is_of(wanted, at[1]))
			return at + 1;
		if (is_of(wanted, at[2]))
			return at + 2;
		if (is_of(wanted, at[3]))
			return at + 3;
		if (is_of(wanted, at[4]))
			return at + 4;
		if (is_of(wanted, at[5]))
			return at + 5;
		if (is_of(wanted, at[6]))
			return at + 6;
		if (is_of(wanted, at[7]))
			return at + 7;
	}
	while (at < end && !is_of(wanted, *at))
		at++;
	return at;
}

GsListStop gs_strace_walk_list(const char *at, const char *end, bool commas, const char **stop)
{
	const uint8_t wanted = QUOTE | OPEN | CLOSE | ANGLE | SLASH | (commas ? COMMA : 0);
	const char *begin = at;
	char closers[GS_STRACE_DEPTH_MAX];
	unsigned int depth = 0, vain = 0;

	for (;;) {
		const char *next;

		at = find_class(at, end, wanted);
		*stop = at;
		if (at >= end)
			return GS_LIST_ENDED;
		next = at + 1;
		switch (byte_class[(unsigned char)*at]) {
		case COMMA:
			if (depth == 0)
				return GS_LIST_COMMA;
			break;
		case QUOTE:
			next = skip_string(at, end);
			break;
		case OPEN:
			if (depth == GS_STRACE_DEPTH_MAX)
				return GS_LIST_BROKEN;
			closers[depth++] = closing_bracket(*at);
			break;
		case CLOSE:
			if (depth == 0)
				return GS_LIST_CLOSED;
			if (closers[--depth] != *at)
				return GS_LIST_BROKEN;
			break;
		case ANGLE:
			next = skip_angle(at, begin, end, &vain);
			if (!next)
				return GS_LIST_INTERRUPTED;
			break;
		case SLASH:
			if (next < end && *next == '*')
				next = skip_comment(at, end);
			break;
		default:
			g_assert_not_reached();
		}
		if (!next) {
			*stop = end;
			return GS_LIST_ENDED_IN_STRING;
		}
		at = next;
	}
}

bool gs_strace_next_item(GsSpan *list, GsSpan *item)
{
	const char *end = list->text + list->length, *stop;
	GsListStop why;

	if (gs_span_trim(*list).length == 0)
		return false;
	why = gs_strace_walk_list(list->text, end, true, &stop);
	/* brackets that do not match: the rest is one item nobody will understand */
	if (why != GS_LIST_COMMA)
		stop = end;
	*item = gs_span_trim(gs_span(list->text, stop));
	*list = why == GS_LIST_COMMA ? gs_span(stop + 1, end) : gs_span(end, end);
	return true;
}

bool gs_strace_inside(GsSpan value, char open, GsSpan *inside)
{
	const char *end = value.text + value.length, *stop;

	if (value.length < 2 || *value.text != open)
		return false;
	if (gs_strace_walk_list(value.text + 1, end, false, &stop) != GS_LIST_CLOSED ||
	    stop + 1 != end || *stop != closing_bracket(open))
		return false;
	*inside = gs_span(value.text + 1, stop);
	return true;
}

bool gs_strace_split_member(GsSpan item, GsSpan *name, GsSpan *value)
{
	size_t at = 0;

	while (at < item.length && (g_ascii_isalnum(item.text[at]) || item.text[at] == '_'))
		at++;
	if (at == 0 || at == item.length || item.text[at] != '=')
		return false;
	*name = gs_span(item.text, item.text + at);
	*value = gs_span_drop(item, at + 1);
	return true;
}

GsSpan gs_strace_strip_comment(GsSpan value, GsSpan *comment)
{
	const char *end = value.text + value.length, *open;

	*comment = gs_span(end, end);
	if (value.length < 4 || end[-1] != '/' || end[-2] != '*')
		return value;
	for (open = end - 4; open >= value.text; open--) {
		if (open[0] == '/' && open[1] == '*') {
			*comment = gs_span_trim(gs_span(open + 2, end - 2));
			return gs_span_trim(gs_span(value.text, open));
		}
	}
	return value;
}

#define DIGITS_SAFE 16

/* 16 and more: @byte is no digit. */
static inline unsigned int digit_value(char byte)
{
	const unsigned int digit = (unsigned int)(unsigned char)byte - '0';
	const unsigned int letter = ((unsigned int)(unsigned char)byte | 0x20) - 'a';

	return digit <= 9 ? digit : letter <= 5 ? letter + 10 : 16;
}

bool gs_strace_number(GsSpan value, int64_t *number)
{
	bool negative = value.length && *value.text == '-';
	unsigned int base = 10;
	uint64_t sum = 0;

	if (negative)
		value = gs_span_drop(value, 1);
	if (gs_span_has_prefix(value, "0x")) {
		base = 16;
		value = gs_span_drop(value, 2);
	} else if (value.length > 1 && *value.text == '0') {
		base = 8;
		value = gs_span_drop(value, 1);
	}
	if (value.length == 0)
		return false;
	for (size_t i = 0; i < value.length; i++) {
		const unsigned int digit = digit_value(value.text[i]);

		if (digit >= base)
			return false;
		/* in no base do that few digits overflow */
		if (i >= DIGITS_SAFE && sum > (UINT64_MAX - digit) / base)
			return false;
		sum = sum * base + digit;
	}
	/* addresses above INT64_MAX keep their bits */
	*number = (int64_t)(negative ? 0 - sum : sum);
	return true;
}
