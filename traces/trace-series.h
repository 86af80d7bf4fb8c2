/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The data sets of one text: what stands under "Before the patch:" is another
 * than what stands under "After the patch:", and so is what another author
 * quotes or another mail brings.
 */
#ifndef GS_TRACE_SERIES_H
#define GS_TRACE_SERIES_H

#include "traces/pasted-text.h"

/* A text with more headings than this has none: all further records join the last series. */
#define GS_TRACE_SERIES_MAX 4096

#define GS_TRACE_SERIES_TITLE_MAX_BYTES 100

typedef struct GsTraceSeries GsTraceSeries;

GsTraceSeries *gs_trace_series_new(void);
void gs_trace_series_free(GsTraceSeries *series);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsTraceSeries, gs_trace_series_free)

/* A line that is no tracer's. */
void gs_trace_series_prose(GsTraceSeries *series, const GsPastedLine *line);

/*
 * The line where a call begins; true if a series begins with it, as one does
 * with the first. The call is in series gs_trace_series_count() - 1.
 */
bool gs_trace_series_record(GsTraceSeries *series, const GsPastedLine *line);

unsigned int gs_trace_series_count(const GsTraceSeries *series);

/* UTF-8, without the final colon; "" if the series has no heading. */
const char *gs_trace_series_title(const GsTraceSeries *series, unsigned int index);

#endif
