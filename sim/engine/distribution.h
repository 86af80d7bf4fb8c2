/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Durations that are drawn at random.
 *
 * In words, as users write them:
 *   3us                 always that
 *   uniform:1us,5us     any duration from the first to the second is as likely
 *   exponential:3us     with that mean
 *   lognormal:3us,0.8   with that median; the logarithm has standard deviation 0.8
 *
 * Draws are made of integer arithmetic alone, so they are the same to the
 * nanosecond on every machine, which logarithms of a C library are not.
 */
#ifndef GS_DISTRIBUTION_H
#define GS_DISTRIBUTION_H

#include "sim/engine/rng.h"
#include "sim/engine/sim-time.h"

#include <stdbool.h>

/* Nothing named in a distribution is longer, and nothing longer is drawn. */
#define GS_DISTRIBUTION_MAX_NS (1000 * GS_NSEC_PER_SEC)

typedef enum {
	GS_DISTRIBUTION_CONSTANT,
	GS_DISTRIBUTION_UNIFORM,
	GS_DISTRIBUTION_EXPONENTIAL,
	GS_DISTRIBUTION_LOGNORMAL,
} GsDistributionKind;

typedef struct {
	GsDistributionKind kind;
	int64_t ns;        /* constant; uniform: the least; exponential: mean; lognormal: median */
	int64_t most_ns;   /* uniform */
	int64_t sigma_ppm; /* lognormal: in millionths, up to 4 */
} GsDistribution;

/* Read it from words. False if @text is none, or names what cannot be drawn from. */
bool gs_distribution_parse(const char *text, GsDistribution *ret_distribution);

/* The one spelling of @distribution, which parses to an equal one; the caller frees it. */
char *gs_distribution_text(const GsDistribution *distribution);

/* @ppm millionths, 0 or more, as a decimal fraction: "0.35", "2"; the caller frees it. */
char *gs_ppm_text(int64_t ppm);

bool gs_distribution_equal(const GsDistribution *a, const GsDistribution *b);

/* Draw: 0 to GS_DISTRIBUTION_MAX_NS. */
int64_t gs_distribution_draw(const GsDistribution *distribution, GsRng *rng);

#endif
