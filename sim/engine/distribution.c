/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/engine/distribution.h"

#include <glib.h>
#include <inttypes.h>
#include <string.h>

__extension__ typedef __int128 Int128;
__extension__ typedef unsigned __int128 Uint128;

/* Numbers with so many bits behind the point. */
#define Q32_ONE (INT64_C(1) << 32)
#define Q62_ONE (INT64_C(1) << 62)
#define LN_2_Q32 INT64_C(2977044472)         /* ln 2 */
#define LN_2_Q62 INT64_C(3196577161300663915)
#define LOG2_E_Q32 INT64_C(6196328019)       /* 1 / ln 2 */
#define SQRT_2_OVER_E_Q32 INT64_C(3684067834)

#define PPM INT64_C(1000000)
#define SIGMA_MAX_PPM (4 * PPM)

/* No normal variate of ours is further out: its chance is below 2^-64. */
#define NORMAL_MAX_Q32 (10 * Q32_ONE)

/*
 * -log2((@u + 1) / 2^64), rounded up. A number between 1 and 2 that is squared
 * leaves that range if the next bit of its logarithm is set.
 */
static int64_t minus_log2_q32(uint64_t u)
{
	if (u == UINT64_MAX)
		return 0;

	const int zeros = __builtin_clzll(u + 1);
	uint64_t mantissa = (u + 1) << zeros, fraction = 0;

	for (int bit = 0; bit < 32; bit++) {
		const Uint128 square = (Uint128)mantissa * mantissa;
		const uint64_t high = (uint64_t)(square >> 64), low = (uint64_t)square;
		const uint64_t carry = high >> 63;

		/* The same as square >> (63 + carry), without a branch that is a coin's toss. */
		fraction = fraction << 1 | carry;
		mantissa = high << (carry ^ 1) | (low >> 63 & (carry ^ 1));
	}
	return ((int64_t)(zeros + 1) << 32) - (int64_t)fraction;
}

/* 2^@x for 0 <= @x < 1: the series of e^(@x ln 2), until its terms are nothing. */
static int64_t exp2_q62(int64_t x_q32)
{
	const int64_t y_q62 = (int64_t)((Int128)x_q32 * LN_2_Q62 >> 32);
	int64_t sum_q62 = Q62_ONE, term_q62 = Q62_ONE;

	for (int k = 1; term_q62 > 0; k++) {
		term_q62 = (int64_t)((Int128)term_q62 * y_q62 >> 62) / k;
		sum_q62 += term_q62;
	}
	return sum_q62;
}

static int64_t draw_exponential(int64_t mean_ns, GsRng *rng)
{
	const Uint128 octaves = (Uint128)mean_ns * (uint64_t)minus_log2_q32(gs_rng_u64(rng)) >> 32;

	return (int64_t)(octaves * LN_2_Q32 >> 32);
}

/*
 * Kinderman and Monahan: v / u is normal where (u, v), uniform in 0 < u <= 1,
 * v^2 <= 2 / e, fulfils (v / u)^2 <= -4 ln u.
 */
static int64_t draw_normal_q32(GsRng *rng)
{
	for (;;) {
		const uint64_t u = gs_rng_u64(rng) >> 1; /* u + 1 of 2^63 */
		const int64_t v = (int64_t)(gs_rng_u64(rng) >> 1) - (INT64_C(1) << 62);
		const Int128 z_q32 = (Int128)v * 2 * SQRT_2_OVER_E_Q32 / ((Int128)u + 1);
		int64_t limit_q32;

		if (z_q32 < -NORMAL_MAX_Q32 || z_q32 > NORMAL_MAX_Q32)
			continue;
		limit_q32 = (int64_t)((Int128)minus_log2_q32(u << 1 | 1) * LN_2_Q32 >> 30);
		if (z_q32 * z_q32 >> 32 <= limit_q32)
			return (int64_t)z_q32;
	}
}

static int64_t draw_lognormal(const GsDistribution *distribution, GsRng *rng)
{
	const Int128 exponent = (Int128)draw_normal_q32(rng) * distribution->sigma_ppm / PPM;
	const int64_t octaves_q32 = (int64_t)(exponent * LOG2_E_Q32 / Q32_ONE);
	/* Rounded down, so that the rest is positive; at most 10 * 4 * log2(e) either way. */
	const int64_t whole = octaves_q32 >= 0 ? octaves_q32 >> 32 :
						 -((-octaves_q32 + Q32_ONE - 1) >> 32);
	Uint128 ns = (Uint128)distribution->ns * (uint64_t)exp2_q62(octaves_q32 - whole * Q32_ONE);

	ns = whole >= 0 ? (ns >> 62) << whole : ns >> (62 - whole);
	return ns < GS_DISTRIBUTION_MAX_NS ? (int64_t)ns : GS_DISTRIBUTION_MAX_NS;
}

int64_t gs_distribution_draw(const GsDistribution *distribution, GsRng *rng)
{
	switch (distribution->kind) {
	case GS_DISTRIBUTION_CONSTANT:
		break;
	case GS_DISTRIBUTION_UNIFORM:
		return distribution->ns +
		       gs_rng_below(rng, distribution->most_ns - distribution->ns + 1);
	case GS_DISTRIBUTION_EXPONENTIAL:
		return MIN(draw_exponential(distribution->ns, rng), GS_DISTRIBUTION_MAX_NS);
	case GS_DISTRIBUTION_LOGNORMAL:
		return draw_lognormal(distribution, rng);
	}
	return distribution->ns;
}

bool gs_distribution_equal(const GsDistribution *a, const GsDistribution *b)
{
	return a->kind == b->kind && a->ns == b->ns && a->most_ns == b->most_ns &&
	       a->sigma_ppm == b->sigma_ppm;
}

static bool parse_ns(const char *text, int64_t *ret_ns)
{
	return gs_duration_parse(text, ret_ns, NULL) && *ret_ns <= GS_DISTRIBUTION_MAX_NS;
}

/* "0.8", "1.25", "2", in millionths; no more digits than that. */
static bool parse_sigma(const char *text, int64_t *ret_ppm)
{
	int64_t ppm;

	if (!g_ascii_isdigit(*text))
		return false;
	ppm = (*text++ - '0') * PPM;
	if (*text == '.' && text[1])
		text++;
	for (int64_t weight = PPM / 10; weight > 0 && g_ascii_isdigit(*text); weight /= 10)
		ppm += (*text++ - '0') * weight;
	*ret_ppm = ppm;
	return !*text && ppm <= SIGMA_MAX_PPM;
}

bool gs_distribution_parse(const char *text, GsDistribution *ret_distribution)
{
	static const struct {
		const char *name;
		GsDistributionKind kind;
		bool second;
	} kinds[] = {
		{ "uniform:", GS_DISTRIBUTION_UNIFORM, true },
		{ "exponential:", GS_DISTRIBUTION_EXPONENTIAL, false },
		{ "lognormal:", GS_DISTRIBUTION_LOGNORMAL, true },
	};
	GsDistribution distribution = { .kind = GS_DISTRIBUTION_CONSTANT };
	bool second = false;

	for (unsigned int i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (g_str_has_prefix(text, kinds[i].name)) {
			distribution.kind = kinds[i].kind;
			second = kinds[i].second;
			text += strlen(kinds[i].name);
		}
	}

	g_auto(GStrv) parts = g_strsplit(text, ",", 2);

	if (!parts[0] || !parse_ns(parts[0], &distribution.ns) || (parts[1] != NULL) != second)
		return false;
	if (distribution.kind == GS_DISTRIBUTION_UNIFORM &&
	    (!parse_ns(parts[1], &distribution.most_ns) || distribution.most_ns < distribution.ns))
		return false;
	if (distribution.kind == GS_DISTRIBUTION_LOGNORMAL &&
	    !parse_sigma(parts[1], &distribution.sigma_ppm))
		return false;
	*ret_distribution = distribution;
	return true;
}

char *gs_ppm_text(int64_t ppm)
{
	char *text = g_strdup_printf("%" PRId64 ".%06" PRId64, ppm / PPM, ppm % PPM);
	size_t length = strlen(text);

	while (text[length - 1] == '0')
		length--;
	if (text[length - 1] == '.')
		length--;
	text[length] = '\0';
	return text;
}

char *gs_distribution_text(const GsDistribution *distribution)
{
	g_autofree char *first = gs_duration_text(distribution->ns);
	g_autofree char *second = NULL;

	switch (distribution->kind) {
	case GS_DISTRIBUTION_CONSTANT:
		break;
	case GS_DISTRIBUTION_UNIFORM:
		second = gs_duration_text(distribution->most_ns);
		return g_strdup_printf("uniform:%s,%s", first, second);
	case GS_DISTRIBUTION_EXPONENTIAL:
		return g_strdup_printf("exponential:%s", first);
	case GS_DISTRIBUTION_LOGNORMAL:
		second = gs_ppm_text(distribution->sigma_ppm);
		return g_strdup_printf("lognormal:%s,%s", first, second);
	}
	return g_steal_pointer(&first);
}
