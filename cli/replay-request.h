/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the command line of `gracesim replay` asks for, checked as far as it can
 * be without reading a log.
 */
#ifndef GS_REPLAY_REQUEST_H
#define GS_REPLAY_REQUEST_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cli/command.h"
#include "cli/report-options.h"
#include "models/machine-spec.h"
#include "models/policy/policy.h"
#include "runs/untraced.h"
#include "traces/script-from-strace.h"

/* Everything is owned by it but the policies. */
typedef struct {
	char **traces;          /* the files, at least one */
	GArray *cells;          /* GsReplayCell: each policy at each tick rate */
	GsMachineSpec *machine;
	GPtrArray *notes;       /* char *: what to tell the user about the machine */
	unsigned int runs, jobs;
	uint64_t seed;
	GsReportOptions report;
	const GsPolicy *from_policy; /* NULL: not said */
	int from_hz, from_cpus; /* 0: not said */
	GsScriptOptions script; /* how to read the logs */
	GsUntracedOptions untraced; /* and what to take from them */
	char *preamble;         /* NULL: none */
} GsReplayRequest;

/* Parse @invocation into @request, which is all zero. False, or @ret_helped: nothing to do. */
bool gs_replay_request_parse(GsReplayRequest *request, const GsInvocation *invocation,
			     bool *ret_helped, GError **error);
void gs_replay_request_clear(GsReplayRequest *request);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(GsReplayRequest, gs_replay_request_clear)

#endif
