/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runs/samples-csv.h"

#include <inttypes.h>
#include <string.h>

#include "runs/csv.h"

static const char header[] =
	"trace,vm,hz,policy,kernel,tid,thread,call,occurrence,run,start_ns,latency_ns,wait_ns\n";

/* A 64-bit number, its sign and the separator after it. */
#define NUMBER_MAX 21

#define FLUSH_AT (256 * 1024)

struct GsSamplesCsv {
	FILE *stream;    /* borrowed */
	GString *buffer; /* owned: rows not yet written */
};

GsSamplesCsv *gs_samples_csv_new(FILE *stream)
{
	GsSamplesCsv *csv = g_new0(GsSamplesCsv, 1);

	csv->stream = stream;
	csv->buffer = g_string_sized_new(FLUSH_AT + FLUSH_AT / 4);
	g_string_append(csv->buffer, header);
	return csv;
}

static void flush(GsSamplesCsv *csv)
{
	fwrite(csv->buffer->str, 1, csv->buffer->len, csv->stream);
	g_string_truncate(csv->buffer, 0);
}

void gs_samples_csv_free(GsSamplesCsv *csv)
{
	g_string_free(csv->buffer, TRUE);
	g_free(csv);
}

/* Put the digits of @number and @separator at @at; returns what comes after. */
static char *put_number(char *at, int64_t number, char separator)
{
	uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;
	char digits[NUMBER_MAX];
	size_t begin = sizeof(digits);

	do {
		digits[--begin] = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest);
	if (number < 0)
		*at++ = '-';
	memcpy(at, digits + begin, sizeof(digits) - begin);
	at += sizeof(digits) - begin;
	*at++ = separator;
	return at;
}

/* The columns of a row that are the same in every run, and the comma after them. */
static void append_prefix(GString *out, const GsReplaySpec *spec, unsigned int cell,
			  const GsScriptCall *call)
{
	const GsScript *script = spec->script;
	const GsScriptThread *thread =
		&g_array_index(script->threads, GsScriptThread, call->thread);

	gs_csv_append_text(out, script->label, ',');
	gs_csv_append_number(out, call->vm, ',');
	gs_csv_append_number(out, spec->cells[cell].hz, ',');
	gs_csv_append_text(out, spec->cells[cell].policy->name, ',');
	gs_csv_append_text(out, gs_machine_spec_kernel(spec->machine), ',');
	gs_csv_append_number(out, thread->tid, ',');
	gs_csv_append_text(out, thread->name ? thread->name : "", ',');
	gs_csv_append_text(out, call->name, ',');
	gs_csv_append_number(out, call->occurrence, ',');
}

void gs_samples_csv_add_cell(GsSamplesCsv *csv, const GsReplaySpec *spec, unsigned int cell,
			     const GsSample *samples)
{
	unsigned int call_count = spec->script->calls->len;
	g_autoptr(GString) prefixes = g_string_new(NULL);
	g_autofree size_t *ends = g_new(size_t, call_count + 1);

	ends[0] = 0;
	for (unsigned int i = 0; i < call_count; i++) {
		append_prefix(prefixes, spec, cell, gs_script_call(spec->script, i));
		ends[i + 1] = prefixes->len;
	}
	for (unsigned int run = 0; run < spec->runs; run++)
		for (unsigned int i = 0; i < call_count; i++) {
			const GsSample *sample = &samples[(size_t)run * call_count + i];
			char numbers[4 * NUMBER_MAX];
			char *end = numbers;

			end = put_number(end, run, ',');
			end = put_number(end, sample->start_ns, ',');
			end = put_number(end, sample->latency_ns, ',');
			end = put_number(end, sample->wait_ns, '\n');
			g_string_append_len(csv->buffer, prefixes->str + ends[i],
					    (gssize)(ends[i + 1] - ends[i]));
			g_string_append_len(csv->buffer, numbers, end - numbers);
			if (csv->buffer->len >= FLUSH_AT)
				flush(csv);
		}
	flush(csv);
}
