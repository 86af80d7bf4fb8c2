/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How much of a recorded duration was the ioctl's own work.
 *
 * What remains of a recorded call when what the kernel it was recorded on made
 * it wait is taken away. That wait is simulated; where it hangs on a tick edge
 * the log does not show, the recording says nothing of the work, and it is taken
 * from the same ioctl elsewhere in the log, else from the host profile. So a
 * stall in a log is never counted as work.
 */
#ifndef GS_REPLAY_WORK_H
#define GS_REPLAY_WORK_H

#include "runs/replay-program.h"
#include "runs/replay.h"

/*
 * The work of every call of @program, as an array the caller frees. Adds to
 * @notes what the user should know of it. NULL with @error set if the simulation
 * of the recording fails.
 */
int64_t *gs_replay_estimate_work(const GsReplaySpec *spec, const GsProgram *program,
				 GPtrArray *notes, GError **error);

/*
 * A first guess: what cannot wait took what was recorded, the rest at most what
 * the host profile says. An array the caller frees.
 */
int64_t *gs_replay_guess_work(const GsReplaySpec *spec, const GsProgram *program);

#endif
