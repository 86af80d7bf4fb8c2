/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/span-take.h"

#include "traces/trace-line.h"

#define DECIMALS_MAX 9

static const int64_t powers_of_ten[DECIMALS_MAX + 1] = {
	1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000,
};

bool gs_span_take_time(GsSpan *text, int64_t unit_ns, int64_t *ns, int64_t *resolution_ns)
{
	int64_t whole, decimals = 0, step_ns = unit_ns;
	unsigned int count;
	GsSpan at = *text;

	if (!gs_span_take_digits(&at, &whole, &count) ||
	    whole > GS_TRACE_TIME_MAX_NS / unit_ns - 1)
		return false;
	if (gs_span_take_byte(&at, '.')) {
		int64_t parts;

		if (!gs_span_take_digits(&at, &decimals, &count) || count > DECIMALS_MAX)
			return false;
		parts = powers_of_ten[count];
		/* digits below a nanosecond are none of ours */
		if (parts > unit_ns) {
			decimals /= parts / unit_ns;
			parts = unit_ns;
		}
		step_ns = unit_ns / parts;
	}
	*ns = whole * unit_ns + decimals * step_ns;
	*resolution_ns = step_ns;
	*text = at;
	return true;
}
