/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/span-take.h"

#include "traces/trace-line.h"

#include <glib.h>

#define DIGITS_MAX 10
#define DECIMALS_MAX 9

bool gs_span_take_digits(GsSpan *text, int64_t *number, unsigned int *count)
{
	int64_t sum = 0;
	size_t at = 0;

	for (; at < text->length && g_ascii_isdigit(text->text[at]); at++) {
		if (at == DIGITS_MAX)
			return false;
		sum = sum * 10 + (text->text[at] - '0');
	}
	if (at == 0)
		return false;
	*text = gs_span_drop(*text, at);
	*number = sum;
	*count = (unsigned int)at;
	return true;
}

bool gs_span_take_time(GsSpan *text, int64_t unit_ns, int64_t *ns, int64_t *resolution_ns)
{
	int64_t whole, decimals = 0, step_ns = unit_ns;
	unsigned int count;
	GsSpan at = *text;

	if (!gs_span_take_digits(&at, &whole, &count) || whole > GS_TRACE_TIME_MAX_NS / unit_ns - 1)
		return false;
	if (gs_span_take_byte(&at, '.')) {
		if (!gs_span_take_digits(&at, &decimals, &count) || count > DECIMALS_MAX)
			return false;
		for (; count > 0 && step_ns >= 10; count--)
			step_ns /= 10;
		/* digits below a nanosecond */
		for (; count > 0; count--)
			decimals /= 10;
	}
	*ns = whole * unit_ns + decimals * step_ns;
	*resolution_ns = step_ns;
	*text = at;
	return true;
}
