/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Replay a script on simulated kernels: every policy x HZ, many runs each.
 *
 * Within a run each thread issues its calls in order, keeping its think time;
 * what a call costs is its own work plus the waits the simulated kernel makes
 * it take. What a log cannot tell is drawn anew in every run.
 */
#ifndef GS_REPLAY_H
#define GS_REPLAY_H

#include "models/machine-spec.h"
#include "models/policy/policy.h"
#include "sim/engine/engine.h"
#include "traces/script.h"

#define GS_REPLAY_ERROR gs_replay_error_quark()
GQuark gs_replay_error_quark(void);
typedef enum {
	GS_REPLAY_ERROR_STANDSTILL, /* the threads wait for each other, or for ever */
	GS_REPLAY_ERROR_MEMORY,     /* more runs than there is room for */
	GS_REPLAY_ERROR_SPAN,       /* the log's times are not those of a VM start */
	GS_REPLAY_ERROR_FLEET,      /* that fleet cannot be made of that script */
} GsReplayError;

/* One predicted ioctl of one run. */
typedef struct {
	int64_t start_ns;   /* from the start of the run */
	int64_t latency_ns; /* what strace -T would show */
	int64_t wait_ns;    /* the part spent waiting for grace periods and locks */
	int32_t cause;      /* the call whose grace period it waited for; -1: none but its own */
} GsSample;

typedef struct {
	int hz;
	const GsPolicy *policy; /* borrowed */
} GsReplayCell;

typedef struct {
	const GsScript *script;        /* borrowed */
	const GsMachineSpec *machine;  /* borrowed; kernel, host, CPUs, --set */
	const GsReplayCell *cells;     /* borrowed */
	unsigned int cell_count;
	unsigned int runs;
	unsigned int jobs;
	uint64_t seed;
	const GsPolicy *from_policy;   /* what the log was recorded under */
	int from_hz;
	int from_cpus;                 /* 0: the machine's */
	void (*progress)(unsigned int done, unsigned int total, void *user_data); /* or NULL */
	void *progress_data;
} GsReplaySpec;

/*
 * One finished cell: @samples[run * calls + call]. Valid during the call. Cells
 * arrive in the order of the spec, from the calling thread, whatever @jobs is.
 * Returns false, with @error set, to end the replay.
 */
typedef bool (*GsReplayCellFunc)(const GsReplaySpec *spec, unsigned int cell,
				 const GsSample *samples, void *user_data, GError **error);

/*
 * Run every cell. Adds to @notes (char *, owned by it) what the user should
 * know of how the log was read: where the work of calls was taken from, what
 * was left unsimulated.
 */
bool gs_replay(const GsReplaySpec *spec, GPtrArray *notes, GsReplayCellFunc func, void *user_data,
	       GError **error);

#endif
