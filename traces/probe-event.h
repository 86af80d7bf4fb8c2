/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Probes on the functions that KVM's stalls are in: to whoever reads the trace
 * they are calls like the system's.
 */
#ifndef GS_PROBE_EVENT_H
#define GS_PROBE_EVENT_H

#include "traces/span.h"

#include <glib.h>

/*
 * Put the event @name, which says @text, in strace's words in @out. False: it is no
 * probe, or none on the beginning or the end of such a function.
 */
bool gs_probe_event_translate(GsSpan name, GsSpan text, GString *out);

/* The layer (trace-line.h) of calls of @function; 0: it is none of them. */
unsigned int gs_probe_event_layer(GsSpan function);

#endif
