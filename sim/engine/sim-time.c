/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/engine/sim-time.h"

#include <inttypes.h>
#include <string.h>

G_DEFINE_QUARK(gs-time-error-quark, gs_time_error)

/* Largest first. */
static const struct {
	const char *name;
	int64_t ns;
} units[] = {
	{ "s", GS_NSEC_PER_SEC },
	{ "ms", GS_NSEC_PER_MSEC },
	{ "us", GS_NSEC_PER_USEC },
	{ "ns", 1 },
};

static const char *skip_spaces(const char *text)
{
	while (g_ascii_isspace(*text))
		text++;
	return text;
}

/* The length of the unit called @name, 0 if there is none. */
static int64_t unit_ns(const char *name, size_t length)
{
	for (size_t i = 0; i < G_N_ELEMENTS(units); i++)
		if (strlen(units[i].name) == length && !memcmp(units[i].name, name, length))
			return units[i].ns;
	return 0;
}

/* Append decimal @digit to *@value; false if it no longer fits. */
static bool append_digit(int64_t *value, char digit)
{
	return !__builtin_mul_overflow(*value, 10, value) &&
	       !__builtin_add_overflow(*value, digit - '0', value);
}

static bool fail(GError **error, GsTimeError code, const char *problem, const char *text)
{
	g_set_error(error, GS_TIME_ERROR, (int)code, "%s: '%s'", problem, text);
	return false;
}

bool gs_duration_parse(const char *text, int64_t *ret_ns, GError **error)
{
	static const char too_long[] = "duration beyond the range of 292 years";
	const char *number = skip_spaces(text), *fraction = NULL, *end, *unit, *unit_end;
	int64_t factor, value = 0;

	if (*number == '-' && g_ascii_isdigit(number[1]))
		return fail(error, GS_TIME_ERROR_RANGE, "negative duration", text);

	for (end = number; g_ascii_isdigit(*end); end++)
		;
	if (end > number && *end == '.')
		for (fraction = ++end; g_ascii_isdigit(*end); end++)
			;
	if (end == number || end == fraction)
		return fail(error, GS_TIME_ERROR_NUMBER, "not a duration such as 25us or 1.5ms",
			    text);

	unit = skip_spaces(end);
	for (unit_end = unit; g_ascii_isalpha(*unit_end); unit_end++)
		;
	if (unit_end == unit && !*unit)
		return fail(error, GS_TIME_ERROR_UNIT, "duration without a unit (ns, us, ms or s)",
			    text);
	factor = unit_ns(unit, (size_t)(unit_end - unit));
	if (!factor || *skip_spaces(unit_end))
		return fail(error, GS_TIME_ERROR_UNIT, "duration not in ns, us, ms or s", text);

	for (; g_ascii_isdigit(*number); number++)
		if (!append_digit(&value, *number))
			return fail(error, GS_TIME_ERROR_RANGE, too_long, text);
	if (__builtin_mul_overflow(value, factor, &value))
		return fail(error, GS_TIME_ERROR_RANGE, too_long, text);

	for (; fraction && g_ascii_isdigit(*fraction); fraction++) {
		factor /= 10;
		if (!factor && *fraction != '0')
			return fail(error, GS_TIME_ERROR_RANGE, "duration finer than a nanosecond",
				    text);
		if (__builtin_add_overflow(value, (*fraction - '0') * factor, &value))
			return fail(error, GS_TIME_ERROR_RANGE, too_long, text);
	}

	*ret_ns = value;
	return true;
}

char *gs_duration_format(int64_t ns)
{
	const char *sign = ns < 0 ? "-" : "";
	uint64_t magnitude = ns < 0 ? -(uint64_t)ns : (uint64_t)ns;

	for (size_t i = 0; i < G_N_ELEMENTS(units) - 1; i++) {
		uint64_t unit = (uint64_t)units[i].ns;
		uint64_t whole = magnitude / unit, rest = magnitude % unit;
		uint64_t hundredths = whole * 100 + (rest * 100 + unit / 2) / unit;

		/* Half of the next smaller unit counts: 999.6 us are 1.00 ms. */
		if (magnitude < unit - unit / 2000)
			continue;
		if (hundredths >= 100 * 100)
			return g_strdup_printf("%s%" PRIu64 " %s", sign, whole + (rest >= unit / 2),
					       units[i].name);
		return g_strdup_printf("%s%" PRIu64 ".%02" PRIu64 " %s", sign, hundredths / 100,
				       hundredths % 100, units[i].name);
	}
	return g_strdup_printf("%s%" PRIu64 " ns", sign, magnitude);
}

char *gs_duration_text(int64_t ns)
{
	size_t i = 0;

	while (ns % units[i].ns)
		i++;
	return g_strdup_printf("%" PRId64 "%s", ns / units[i].ns, units[i].name);
}
