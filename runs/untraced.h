/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From a log as a tracer made it to what nobody traced (traces/tracer-overhead.h).
 */
#ifndef GS_UNTRACED_H
#define GS_UNTRACED_H

#include "models/machine-spec.h"
#include "traces/tracer-overhead.h"

typedef struct {
	bool estimate;             /* from the log, with what @machine takes untraced */
	GsTracerOverhead overhead; /* else this; all 0: the log is left as it is */
} GsUntracedOptions;

/*
 * Take what @options say from @script, before a model adds calls to it, and note
 * in it what was taken, or why nothing was.
 */
void gs_untraced_apply(GsScript *script, const GsMachineSpec *machine,
		       const GsUntracedOptions *options);

#endif
