/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/trace-file.h"

#include "traces/pasted-text.h"
#include "traces/prefix-layout.h"
#include "traces/strace-scan.h"
#include "traces/syscall-names.h"
#include "traces/text-lines.h"
#include "traces/trace-error.h"
#include "traces/trace-joiner.h"
#include "traces/trace-scanner.h"
#include "traces/trace-series.h"
#include "traces/wrapped-line.h"

/* Of the file's beginning, to tell how its lines begin. */
#define SAMPLE_BYTES ((size_t)64 << 10)

/* Where in a line that is none a call is looked for. */
#define CANDIDATES_MAX 32

struct GsTraceFile {
	GsByteSource *source; /* owned */
	GsTextLines lines;
	GsPastedText *pasted;          /* owned */
	GsTraceSeries *series;         /* owned */
	const GsTraceScanner *scanner; /* that understood a call last */
	GsPrefixLayout layout;
	GsTraceJoiner joiner;
	GsTraceStats stats;
	GString *scratch; /* owned: for the scanners */

	GsPastedLine text; /* the line at hand */
	bool again;        /* it is not dealt with yet */
	bool ended;
	bool is_pasted;
	bool call_seen;
	uint64_t call_line; /* of the last one: prose beside a call makes it nobody else's */
	unsigned int current_series;
	bool leaving; /* the series is over, its open calls go out */
	bool durations_seen;

	GsWrappedLine wrapped;     /* a line that may go on in the next ones */
	size_t whole_bytes;        /* of it: a call already; 0: not yet one */
	unsigned int whole_pieces; /* how many of its pieces that takes */
	GsWrappedLine done;        /* text of the record handed out last, if it was one */
};

/* A line that was looked at. */
typedef struct {
	GsSpan text;
	uint64_t number;
	GsTracePrefix prefix;
	GsTraceLine line;
	bool terminated;
} Look;

GsTraceFile *gs_trace_file_new(GsByteSource *source, int32_t tid, bool is_one_of_many)
{
	GsTraceFile *file = g_new0(GsTraceFile, 1);

	file->source = source;
	gs_text_lines_init(&file->lines, gs_byte_source_read, source, GS_TRACE_LINE_MAX);
	gs_prefix_layout_init(&file->layout, gs_text_lines_ahead(&file->lines, SAMPLE_BYTES));
	file->pasted = gs_pasted_text_new(&file->lines);
	file->series = gs_trace_series_new();
	file->scanner = &gs_scan_strace;
	gs_trace_joiner_init(&file->joiner, tid);
	file->joiner.is_one_of_many = is_one_of_many;
	file->scratch = g_string_new(NULL);
	return file;
}

void gs_trace_file_free(GsTraceFile *file)
{
	gs_pasted_text_free(file->pasted);
	gs_text_lines_clear(&file->lines);
	gs_byte_source_free(file->source);
	gs_trace_series_free(file->series);
	gs_trace_joiner_clear(&file->joiner);
	gs_wrapped_line_clear(&file->wrapped);
	gs_wrapped_line_clear(&file->done);
	g_string_free(file->scratch, TRUE);
	g_free(file);
}

const GsTraceStats *gs_trace_file_stats(const GsTraceFile *file)
{
	return &file->stats;
}

int32_t gs_trace_file_main_tid(const GsTraceFile *file)
{
	return file->joiner.threads.main_tid;
}

unsigned int gs_trace_file_series_count(const GsTraceFile *file)
{
	return MAX(gs_trace_series_count(file->series), 1);
}

const char *gs_trace_file_series_title(const GsTraceFile *file, unsigned int series)
{
	return series < gs_trace_series_count(file->series)
		       ? gs_trace_series_title(file->series, series)
		       : "";
}

bool gs_trace_file_is_pasted(const GsTraceFile *file)
{
	return file->is_pasted;
}

/* --- looking at a line --- */

static void look_with(GsTraceFile *file, const GsTraceScanner *scanner, Look *look)
{
	if (file->scratch->len)
		g_string_truncate(file->scratch, 0);
	scanner->scan(look->text, &look->prefix, &look->line, file->scratch);
}

/* What nobody knows is left as the scanner of the lines before saw it. */
static void ask_others(GsTraceFile *file, Look *look)
{
	for (unsigned int i = 0; look->line.kind == GS_LINE_UNKNOWN && gs_trace_scanners[i]; i++) {
		Look other = *look;

		if (gs_trace_scanners[i] == file->scanner)
			continue;
		look_with(file, gs_trace_scanners[i], &other);
		if (other.line.kind == GS_LINE_UNKNOWN)
			continue;
		*look = other;
		if (gs_trace_line_is_call(&look->line))
			file->scanner = gs_trace_scanners[i];
	}
}

static void look_at(GsTraceFile *file, GsSpan text, uint64_t number, bool terminated, Look *look)
{
	look->text = text;
	look->number = number;
	look->terminated = terminated;
	look_with(file, file->scanner, look);
	if (look->line.kind == GS_LINE_UNKNOWN)
		ask_others(file, look);
}

static bool begins_with_something(const GsTracePrefix *prefix)
{
	return prefix->tid >= 0 || prefix->resolution_ns;
}

/* Whether it begins as the lines of this file do, with something to tell them by. */
static bool is_like_the_others(const GsTraceFile *file, const GsTracePrefix *prefix)
{
	return begins_with_something(prefix) && gs_prefix_layout_fits(&file->layout, prefix);
}

/* Whether a call is one that was traced, and not what some program prints that looks so. */
static bool is_traced(const GsTraceFile *file, const Look *look)
{
	const GsTraceLine *line = &look->line;

	if (file->scanner != &gs_scan_strace || line->kind == GS_LINE_RESUMED)
		return true;
	return (line->kind == GS_LINE_CUT ? is_like_the_others(file, &look->prefix)
					  : gs_prefix_layout_fits(&file->layout, &look->prefix)) ||
	       gs_is_syscall_name(line->name);
}

/*
 * Where a call begins inside a line, behind what a program printed without a
 * newline at its end; false: nowhere.
 */
static bool find_embedded(GsTraceFile *file, GsSpan text, GsSpan *call)
{
	unsigned int candidates = CANDIDATES_MAX;

	for (size_t at = 1; at + 8 < text.length && candidates; at++) {
		GsSpan rest = gs_span_drop(text, at);
		GsTracePrefix prefix;
		GsTraceLine line;
		bool digit = g_ascii_isdigit(text.text[at]) && !g_ascii_isdigit(text.text[at - 1]);

		if (!digit && !gs_span_has_prefix(rest, "[pid "))
			continue;
		candidates--;
		rest = gs_strace_scan_prefix(rest, &prefix);
		if ((!prefix.bracketed && !prefix.resolution_ns) ||
		    !gs_prefix_layout_fits(&file->layout, &prefix))
			continue;
		gs_strace_scan_body(rest, &line);
		if (line.kind == GS_LINE_RESUMED ||
		    ((line.kind == GS_LINE_COMPLETE || line.kind == GS_LINE_UNFINISHED) &&
		     gs_is_syscall_name(line.name))) {
			*call = gs_span_drop(text, at);
			return true;
		}
	}
	return false;
}

/* A line that is nobody's we know. */
static void pass_over(GsTraceFile *file, const Look *look)
{
	GsPastedLine prose = file->text;
	GsSpan text = look->text;

	/* the tail of a log that was cut may end inside the pid or the stamp */
	if (!look->terminated && text.length && !file->is_pasted &&
	    (g_ascii_isdigit(*text.text) || *text.text == '[')) {
		file->stats.cut = true;
		return;
	}
	if (is_like_the_others(file, &look->prefix) || gs_span_has_prefix(text, "<... ") ||
	    gs_span_has_prefix(text, "+++ ") || gs_span_has_prefix(text, "--- ")) {
		gs_line_count_add(&file->stats.skipped, look->number);
		return;
	}
	if (look->number != file->call_line)
		gs_line_count_add(&file->stats.foreign, look->number);
	prose.text = text;
	prose.number = look->number;
	gs_trace_series_prose(file->series, &prose);
}

/* --- lines that go on in the next one --- */

/* Where in @head a message of strace begins that was printed into the line, or NULL. */
static const char *spliced_message(GsSpan head)
{
	static const char speaker[] = "strace: ";
	const char *at = g_strrstr_len(head.text, (gssize)head.length, "Process ");
	GsTraceLine line;

	if (!at)
		return NULL;
	/* old releases do not say who speaks */
	if ((size_t)(at - head.text) >= strlen(speaker) &&
	    memcmp(at - strlen(speaker), speaker, strlen(speaker)) == 0)
		at -= strlen(speaker);
	gs_strace_scan_body(gs_span(at, head.text + head.length), &line);
	return line.kind == GS_LINE_ATTACHED || line.kind == GS_LINE_OTHER ? at : NULL;
}

static bool is_in(GsSpan part, GsSpan text)
{
	return (uintptr_t)part.text >= (uintptr_t)text.text &&
	       (uintptr_t)part.text <= (uintptr_t)(text.text + text.length);
}

/* The line at hand ends inside a call, or the call's duration may be in the next. */
static void wait_for_rest(GsTraceFile *file, const Look *look)
{
	/* strace's: other tracers say nothing in between, and their words are not in the text */
	const char *message = look->line.kind == GS_LINE_CUT && is_in(look->line.head, look->text)
				      ? spliced_message(look->line.head)
				      : NULL;
	const int32_t tid = gs_trace_joiner_find_thread(&file->joiner, &look->prefix);
	GsSpan text = look->text;

	if (message) {
		const GsSpan said = gs_span(message, text.text + text.length);
		GsTraceLine line;

		if (gs_strace_scan_body(said, &line) == GS_LINE_ATTACHED)
			gs_trace_threads_announce(&file->joiner.threads, line.other_tid);
		text = gs_span(text.text, message);
	}
	gs_wrapped_line_begin(&file->wrapped, text, look->number, file->text.depth);
	file->wrapped.tid = tid;
	file->wrapped.spliced = message;
	file->whole_bytes = look->line.kind == GS_LINE_COMPLETE ? text.length : 0;
	file->whole_pieces = 0;
}

/* A call without a duration where others have one: it may stand in the next line. */
static bool lacks_duration(const GsTraceFile *file, const GsTraceLine *line)
{
	return line->kind == GS_LINE_COMPLETE && line->duration_ns < 0 &&
	       (file->durations_seen || file->is_pasted) && !gs_span_equals(line->outcome, "?");
}

/* As much of the line that is waiting as @length says. */
static void look_at_wrapped(GsTraceFile *file, const GsWrappedLine *wrapped, size_t length,
			    Look *look)
{
	GsSpan text = gs_wrapped_line_text(wrapped);

	text.length = length;
	look_at(file, text, wrapped->line, true, look);
}

/* Whose it is was found when it began: threads that were announced since do not change it. */
static void assign_thread(const GsWrappedLine *wrapped, Look *look)
{
	look->prefix.tid = wrapped->tid;
	look->prefix.bracketed = false;
}

/* "<0.000137>", "(Interrupted system call) <0.000137>": how the rest of a whole call begins */
static bool may_follow_whole(GsSpan rest)
{
	return rest.length > 1 &&
	       (*rest.text == '(' || (*rest.text == '<' && g_ascii_isdigit(rest.text[1])));
}

/* Whether the line at hand cannot be the rest of the one that is waiting. */
static bool is_of_its_own(const GsTraceFile *file, const Look *look)
{
	const GsTraceLine *line = &look->line;
	GsSpan rest = gs_span_trim(look->text);

	/* what a mailer wraps it may leave without the marks */
	if (file->is_pasted && (rest.length == 0 || file->text.depth > file->wrapped.depth))
		return true;
	if (file->whole_bytes)
		return !may_follow_whole(rest);
	if (line->kind == GS_LINE_CUT)
		return begins_with_something(&look->prefix) && is_traced(file, look);
	if (gs_trace_line_is_call(line))
		return is_traced(file, look);
	return line->kind == GS_LINE_EXIT || line->kind == GS_LINE_SUPERSEDED ||
	       (line->kind == GS_LINE_OTHER && begins_with_something(&look->prefix));
}

/* A message of strace's between the two halves of a line that another one split. */
static bool is_message(const Look *look)
{
	return look->line.kind == GS_LINE_ATTACHED ||
	       (look->line.kind == GS_LINE_OTHER && gs_span_trim(look->text).length &&
		spliced_message(look->text));
}

/* --- the way of a line --- */

static bool hand_out(GsTraceFile *file, GsTraceRecord *record)
{
	record->series = file->current_series;
	file->durations_seen |= record->duration_ns >= 0;
	file->stats.records++;
	file->stats.gaps_only |= file->joiner.clock.gaps_only;
	file->stats.astray = file->joiner.astray;
	return true;
}

/* Take a line that is whole as it is, or will never be. Returns whether it made a record. */
static bool take(GsTraceFile *file, const Look *look, GsTraceRecord *record)
{
	switch (gs_trace_joiner_take(&file->joiner, &look->prefix, &look->line, look->number,
				     record)) {
	case GS_JOINED_RECORD:
		return hand_out(file, record);
	case GS_JOINED_NOT_WHOLE:
		gs_line_count_add(&file->stats.skipped, look->number);
		return false;
	default:
		return false;
	}
}

/* The first call of a series; the calls that are open in the one before have lost their end. */
static bool begins_series(GsTraceFile *file)
{
	bool begins = gs_trace_series_record(file->series, &file->text) && file->call_seen;

	file->call_seen = true;
	file->call_line = file->text.number;
	gs_line_count_take_back(&file->stats.foreign, file->call_line);
	if (!begins)
		file->current_series = gs_trace_file_series_count(file) - 1;
	return begins;
}

static void start_over(GsTraceFile *file)
{
	gs_trace_joiner_start_over(&file->joiner);
	file->current_series = gs_trace_file_series_count(file) - 1;
	file->leaving = false;
}

/* The log ends inside the duration of a call that is whole but for that: "= 6 <0.00" */
static void drop_cut_duration(GsTraceFile *file, Look *look)
{
	GsSpan text = look->text;
	Look whole;

	while (text.length &&
	       (g_ascii_isdigit(text.text[text.length - 1]) || text.text[text.length - 1] == '.'))
		text.length--;
	if (text.length < 2 || text.text[text.length - 1] != '<')
		return;
	text.length--;
	look_at(file, text, look->number, false, &whole);
	if (whole.line.kind == GS_LINE_COMPLETE) {
		*look = whole;
		file->stats.cut = true;
	}
}

/* The line at hand, which nothing waits for. Returns whether it made a record. */
static bool take_fresh(GsTraceFile *file, Look *look, GsTraceRecord *record)
{
	GsTraceLine *line = &look->line;
	GsSpan embedded;

	if (line->kind == GS_LINE_UNKNOWN &&
	    gs_trace_joiner_take_rest(&file->joiner, look->text, record))
		return hand_out(file, record);
	if (line->kind == GS_LINE_UNKNOWN && find_embedded(file, look->text, &embedded))
		look_at(file, embedded, look->number, look->terminated, look);
	if (line->kind == GS_LINE_UNKNOWN ||
	    (gs_trace_line_is_call(line) && !is_traced(file, look))) {
		pass_over(file, look);
		return false;
	}
	if (line->kind == GS_LINE_OTHER && file->is_pasted &&
	    begins_with_something(&look->prefix) && line->is_blank) {
		wait_for_rest(file, look);
		return false;
	}
	if (!look->terminated && line->kind == GS_LINE_CUT)
		drop_cut_duration(file, look);
	if (gs_trace_line_is_call(line)) {
		if (begins_series(file)) {
			file->leaving = true;
			file->again = true;
			return false;
		}
		if (file->scanner == &gs_scan_strace)
			gs_prefix_layout_vote(&file->layout, &look->prefix);
	}
	if (look->terminated && (line->kind == GS_LINE_CUT || lacks_duration(file, line))) {
		wait_for_rest(file, look);
		return false;
	}
	switch (gs_trace_joiner_take(&file->joiner, &look->prefix, line, look->number, record)) {
	case GS_JOINED_RECORD:
		file->stats.cut |= line->kind == GS_LINE_CUT;
		return hand_out(file, record);
	case GS_JOINED_NOT_WHOLE:
		if (look->terminated)
			wait_for_rest(file, look);
		file->stats.cut |= !look->terminated;
		return false;
	case GS_JOINED_NOTHING:
		file->stats.cut |= line->kind == GS_LINE_CUT;
		return false;
	}
	g_assert_not_reached();
}

/* What is waiting will not become more than it is. Returns whether that made a record. */
static bool give_up_waiting(GsTraceFile *file, GsTraceRecord *record)
{
	GsWrappedLine *wrapped = &file->done;
	unsigned int first_foreign = file->whole_pieces;
	Look look;
	bool made;

	gs_wrapped_line_clear(&file->done);
	*wrapped = file->wrapped;
	file->wrapped = (GsWrappedLine){ .text = NULL };
	look_at_wrapped(file, wrapped, file->whole_bytes ? file->whole_bytes : wrapped->first_bytes,
			&look);
	if (look.line.kind == GS_LINE_CUT && !wrapped->spliced &&
	    !is_like_the_others(file, &look.prefix)) {
		pass_over(file, &look);
		made = false;
	} else {
		assign_thread(wrapped, &look);
		file->stats.cut |= file->ended && look.line.kind == GS_LINE_CUT;
		made = take(file, &look, record);
	}
	for (unsigned int i = first_foreign; i < wrapped->pieces->len; i++) {
		Look piece = { .terminated = true, .prefix = { .tid = -1 } };

		piece.text = gs_wrapped_line_piece(wrapped, i, &piece.number);
		if (piece.text.length)
			pass_over(file, &piece);
	}
	return made;
}

/*
 * The line at hand while another waits for its rest. Returns whether that made a
 * record.
 */
static bool take_waited_for(GsTraceFile *file, const Look *look, GsTraceRecord *record)
{
	GsWrappedLine *wrapped = &file->wrapped;
	bool made = false;
	Look joined;

	if (is_message(look))
		return take(file, look, record);
	if (is_of_its_own(file, look) || !gs_wrapped_line_add(wrapped, look->text, look->number)) {
		file->again = true;
		return give_up_waiting(file, record);
	}
	look_at_wrapped(file, wrapped, wrapped->text->len, &joined);
	switch (joined.line.kind) {
	case GS_LINE_COMPLETE:
		file->whole_bytes = joined.text.length;
		file->whole_pieces = wrapped->pieces->len;
		if (lacks_duration(file, &joined.line))
			return false;
		break;
	case GS_LINE_UNFINISHED:
	case GS_LINE_RESUMED:
		break;
	default:
		return false;
	}
	assign_thread(wrapped, &joined);
	switch (gs_trace_joiner_take(&file->joiner, &joined.prefix, &joined.line, wrapped->line,
				     record)) {
	case GS_JOINED_NOT_WHOLE:
		return false;
	case GS_JOINED_RECORD:
		made = hand_out(file, record);
		break;
	default:
		break;
	}
	gs_wrapped_line_clear(&file->done);
	file->done = *wrapped;
	*wrapped = (GsWrappedLine){ .text = NULL };
	return made;
}

static bool take_text(GsTraceFile *file, GsTraceRecord *record)
{
	Look look;

	file->is_pasted |= file->text.pasted;
	if (file->text.oversized) {
		gs_line_count_add(&file->stats.skipped, file->text.number);
		return false;
	}
	look_at(file, file->text.text, file->text.number, file->text.terminated, &look);
	return gs_wrapped_line_is_open(&file->wrapped) ? take_waited_for(file, &look, record)
						       : take_fresh(file, &look, record);
}

bool gs_trace_file_next(GsTraceFile *file, GsTraceRecord *record, GError **error)
{
	g_autoptr(GError) failure = NULL;

	for (;;) {
		if (file->leaving) {
			if (gs_trace_joiner_leave(&file->joiner, record))
				return hand_out(file, record);
			start_over(file);
		}
		if (!file->again && !file->ended &&
		    !gs_pasted_text_next(file->pasted, &file->text, &failure)) {
			file->ended = true;
			file->stats.lines = file->lines.number;
		}
		/* a compressed log whose tracer was killed ends as a plain one does */
		if (g_error_matches(failure, GS_TRACE_ERROR, GS_TRACE_ERROR_CUT)) {
			g_clear_error(&failure);
			file->stats.cut = true;
		}
		if (failure) {
			g_propagate_error(error, g_steal_pointer(&failure));
			return false;
		}
		file->again = false;
		if (!file->ended) {
			file->stats.lines = file->lines.number;
			if (take_text(file, record))
				return true;
			continue;
		}
		if (gs_wrapped_line_is_open(&file->wrapped) && give_up_waiting(file, record))
			return true;
		return gs_trace_joiner_leave(&file->joiner, record) && hand_out(file, record);
	}
}
