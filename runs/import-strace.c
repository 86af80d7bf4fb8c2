/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rows as strace would have printed them, -f -T and, by what the log has, -ttt,
 * -tt or -r: text that reads back as the same rows, for programs that know
 * strace's format only. Each call stands on one line, where it started; one
 * whose beginning is not in the log, where it ended. Series have headings.
 */
#include "runs/import-format.h"
#include "runs/time-text.h"
#include "traces/series-heading.h"
#include "traces/strace-scan.h"

#define NS_PER_US INT64_C(1000)

/* Where strace puts the "=". */
#define UPTIME_DIGITS 10

#define RESULT_COLUMN 40

typedef struct {
	const GsTraceReader *reader; /* borrowed */
	/* while rows are looked at: of the latest series */
	bool looked, timed;
	uint32_t series;
	uint32_t clock, clock_file;

	/* while they are written */
	bool begun;
	uint32_t written_series;
	GHashTable *resumed; /* owned: set of tids with a call whose beginning is lost */
	int64_t line_ns;     /* of the line before; -1: none */
	GString *line;       /* owned: scratch */
	GString *last;       /* owned: the call that the log ends in the midst of */
} Strace;

G_DEFINE_QUARK(gs - import - error - quark, gs_import_error)

static gpointer strace_open(const GsTraceReader *reader)
{
	Strace *strace = g_new0(Strace, 1);

	strace->reader = reader;
	strace->line_ns = -1;
	strace->resumed = g_hash_table_new(NULL, NULL);
	strace->line = g_string_new(NULL);
	strace->last = g_string_new(NULL);
	return strace;
}

static void strace_close(gpointer state)
{
	Strace *strace = state;

	g_hash_table_unref(strace->resumed);
	g_string_free(strace->line, TRUE);
	g_string_free(strace->last, TRUE);
	g_free(strace);
}

static bool strace_look(gpointer state, const GsImportRow *row, uint32_t clock, GError **error)
{
	Strace *strace = state;

	if (!strace->looked || row->series != strace->series)
		strace->timed = false; /* each has a clock of its own */
	strace->looked = true;
	strace->series = row->series;
	if (gs_import_row_lost_head(row))
		g_hash_table_add(strace->resumed, GINT_TO_POINTER(row->tid));
	if (row->start_ns < 0)
		return true;
	if (!strace->timed) {
		strace->clock = clock;
		strace->clock_file = row->file;
	}
	strace->timed = true;
	if (clock != strace->clock) {
		g_set_error(error, GS_IMPORT_ERROR, GS_IMPORT_ERROR_CLOCKS,
			    "as strace text one at a time: the stamps of '%s' and '%s' count "
			    "from different times",
			    gs_trace_reader_file_name(strace->reader, strace->clock_file),
			    gs_trace_reader_file_name(strace->reader, row->file));
		return false;
	}
	return true;
}

static void append_span(GString *out, GsSpan span)
{
	g_string_append_len(out, span.text, (gssize)span.length);
}

/* Microseconds, or nanoseconds where the log has them. */
static unsigned int digits_of(int64_t ns, int64_t resolution_ns)
{
	return gs_time_digits(ns, MIN(resolution_ns, NS_PER_US));
}

/* strace -r: since the line before. @resolution_ns is that of the stamps. */
static void append_gap(Strace *strace, int64_t line_ns, int64_t resolution_ns)
{
	int64_t gap_ns = strace->line_ns < 0 ? 0 : MAX(line_ns - strace->line_ns, 0);
	g_autoptr(GString) gap = g_string_new(NULL);
	unsigned int digits = digits_of(gap_ns, resolution_ns);

	gs_time_append_seconds(gap, gap_ns, digits);
	g_string_append_printf(strace->line, "%*s", (int)(digits + 7), gap->str);
	strace->line_ns = line_ns;
}

/* strace has no such clock: ten digits with leading zeros are read back as one. */
static void append_uptime(GString *line, int64_t line_ns, unsigned int digits)
{
	g_autoptr(GString) seconds = g_string_new(NULL);

	gs_time_append_seconds(seconds, line_ns, digits);
	for (size_t whole = strcspn(seconds->str, "."); whole < UPTIME_DIGITS; whole++)
		g_string_append_c(line, '0');
	g_string_append(line, seconds->str);
}

static void append_prefix(Strace *strace, const GsImportRow *row)
{
	bool at_end = gs_import_row_lost_head(row) && row->end_ns >= 0;
	int64_t line_ns = at_end ? row->end_ns : row->start_ns;
	unsigned int digits;

	if (row->tid)
		g_string_append_printf(strace->line, "%-5d ", row->tid);
	if (line_ns < 0)
		return;
	digits = digits_of(line_ns, row->resolution_ns);
	switch (row->stamp) {
	case GS_STAMP_EPOCH:
		gs_time_append_seconds(strace->line, line_ns, digits);
		break;
	case GS_STAMP_CLOCK:
		gs_time_append_clock(strace->line, line_ns, digits);
		break;
	case GS_STAMP_UPTIME:
		append_uptime(strace->line, line_ns, digits);
		break;
	case GS_STAMP_NONE:
		append_gap(strace, line_ns, row->resolution_ns);
		break;
	}
	g_string_append_c(strace->line, ' ');
}

/* The call up to its closing bracket. */
static void append_call(Strace *strace, const GsImportRow *row)
{
	GsSpan args = row->args;

	if (!gs_import_row_lost_head(row)) {
		append_span(strace->line, row->call);
		g_string_append_c(strace->line, '(');
		append_span(strace->line, args);
		return;
	}
	args = gs_span_drop(args, strlen(GS_IMPORT_LOST));
	g_string_append(strace->line, "<... ");
	append_span(strace->line, row->call);
	g_string_append(strace->line, " resumed>");
	/* strace before 5.0 put a blank there, which is not the call's, but for " => " */
	if (gs_span_has_prefix(args, " ") && !gs_span_has_prefix(args, " => "))
		g_string_append_c(strace->line, ' ');
	append_span(strace->line, args);
}

static void append_result(GString *line, const GsImportRow *row)
{
	g_string_append_c(line, ')');
	if (line->len < RESULT_COLUMN - 1)
		g_string_append_printf(line, "%*s", (int)(RESULT_COLUMN - 1 - line->len), "");
	g_string_append(line, " = ");
	append_span(line, row->outcome);
	if (row->latency_ns < 0)
		return;
	g_string_append(line, " <");
	gs_time_append_seconds(line, row->latency_ns, digits_of(row->latency_ns, NS_PER_US));
	g_string_append_c(line, '>');
}

/*
 * The end of a call that has none. Where a thread has an end without a beginning,
 * too, the two would be taken for one call: there it ends as strace prints it of a
 * thread that was killed.
 */
static void append_unfinished(Strace *strace, const GsImportRow *row)
{
	bool leaves = gs_span_equals(row->call, "exit") || gs_span_equals(row->call, "exit_group");

	g_string_append(strace->line, " <unfinished ...>");
	/* the main thread may have had no name when it was looked at */
	if (!leaves && (g_hash_table_contains(strace->resumed, GINT_TO_POINTER(row->tid)) ||
			g_hash_table_contains(strace->resumed, GINT_TO_POINTER(0))))
		g_string_append(strace->line, ") = ?");
}

/*
 * A call that was cut short inside a string or bracket cannot be told to be
 * unfinished: it has to be cut again.
 */
static bool ends_by_cut(const GString *line, size_t body)
{
	GsTraceLine scanned;

	gs_strace_scan_body(gs_span(line->str + body, line->str + line->len), &scanned);
	return scanned.kind != GS_LINE_UNFINISHED && scanned.kind != GS_LINE_COMPLETE;
}

static bool is_heading(const char *line)
{
	GsSpan title;

	return gs_series_heading(gs_span_string(line), false, &title) == GS_HEADING_PLAIN;
}

/* What tells the series below from the one above; the caller frees it. */
static char *heading_of(const Strace *strace, uint32_t series)
{
	const char *title = gs_trace_reader_series_title(strace->reader, series);
	g_autofree char *plain = g_strdup_printf("%s:", title);
	g_autofree char *changed = g_strdup_printf("With %s:", title);

	/* a mail's titles are known by where they stand, too; here only by their words */
	if (is_heading(plain))
		return g_steal_pointer(&plain);
	if (*title && is_heading(changed))
		return g_steal_pointer(&changed);
	return g_strdup_printf("With series %u:", series + 1);
}

/* Nothing comes after what ends in the midst of a call. */
static void append_last(Strace *strace, GString *out)
{
	g_string_append_len(out, strace->last->str, (gssize)strace->last->len);
	g_string_truncate(strace->last, 0);
}

static void begin_series(Strace *strace, uint32_t series, GString *out)
{
	const char *title = gs_trace_reader_series_title(strace->reader, series);

	if (strace->last->len) {
		append_last(strace, out);
		g_string_append_c(out, '\n');
	}
	if (strace->begun || *title) {
		g_autofree char *heading = heading_of(strace, series);

		g_string_append_printf(out, "%s%s\n\n", strace->begun ? "\n" : "", heading);
	}
	strace->begun = true;
	strace->written_series = series;
	strace->line_ns = -1;
}

static void strace_row(gpointer state, const GsImportRow *row, GString *out)
{
	Strace *strace = state;
	GString *line = strace->line;
	size_t body, end;

	if (!strace->begun || row->series != strace->written_series)
		begin_series(strace, row->series, out);
	g_string_truncate(line, 0);
	append_prefix(strace, row);
	body = line->len;
	append_call(strace, row);
	end = line->len;
	if (row->outcome.length)
		append_result(line, row);
	else
		append_unfinished(strace, row);
	if (!row->outcome.length && ends_by_cut(line, body)) {
		/* the last line of a log, so the last of this text; of several logs only one
		   can be, and the others' read back as lines that are not understood */
		if (strace->last->len) {
			append_last(strace, out);
			g_string_append_c(out, '\n');
		}
		g_string_append_len(strace->last, line->str, (gssize)end);
		return;
	}
	g_string_append_len(out, line->str, (gssize)line->len);
	g_string_append_c(out, '\n');
}

static void strace_end(gpointer state, GString *out)
{
	append_last(state, out);
}

const GsImportFormat gs_import_strace = {
	.open = strace_open,
	.look = strace_look,
	.row = strace_row,
	.end = strace_end,
	.close = strace_close,
	.by_line = true,
};
