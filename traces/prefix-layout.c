/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/prefix-layout.h"

#include "traces/strace-scan.h"
#include "traces/syscall-names.h"

#include <glib.h>

/* Calls of the sample that vote. */
#define SAMPLE_CALLS 200

void gs_prefix_layout_halve(GsPrefixLayout *layout)
{
	layout->total = 0;
	for (unsigned int shape = 0; shape < GS_PREFIX_SHAPES; shape++) {
		layout->votes[shape] /= 2;
		layout->total += layout->votes[shape];
	}
}

void gs_prefix_layout_init(GsPrefixLayout *layout, GsSpan sample)
{
	*layout = (GsPrefixLayout){ .total = 0 };
	while (sample.length && layout->total < SAMPLE_CALLS) {
		const char *end = sample.text + sample.length;
		const char *newline = memchr(sample.text, '\n', sample.length);
		GsSpan line = gs_span(sample.text, newline ? newline : end);
		GsTracePrefix prefix;
		GsTraceLine call;

		sample = gs_span(newline ? newline + 1 : end, end);
		if (line.length && line.text[line.length - 1] == '\r')
			line.length--;
		gs_strace_scan_body(gs_strace_scan_prefix(line, &prefix), &call);
		if ((call.kind == GS_LINE_COMPLETE || call.kind == GS_LINE_UNFINISHED) &&
		    gs_is_syscall_name(call.name))
			gs_prefix_layout_vote(layout, &prefix);
	}
}
