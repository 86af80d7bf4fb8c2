/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the lines of a file begin with, by majority: the options strace ran with
 * show in every line, so a line that begins otherwise is somebody else's, unless
 * it is certainly a system call. A file may change its layout half-way, as logs
 * strung together do: the majority is that of the last few hundred calls.
 */
#ifndef GS_PREFIX_LAYOUT_H
#define GS_PREFIX_LAYOUT_H

#include "traces/trace-line.h"

/* With or without pid, four kinds of stamps, with or without gap. */
#define GS_PREFIX_SHAPES 16

enum {
	GS_PREFIX_SHAPE_BARE = 0,
	GS_PREFIX_SHAPE_TID = 1,
	GS_PREFIX_SHAPE_STAMP = 2, /* times GsStampKind */
	GS_PREFIX_SHAPE_GAP = 8,
};

/* Calls after which older votes count half. */
#define GS_PREFIX_MEMORY_CALLS 256

typedef struct {
	unsigned int votes[GS_PREFIX_SHAPES];
	unsigned int total;
	unsigned int majority; /* the shape with most votes */
} GsPrefixLayout;

/* Begin with the calls in @sample, the beginning of the file. */
void gs_prefix_layout_init(GsPrefixLayout *layout, GsSpan sample);

/* Let older votes count half. */
void gs_prefix_layout_halve(GsPrefixLayout *layout);

/* "[pid N]" comes and goes with the number of threads, so it is no part of the shape. */
static inline unsigned int gs_prefix_shape(const GsTracePrefix *prefix)
{
	return (prefix->tid >= 0 && !prefix->bracketed) * GS_PREFIX_SHAPE_TID |
	       (unsigned int)prefix->stamp * GS_PREFIX_SHAPE_STAMP |
	       (prefix->gap_ns >= 0) * GS_PREFIX_SHAPE_GAP;
}

/* A call was printed with @prefix. */
static inline void gs_prefix_layout_vote(GsPrefixLayout *layout, const GsTracePrefix *prefix)
{
	const unsigned int shape = gs_prefix_shape(prefix);

	layout->votes[shape]++;
	if (layout->votes[shape] > layout->votes[layout->majority])
		layout->majority = shape;
	if (++layout->total == GS_PREFIX_MEMORY_CALLS)
		gs_prefix_layout_halve(layout);
}

/* Whether lines begin like @prefix. As long as there was no call any do. */
static inline bool gs_prefix_layout_fits(const GsPrefixLayout *layout, const GsTracePrefix *prefix)
{
	return layout->total == 0 || gs_prefix_shape(prefix) == layout->majority;
}

#endif
