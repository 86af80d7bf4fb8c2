/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From lines to calls: joins what was printed in halves, tells whose line it is
 * and when a call began.
 */
#ifndef GS_TRACE_JOINER_H
#define GS_TRACE_JOINER_H

#include "traces/line-count.h"
#include "traces/open-calls.h"
#include "traces/trace-clock.h"
#include "traces/trace-record.h"
#include "traces/trace-threads.h"

typedef struct {
	GsTraceClock clock;
	GsTraceThreads threads;
	GsOpenCalls open;
	int32_t tid;         /* that the log is of; 0: not known */
	bool is_one_of_many; /* what leaves it arrives in another file */
	int32_t halted;      /* whose call the line before left unfinished, */
	bool has_halted;     /* if it did */
	GsLineCount astray;  /* calls whose two stamps and duration disagree */

	GPtrArray *leaving;  /* owned: calls without an end that are still to be handed out */
	unsigned int left;   /* how many of them were */
	GString *joined;     /* owned: text of the record made last, */
	GsOpenCall *current; /* owned: or this, or neither */
} GsTraceJoiner;

/* @tid is whose calls they are where the lines do not say; 0: not known. */
void gs_trace_joiner_init(GsTraceJoiner *joiner, int32_t tid);
void gs_trace_joiner_clear(GsTraceJoiner *joiner);

/* Another log begins: nothing of the one before counts any more, but what is counted. */
void gs_trace_joiner_start_over(GsTraceJoiner *joiner);

typedef enum {
	GS_JOINED_NOTHING,
	GS_JOINED_RECORD,
	GS_JOINED_NOT_WHOLE, /* the second half of a call that goes on in another line; as if
				it had not been taken */
} GsJoined;

/*
 * Take the next line. @record is what it completes, or what loses its end by it;
 * its spans are valid as long as those of @line and until the next call.
 */
GsJoined gs_trace_joiner_take(GsTraceJoiner *joiner, const GsTracePrefix *prefix,
			      const GsTraceLine *line, uint64_t number, GsTraceRecord *record);

/*
 * @text, no line of the tracer's: under -z strace prints a call's second half
 * without saying so, right behind the first. Returns whether it was that.
 */
bool gs_trace_joiner_take_rest(GsTraceJoiner *joiner, GsSpan text, GsTraceRecord *record);

/* Whose the next line is if it begins with @prefix. */
int32_t gs_trace_joiner_find_thread(GsTraceJoiner *joiner, const GsTracePrefix *prefix);

/*
 * The log has ended, or another begins: hand out a call whose end is not in it, in
 * the order in which they began; false: there are none left, all is forgotten.
 */
bool gs_trace_joiner_leave(GsTraceJoiner *joiner, GsTraceRecord *record);

#endif
