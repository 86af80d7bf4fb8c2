/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A set of CPUs: cpumask_t.
 */
#ifndef GS_CPU_MASK_H
#define GS_CPU_MASK_H

#include "sim/kernel/kernel-params.h"

#include <stdbool.h>
#include <stdint.h>

#define GS_CPU_MASK_WORDS (GS_CPUS_MAX / 64)

/* All zero: no CPU. */
typedef struct {
	uint64_t words[GS_CPU_MASK_WORDS];
} GsCpuMask;

static inline void gs_cpu_mask_set(GsCpuMask *mask, int cpu)
{
	mask->words[cpu / 64] |= UINT64_C(1) << (cpu % 64);
}

static inline void gs_cpu_mask_clear(GsCpuMask *mask, int cpu)
{
	mask->words[cpu / 64] &= ~(UINT64_C(1) << (cpu % 64));
}

static inline bool gs_cpu_mask_test(const GsCpuMask *mask, int cpu)
{
	return mask->words[cpu / 64] >> (cpu % 64) & 1;
}

/* The first member behind @cpu in a ring of all CPUs, @cpu itself the last; -1: none. */
static inline int gs_cpu_mask_next_wrap(const GsCpuMask *mask, int cpu)
{
	const uint64_t above = ~UINT64_C(1) << (cpu % 64);

	/* The word @cpu is in comes twice: first what is above it, at the end the rest. */
	for (int i = 0; i <= GS_CPU_MASK_WORDS; i++) {
		const int index = (cpu / 64 + i) % GS_CPU_MASK_WORDS;
		const uint64_t word = mask->words[index] & (i == 0 ? above : UINT64_MAX);

		if (word)
			return index * 64 + __builtin_ctzll(word);
	}
	return -1;
}

#endif
