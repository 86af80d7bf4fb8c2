/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the command line of `gracesim sweep` asks for: a plan whose values are
 * checked, and what to do with it.
 */
#ifndef GS_SWEEP_REQUEST_H
#define GS_SWEEP_REQUEST_H

#include <glib.h>
#include <stdbool.h>

#include "cli/command.h"
#include "cli/report-options.h"
#include "cli/study-options.h"
#include "runs/study-plan.h"

/* Everything is owned by it. */
typedef struct {
	GsStudyPlan *plan;         /* all points, whatever the shard */
	unsigned int shard, shard_count; /* 0: no shard */
	unsigned int jobs;
	unsigned int precision_ppm; /* 0: do all runs */
	bool list, list_csv;       /* only list the points; how */
	GsStudyOptions report;
	GsReportOutputs to;        /* the list too */
	char *store;               /* NULL: none */
	bool keep_samples;         /* in the store */
} GsSweepRequest;

/* Parse @invocation into @request, which is all zero. False, or @ret_helped: nothing to do. */
bool gs_sweep_request_parse(GsSweepRequest *request, const GsInvocation *invocation,
			    bool *ret_helped, GError **error);
void gs_sweep_request_clear(GsSweepRequest *request);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(GsSweepRequest, gs_sweep_request_clear)

#endif
