/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/import-order.h"

/* Before all stamps: where the rows of a log stand that has none. */
#define NO_TIME INT64_MIN

/* Clocks set back by more than this in all are not followed; two times still add up. */
#define SHIFT_MAX_NS INT64_C(1000000000000000000)

/* The latest row of a thread in a file. */
typedef struct {
	uint32_t series;
	uint64_t line;
	int64_t time_ns;    /* as ordered, shifts included */
	int64_t latency_ns; /* 0: not known */
} Thread;

/* What is known of a file's clock; of one series at a time, each has its own. */
typedef struct {
	uint32_t series;
	bool begun;
	uint32_t clock;    /* of the latest row with a stamp */
	int64_t time_ns;   /* of the row before; NO_TIME: no stamp yet */
	int64_t latest_ns; /* of all rows */
	int64_t shift_ns;  /* for rows from shift_line on */
	int64_t before_ns; /* for those before */
	uint64_t shift_line;
} File;

struct GsImportOrder {
	bool by_line;
	GArray *files;       /* owned: File */
	GHashTable *threads; /* owned: file and tid, an int64_t -> Thread */
	/* the first file whose stamps count from the same, plus 1 */
	uint32_t first_file[GS_STAMP_UPTIME + 1];
};

GsImportOrder *gs_import_order_new(bool by_line)
{
	GsImportOrder *order = g_new0(GsImportOrder, 1);

	order->by_line = by_line;
	order->files = g_array_new(FALSE, TRUE, sizeof(File));
	order->threads = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
	return order;
}

void gs_import_order_free(GsImportOrder *order)
{
	g_array_unref(order->files);
	g_hash_table_unref(order->threads);
	g_free(order);
}

static File *get_file(GsImportOrder *order, const GsImportRow *row)
{
	File *file;

	if (row->file >= order->files->len)
		g_array_set_size(order->files, row->file + 1);
	file = &g_array_index(order->files, File, row->file);
	if (!file->begun || file->series != row->series)
		*file = (File){ .begun = true,
				.series = row->series,
				.clock = row->file,
				.time_ns = NO_TIME,
				.latest_ns = NO_TIME };
	return file;
}

static Thread *get_thread(GsImportOrder *order, const GsImportRow *row, int32_t main_tid)
{
	/* the main thread goes by 0 before it is named */
	uint32_t tid = row->tid == main_tid ? 0 : (uint32_t)row->tid;
	gint64 key = (gint64)((uint64_t)row->file << 32 | tid);
	Thread *thread = g_hash_table_lookup(order->threads, &key);

	if (!thread) {
		gint64 *owned_key = g_new(gint64, 1);

		*owned_key = key;
		thread = g_new0(Thread, 1);
		g_hash_table_insert(order->threads, owned_key, thread);
	} else if (thread->series == row->series) {
		return thread;
	}
	*thread = (Thread){ .series = row->series, .time_ns = NO_TIME };
	return thread;
}

/*
 * Stamps that count from the same are of one clock, whatever the file. Sums of
 * gaps mean nothing to another file.
 */
static uint32_t clock_of(GsImportOrder *order, const GsImportRow *row)
{
	uint32_t *first = &order->first_file[row->stamp];

	if (row->stamp == GS_STAMP_NONE)
		return row->file;
	if (!*first)
		*first = row->file + 1;
	return *first - 1;
}

/* When @row's line was printed, or its call started. */
static int64_t own_time(const GsImportOrder *order, const GsImportRow *row)
{
	if (order->by_line && row->end_ns >= 0 && gs_import_row_lost_head(row))
		return row->end_ns;
	return row->start_ns;
}

/*
 * @row starts before what its thread did before: at @time_ns, without a shift.
 * Returns when it starts as ordered.
 */
static int64_t go_on(File *file, const GsImportRow *row, const Thread *before, int64_t time_ns)
{
	int64_t end_ns = before->time_ns + before->latency_ns;

	if (row->line < file->shift_line) {
		/* set back earlier than another thread showed it */
		file->shift_line = row->line;
		return MAX(time_ns + file->shift_ns, before->time_ns);
	}
	/* what stood in the file before it did start before it */
	end_ns = MIN(MAX(end_ns, file->latest_ns), GS_TRACE_TIME_MAX_NS + SHIFT_MAX_NS);
	file->before_ns = file->shift_ns;
	file->shift_line = row->line;
	file->shift_ns = MIN(end_ns - time_ns, SHIFT_MAX_NS);
	return end_ns;
}

/* When @row starts as ordered; @time_ns: what its stamp says. */
static int64_t shifted(File *file, const GsImportRow *row, const Thread *before, int64_t time_ns)
{
	int64_t shifted_ns =
		time_ns + (row->line >= file->shift_line ? file->shift_ns : file->before_ns);

	/* a call whose end is missing comes late, out of its line */
	if (row->line < before->line || shifted_ns >= before->time_ns)
		return shifted_ns;
	/* stamps are rounded, so a start that was computed from one may be off by a little */
	if (before->time_ns - shifted_ns <= 2 * row->resolution_ns)
		return before->time_ns;
	return go_on(file, row, before, time_ns);
}

GsRowKey gs_import_order_place(GsImportOrder *order, const GsImportRow *row, int32_t main_tid)
{
	File *file = get_file(order, row);
	Thread *thread = get_thread(order, row, main_tid);
	int64_t time_ns = own_time(order, row);
	GsRowKey key = { .series = row->series, .file = row->file, .line = row->line };

	if (time_ns < 0) {
		time_ns = file->time_ns;
	} else {
		file->clock = clock_of(order, row);
		time_ns = shifted(file, row, thread, time_ns);
		file->time_ns = time_ns;
		file->latest_ns = MAX(file->latest_ns, time_ns);
	}
	key.clock = file->clock;
	key.time_ns = time_ns;
	if (row->line >= thread->line)
		*thread = (Thread){ .series = row->series,
				    .line = row->line,
				    .time_ns = time_ns,
				    .latency_ns = MAX(row->latency_ns, 0) };
	return key;
}
