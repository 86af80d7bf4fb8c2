/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/trace-coverage.h"

bool gs_trace_coverage_is_full(const GsTraceReader *reader)
{
	const GsTraceStats stats = gs_trace_reader_stats(reader);

	return !stats.foreign.count && !stats.skipped.count && !stats.cut;
}

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

void gs_trace_coverage_add_notes(const GsTraceReader *reader, GPtrArray *notes)
{
	for (unsigned int i = 0; i < gs_trace_reader_file_count(reader); i++) {
		const char *file = gs_trace_reader_file_name(reader, i);
		const GsTraceStats *stats = gs_trace_reader_file_stats(reader, i);

		add_lines(notes, file, &stats->skipped, stats->lines, "are not understood");
		add_lines(notes, file, &stats->foreign, stats->lines, "are not the tracer's");
		if (stats->cut)
			g_ptr_array_add(notes, g_strdup_printf("%s:%" G_GUINT64_FORMAT
							       ": the log ends inside a call",
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
