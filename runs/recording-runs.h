/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A log's recording, simulated a few times over: what the ioctls could have
 * taken under the conditions it is said, or thought, to have been made under.
 */
#ifndef GS_RECORDING_RUNS_H
#define GS_RECORDING_RUNS_H

#include "runs/replay-program.h"
#include "runs/replay.h"

/*
 * Run @program @runs times on @spec's machine under @policy at @hz, each call
 * with its @work_ns: @samples[run * calls + call]. @reaches_srcu as in
 * gs_replay_host_run(), or NULL.
 */
bool gs_recording_simulate(const GsReplaySpec *spec, const GsProgram *program,
			   const GsPolicy *policy, int hz, const int64_t *work_ns,
			   unsigned int runs, GsSample *samples, bool *reaches_srcu,
			   GError **error);

/*
 * For each VM, the run most like its recording: on a host with several CPUs what
 * a wait costs depends on where the thread ran, which the durations show. No
 * call counts for more than @apart_max_ns. @ret_distance_ns: how far apart the
 * VMs' recordings and these runs are, all added up.
 */
void gs_recording_match(const GsProgram *program, const GsSample *samples, unsigned int runs,
			int64_t apart_max_ns, unsigned int *ret_run, int64_t *ret_distance_ns);

/* The shortest and the longest of @call's latencies in these @runs. */
void gs_recording_range(const GsProgram *program, const GsSample *samples, unsigned int runs,
			unsigned int call, int64_t *ret_min_ns, int64_t *ret_max_ns);

#endif
