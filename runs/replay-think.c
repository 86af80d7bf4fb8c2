/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runs/replay-think.h"

/*
 * Where no stamp tells the gap: nine in ten are what lies between two ioctls in a
 * row, the others anything up to what making threads and loading an image takes.
 * Quantiles of the stamped logs of traces/corpus, their tracer included.
 */
#define USUAL_NS (15 * GS_NSEC_PER_USEC)
#define LONG_NS (43 * GS_NSEC_PER_USEC)
#define LONG_OCTAVES 8 /* to 11 ms */
#define LONG_ONE_IN 10

static int64_t draw_unknown_ns(GsRng *rng)
{
	if (gs_rng_below(rng, LONG_ONE_IN) > 0)
		return USUAL_NS + gs_rng_below(rng, LONG_NS - USUAL_NS);

	const int64_t octave_ns = LONG_NS << gs_rng_below(rng, LONG_OCTAVES);
	return octave_ns + gs_rng_below(rng, octave_ns);
}

int64_t gs_replay_draw_gap_ns(const GsScriptCall *call, const GsRunParams *params, GsRng *rng)
{
	if (call->think_unknown)
		return draw_unknown_ns(rng);
	if (params->think_spread_ppm == 0)
		return call->think_ns;

	const int64_t ppm = 1000000 - params->think_spread_ppm +
			    gs_rng_below(rng, 2 * params->think_spread_ppm + 1);
	return call->think_ns / 1000000 * ppm + call->think_ns % 1000000 * ppm / 1000000;
}
