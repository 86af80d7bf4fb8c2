/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Taking things off the front of a span. What is not there, or does not fit, is
 * left where it is: false, and the span and the result are as they were.
 */
#ifndef GS_SPAN_TAKE_H
#define GS_SPAN_TAKE_H

#include "traces/span.h"

static inline bool gs_span_take_byte(GsSpan *text, char byte)
{
	if (!text->length || *text->text != byte)
		return false;
	*text = gs_span_drop(*text, 1);
	return true;
}

static inline bool gs_span_take_word(GsSpan *text, const char *word)
{
	if (!gs_span_has_prefix(*text, word))
		return false;
	*text = gs_span_drop(*text, strlen(word));
	return true;
}

/* How many blanks there were. */
static inline size_t gs_span_take_blanks(GsSpan *text)
{
	size_t count = 0;

	while (count < text->length && text->text[count] == ' ')
		count++;
	*text = gs_span_drop(*text, count);
	return count;
}

#define GS_SPAN_DIGITS_MAX 10

/* Up to GS_SPAN_DIGITS_MAX decimal digits; @count is set to how many. */
static inline bool gs_span_take_digits(GsSpan *text, int64_t *number, unsigned int *count)
{
	int64_t sum = 0;
	size_t at = 0;

	for (; at < text->length; at++) {
		unsigned int digit = (unsigned int)(unsigned char)text->text[at] - '0';

		if (digit > 9)
			break;
		if (at == GS_SPAN_DIGITS_MAX)
			return false;
		sum = sum * 10 + digit;
	}
	if (at == 0)
		return false;
	*text = gs_span_drop(*text, at);
	*number = sum;
	*count = (unsigned int)at;
	return true;
}

/*
 * "12" or "12.345" with up to nine decimals, in units of @unit_ns, as nanoseconds.
 * @resolution_ns is set to what the last digit stands for, 1 at least. Values
 * above GS_TRACE_TIME_MAX_NS do not fit.
 */
bool gs_span_take_time(GsSpan *text, int64_t unit_ns, int64_t *ns, int64_t *resolution_ns);

#endif
