/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/span-take.h"

#include "traces/trace-line.h"

#include <glib.h>

#define DECIMALS_MAX 9
#define NS_PER_SECOND INT64_C(1000000000)

static const int64_t powers_of_ten[DECIMALS_MAX + 1] = {
	1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000,
};

/* Four to eight bytes as a number, the first byte the lowest; zeros for what is not there. */
static inline uint64_t load_bytes(const char *text, size_t length)
{
	uint64_t bytes;
	uint32_t first, last;

	if (length >= sizeof(bytes)) {
		memcpy(&bytes, text, sizeof(bytes));
		return GUINT64_FROM_LE(bytes);
	}
	/* where the two overlap they are the same */
	memcpy(&first, text, sizeof(first));
	memcpy(&last, text + length - sizeof(last), sizeof(last));
	return GUINT32_FROM_LE(first) |
	       (uint64_t)GUINT32_FROM_LE(last) << (8 * (length - sizeof(last)));
}

/* The number whose digits @bytes begins with, all at once; @count is set to how many. */
static inline int64_t leading_digits(uint64_t bytes, unsigned int *count)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	uint64_t others, below;

	/* digits are 0 to 9 from here on */
	bytes ^= ones * '0';
	/* a one in each byte that is no digit, certain up to the first of them */
	others = (((bytes + ones * (0x80 - 10)) | bytes) >> 7) & ones;
	/* and a one in each byte below the first, to be counted */
	below = (others - 1) & ~others & ones;
	*count = (unsigned int)((below * ones) >> 56);
	if (*count == 0)
		return 0;
	/* as if zeros stood in front; then put pairs together, pairs of pairs, and the halves */
	bytes <<= 64 - 8 * *count;
	bytes = (bytes * 10 + (bytes >> 8)) & UINT64_C(0x00ff00ff00ff00ff);
	bytes = (bytes * 100 + (bytes >> 16)) & UINT64_C(0x0000ffff0000ffff);
	return (int64_t)((bytes * 10000 + (bytes >> 32)) & UINT32_MAX);
}

/* gs_skip_digits() for long numbers: a quarter of a log is the digits of its stamps. */
static inline const char *skip_long_digits(const char *at, const char *end, int64_t *number)
{
	const size_t length = (size_t)(end - at);
	unsigned int count, more = 0;
	int64_t sum;

	if (length < 4)
		return gs_skip_digits(at, end, number);
	sum = leading_digits(load_bytes(at, length), &count);
	if (count == 0)
		return NULL;
	at += count;
	if (count == 8) {
		for (; at < end && gs_is_digit(*at); at++) {
			if (++more > GS_SPAN_DIGITS_MAX - 8)
				return NULL;
			sum = sum * 10 + (*at - '0');
		}
	}
	*number = sum;
	return at;
}

const char *gs_skip_time(const char *at, const char *end, int64_t unit_ns, int64_t *ns,
			 int64_t *resolution_ns)
{
	int64_t whole, decimals, parts;
	const char *behind;

	/* the seconds of a duration are one digit */
	behind = end - at >= 2 && !gs_is_digit(at[1]) ? gs_skip_digits(at, at + 1, &whole)
						      : skip_long_digits(at, end, &whole);
	/* ten digits and a unit of a second at most: the product fits in 64 bits without sign */
	if (!behind || (uint64_t)(whole + 1) * (uint64_t)unit_ns > GS_TRACE_TIME_MAX_NS)
		return NULL;
	if (behind == end || *behind != '.') {
		*ns = whole * unit_ns;
		*resolution_ns = unit_ns;
		return behind;
	}
	at = behind + 1;
	behind = skip_long_digits(at, end, &decimals);
	if (!behind || behind - at > DECIMALS_MAX)
		return NULL;
	/* most are seconds, and a division takes as long as the rest of this */
	if (unit_ns == NS_PER_SECOND) {
		*resolution_ns = powers_of_ten[DECIMALS_MAX - (behind - at)];
		*ns = whole * NS_PER_SECOND + decimals * *resolution_ns;
		return behind;
	}
	parts = powers_of_ten[behind - at];
	/* digits below a nanosecond are none of ours */
	if (parts > unit_ns) {
		decimals /= parts / unit_ns;
		parts = unit_ns;
	}
	*resolution_ns = unit_ns / parts;
	*ns = whole * unit_ns + decimals * *resolution_ns;
	return behind;
}
