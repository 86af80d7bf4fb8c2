/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The nesting of strace's argument text: strings, brackets, comments and the
 * <...> behind descriptors. Whoever looks for a comma, a closing bracket or an
 * equals sign in a line goes through here, so that one inside a string is never
 * taken for one of the call.
 */
#ifndef GS_STRACE_TEXT_H
#define GS_STRACE_TEXT_H

#include "traces/span.h"

/* Brackets nested deeper than this are not strace's. */
#define GS_STRACE_DEPTH_MAX 64

typedef enum {
	GS_LIST_CLOSED,          /* at the bracket that closes the list */
	GS_LIST_COMMA,           /* at a comma of the list itself */
	GS_LIST_INTERRUPTED,     /* at "<unfinished ...>" or the like */
	GS_LIST_ENDED,           /* the text ends inside the list */
	GS_LIST_ENDED_IN_STRING, /* likewise, and inside a string or comment of it */
	GS_LIST_BROKEN,          /* brackets that do not match */
} GsListStop;

/* Of the name of a call, a member or a request. */
static inline bool gs_is_name_byte(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') ||
	       (byte >= 'A' && byte <= 'Z') || byte == '_';
}

/*
 * Walk a list from @at, just behind its opening bracket, to what ends it; @stop
 * is set to where that is. Commas stop the walk only if @commas.
 */
GsListStop gs_strace_walk_list(const char *at, const char *end, bool commas, const char **stop);

/* Behind the <...> that opens at @at, or NULL if it is not one or does not end. */
const char *gs_strace_skip_decoration(const char *at, const char *end);

/*
 * Take the next item off a comma-separated @list (the text inside the
 * brackets), without surrounding blanks. Returns false when there is none left.
 */
bool gs_strace_next_item(GsSpan *list, GsSpan *item);

/* The inside of "{...}" or "[...]", or false if @value is not bracketed by @open. */
bool gs_strace_inside(GsSpan value, char open, GsSpan *inside);

/* Split "name=value", as struct members and strace -N print it; false: no name. */
bool gs_strace_split_member(GsSpan item, GsSpan *name, GsSpan *value);

/* @value without a trailing comment; the comment's text in @comment, or empty. */
GsSpan gs_strace_strip_comment(GsSpan value, GsSpan *comment);

/* Read all of @value as a number: decimal, 0x hexadecimal, 0 octal, signs allowed. */
bool gs_strace_number(GsSpan value, int64_t *number);

#endif
