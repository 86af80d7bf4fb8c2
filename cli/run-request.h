/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the command line of `gracesim run` asks for, checked as far as it can be
 * without making the scenario ready.
 */
#ifndef GS_RUN_REQUEST_H
#define GS_RUN_REQUEST_H

#include <glib.h>
#include <stdbool.h>

#include "cli/command.h"
#include "cli/report-options.h"
#include "models/scenario/scenario.h"

/* Everything is owned by it. */
typedef struct {
	char *name;             /* of the scenario or model, as given */
	GsScenario *scenario;   /* what is run, but for policy and tick rate */
	GPtrArray *axes;        /* GsScenarioAxis *: those of policy and tick rate */
	bool all_hz;            /* nobody said which tick rates */
	GPtrArray *notes;       /* char * */
	unsigned int jobs;
	GsReportOptions report;
	char *print;            /* a file to print instead of running anything; or NULL */
} GsRunRequest;

/* Parse @invocation into @request, which is all zero. False, or @ret_helped: nothing to do. */
bool gs_run_request_parse(GsRunRequest *request, const GsInvocation *invocation, bool *ret_helped,
			  GError **error);
void gs_run_request_clear(GsRunRequest *request);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(GsRunRequest, gs_run_request_clear)

#endif
