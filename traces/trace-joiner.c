/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/trace-joiner.h"

#include "traces/strace-scan.h"
#include "traces/trace-scanner.h"

/* Stamps and duration of a call are read at different moments: below this they agree. */
#define ASTRAY_NS 100000
#define ASTRAY_SHARE 20

void gs_trace_joiner_init(GsTraceJoiner *joiner, int32_t tid)
{
	*joiner = (GsTraceJoiner){ .joined = g_string_new(NULL), .tid = tid };
	gs_trace_clock_init(&joiner->clock);
	gs_trace_threads_init(&joiner->threads, tid);
	gs_open_calls_init(&joiner->open);
}

void gs_trace_joiner_clear(GsTraceJoiner *joiner)
{
	gs_trace_threads_clear(&joiner->threads);
	gs_open_calls_clear(&joiner->open);
	g_clear_pointer(&joiner->leaving, g_ptr_array_unref);
	g_clear_pointer(&joiner->current, gs_open_call_free);
	g_string_free(joiner->joined, TRUE);
}

void gs_trace_joiner_start_over(GsTraceJoiner *joiner)
{
	gs_trace_clock_init(&joiner->clock);
	gs_trace_threads_clear(&joiner->threads);
	gs_trace_threads_init(&joiner->threads, joiner->tid);
	gs_open_calls_clear(&joiner->open);
	gs_open_calls_init(&joiner->open);
}

static GsCallStatus status_of(const GsTraceLine *line)
{
	if (line->kind != GS_LINE_COMPLETE)
		return GS_CALL_UNFINISHED;
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

static void fill(GsTraceRecord *record, const GsTraceLine *line)
{
	record->duration_ns = line->duration_ns;
	record->name = line->name;
	record->args = line->args;
	record->result = line->result;
	record->has_ret = line->has_ret;
	record->ret = line->ret;
	record->error = line->error;
	record->outcome = line->outcome;
	record->status = status_of(line);
}

/* A call whose end never came. Takes @call. */
static void emit_open(GsTraceJoiner *joiner, GsTraceRecord *record, GsOpenCall *call)
{
	GsTraceLine line, bare;

	g_clear_pointer(&joiner->current, gs_open_call_free);
	joiner->current = call;
	gs_strace_scan_body(gs_open_call_head(call), &line);
	gs_trace_line_init(&bare);
	bare.kind = GS_LINE_UNFINISHED;
	bare.name = line.name;
	bare.args = line.args;
	*record = (GsTraceRecord){
		.tid = call->tid,
		.start_ns = call->start_ns,
		.stamp = call->stamp,
		.end_ns = -1,
		.resolution_ns = call->resolution_ns,
		.steady_ns = call->steady_ns,
		.steady_resolution_ns = call->steady_resolution_ns,
		.line = call->line,
	};
	fill(record, &bare);
}

/* The first half of the call that @record begins. */
static bool store(GsTraceJoiner *joiner, GsTraceRecord *record, const GsTraceLine *half)
{
	const GsOpenCall call = {
		.tid = record->tid,
		.layer = half->layer,
		.stamp = record->stamp,
		.start_ns = record->start_ns,
		.resolution_ns = record->resolution_ns,
		.steady_ns = record->steady_ns,
		.steady_resolution_ns = record->steady_resolution_ns,
		.line = record->line,
	};
	GsOpenCall *lost;

	if (half->moved && joiner->is_one_of_many)
		return false;
	joiner->has_halted = true;
	joiner->halted = record->tid;
	lost = gs_open_calls_store(&joiner->open, &call, half->head);
	if (lost)
		emit_open(joiner, record, lost);
	return lost;
}

static void check_stamps(GsTraceJoiner *joiner, const GsTraceRecord *record)
{
	int64_t between_ns = record->end_ns - record->start_ns, apart_ns;

	if (record->start_ns < 0 || record->end_ns < 0 || record->duration_ns < 0)
		return;
	apart_ns = ABS(between_ns - record->duration_ns) - 2 * record->resolution_ns;
	if (apart_ns > ASTRAY_NS && apart_ns > record->duration_ns / ASTRAY_SHARE)
		gs_line_count_add(&joiner->astray, record->line);
}

static void put_together(GsTraceJoiner *joiner, GsSpan a, GsSpan b, GsSpan c)
{
	char *at;

	g_string_set_size(joiner->joined, a.length + b.length + c.length);
	at = joiner->joined->str;
	memcpy(at, a.text, a.length);
	memcpy(at + a.length, b.text, b.length);
	memcpy(at + a.length + b.length, c.text, c.length);
}

static GsSpan joined_text(const GsTraceJoiner *joiner)
{
	return gs_span(joiner->joined->str, joiner->joined->str + joiner->joined->len);
}

/*
 * The second half of a call whose first is not in the file: it was under way when
 * strace attached. It began when its duration says.
 */
static bool resume_unbegun(GsTraceJoiner *joiner, GsTraceRecord *record, const GsTraceLine *half)
{
	GsTraceLine line;

	put_together(joiner, half->name, gs_span_string("(???"), half->tail);
	gs_strace_scan_body(joined_text(joiner), &line);
	if (line.kind != GS_LINE_COMPLETE) {
		/* brackets that opened in the lost half */
		gs_trace_line_init(&line);
		line.kind = GS_LINE_COMPLETE;
		line.name = half->name;
		if (!gs_strace_scan_tail(half->tail, &line))
			return false;
		line.args = gs_span_string("???");
	}
	record->end_ns = record->start_ns;
	if (record->start_ns >= 0)
		record->start_ns = MAX(record->start_ns - MAX(line.duration_ns, 0), 0);
	if (record->steady_ns >= 0)
		record->steady_ns = MAX(record->steady_ns - MAX(line.duration_ns, 0), 0);
	fill(record, &line);
	return true;
}

static bool is_unnamed(GsSpan name)
{
	return gs_span_equals(name, "???");
}

/* Whether @half is the end of what @call began. */
static bool belongs_to(const GsTraceLine *half, const GsOpenCall *call)
{
	GsSpan head = gs_open_call_head(call);

	return is_unnamed(half->name) || gs_span_has_prefix(head, "???") ||
	       (head.length > half->name.length && head.text[half->name.length] == '(' &&
		memcmp(head.text, half->name.text, half->name.length) == 0);
}

/* The second half of a call. False: it is not whole; nothing was done. */
static bool resume(GsTraceJoiner *joiner, GsTraceRecord *record, const GsTraceLine *half)
{
	GsOpenCall *call = gs_open_calls_peek(&joiner->open, record->tid, half->layer);
	GsTraceLine line;

	if (!call || !belongs_to(half, call))
		return resume_unbegun(joiner, record, half);
	put_together(joiner, gs_open_call_head(call), half->tail, gs_span_string(""));
	gs_strace_scan_body(joined_text(joiner), &line);
	if (line.kind != GS_LINE_COMPLETE)
		return false;
	record->end_ns = record->start_ns;
	record->start_ns = call->start_ns;
	record->stamp = call->stamp;
	record->resolution_ns = call->resolution_ns;
	record->steady_ns = call->steady_ns;
	record->steady_resolution_ns = call->steady_resolution_ns;
	record->line = call->line;
	gs_open_calls_end(&joiner->open, call);
	fill(record, &line);
	if (half->stamps_are_exact && record->start_ns >= 0 && record->end_ns >= record->start_ns)
		record->duration_ns = record->end_ns - record->start_ns;
	check_stamps(joiner, record);
	return true;
}

/* execve in thread @from: it goes on under the leader's pid, with its open call. */
static bool supersede(GsTraceJoiner *joiner, GsTraceRecord *record, int32_t from)
{
	g_autoptr(GsOpenCall) call = gs_open_calls_take(&joiner->open, from, 0);
	int32_t leader = record->tid;
	GsOpenCall *lost;

	if (!call)
		return false;
	call->tid = leader;
	lost = gs_open_calls_store(&joiner->open, call, gs_open_call_head(call));
	if (lost)
		emit_open(joiner, record, lost);
	return lost;
}

static bool thread_exit(GsTraceJoiner *joiner, GsTraceRecord *record)
{
	GsOpenCall *call = gs_open_calls_take(&joiner->open, record->tid, 0);

	gs_trace_threads_exit(&joiner->threads, record->tid);
	if (call)
		emit_open(joiner, record, call);
	return call;
}

/* @tid is who went by 0 until now. */
static void rename_thread(GsTraceJoiner *joiner, int32_t tid)
{
	g_autoptr(GsOpenCall) call = gs_open_calls_take(&joiner->open, 0, 0);

	if (!call)
		return;
	call->tid = tid;
	gs_open_call_free(gs_open_calls_store(&joiner->open, call, gs_open_call_head(call)));
}

int32_t gs_trace_joiner_find_thread(GsTraceJoiner *joiner, const GsTracePrefix *prefix)
{
	bool named;
	int32_t tid = gs_trace_threads_find(&joiner->threads, prefix, &named);

	if (named)
		rename_thread(joiner, tid);
	return tid;
}

static bool is_of_thread(const GsTraceLine *line)
{
	return line->kind != GS_LINE_ATTACHED && line->kind != GS_LINE_OTHER &&
	       line->kind != GS_LINE_UNKNOWN;
}

GsJoined gs_trace_joiner_take(GsTraceJoiner *joiner, const GsTracePrefix *prefix,
			      const GsTraceLine *line, uint64_t number, GsTraceRecord *record)
{
	const GsTraceClock before = joiner->clock;
	bool made = false;

	/* what is not said here fill() says, or the reader does */
	record->tid = 0;
	record->start_ns =
		gs_trace_clock_advance(&joiner->clock, prefix, gs_trace_line_is_call(line));
	record->stamp = prefix->stamp;
	record->end_ns = -1;
	record->resolution_ns = prefix->resolution_ns;
	record->steady_ns = joiner->clock.steady_ns;
	record->steady_resolution_ns = prefix->gap_resolution_ns;
	record->line = number;
	joiner->has_halted = false;
	/* who is superseded may have been the only other one */
	if (line->kind == GS_LINE_SUPERSEDED)
		gs_trace_threads_exit(&joiner->threads, line->other_tid);
	if (is_of_thread(line))
		record->tid = gs_trace_prefix_is_certain(prefix)
				      ? prefix->tid
				      : gs_trace_joiner_find_thread(joiner, prefix);
	switch (line->kind) {
	case GS_LINE_COMPLETE:
		fill(record, line);
		made = true;
		break;
	case GS_LINE_UNFINISHED:
	case GS_LINE_CUT:
		made = store(joiner, record, line);
		break;
	case GS_LINE_RESUMED:
		made = resume(joiner, record, line);
		if (!made) {
			joiner->clock = before;
			return GS_JOINED_NOT_WHOLE;
		}
		break;
	case GS_LINE_EXIT:
		made = thread_exit(joiner, record);
		break;
	case GS_LINE_SUPERSEDED:
		made = supersede(joiner, record, line->other_tid);
		break;
	case GS_LINE_ATTACHED:
		gs_trace_threads_announce(&joiner->threads, line->other_tid);
		break;
	case GS_LINE_OTHER:
	case GS_LINE_UNKNOWN:
		break;
	}
	return made ? GS_JOINED_RECORD : GS_JOINED_NOTHING;
}

bool gs_trace_joiner_take_rest(GsTraceJoiner *joiner, GsSpan text, GsTraceRecord *record)
{
	GsTraceLine half;

	if (!joiner->has_halted)
		return false;
	gs_trace_line_init(&half);
	half.kind = GS_LINE_RESUMED;
	half.name = gs_span_string("???");
	half.tail = text;
	*record = (GsTraceRecord){ .tid = joiner->halted, .start_ns = -1 };
	if (!gs_open_calls_peek(&joiner->open, record->tid, half.layer) ||
	    !resume(joiner, record, &half))
		return false;
	joiner->has_halted = false;
	return true;
}

bool gs_trace_joiner_leave(GsTraceJoiner *joiner, GsTraceRecord *record)
{
	if (!joiner->leaving) {
		joiner->leaving = gs_open_calls_take_all(&joiner->open);
		joiner->left = 0;
	}
	if (joiner->left < joiner->leaving->len) {
		GsOpenCall *call = g_ptr_array_index(joiner->leaving, joiner->left);

		joiner->leaving->pdata[joiner->left++] = NULL;
		emit_open(joiner, record, call);
		return true;
	}
	g_clear_pointer(&joiner->leaving, g_ptr_array_unref);
	return false;
}
