/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Taking things off the front of a span. What is not there, or does not fit, is
 * left where it is: false, and the span and the result are as they were. Those that
 * skip return what is behind, so that what is scanned most stays in registers.
 */
#ifndef GS_SPAN_TAKE_H
#define GS_SPAN_TAKE_H

#include "traces/span.h"

static inline bool gs_span_take_byte(GsSpan *text, char byte)
{
	if (!text->length || *text->text != byte)
		return false;
	*text = gs_span(text->text + 1, text->text + text->length);
	return true;
}

static inline bool gs_span_take_word(GsSpan *text, const char *word)
{
	if (!gs_span_has_prefix(*text, word))
		return false;
	*text = gs_span(text->text + strlen(word), text->text + text->length);
	return true;
}

/* Behind the blanks at @at. */
static inline const char *gs_skip_blanks(const char *at, const char *end)
{
	while (at < end && *at == ' ')
		at++;
	return at;
}

/* How many blanks there were. */
static inline size_t gs_span_take_blanks(GsSpan *text)
{
	const char *begin = text->text, *end = begin + text->length;
	const char *at = gs_skip_blanks(begin, end);

	*text = gs_span(at, end);
	return (size_t)(at - begin);
}

#define GS_SPAN_DIGITS_MAX 10

/* Behind the decimal digits at @at; NULL: there are none, or more than GS_SPAN_DIGITS_MAX. */
static inline const char *gs_skip_digits(const char *at, const char *end, int64_t *number)
{
	const char *begin = at;
	int64_t sum = 0;

	if (end - at > GS_SPAN_DIGITS_MAX + 1)
		end = at + GS_SPAN_DIGITS_MAX + 1;
	for (; at < end; at++) {
		const uint64_t digit = (uint64_t)(unsigned char)*at - '0';

		if (digit > 9)
			break;
		sum = sum * 10 + (int64_t)digit;
	}
	*number = sum;
	return at > begin && at - begin <= GS_SPAN_DIGITS_MAX ? at : NULL;
}

/* Up to GS_SPAN_DIGITS_MAX decimal digits; @count is set to how many. */
static inline bool gs_span_take_digits(GsSpan *text, int64_t *number, unsigned int *count)
{
	const char *begin = text->text, *end = begin + text->length;
	const char *behind;
	int64_t sum;

	behind = gs_skip_digits(begin, end, &sum);
	if (!behind)
		return false;
	*text = gs_span(behind, end);
	*number = sum;
	*count = (unsigned int)(behind - begin);
	return true;
}

/*
 * "12" or "12.345" with up to nine decimals, in units of @unit_ns, as nanoseconds;
 * returns what is behind it, or NULL. @resolution_ns is set to what the last digit
 * stands for, 1 at least. Values above GS_TRACE_TIME_MAX_NS do not fit.
 */
const char *gs_skip_time(const char *at, const char *end, int64_t unit_ns, int64_t *ns,
			 int64_t *resolution_ns);

/* As above. */
static inline bool gs_span_take_time(GsSpan *text, int64_t unit_ns, int64_t *ns,
				     int64_t *resolution_ns)
{
	const char *end = text->text + text->length;
	const char *behind = gs_skip_time(text->text, end, unit_ns, ns, resolution_ns);

	if (!behind)
		return false;
	*text = gs_span(behind, end);
	return true;
}

#endif
