/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Counter-based random streams: Philox4x32-10 of Random123.
 *
 * A draw is a pure function of (seed, run, stream name, index, number of the
 * draw), so results depend neither on threads nor on the order in which models
 * ask, and adding a stream never moves another. A stream holds 2^33 draws.
 *
 * Invariants (gs_bug ids): "rng-bound" the bound of a draw is positive;
 * "rng-exhausted" a stream is not drawn beyond its end.
 */
#ifndef GS_RNG_H
#define GS_RNG_H

#include <glib.h>
#include <inttypes.h>
#include <stdint.h>

#include "sim/engine/bug.h"

__extension__ typedef unsigned __int128 GsUint128;

typedef struct {
	uint64_t seed, run;
	uint64_t block;    /* next Philox block to compute, at most 2^32 */
	uint64_t words[2]; /* of the current block */
	uint32_t stream;   /* hash of the name and the index */
	unsigned int used; /* how many of them were handed out */
} GsRng;

/*
 * Open stream @name (e.g. "tick.phase") of run @run under @seed. @index tells
 * apart streams of one name, such as one per CPU; 0 where there is only one.
 */
void gs_rng_init(GsRng *rng, uint64_t seed, uint64_t run, const char *name, uint32_t index);

/* For gs_rng_u64() alone: compute the words of the next block. */
void gs_rng_next_block(GsRng *rng);

static inline uint64_t gs_rng_u64(GsRng *rng)
{
	if (rng->used == G_N_ELEMENTS(rng->words))
		gs_rng_next_block(rng);
	return rng->words[rng->used++];
}

/* Uniform in [0, @bound), without modulo bias beyond 2^-64. @bound is positive. */
static inline int64_t gs_rng_below(GsRng *rng, int64_t bound)
{
	GS_CHECK(NULL, bound > 0, "rng-bound", "a random number below %" PRId64, bound);
	return (int64_t)((GsUint128)gs_rng_u64(rng) * (uint64_t)bound >> 64);
}

#endif
