/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Under which policy and tick rate a log was recorded, judged from the log.
 *
 * Each candidate is simulated, and the one whose predicted durations hold the
 * recorded ones most tightly wins: stalls of 10 to 20 ms mean call_srcu() at
 * HZ=100, none at all that registrations waited expedited. Candidates the log
 * cannot tell apart are taken in the order: the kernel's own policy,
 * sync-expedited, the others; HZ 250, 1000, 300, 100.
 */
#ifndef GS_RECORDING_H
#define GS_RECORDING_H

#include "runs/replay.h"

/*
 * Fill in @spec's from_policy and from_hz, each where it is NULL or 0. The
 * script, machine, seed and, if known, from_cpus are set already.
 */
bool gs_recording_infer(GsReplaySpec *spec, GError **error);

/*
 * Fill in @spec's from_cpus, the rest being set: the machine's CPUs, the host
 * profile's or one, whichever explains the log's durations best. What a wait
 * costs shows on how many CPUs it was done; that is all that is wanted of it.
 */
bool gs_recording_infer_cpus(GsReplaySpec *spec, GError **error);

#endif
