/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/engine/bug.h"

#include <glib.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static void append_engine(GString *report, const GsEngine *engine)
{
	uint64_t count = MIN(engine->event_count, GS_FLIGHT_RECORDS);

	g_string_append_printf(report,
			       "  simulated time %" PRId64 " ns, seed %" PRIu64 ", run %" PRIu64
			       ", %" PRIu64 " events\n",
			       engine->now_ns, engine->seed, engine->run, engine->event_count);
	if (count)
		g_string_append(report, "  last events, oldest first:\n");
	for (uint64_t i = engine->event_count - count; i < engine->event_count; i++)
		g_string_append_printf(report, "    %16" PRId64 " ns  %s\n",
				       engine->flight[i % GS_FLIGHT_RECORDS].at_ns,
				       engine->flight[i % GS_FLIGHT_RECORDS].name);
}

void gs_bug(const GsEngine *engine, const char *id, const char *format, ...)
{
	/* Written in one piece: other engines may be running in other threads. */
	GString *report = g_string_new(NULL);
	va_list args;

	g_string_append_printf(report, "bug: %s: ", id);
	va_start(args, format);
	g_string_append_vprintf(report, format, args);
	va_end(args);
	g_string_append_c(report, '\n');
	if (engine)
		append_engine(report, engine);

	fputs(report->str, stderr);
	fflush(stderr);
	abort();
}
