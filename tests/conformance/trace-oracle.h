/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The oracle of a run that follows a trace: it knows how far the run is, and so
 * what comes next in the trace.
 */
#ifndef GS_TRACE_ORACLE_H
#define GS_TRACE_ORACLE_H

#include "tests/conformance/pin.h"
#include "tests/conformance/sequence.h"

typedef struct {
	GsOracle oracle;             /* for GsKernel.oracle */
	const GsPin *pin;            /* borrowed */
	const GsSequence *traced;    /* borrowed */
	const GsSequence *simulated; /* borrowed: as far as the run is */
	const GsScript *script;      /* borrowed */
	struct {
		unsigned int mark;   /* the next one */
		unsigned int call;   /* in progress, or the next one */
	} *threads;                  /* owned: as many as the script has */
	bool *woken, *switched;      /* owned: which of the pin's have come */
	const GsPinnedWake *wake;    /* the last; borrowed, NULL: not in the trace */
	bool placing;                /* the wake-up under way is the test's own doing */
	unsigned int placed;         /* wake-ups of VMM threads, */
	unsigned int moved;          /* and those the model would have put elsewhere */
} GsTraceOracle;

void gs_trace_oracle_init(GsTraceOracle *oracle, const GsPin *pin, const GsScript *script,
			  const GsSequence *traced, const GsSequence *simulated);
void gs_trace_oracle_clear(GsTraceOracle *oracle);

/* Follow the run: @kernel has fired @probe. */
void gs_trace_oracle_probe(GsTraceOracle *oracle, const GsKernel *kernel, const GsProbe *probe);

#endif
