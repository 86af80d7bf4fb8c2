/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What tests of the replay share: scripts built by hand, and one cell replayed.
 */
#ifndef GS_TEST_REPLAY_H
#define GS_TEST_REPLAY_H

#include "runs/replay.h"
#include "traces/script.h"

#define GS_TEST_US INT64_C(1000)
#define GS_TEST_MS INT64_C(1000000)

/*
 * Add @name, by thread @tid to @vm, @think_ns after the thread's previous call;
 * a thread's first call follows nothing unless the test says so in the result,
 * which is valid until the next call is added. @recorded_ns -1: not known.
 */
GsScriptCall *gs_test_script_add(GsScript *script, uint32_t vm, int32_t tid, const char *name,
				 int64_t think_ns, int64_t recorded_ns);

/* The index of the @occurrence-th @name of @vm; numbers the calls first. */
unsigned int gs_test_script_find(GsScript *script, uint32_t vm, const char *name,
				 uint32_t occurrence);

/* What to replay a script with. What is left 0 or NULL: 1 job, seed 0, recorded as replayed. */
typedef struct {
	const char *kernel, *machine;
	const char *const *set;
	int cpus; /* 0: 1 */
	int hz;
	const char *policy;
	int from_hz;
	const char *from_policy;
	unsigned int runs; /* 0: 1 */
	unsigned int jobs;
	uint64_t seed;
	GPtrArray *notes; /* borrowed: filled in; or NULL */
} GsTestReplay;

/* A machine of the "lab" host, whose costs are small. The caller frees it. */
GsMachineSpec *gs_test_machine(const GsTestReplay *replay);

/* Replay @script: samples[run * calls + call], which the caller frees. */
GsSample *gs_test_replay(const GsScript *script, const GsTestReplay *replay);

#endif
