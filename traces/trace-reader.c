/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/trace-reader.h"

#include "traces/text-lines.h"
#include "traces/strace-scan.h"
#include "traces/trace-scanner.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#define NS_PER_DAY (INT64_C(86400) * 1000000000)

/* The first half of a call. */
typedef struct {
	GString *head;
	int64_t start_ns, resolution_ns;
	uint64_t line;
} OpenCall;

struct GsTraceReader {
	GsTextLines lines;
	GInputStream *stream; /* owned reference, or NULL: fd it is */
	int fd;               /* owned unless it is standard input */
	char *name;
	GsTraceStats stats;

	int64_t clock_ns; /* of the last stamped line; -1: none yet */
	int64_t day;      /* midnights passed */
	int64_t time_of_day_ns;

	GHashTable *open;      /* tid -> OpenCall, owned */
	GHashTable *live;      /* tids of "[pid N]" style logs */
	GHashTable *announced; /* tids that "Process N attached" introduced */
	int32_t main_tid;
	bool unnamed_seen; /* a call without tid, so that the main thread goes by 0 */

	OpenCall *held; /* owned: a line that a message of strace cut in two */
	int32_t held_tid;
	OpenCall *current; /* owned: text of the record handed out last, if it was joined */
};

G_DEFINE_QUARK(gs - trace - error - quark, gs_trace_error)

static OpenCall *open_call_new(GsSpan head, int64_t start_ns, int64_t resolution_ns, uint64_t line)
{
	OpenCall *call = g_new(OpenCall, 1);

	*call = (OpenCall){
		.head = g_string_new_len(head.text, (gssize)head.length),
		.start_ns = start_ns,
		.resolution_ns = resolution_ns,
		.line = line,
	};
	return call;
}

static void open_call_free(OpenCall *call)
{
	g_string_free(call->head, TRUE);
	g_free(call);
}

/* "NAME.PID": one file per thread, as strace -ff writes them. */
static int32_t tid_of_file_name(const char *name)
{
	const char *dot = strrchr(name, '.');
	guint64 tid;

	if (!dot || !g_ascii_string_to_unsigned(dot + 1, 10, 1, INT32_MAX, &tid, NULL))
		return 0;
	return (int32_t)tid;
}

static gssize read_fd(void *source, char *buffer, size_t size, GError **error)
{
	const GsTraceReader *reader = source;
	ssize_t count;

	do
		count = read(reader->fd, buffer, size);
	while (count < 0 && errno == EINTR);
	if (count < 0)
		g_set_error(error, GS_TRACE_ERROR, GS_TRACE_ERROR_READ, "cannot read '%s': %s",
			    reader->name, g_strerror(errno));
	return count;
}

static gssize read_stream(void *source, char *buffer, size_t size, GError **error)
{
	const GsTraceReader *reader = source;
	g_autoptr(GError) failure = NULL;
	gssize count = g_input_stream_read(reader->stream, buffer, size, NULL, &failure);

	if (count < 0)
		g_set_error(error, GS_TRACE_ERROR, GS_TRACE_ERROR_READ, "cannot read '%s': %s",
			    reader->name, failure->message);
	return count;
}

static GsTraceReader *reader_new(const char *name, GsReadFunc read_func)
{
	GsTraceReader *reader = g_new0(GsTraceReader, 1);

	gs_text_lines_init(&reader->lines, read_func, reader, GS_TRACE_LINE_MAX);
	reader->name = g_strdup(name);
	reader->fd = STDIN_FILENO;
	reader->clock_ns = -1;
	reader->open = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)open_call_free);
	reader->live = g_hash_table_new(NULL, NULL);
	reader->announced = g_hash_table_new(NULL, NULL);
	reader->main_tid = tid_of_file_name(name);
	return reader;
}

GsTraceReader *gs_trace_reader_new_for_stream(GInputStream *stream, const char *name)
{
	GsTraceReader *reader = reader_new(name, read_stream);

	reader->stream = g_object_ref(stream);
	return reader;
}

GsTraceReader *gs_trace_reader_new(const char *path, GError **error)
{
	bool is_stdin = g_str_equal(path, "-");
	int fd = is_stdin ? STDIN_FILENO : g_open(path, O_RDONLY | O_CLOEXEC, 0);
	GsTraceReader *reader;

	if (fd < 0) {
		g_set_error(error, GS_TRACE_ERROR, GS_TRACE_ERROR_OPEN, "cannot open '%s': %s",
			    path, g_strerror(errno));
		return NULL;
	}
	reader = reader_new(is_stdin ? "(standard input)" : path, read_fd);
	reader->fd = fd;
	return reader;
}

void gs_trace_reader_free(GsTraceReader *reader)
{
	gs_text_lines_clear(&reader->lines);
	g_clear_object(&reader->stream);
	if (reader->fd != STDIN_FILENO)
		close(reader->fd);
	g_free(reader->name);
	g_hash_table_unref(reader->open);
	g_hash_table_unref(reader->live);
	g_hash_table_unref(reader->announced);
	g_clear_pointer(&reader->held, open_call_free);
	g_clear_pointer(&reader->current, open_call_free);
	g_free(reader);
}

const GsTraceStats *gs_trace_reader_stats(const GsTraceReader *reader)
{
	return &reader->stats;
}

int32_t gs_trace_reader_main_tid(const GsTraceReader *reader)
{
	return reader->main_tid;
}

static void skip_line(GsTraceReader *reader, uint64_t line)
{
	reader->stats.skipped++;
	if (!reader->stats.first_skipped || line < reader->stats.first_skipped)
		reader->stats.first_skipped = line;
}

/*
 * A clock goes back by seconds when somebody sets it or when strace prints calls
 * as they end, and by most of a day at midnight.
 */
static int64_t unwrap_midnight(GsTraceReader *reader, int64_t time_of_day_ns)
{
	int64_t step = time_of_day_ns - reader->time_of_day_ns;

	if (reader->clock_ns >= 0 && step < -NS_PER_DAY / 2 &&
	    reader->day < GS_TRACE_TIME_MAX_NS / NS_PER_DAY - 1)
		reader->day++;
	else if (reader->clock_ns >= 0 && step > NS_PER_DAY / 2 && reader->day > 0)
		reader->day--;
	reader->time_of_day_ns = time_of_day_ns;
	return reader->day * NS_PER_DAY + time_of_day_ns;
}

/* The time of a line with @prefix, -1: it has none. */
static int64_t advance_clock(GsTraceReader *reader, const GsTracePrefix *prefix)
{
	switch (prefix->stamp) {
	case GS_STAMP_CLOCK:
		reader->clock_ns = unwrap_midnight(reader, prefix->stamp_ns);
		return reader->clock_ns;
	case GS_STAMP_EPOCH:
		reader->clock_ns = prefix->stamp_ns;
		return reader->clock_ns;
	default:
		break;
	}
	if (prefix->gap_ns < 0)
		return -1;
	reader->stats.gaps_only = true;
	if (reader->clock_ns < 0)
		reader->clock_ns = 0;
	reader->clock_ns = MIN(reader->clock_ns + prefix->gap_ns, GS_TRACE_TIME_MAX_NS);
	return reader->clock_ns;
}

static OpenCall *take_open(GsTraceReader *reader, int32_t tid)
{
	gpointer call = NULL;

	g_hash_table_steal_extended(reader->open, GINT_TO_POINTER(tid), NULL, &call);
	return call;
}

/* "[pid N]" of a thread nobody announced: what ran without a name until now. */
static void name_main_thread(GsTraceReader *reader, int32_t tid)
{
	OpenCall *call;

	if (!reader->unnamed_seen || reader->main_tid ||
	    g_hash_table_contains(reader->announced, GINT_TO_POINTER(tid)))
		return;
	reader->main_tid = tid;
	call = take_open(reader, 0);
	if (call)
		g_hash_table_replace(reader->open, GINT_TO_POINTER(tid), call);
	if (reader->held && reader->held_tid == 0)
		reader->held_tid = tid;
}

/* Which thread a line belongs to. */
static int32_t line_tid(GsTraceReader *reader, const GsTracePrefix *prefix)
{
	if (prefix->bracketed) {
		name_main_thread(reader, prefix->tid);
		g_hash_table_add(reader->live, GINT_TO_POINTER(prefix->tid));
	}
	if (prefix->tid >= 0)
		return prefix->tid;
	if (g_hash_table_size(reader->live) == 1) {
		GHashTableIter iter;
		gpointer key;

		g_hash_table_iter_init(&iter, reader->live);
		g_hash_table_iter_next(&iter, &key, NULL);
		return GPOINTER_TO_INT(key);
	}
	reader->unnamed_seen = true;
	return reader->main_tid;
}

static GsCallStatus status_of(const GsTraceLine *line)
{
	if (gs_span_has_prefix(line->error, "ERESTART"))
		return GS_CALL_RESTARTED;
	if (line->error.length)
		return GS_CALL_ERROR;
	/* leaving is the one thing that never returns */
	if (gs_span_equals(line->result, "?") && !gs_span_equals(line->name, "exit") &&
	    !gs_span_equals(line->name, "exit_group"))
		return GS_CALL_UNFINISHED;
	return GS_CALL_OK;
}

static bool emit(GsTraceReader *reader, GsTraceRecord *record, int32_t tid, const GsTraceLine *line)
{
	record->tid = tid;
	record->duration_ns = line->duration_ns;
	record->name = line->name;
	record->args = line->args;
	record->result = line->result;
	record->has_ret = line->has_ret;
	record->ret = line->ret;
	record->error = line->error;
	record->outcome = line->outcome;
	record->status = line->kind == GS_LINE_COMPLETE ? status_of(line) : GS_CALL_UNFINISHED;
	reader->stats.records++;
	return true;
}

/* Hand out a call whose end never came. Takes @call. */
static bool emit_open(GsTraceReader *reader, GsTraceRecord *record, int32_t tid, OpenCall *call)
{
	GsTraceLine line;

	g_clear_pointer(&reader->current, open_call_free);
	reader->current = call;
	gs_strace_scan_body(gs_span(call->head->str, call->head->str + call->head->len), &line);
	line.kind = GS_LINE_UNFINISHED;
	line.result = gs_span_string("");
	line.has_ret = false;
	line.error = line.result;
	line.outcome = line.result;
	line.duration_ns = -1;
	*record = (GsTraceRecord){ .start_ns = call->start_ns,
				   .end_ns = -1,
				   .resolution_ns = call->resolution_ns,
				   .line = call->line };
	return emit(reader, record, tid, &line);
}

/* Remember a first half; one already there has lost its end and goes out. Takes @call. */
static bool store_open(GsTraceReader *reader, GsTraceRecord *record, int32_t tid, OpenCall *call)
{
	OpenCall *lost = take_open(reader, tid);

	g_hash_table_replace(reader->open, GINT_TO_POINTER(tid), call);
	return lost && emit_open(reader, record, tid, lost);
}

/* The second half of a call. */
static bool resume(GsTraceReader *reader, GsTraceRecord *record, int32_t tid,
		   const GsTraceLine *half, int64_t now_ns)
{
	OpenCall *call = take_open(reader, tid);
	GsTraceLine line;

	if (!call) {
		/* attached while the call was under way */
		gs_trace_line_init(&line);
		line.kind = GS_LINE_COMPLETE;
		line.name = half->name;
		if (!gs_strace_scan_tail(half->tail, &line)) {
			skip_line(reader, record->line);
			return false;
		}
		if (now_ns >= 0)
			record->start_ns = MAX(now_ns - MAX(line.duration_ns, 0), 0);
		record->end_ns = now_ns;
		return emit(reader, record, tid, &line);
	}
	g_string_append_len(call->head, half->tail.text, (gssize)half->tail.length);
	g_clear_pointer(&reader->current, open_call_free);
	reader->current = call;
	if (gs_strace_scan_body(gs_span(call->head->str, call->head->str + call->head->len),
				&line) != GS_LINE_COMPLETE) {
		skip_line(reader, record->line);
		return false;
	}
	record->start_ns = call->start_ns;
	record->end_ns = now_ns;
	record->line = call->line;
	return emit(reader, record, tid, &line);
}

/* Where in @head a message of strace begins that was printed into the line, or NULL. */
static const char *spliced_message(GsSpan head)
{
	static const char message[] = "strace: Process ";
	const char *at = g_strrstr_len(head.text, (gssize)head.length, message);
	GsTraceLine line;

	if (!at)
		return NULL;
	gs_strace_scan_body(gs_span(at, head.text + head.length), &line);
	return line.kind == GS_LINE_ATTACHED || line.kind == GS_LINE_OTHER ? at : NULL;
}

static void announce(GsTraceReader *reader, int32_t tid)
{
	g_hash_table_add(reader->live, GINT_TO_POINTER(tid));
	g_hash_table_add(reader->announced, GINT_TO_POINTER(tid));
}

/* A line that ends inside a call. */
static bool take_cut(GsTraceReader *reader, GsTraceRecord *record, int32_t tid,
		     const GsTraceLine *line, bool terminated)
{
	const char *message = terminated ? spliced_message(line->head) : NULL;
	GsSpan head = line->head;
	OpenCall *call;

	if (terminated && !message) {
		skip_line(reader, record->line);
		return false;
	}
	if (message) {
		GsTraceLine announcement;

		gs_strace_scan_body(gs_span(message, head.text + head.length), &announcement);
		if (announcement.kind == GS_LINE_ATTACHED)
			announce(reader, announcement.other_tid);
		head = gs_span(head.text, message);
	} else {
		reader->stats.cut = true;
	}
	call = open_call_new(head, record->start_ns, record->resolution_ns, record->line);
	if (!message)
		return store_open(reader, record, tid, call);
	g_clear_pointer(&reader->held, open_call_free);
	reader->held = call;
	reader->held_tid = tid;
	return false;
}

/*
 * What follows a line that a message cut in two: more messages, and then usually
 * " <unfinished ...>" alone. Returns whether @text was that.
 */
static bool end_held(GsTraceReader *reader, GsSpan text, GsTraceRecord *record, bool *emitted)
{
	GsSpan rest = gs_span_trim(text);
	GsTraceLine line;
	OpenCall *lost;

	*emitted = false;
	if (gs_span_has_prefix(rest, "<unfinished ...>") ||
	    gs_span_has_prefix(rest, "<detached ...>")) {
		*emitted = store_open(reader, record, reader->held_tid,
				      g_steal_pointer(&reader->held));
		return true;
	}
	gs_strace_scan_body(text, &line);
	if (line.kind == GS_LINE_ATTACHED || line.kind == GS_LINE_OTHER)
		return false;
	lost = take_open(reader, reader->held_tid);
	if (lost) {
		skip_line(reader, lost->line);
		open_call_free(lost);
	}
	g_hash_table_replace(reader->open, GINT_TO_POINTER(reader->held_tid),
			     g_steal_pointer(&reader->held));
	return false;
}

static bool thread_exit(GsTraceReader *reader, GsTraceRecord *record, int32_t tid)
{
	OpenCall *call = take_open(reader, tid);

	g_hash_table_remove(reader->live, GINT_TO_POINTER(tid));
	g_hash_table_remove(reader->announced, GINT_TO_POINTER(tid));
	return call && emit_open(reader, record, tid, call);
}

/* execve in thread @from: it goes on under the leader's pid, with its open call. */
static bool supersede(GsTraceReader *reader, GsTraceRecord *record, int32_t leader, int32_t from)
{
	OpenCall *call = take_open(reader, from);

	g_hash_table_remove(reader->live, GINT_TO_POINTER(from));
	return call && store_open(reader, record, leader, call);
}

/* One line; returns whether it made a record. */
static bool take_line(GsTraceReader *reader, const GsTextLine *text, GsTraceRecord *record)
{
	GsTracePrefix prefix;
	GsTraceLine line;
	GsSpan body;
	int32_t tid;
	int64_t now_ns;

	if (text->oversized) {
		skip_line(reader, reader->lines.number);
		return false;
	}
	body = gs_strace_scan_prefix(text->text, &prefix);
	switch (gs_strace_scan_body(body, &line)) {
	case GS_LINE_UNKNOWN:
		skip_line(reader, reader->lines.number);
		return false;
	case GS_LINE_ATTACHED:
		announce(reader, line.other_tid);
		return false;
	default:
		break;
	}
	now_ns = advance_clock(reader, &prefix);
	if (line.kind == GS_LINE_OTHER)
		return false;
	tid = line_tid(reader, &prefix);
	*record = (GsTraceRecord){ .start_ns = now_ns,
				   .end_ns = -1,
				   .resolution_ns = prefix.resolution_ns,
				   .line = reader->lines.number };
	switch (line.kind) {
	case GS_LINE_COMPLETE:
		return emit(reader, record, tid, &line);
	case GS_LINE_UNFINISHED:
		return store_open(reader, record, tid,
				  open_call_new(line.head, now_ns, prefix.resolution_ns,
						reader->lines.number));
	case GS_LINE_RESUMED:
		return resume(reader, record, tid, &line, now_ns);
	case GS_LINE_CUT:
		return take_cut(reader, record, tid, &line, text->terminated);
	case GS_LINE_EXIT:
		return thread_exit(reader, record, tid);
	case GS_LINE_SUPERSEDED:
		return supersede(reader, record, tid, line.other_tid);
	default:
		return false;
	}
}

/* At the end of the log: the open call that began first. */
static bool emit_first_open(GsTraceReader *reader, GsTraceRecord *record)
{
	GHashTableIter iter;
	gpointer key, value, first_key = NULL;
	OpenCall *first = NULL;

	g_hash_table_iter_init(&iter, reader->open);
	while (g_hash_table_iter_next(&iter, &key, &value)) {
		OpenCall *call = value;

		if (!first || call->line < first->line) {
			first = call;
			first_key = key;
		}
	}
	if (!first)
		return false;
	g_hash_table_steal(reader->open, first_key);
	return emit_open(reader, record, GPOINTER_TO_INT(first_key), first);
}

bool gs_trace_reader_next(GsTraceReader *reader, GsTraceRecord *record, GError **error)
{
	g_autoptr(GError) failure = NULL;
	GsTextLine text;

	while (gs_text_lines_next(&reader->lines, &text, &failure)) {
		bool emitted = false;

		reader->stats.lines = reader->lines.number;
		if (reader->held && end_held(reader, text.text, record, &emitted)) {
			if (emitted)
				return true;
			continue;
		}
		if (take_line(reader, &text, record))
			return true;
	}
	if (failure) {
		g_propagate_error(error, g_steal_pointer(&failure));
		return false;
	}
	if (reader->held &&
	    store_open(reader, record, reader->held_tid, g_steal_pointer(&reader->held)))
		return true;
	return emit_first_open(reader, record);
}
