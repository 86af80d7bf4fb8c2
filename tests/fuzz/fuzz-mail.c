/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as a mail: the lines end, come in order and lie in bounds; a line is
 * not longer than what it was made of; series have titles that can be printed.
 */
#include "tests/fuzz/fuzz-check.h"
#include "tests/fuzz/fuzz.h"
#include "traces/pasted-text.h"
#include "traces/trace-series.h"

/* Short, so that the fuzzer finds lines that are too long. */
#define LINE_MAX_BYTES 2048

typedef struct {
	const uint8_t *data;
	size_t size, at;
} Input;

static gssize read_input(void *source, char *buffer, size_t size, GError **error)
{
	Input *input = source;
	size_t count = MIN(size, input->size - input->at);

	(void)error;
	if (count)
		memcpy(buffer, input->data + input->at, count);
	input->at += count;
	return (gssize)count;
}

/* Every byte of it can be read. */
static unsigned int sum(GsSpan text)
{
	unsigned int total = 0;

	for (size_t i = 0; i < text.length; i++)
		total += (unsigned char)text.text[i];
	return total;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Input input = { .data = data, .size = size };
	g_autoptr(GsTraceSeries) series = gs_trace_series_new();
	g_autoptr(GsPastedText) text = NULL;
	g_autoptr(GError) error = NULL;
	uint64_t number = 0, handed_out = 0;
	unsigned int mail = 0;
	GsTextLines lines;
	GsPastedLine line;

	gs_text_lines_init(&lines, read_input, &input, LINE_MAX_BYTES);
	text = gs_pasted_text_new(&lines);
	while (gs_pasted_text_next(text, &line, &error)) {
		FUZZ_CHECK(line.number >= 1 && line.number >= number);
		FUZZ_CHECK(line.mail >= mail);
		FUZZ_CHECK(line.pasted || (line.depth == 0 && line.mail == 0));
		FUZZ_CHECK(!line.oversized || line.text.length == 0);
		FUZZ_CHECK(line.text.length <= LINE_MAX_BYTES);
		FUZZ_CHECK(!memchr(line.text.text, '\n', line.text.length));
		FUZZ_CHECK(sum(line.text) < UINT_MAX);
		number = line.number;
		mail = line.mail;
		handed_out += line.text.length;
		if (line.text.length % 2)
			gs_trace_series_prose(series, &line);
		else
			gs_trace_series_record(series, &line);
	}
	FUZZ_CHECK(!error);
	FUZZ_CHECK(handed_out <= size);
	FUZZ_CHECK(gs_pasted_text_own_count(text) <= lines.number);
	for (unsigned int i = 0; i < gs_trace_series_count(series); i++) {
		const char *title = gs_trace_series_title(series, i);

		FUZZ_CHECK(g_utf8_validate(title, -1, NULL));
		FUZZ_CHECK(strlen(title) <= GS_TRACE_SERIES_TITLE_MAX_BYTES);
	}
	gs_text_lines_clear(&lines);
	return 0;
}
