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

static inline GsSpan gs_span_trim(GsSpan span)
{
	while (span.length && (*span.text == ' ' || *span.text == '\t'))
		span = gs_span_drop(span, 1);
	while (span.length &&
	       (span.text[span.length - 1] == ' ' || span.text[span.length - 1] == '\t'))
		span.length--;
	return span;
}

#endif
