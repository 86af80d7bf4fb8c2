/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fleets: many VMs started on one host, each the way the script of one does it.
 *
 * Every VM has a VMM process of its own, with its own threads, locks and SRCU
 * domains; what they share is the host: its CPUs, their run queues, ticks and
 * kworkers, RCU. They live on one kernel at their true distance in time: only
 * where in its jiffy the first of them starts is drawn.
 */
#ifndef GS_FLEET_H
#define GS_FLEET_H

#include "traces/script.h"

/*
 * The script of @vms VMs, each a copy of the one VM of @one, one behind the other:
 * VM v's calls follow those of VM v - 1, its threads are named "VMv/name". One VM:
 * a plain copy. Fails with GS_REPLAY_ERROR_FLEET if @one has not exactly one VM,
 * or so many VMs, so far apart, are more than can be simulated. The caller frees
 * the result.
 */
GsScript *gs_fleet_script_new(const GsScript *one, unsigned int vms, GsStartPattern start,
			      GError **error);

/*
 * When each VM of @fleet starts in run @run, from its beginning: @start_ns has as
 * many as there are VMs. What is random is drawn from a stream of its own.
 */
void gs_fleet_draw_starts(const GsScript *fleet, uint64_t seed, uint64_t run, int64_t *start_ns);

#endif
