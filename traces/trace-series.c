/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/trace-series.h"

#include "traces/series-heading.h"

struct GsTraceSeries {
	GPtrArray *titles; /* owned strings, one a series */
	char *heading;     /* owned: of the series that begins next, or NULL */
	char *near;        /* owned: the same, if nothing else stands before the call */
	bool pasted;       /* where the last call stood */
	unsigned int depth, mail;
};

GsTraceSeries *gs_trace_series_new(void)
{
	GsTraceSeries *series = g_new0(GsTraceSeries, 1);

	series->titles = g_ptr_array_new_with_free_func(g_free);
	return series;
}

void gs_trace_series_free(GsTraceSeries *series)
{
	g_ptr_array_unref(series->titles);
	g_free(series->heading);
	g_free(series->near);
	g_free(series);
}

/* @text as a title: UTF-8, cut between characters where it is too long. */
static char *title_of(GsSpan text)
{
	g_autofree char *valid = g_utf8_make_valid(text.text, (gssize)text.length);
	size_t length = strlen(valid);

	if (length > GS_TRACE_SERIES_TITLE_MAX_BYTES)
		length = (size_t)(g_utf8_find_prev_char(valid,
							valid + GS_TRACE_SERIES_TITLE_MAX_BYTES +
								1) -
				  valid);
	return g_strndup(valid, length);
}

/* "On Fri, 13 Feb 2026, somebody wrote:" says who, not what. */
static bool is_attribution(GsSpan title)
{
	static const char *const verbs[] = { "wrote", "writes", "said", "schrieb",
					     "a \303\251crit" };

	for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++) {
		size_t length = strlen(verbs[i]);

		if (title.length > length &&
		    memcmp(title.text + title.length - length, verbs[i], length) == 0)
			return true;
	}
	return false;
}

void gs_trace_series_prose(GsTraceSeries *series, const GsPastedLine *line)
{
	GsHeadingKind kind;
	GsSpan title;

	if (gs_span_trim(line->text).length == 0)
		return;
	kind = gs_series_heading(line->text, line->pasted, &title);
	g_clear_pointer(&series->near, g_free);
	if (kind == GS_HEADING_NONE)
		return;
	if (is_attribution(title))
		title.length = 0;
	if (kind == GS_HEADING_PLAIN) {
		g_free(series->heading);
		series->heading = title_of(title);
	} else {
		series->near = title_of(title);
	}
}

bool gs_trace_series_record(GsTraceSeries *series, const GsPastedLine *line)
{
	g_autofree char *heading = g_steal_pointer(&series->heading);
	g_autofree char *near = g_steal_pointer(&series->near);
	bool first = series->titles->len == 0;
	bool moved = !first && line->pasted && series->pasted &&
		     (line->depth != series->depth || line->mail != series->mail);

	series->pasted = line->pasted;
	series->depth = line->depth;
	series->mail = line->mail;
	if (!first && !moved && !heading && !near)
		return false;
	if (series->titles->len == GS_TRACE_SERIES_MAX)
		return false;
	/* an attribution takes no title from the heading above it */
	if (near && (*near || !heading))
		g_ptr_array_add(series->titles, g_steal_pointer(&near));
	else
		g_ptr_array_add(series->titles, heading ? g_steal_pointer(&heading) : g_strdup(""));
	return true;
}

unsigned int gs_trace_series_count(const GsTraceSeries *series)
{
	return series->titles->len;
}

const char *gs_trace_series_title(const GsTraceSeries *series, unsigned int index)
{
	return g_ptr_array_index(series->titles, index);
}
