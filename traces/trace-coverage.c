/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/trace-coverage.h"

static void add_lines(GPtrArray *notes, const char *file, const GsLineCount *lines, uint64_t all,
		      const char *what)
{
	if (lines->count)
		g_ptr_array_add(notes,
				g_strdup_printf("%s:%" G_GUINT64_FORMAT ": %" G_GUINT64_FORMAT
						" of %" G_GUINT64_FORMAT
						" lines %s and were skipped, the first is this one",
						file, lines->first, lines->count, all, what));
}

/* strace -ff -r counts each gap from the last line of any file. */
static void add_gaps(GPtrArray *notes, const GsTraceReader *reader)
{
	for (unsigned int i = 0; i < gs_trace_reader_file_count(reader); i++) {
		if (!gs_trace_reader_file_stats(reader, i)->gaps_only)
			continue;
		g_ptr_array_add(
			notes, g_strdup_printf("%s: its stamps are relative (strace -r) to lines "
					       "that may be in the other files; give -ttt with -ff",
					       gs_trace_reader_file_name(reader, i)));
		return;
	}
}

void gs_trace_coverage_add_notes(const GsTraceReader *reader, GPtrArray *notes)
{
	if (gs_trace_reader_file_count(reader) > 1)
		add_gaps(notes, reader);
	for (unsigned int i = 0; i < gs_trace_reader_file_count(reader); i++) {
		const char *file = gs_trace_reader_file_name(reader, i);
		const GsTraceStats *stats = gs_trace_reader_file_stats(reader, i);

		add_lines(notes, file, &stats->skipped, stats->lines, "are not understood");
		add_lines(notes, file, &stats->foreign, stats->lines, "are not the tracer's");
		if (stats->cut)
			g_ptr_array_add(notes, g_strdup_printf("%s:%" G_GUINT64_FORMAT
							       ": the log is cut off here",
							       file, stats->lines));
		if (stats->astray.count)
			g_ptr_array_add(
				notes,
				g_strdup_printf("%s:%" G_GUINT64_FORMAT ": %" G_GUINT64_FORMAT
						" calls took another time than lies between the "
						"stamps of their two halves, the first is this one",
						file, stats->astray.first, stats->astray.count));
	}
}

/* "1 'Before the patch', 2 'After the patch'" */
static char *list_series(const GsTraceReader *reader)
{
	GString *list = g_string_new(NULL);

	for (unsigned int i = 0; i < gs_trace_reader_series_count(reader); i++) {
		const char *title = gs_trace_reader_series_title(reader, i);

		g_string_append_printf(list, "%s%u%s%s%s", i ? ", " : "", i + 1, *title ? " '" : "",
				       title, *title ? "'" : "");
	}
	return g_string_free(list, FALSE);
}

bool gs_trace_coverage_check(const GsTraceReader *reader, const char *source, uint32_t series,
			     GError **error)
{
	const GsTraceStats stats = gs_trace_reader_stats(reader);
	const uint64_t first = stats.skipped.first ? stats.skipped.first : stats.foreign.first;
	g_autofree char *list = list_series(reader);

	if (stats.lines == 0)
		g_set_error(error, GS_TRACE_ERROR, GS_TRACE_ERROR_EMPTY, "empty log: '%s'", source);
	else if (stats.records == 0 && first)
		g_set_error(error, GS_TRACE_ERROR, GS_TRACE_ERROR_SYNTAX,
			    "%s:%" G_GUINT64_FORMAT ": not strace output, and no other line is",
			    source, first);
	else if (series > gs_trace_reader_series_count(reader))
		g_set_error(error, GS_TRACE_ERROR, GS_TRACE_ERROR_NO_SERIES,
			    "--series: no series %u in '%s'; there is %s", series, source, list);
	else
		return true;
	return false;
}
