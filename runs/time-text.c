/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runs/time-text.h"

#define NS_PER_SECOND INT64_C(1000000000)

unsigned int gs_time_digits(int64_t ns, int64_t resolution_ns)
{
	unsigned int digits = 0;

	for (int64_t unit = NS_PER_SECOND; digits < 9 && (resolution_ns < unit || ns % unit);
	     unit /= 1000)
		digits += 3;
	return digits;
}

static void append_fraction(GString *out, int64_t ns, unsigned int digits)
{
	char text[16];

	if (!digits)
		return;
	g_snprintf(text, sizeof(text), "%09d", (int)(ns % NS_PER_SECOND));
	g_string_append_c(out, '.');
	g_string_append_len(out, text, digits);
}

void gs_time_append_seconds(GString *out, int64_t ns, unsigned int digits)
{
	g_string_append_printf(out, "%" G_GINT64_FORMAT, ns / NS_PER_SECOND);
	append_fraction(out, ns, digits);
}

void gs_time_append_clock(GString *out, int64_t ns, unsigned int digits)
{
	int seconds = (int)(ns / NS_PER_SECOND % 86400);

	g_string_append_printf(out, "%02d:%02d:%02d", seconds / 3600, seconds / 60 % 60,
			       seconds % 60);
	append_fraction(out, ns, digits);
}
