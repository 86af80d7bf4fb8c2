/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/steady-time.h"

/* Stamps and durations are read at different moments: up to this they agree. */
#define APART_MAX_NS INT64_C(100000)

/*
 * A tracer that loses its CPU between the two can print a stamp that is late by
 * tens of milliseconds. Who sets a clock forward does so by more: ntpd slews up
 * to 128 ms.
 */
#define FORWARD_MIN_NS INT64_C(100000000)

/* Of so many gaps, the latest of a thread, the median is its usual one; fewer do not tell. */
#define GAPS_MAX 64
#define GAPS_MIN 8

/* From line @line on stamps are to be moved by @offset_ns. */
typedef struct {
	uint64_t line;
	int64_t offset_ns;
} Step;

typedef struct {
	int64_t start_ns, end_ns; /* of its last call */
	int64_t gaps_ns[GAPS_MAX];
	unsigned int gap_count; /* so far, those no longer kept too */
} Thread;

/* What has a clock of its own: a file, and in a pasted one each series. */
typedef struct {
	GHashTable *threads; /* owned: tid -> Thread */
	GArray *steps;       /* owned: Step, by line */
	uint64_t last_line;  /* of all that were read */
} Log;

struct GsSteadyTime {
	GHashTable *logs; /* owned: file and series -> Log */
	GsClockSteps steps;
};

static void log_free(gpointer pointer)
{
	Log *log = pointer;

	g_hash_table_unref(log->threads);
	g_array_unref(log->steps);
	g_free(log);
}

GsSteadyTime *gs_steady_time_new(void)
{
	GsSteadyTime *time = g_new0(GsSteadyTime, 1);

	time->logs = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, log_free);
	return time;
}

void gs_steady_time_free(GsSteadyTime *time)
{
	g_hash_table_unref(time->logs);
	g_free(time);
}

const GsClockSteps *gs_steady_time_steps(const GsSteadyTime *time)
{
	return &time->steps;
}

static Log *log_of(GsSteadyTime *time, const GsTraceRecord *record)
{
	const gint64 key = (gint64)((uint64_t)record->file << 32 | record->series);
	Log *log = g_hash_table_lookup(time->logs, &key);

	if (!log) {
		gint64 *copy = g_new(gint64, 1);

		*copy = key;
		log = g_new(Log, 1);
		*log = (Log){
			.threads = g_hash_table_new_full(NULL, NULL, NULL, g_free),
			.steps = g_array_new(FALSE, FALSE, sizeof(Step)),
		};
		g_hash_table_insert(time->logs, copy, log);
	}
	return log;
}

static int64_t offset_at(const Log *log, uint64_t line)
{
	for (unsigned int i = log->steps->len; i > 0; i--) {
		const Step *step = &g_array_index(log->steps, Step, i - 1);

		if (step->line <= line)
			return step->offset_ns;
	}
	return 0;
}

static int64_t in_range(int64_t ns)
{
	return CLAMP(ns, -GS_TRACE_TIME_MAX_NS, GS_TRACE_TIME_MAX_NS);
}

/* Stamps from @line on are to be moved by @by_ns more. */
static void add_step(Log *log, uint64_t line, int64_t by_ns)
{
	const int64_t offset_ns = in_range(offset_at(log, line) + in_range(by_ns));
	const Step step = { .line = line, .offset_ns = offset_ns };

	while (log->steps->len && g_array_index(log->steps, Step, log->steps->len - 1).line >= line)
		g_array_set_size(log->steps, log->steps->len - 1);
	g_array_append_val(log->steps, step);
}

static int compare_ns(const void *a, const void *b)
{
	const int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

	return (left > right) - (left < right);
}

static int64_t usual_gap_ns(const Thread *thread)
{
	const unsigned int count = MIN(thread->gap_count, GAPS_MAX);
	int64_t gaps_ns[GAPS_MAX];

	if (count < GAPS_MIN)
		return 0;
	memcpy(gaps_ns, thread->gaps_ns, count * sizeof(*gaps_ns));
	qsort(gaps_ns, count, sizeof(*gaps_ns), compare_ns);
	return gaps_ns[count / 2];
}

/* How far a stamp may be from the truth. */
static int64_t unsure_ns(const GsTraceRecord *record)
{
	return APART_MAX_NS + 2 * record->resolution_ns;
}

/*
 * A thread makes one call after the other, and a log has them in that order. One
 * that begins far inside the thread's previous one may be another thread's where
 * the log does not tell them apart.
 */
static bool is_set_back(const Thread *thread, const GsTraceRecord *record, int64_t start_ns)
{
	return start_ns < thread->start_ns ||
	       (record->tid && start_ns < thread->end_ns - unsure_ns(record));
}

static int64_t length_ns(const GsTraceRecord *record)
{
	if (record->duration_ns >= 0)
		return record->duration_ns;
	return record->end_ns < 0 ? 0 : MAX(record->end_ns - record->start_ns, 0);
}

/* How far the clock was set while the call ran; 0: not, or not for sure. */
static int64_t step_inside_ns(const GsTraceRecord *record)
{
	int64_t step_ns;

	if (record->end_ns < 0 || record->duration_ns < 0)
		return 0;
	step_ns = record->end_ns - record->start_ns - record->duration_ns;
	return step_ns < -unsure_ns(record) || step_ns > FORWARD_MIN_NS + unsure_ns(record)
		       ? step_ns
		       : 0;
}

static void count_step(GsSteadyTime *time, unsigned int *count, uint64_t line)
{
	(*count)++;
	if (!time->steps.first_line)
		time->steps.first_line = line;
}

/* Where @record begins, on the steady clock. */
static int64_t find_start(GsSteadyTime *time, Log *log, const GsTraceRecord *record)
{
	gpointer tid = GINT_TO_POINTER(record->tid);
	Thread *thread = g_hash_table_lookup(log->threads, tid);
	int64_t start_ns = record->start_ns + offset_at(log, record->line);

	if (!thread) {
		thread = g_new0(Thread, 1);
		g_hash_table_insert(log->threads, tid, thread);
	} else if (is_set_back(thread, record, start_ns)) {
		const int64_t stamp_ns = start_ns;

		start_ns = in_range(thread->end_ns + usual_gap_ns(thread));
		add_step(log, record->line, start_ns - stamp_ns);
		count_step(time, &time->steps.back, record->line);
	} else {
		thread->gaps_ns[thread->gap_count++ % GAPS_MAX] = MAX(start_ns - thread->end_ns, 0);
	}
	start_ns = CLAMP(start_ns, 0, GS_TRACE_TIME_MAX_NS);
	thread->start_ns = start_ns;
	thread->end_ns = in_range(start_ns + length_ns(record));
	return start_ns;
}

void gs_steady_time_apply(GsSteadyTime *time, GsTraceRecord *record)
{
	int64_t inside_ns, moved_ns;
	Log *log;

	if (record->start_ns < 0 ||
	    (record->stamp != GS_STAMP_CLOCK && record->stamp != GS_STAMP_EPOCH))
		return;
	if (record->steady_ns >= 0) {
		moved_ns = record->steady_ns - record->start_ns;
		record->resolution_ns = record->steady_resolution_ns;
	} else {
		log = log_of(time, record);
		inside_ns = step_inside_ns(record);
		moved_ns = find_start(time, log, record) - record->start_ns;
		log->last_line = MAX(log->last_line, record->line);
		if (inside_ns) {
			/* what began before this call's end has been read, or is still open */
			add_step(log, log->last_line + 1, -inside_ns);
			count_step(time, inside_ns < 0 ? &time->steps.back : &time->steps.forward,
				   record->line);
		}
	}
	record->start_ns += moved_ns;
	if (record->end_ns >= 0)
		record->end_ns += moved_ns;
}
