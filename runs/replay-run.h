/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One simulated host on which a program is run again and again.
 *
 * Owns an engine, a kernel, the VMs and the threads; one host thread uses it at
 * a time, and a run allocates nothing once the first has sized everything.
 */
#ifndef GS_REPLAY_RUN_H
#define GS_REPLAY_RUN_H

#include "models/params.h"
#include "models/policy/policy.h"
#include "runs/replay-program.h"
#include "runs/replay.h"

/* What the runs of one cell have in common. All borrowed, immutable while they run. */
typedef struct {
	const GsProgram *program;
	const GsMachineParams *params;
	const GsPolicy *policy;
	const int64_t *work_ns; /* of each call */
	uint64_t seed;
} GsRunSetup;

typedef struct GsReplayHost GsReplayHost;

GsReplayHost *gs_replay_host_new(const GsRunSetup *setup);
void gs_replay_host_free(GsReplayHost *host);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsReplayHost, gs_replay_host_free)

/*
 * Do run number @run; fill @samples, one a call. @reaches_srcu, if not NULL, is
 * told for each call whether its plan got to SRCU. Fails with GS_REPLAY_ERROR if
 * the threads come to a standstill.
 */
bool gs_replay_host_run(GsReplayHost *host, uint64_t run, GsSample *samples, bool *reaches_srcu,
			GError **error);

/*
 * When each VM of the last run arrived, from the run's beginning: when its VMM was
 * there, whether or not a CPU was. NULL: not known, of a log that has several.
 */
const int64_t *gs_replay_host_arrivals_ns(const GsReplayHost *host);

/* Events dispatched in all runs so far. */
uint64_t gs_replay_host_event_count(const GsReplayHost *host);

/* Events pending now: for who watches a run's probes. */
unsigned int gs_replay_host_pending_count(const GsReplayHost *host);

/* For event logs: see gs_engine_set_probe_sink(). */
void gs_replay_host_set_probe_sink(GsReplayHost *host, GsProbeSink sink, void *user_data);

#endif
