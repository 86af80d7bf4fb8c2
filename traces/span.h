/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A stretch of somebody else's text: no copy, no terminating NUL.
 */
#ifndef GS_SPAN_H
#define GS_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct {
	const char *text; /* borrowed */
	size_t length;
} GsSpan;

static inline GsSpan gs_span(const char *text, const char *end)
{
	return (GsSpan){ .text = text, .length = (size_t)(end - text) };
}

static inline GsSpan gs_span_string(const char *string)
{
	return (GsSpan){ .text = string, .length = strlen(string) };
}

static inline bool gs_span_equals(GsSpan span, const char *string)
{
	return span.length == strlen(string) && memcmp(span.text, string, span.length) == 0;
}

/* As strcmp(). */
static inline int gs_span_compare(GsSpan span, const char *string)
{
	const size_t length = strlen(string);
	const int order = memcmp(span.text, string, span.length < length ? span.length : length);

	return order ? order : (span.length > length) - (span.length < length);
}

static inline bool gs_span_has_prefix(GsSpan span, const char *prefix)
{
	size_t length = strlen(prefix);

	return span.length >= length && memcmp(span.text, prefix, length) == 0;
}

/* @span without its first @count bytes; all of them if it has fewer. */
static inline GsSpan gs_span_drop(GsSpan span, size_t count)
{
	if (count > span.length)
		count = span.length;
	return (GsSpan){ .text = span.text + count, .length = span.length - count };
}

static inline bool gs_is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

static inline bool gs_is_blank(char byte)
{
	return byte == ' ' || byte == '\t';
}

static inline GsSpan gs_span_trim(GsSpan span)
{
	const char *begin = span.text, *end = begin + span.length;

	while (begin < end && gs_is_blank(*begin))
		begin++;
	while (begin < end && gs_is_blank(end[-1]))
		end--;
	return gs_span(begin, end);
}

/* Whether it holds nothing but blanks. */
static inline bool gs_span_is_blank(GsSpan span)
{
	const char *at = span.text, *end = at + span.length;

	while (at < end && gs_is_blank(*at))
		at++;
	return at == end;
}

#endif
