/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/scenario/start-pattern.h"

#include <inttypes.h>
#include <string.h>

#include "models/scenario/scenario.h"
#include "models/suggest.h"
#include "sim/engine/sim-time.h"

#define PER_SECOND "/s"

/* By GsStartKind. */
static const char *const kinds[] = { "storm", "every", "poisson", NULL };

static bool fail(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
static bool fail(GError **error, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	g_propagate_error(error, g_error_new_valist(GS_SCENARIO_ERROR, GS_SCENARIO_ERROR_VALUE,
						    format, arguments));
	va_end(arguments);
	return false;
}

/* The distance at a rate of @per_second, to the nearest nanosecond; and the reverse. */
static int64_t interval_at(int64_t per_second)
{
	return (GS_NSEC_PER_SEC + per_second / 2) / per_second;
}

/* "100/s"; false if @text is no rate. */
static bool parse_rate(const char *text, int64_t *ret_interval_ns)
{
	g_autofree char *digits = NULL;
	gint64 per_second;

	if (!g_str_has_suffix(text, PER_SECOND))
		return false;
	digits = g_strndup(text, strlen(text) - strlen(PER_SECOND));
	if (!g_ascii_string_to_signed(digits, 10, 1, GS_NSEC_PER_SEC, &per_second, NULL))
		return false;
	*ret_interval_ns = interval_at(per_second);
	return true;
}

bool gs_start_pattern_parse(const char *text, GsStartPattern *ret_pattern, GError **error)
{
	const char *colon = strchr(text, ':');
	g_autofree char *word = g_strndup(text, colon ? (gsize)(colon - text) : strlen(text));
	int64_t interval_ns = 0;
	int kind = 0;

	while (kinds[kind] && strcmp(kinds[kind], word))
		kind++;
	if (!kinds[kind]) {
		g_autofree char *hint = gs_suggest_hint(word, kinds);

		return fail(error, "unknown start '%s'%s", word,
			    *hint ? hint : "; write storm, every:10ms or poisson:100/s");
	}
	if (kind == GS_START_STORM && colon)
		return fail(error, "'%s': a storm is all at once and takes no '%s'", text, colon);
	if (kind == GS_START_STORM) {
		*ret_pattern = (GsStartPattern){ .kind = GS_START_STORM };
		return true;
	}
	if (!colon)
		return fail(error, "'%s' does not say how often: write %s:10ms or %s:100/s", text,
			    word, word);
	if (colon[1] && !colon[1 + strspn(colon + 1, G_CSET_DIGITS ".")])
		return fail(error, "'%s' has no unit: write a time (ns, us, ms, s), such as "
			    "%s:10ms, or a rate (/s), such as %s:100/s", text, word, word);
	if (!parse_rate(colon + 1, &interval_ns) &&
	    !gs_duration_parse(colon + 1, &interval_ns, NULL))
		return fail(error, "'%s' is neither a time such as %s:10ms nor a rate such as "
			    "%s:100/s", text, word, word);
	if (interval_ns < 1 || interval_ns > GS_START_INTERVAL_MAX_NS)
		return fail(error, "'%s' is not from 1ns to 3600s between two starts", text);
	*ret_pattern = (GsStartPattern){ .kind = (GsStartKind)kind, .interval_ns = interval_ns };
	return true;
}

char *gs_start_pattern_format(GsStartPattern pattern)
{
	g_autofree char *interval = NULL;
	int64_t per_second;

	if (pattern.kind == GS_START_STORM)
		return g_strdup(kinds[GS_START_STORM]);
	per_second = interval_at(pattern.interval_ns);
	/* who writes a rate gets a rate back, if there is one that is the same */
	if (pattern.kind == GS_START_POISSON && per_second > 0 &&
	    interval_at(per_second) == pattern.interval_ns)
		return g_strdup_printf("%s:%" PRId64 PER_SECOND, kinds[pattern.kind], per_second);
	interval = gs_duration_text(pattern.interval_ns);
	return g_strconcat(kinds[pattern.kind], ":", interval, NULL);
}
