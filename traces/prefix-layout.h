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

typedef struct {
	unsigned int votes[GS_PREFIX_SHAPES];
	unsigned int total;
	unsigned int majority; /* the shape with most votes */
} GsPrefixLayout;

/* Begin with the calls in @sample, the beginning of the file. */
void gs_prefix_layout_init(GsPrefixLayout *layout, GsSpan sample);

/* A call was printed with @prefix. */
void gs_prefix_layout_vote(GsPrefixLayout *layout, const GsTracePrefix *prefix);

/* Whether lines begin like @prefix. As long as there was no call any do. */
bool gs_prefix_layout_fits(const GsPrefixLayout *layout, const GsTracePrefix *prefix);

/* Whether lines begin with something at all, so that one's absence tells. */
bool gs_prefix_layout_tells(const GsPrefixLayout *layout);

#endif
