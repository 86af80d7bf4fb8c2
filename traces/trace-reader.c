/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/trace-reader.h"

#include "traces/trace-inputs.h"

/* One file of the trace, and the record it is at. */
typedef struct {
	GsTraceFile *file; /* owned */
	char *name;        /* owned */
	uint32_t group;
	unsigned int first_series; /* number of its series 0 among all */
	GsTraceRecord record;
	bool at_record; /* that has not been handed out */
	bool ended;
} Source;

struct GsTraceReader {
	GArray *sources; /* owned: Source */
	bool started;
	bool merges;     /* by time; else one source after the other */
	unsigned int at; /* the source whose record was handed out last */
};

static void source_clear(void *data)
{
	Source *source = data;

	gs_trace_file_free(source->file);
	g_free(source->name);
}

static Source *source_at(const GsTraceReader *reader, unsigned int index)
{
	return &g_array_index(reader->sources, Source, index);
}

static GsTraceReader *reader_new(void)
{
	GsTraceReader *reader = g_new0(GsTraceReader, 1);

	reader->sources = g_array_new(FALSE, FALSE, sizeof(Source));
	g_array_set_clear_func(reader->sources, source_clear);
	return reader;
}

/* Takes @bytes. */
static void add_source(GsTraceReader *reader, GsByteSource *bytes, const GsTraceInput *input,
		       bool is_one_of_many)
{
	Source source = { .name = g_strdup(gs_byte_source_name(bytes)), .group = input->group };

	source.file = gs_trace_file_new(bytes, input->tid, is_one_of_many);
	g_array_append_val(reader->sources, source);
}

GsTraceReader *gs_trace_reader_new_for_stream(GInputStream *stream, const char *name)
{
	const GsTraceInput input = { .tid = 0 };
	GsTraceReader *reader = reader_new();

	add_source(reader, gs_byte_source_new_for_stream(stream, name), &input, false);
	return reader;
}

/* Whether more than one of @inputs is of @group. */
static bool has_others(const GArray *inputs, uint32_t group)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < inputs->len && count < 2; i++)
		count += g_array_index(inputs, GsTraceInput, i).group == group;
	return count > 1;
}

GsTraceReader *gs_trace_reader_new(const char *const *paths, GError **error)
{
	g_autoptr(GArray) inputs = gs_trace_inputs_new(paths, error);
	g_autoptr(GsTraceReader) reader = reader_new();

	for (unsigned int i = 0; inputs && i < inputs->len; i++) {
		const GsTraceInput *input = &g_array_index(inputs, GsTraceInput, i);
		GsByteSource *bytes = gs_byte_source_open(input->path, error);

		if (!bytes)
			return NULL;
		add_source(reader, bytes, input, has_others(inputs, input->group));
	}
	return inputs ? g_steal_pointer(&reader) : NULL;
}

void gs_trace_reader_free(GsTraceReader *reader)
{
	g_array_unref(reader->sources);
	g_free(reader);
}

/* The source's next record. False: it has none, or, with @error set, cannot be read. */
static bool read_record(Source *source, GsTraceRecord *record, GError **error)
{
	if (source->at_record) {
		*record = source->record;
		source->at_record = false;
		return true;
	}
	if (source->ended)
		return false;
	source->ended = !gs_trace_file_next(source->file, record, error);
	return !source->ended;
}

/* Go on to the source's next record, to be handed out when its time comes. */
static bool advance(Source *source, GError **error)
{
	g_autoptr(GError) failure = NULL;

	if (source->at_record)
		return true;
	source->at_record = read_record(source, &source->record, &failure);
	if (!failure)
		return true;
	g_propagate_error(error, g_steal_pointer(&failure));
	return false;
}

/* What the stamps of a file count from, which its first record tells. */
static bool have_common_stamps(const GsTraceReader *reader)
{
	GsStampKind stamp = GS_STAMP_NONE;

	for (unsigned int i = 0; i < reader->sources->len; i++) {
		const Source *source = source_at(reader, i);

		if (source->ended)
			continue;
		if (source->record.stamp == GS_STAMP_NONE ||
		    (stamp != GS_STAMP_NONE && source->record.stamp != stamp) ||
		    gs_trace_file_is_pasted(source->file))
			return false;
		stamp = source->record.stamp;
	}
	return true;
}

static bool start(GsTraceReader *reader, GError **error)
{
	reader->started = true;
	if (reader->sources->len == 1)
		return true;
	for (unsigned int i = 0; i < reader->sources->len; i++) {
		if (!advance(source_at(reader, i), error))
			return false;
	}
	reader->merges = have_common_stamps(reader);
	return true;
}

/* When the line was printed that completed the record. */
static int64_t completed_ns(const GsTraceRecord *record)
{
	return record->end_ns >= 0 ? record->end_ns : record->start_ns;
}

/* The source whose record comes next, NULL: none has one. */
static Source *choose_by_time(const GsTraceReader *reader)
{
	Source *first = NULL;

	for (unsigned int i = 0; i < reader->sources->len; i++) {
		Source *source = source_at(reader, i);

		if (source->at_record &&
		    (!first || completed_ns(&source->record) < completed_ns(&first->record)))
			first = source;
	}
	return first;
}

/* A file of another recording has series of its own. */
static void number_series(const GsTraceReader *reader, unsigned int index)
{
	const Source *before = source_at(reader, index - 1);
	Source *source = source_at(reader, index);

	source->first_series = before->first_series;
	if (before->group != source->group)
		source->first_series += gs_trace_file_series_count(before->file);
}

static bool next_in_turn(GsTraceReader *reader, GsTraceRecord *record, GError **error)
{
	g_autoptr(GError) failure = NULL;

	while (!read_record(source_at(reader, reader->at), record, &failure)) {
		if (failure) {
			g_propagate_error(error, g_steal_pointer(&failure));
			return false;
		}
		if (reader->at + 1 == reader->sources->len)
			return false;
		number_series(reader, ++reader->at);
	}
	return true;
}

static bool next_by_time(GsTraceReader *reader, GsTraceRecord *record, GError **error)
{
	Source *source;

	if (!advance(source_at(reader, reader->at), error))
		return false;
	source = choose_by_time(reader);
	if (!source)
		return false;
	reader->at = (unsigned int)(source - source_at(reader, 0));
	return read_record(source, record, error);
}

bool gs_trace_reader_next(GsTraceReader *reader, GsTraceRecord *record, GError **error)
{
	const Source *source;

	if (!reader->started && !start(reader, error))
		return false;
	if (!(reader->merges ? next_by_time(reader, record, error)
			     : next_in_turn(reader, record, error)))
		return false;
	source = source_at(reader, reader->at);
	record->file = reader->at;
	record->group = source->group;
	record->series += source->first_series;
	return true;
}

unsigned int gs_trace_reader_file_count(const GsTraceReader *reader)
{
	return reader->sources->len;
}

const char *gs_trace_reader_file_name(const GsTraceReader *reader, unsigned int file)
{
	return source_at(reader, file)->name;
}

const GsTraceStats *gs_trace_reader_file_stats(const GsTraceReader *reader, unsigned int file)
{
	return gs_trace_file_stats(source_at(reader, file)->file);
}

int32_t gs_trace_reader_main_tid(const GsTraceReader *reader, unsigned int file)
{
	return gs_trace_file_main_tid(source_at(reader, file)->file);
}

static void add_count(GsLineCount *sum, const GsLineCount *lines)
{
	sum->count += lines->count;
	if (!sum->first)
		sum->first = lines->first;
}

GsTraceStats gs_trace_reader_stats(const GsTraceReader *reader)
{
	GsTraceStats sum = { 0 };

	for (unsigned int i = 0; i < reader->sources->len; i++) {
		const GsTraceStats *stats = gs_trace_reader_file_stats(reader, i);

		sum.lines += stats->lines;
		sum.records += stats->records;
		add_count(&sum.foreign, &stats->foreign);
		add_count(&sum.skipped, &stats->skipped);
		add_count(&sum.astray, &stats->astray);
		sum.cut |= stats->cut;
		sum.gaps_only |= stats->gaps_only;
	}
	return sum;
}

unsigned int gs_trace_reader_series_count(const GsTraceReader *reader)
{
	unsigned int count = 1;

	for (unsigned int i = 0; i < reader->sources->len; i++) {
		const Source *source = source_at(reader, i);

		count = MAX(count, source->first_series + gs_trace_file_series_count(source->file));
	}
	return count;
}

const char *gs_trace_reader_series_title(const GsTraceReader *reader, unsigned int series)
{
	for (unsigned int i = reader->sources->len; i-- > 0;) {
		const Source *source = source_at(reader, i);

		if (series >= source->first_series &&
		    series < source->first_series + gs_trace_file_series_count(source->file))
			return gs_trace_file_series_title(source->file,
							  series - source->first_series);
	}
	return "";
}
