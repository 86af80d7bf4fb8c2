/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/collapsed-text.h"

#include "traces/strace-scan.h"
#include "traces/strace-text.h"
#include "traces/syscall-names.h"

/* "ioctl(3, X) = 0" twice, or once behind a prefix, is not shorter. */
#define LENGTH_MIN 30

/* How far a call is looked for; the longer only a few times, lest text without end costs. */
#define CALL_BYTES 4096
#define LONG_CALL_BYTES (64 << 10)
#define LONG_CALLS_MAX 16

/* What may follow the arguments: "= -1 EINTR (Interrupted system call) <0.000137>" */
#define RESULT_BYTES 512

#define PREFIX_BYTES_MAX 200
#define PREFIX_WORDS_MAX 8

void gs_collapsed_text_init(GsCollapsedText *collapsed)
{
	*collapsed = (GsCollapsedText){ .text = g_string_new(NULL) };
}

void gs_collapsed_text_clear(GsCollapsedText *collapsed)
{
	g_string_free(collapsed->text, TRUE);
}

/* Behind the blanks and quote marks that begin at @at. */
static const char *skip_marks(const char *at, const char *end, bool *marked)
{
	*marked = false;
	for (; at < end && (gs_is_blank(*at) || *at == '>'); at++) {
		if (*at == '>')
			*marked = true;
	}
	return at;
}

/*
 * Copy @source to @text without the marks of lines it was made of, until @text
 * has @limit bytes. Marks inside strings may be the string's own. Returns how
 * much of @source was copied.
 */
static size_t copy_unmarked(GsSpan source, size_t limit, GString *text)
{
	const char *at = source.text, *end = at + source.length;
	bool inside = false, marked;

	g_string_truncate(text, 0);
	while (at < end && text->len < limit) {
		if (!inside && gs_is_blank(*at)) {
			at = skip_marks(at, end, &marked);
			g_string_append_c(text, ' ');
			continue;
		}
		if (*at == '"')
			inside = !inside;
		else if (*at == '\\' && inside && at + 1 < end)
			g_string_append_c(text, *at++);
		g_string_append_c(text, *at++);
	}
	return (size_t)(at - source.text);
}

/*
 * Where the arguments end that begin at @at, or NULL. Those of a resumed call may
 * close brackets that its first half opened.
 */
static const char *arguments_end(const char *at, const char *end, bool resumed)
{
	const char *stop;

	for (;; at = stop + 1) {
		switch (gs_strace_walk_list(at, end, false, &stop)) {
		case GS_LIST_CLOSED:
			if (*stop == ')')
				return stop;
			if (!resumed)
				return NULL;
			break;
		case GS_LIST_INTERRUPTED:
			return stop;
		default:
			return NULL;
		}
	}
}

/* How long the call is that @text begins with, of which a half may be elsewhere. */
static bool call_extent(GsSpan text, size_t *length)
{
	const char *end = text.text + text.length, *stop;
	g_autofree char *whole = NULL;
	GsTracePrefix prefix;
	GsTraceLine line;
	GsSpan body;
	size_t head;

	if (gs_strace_scan_extent(text, length))
		return true;
	body = gs_strace_scan_prefix(text, &prefix);
	if (gs_strace_scan_body(body, &line) == GS_LINE_RESUMED) {
		stop = arguments_end(line.tail.text, end, true);
		if (!stop || *stop != ')')
			return false;
		/* with a name and a bracket before it, its end is a call's */
		head = (size_t)(stop - text.text);
		whole = g_strconcat("x(", stop, NULL);
		if (!gs_strace_scan_extent(gs_span_string(whole), length))
			return false;
		*length += head - strlen("x(");
		return true;
	}
	stop = memchr(body.text, '(', body.length);
	stop = stop ? arguments_end(stop + 1, end, false) : NULL;
	stop = stop && *stop == '<' ? memchr(stop, '>', (size_t)(end - stop)) : NULL;
	if (!stop)
		return false;
	*length = (size_t)(stop + 1 - text.text);
	return true;
}

/* The prefix that ends at @body, not before @begin. */
static void find_prefix(GsCollapsedCall *call, const char *begin, const char *body)
{
	const char *at = body;
	bool marked = false;

	call->begin = body;
	call->prefixed = false;
	call->steady = false;

	for (unsigned int words = 0; words < PREFIX_WORDS_MAX && !marked; words++) {
		const char *end;
		GsTracePrefix prefix;
		GsSpan rest;

		while (at > begin && gs_is_blank(at[-1]))
			at--;
		end = at;
		while (at > begin && !gs_is_blank(at[-1]))
			at--;
		at = skip_marks(at, end, &marked);
		if (at == end || body - at > PREFIX_BYTES_MAX)
			break;
		rest = gs_strace_scan_prefix(gs_span(at, body), &prefix);
		if (rest.length == 0 && (prefix.tid >= 0 || prefix.resolution_ns)) {
			call->begin = at;
			call->prefixed = true;
			call->steady = !prefix.bracketed || prefix.resolution_ns;
		}
	}
}

/*
 * The call whose body begins at @body and whose arguments begin at @args, in text
 * from @begin to @end.
 */
static bool take_call(GsCollapsedText *collapsed, const char *begin, const char *body,
		      const char *args, const char *end, unsigned int *long_calls)
{
	GsCollapsedCall *call = &collapsed->call;
	GString *text = collapsed->text;
	const char *stop, *window = end - args > CALL_BYTES ? args + CALL_BYTES : end;
	GsSpan source;
	size_t length;

	stop = arguments_end(args, window, *body == '<');
	if (!stop && window<end && * long_calls> 0) {
		--*long_calls;
		window = end - args > LONG_CALL_BYTES ? args + LONG_CALL_BYTES : end;
		stop = arguments_end(args, window, *body == '<');
	}
	if (!stop)
		return false;
	find_prefix(call, begin, body);
	source = gs_span(call->begin, end - stop > RESULT_BYTES ? stop + RESULT_BYTES : end);
	copy_unmarked(source, SIZE_MAX, text);
	if (!call_extent(gs_span(text->str, text->str + text->len), &length))
		return false;
	call->end = call->begin + copy_unmarked(source, length, text);
	return true;
}

/* The name that ends at the bracket @open, or NULL if it is no system call's. */
static const char *name_begin(const char *begin, const char *open)
{
	const char *name = open;

	while (name > begin && (g_ascii_isalnum(name[-1]) || name[-1] == '_'))
		name--;
	if (name > begin && !gs_is_blank(name[-1]) && name[-1] != '>')
		return NULL;
	return gs_is_syscall_name(gs_span(name, open)) ? name : NULL;
}

/* The next call in what is left. */
static bool find_call(GsCollapsedText *collapsed)
{
	const char *begin = collapsed->rest.text, *end = begin + collapsed->rest.length;
	unsigned int long_calls = LONG_CALLS_MAX;
	GsTraceLine line;

	for (const char *at = begin; at < end; at++) {
		const char *body = NULL, *args = at + 1;

		if (*at == '(') {
			body = name_begin(begin, at);
		} else if (*at == '<' && gs_span_has_prefix(gs_span(at, end), "<... ") &&
			   gs_strace_scan_body(gs_span(at, end), &line) == GS_LINE_RESUMED) {
			body = at;
			args = line.tail.text;
		}
		if (body && take_call(collapsed, begin, body, args, end, &long_calls) &&
		    (collapsed->call.steady || !collapsed->steady))
			return true;
	}
	return false;
}

static void advance(GsCollapsedText *collapsed, const char *to)
{
	collapsed->rest = gs_span(to, collapsed->rest.text + collapsed->rest.length);
}

static bool is_whole_call(GsSpan line)
{
	GsTracePrefix prefix;
	GsTraceLine parts;

	switch (gs_strace_scan_body(gs_strace_scan_prefix(line, &prefix), &parts)) {
	case GS_LINE_COMPLETE:
	case GS_LINE_UNFINISHED:
		return true;
	case GS_LINE_RESUMED:
		return gs_strace_scan_tail(parts.tail, &parts);
	default:
		return false;
	}
}

/* Whether a mailer wrapped what follows the call at @behind in the middle: "= -1 EEXIST (File" */
static bool is_wrapped_note(const char *behind, GsSpan line)
{
	bool marked;

	behind = skip_marks(behind, line.text + line.length, &marked);
	return !marked && behind < line.text + line.length && (*behind == '(' || *behind == '<');
}

bool gs_collapsed_text_begin(GsCollapsedText *collapsed, GsSpan line)
{
	unsigned int calls = 0;
	bool prefixed = false, steady = false, leading = false, wrapped = false;

	*collapsed = (GsCollapsedText){ .rest = line, .text = collapsed->text };
	if (line.length < LENGTH_MIN || !memchr(line.text, '(', line.length) || is_whole_call(line))
		return false;
	while (find_call(collapsed)) {
		calls++;
		prefixed |= collapsed->call.prefixed;
		steady |= collapsed->call.steady;
		/* somebody's remark behind it */
		if (collapsed->call.begin == line.text && collapsed->call.end[-1] == '>')
			leading = true;
		wrapped = collapsed->call.begin == line.text &&
			  is_wrapped_note(collapsed->call.end, line);
		advance(collapsed, collapsed->call.end);
	}
	collapsed->rest = line;
	collapsed->steady = steady;
	return calls > 1 || ((prefixed || leading) && !wrapped);
}

/* Where the sentence ends that begins at @at: at a mark, a full stop, or a colon before another. */
static const char *sentence_end(const char *at, const char *end, const char **next)
{
	bool marked;

	for (; at < end; at++) {
		const char *behind;

		if (!gs_is_blank(*at))
			continue;
		behind = skip_marks(at, end, &marked);
		*next = behind;
		if (marked || behind == end || strchr(".!?", at[-1]) ||
		    (at[-1] == ':' && g_ascii_isupper(*behind)))
			return at;
		at = behind - 1;
	}
	*next = end;
	return end;
}

bool gs_collapsed_text_next(GsCollapsedText *collapsed, GsSpan *piece)
{
	const char *begin, *end, *next;
	bool marked;

	if (!collapsed->searched) {
		collapsed->has_call = find_call(collapsed);
		collapsed->searched = true;
	}
	begin = collapsed->rest.text;
	end = collapsed->has_call ? collapsed->call.begin : begin + collapsed->rest.length;
	begin = skip_marks(begin, end, &marked);
	if (begin < end) {
		*piece = gs_span(begin, sentence_end(begin, end, &next));
		advance(collapsed, next);
		return true;
	}
	if (!collapsed->has_call)
		return false;
	*piece = gs_span(collapsed->text->str, collapsed->text->str + collapsed->text->len);
	advance(collapsed, collapsed->call.end);
	collapsed->searched = false;
	return true;
}
