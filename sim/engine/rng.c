/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/engine/rng.h"

#include <Random123/philox.h>

/*
 * FNV-1a of the name, then a multiple of the index: for one name, no two
 * indices share a stream.
 */
static uint32_t stream_of(const char *name, uint32_t index)
{
	uint32_t hash = UINT32_C(2166136261);

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * UINT32_C(16777619);
	return hash + index * UINT32_C(0x9e3779b1);
}

void gs_rng_init(GsRng *rng, uint64_t seed, uint64_t run, const char *name, uint32_t index)
{
	*rng = (GsRng){
		.seed = seed,
		.run = run,
		.stream = stream_of(name, index),
		.used = G_N_ELEMENTS(rng->words),
	};
}

/* The key is the seed; the counter names the run, the stream and the block. */
void gs_rng_next_block(GsRng *rng)
{
	philox4x32_ctr_t counter = { { (uint32_t)rng->block, rng->stream, (uint32_t)rng->run,
				       (uint32_t)(rng->run >> 32) } };
	philox4x32_key_t key = { { (uint32_t)rng->seed, (uint32_t)(rng->seed >> 32) } };
	philox4x32_ctr_t out;

	GS_CHECK(NULL, rng->block <= UINT32_MAX, "rng-exhausted",
		 "a random stream ran out after 2^33 draws");
	out = philox4x32_R(10, counter, key);
	rng->words[0] = (uint64_t)out.v[1] << 32 | out.v[0];
	rng->words[1] = (uint64_t)out.v[3] << 32 | out.v[2];
	rng->block++;
	rng->used = 0;
}
