/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What tests of the simulated kernel share: a machine with one SRCU domain,
 * actors that play lists of operations on it, and a runner for properties.
 */
#ifndef GS_TEST_H
#define GS_TEST_H

#include "sim/srcu/srcu-call.h"
#include "sim/srcu/srcu-sync.h"

/* Every test begins exactly on this tick edge, E_J0. */
#define GS_TEST_J0 INT64_C(1000)

typedef enum {
	GS_TEST_SLEEP, /* off the CPU for ns */
	GS_TEST_SPEND, /* on the CPU, in user mode, for ns */
	GS_TEST_CALL,
	GS_TEST_CALL_EXPEDITED,
	GS_TEST_SYNC,
	GS_TEST_SYNC_EXPEDITED,
	GS_TEST_BARRIER,
	GS_TEST_EXPEDITE_CURRENT,
	GS_TEST_READ_LOCK,
	GS_TEST_READ_UNLOCK, /* the reader begun last */
} GsTestVerb;

typedef struct {
	GsTestVerb verb;
	int64_t ns;
} GsTestOp;

typedef struct GsTestActor GsTestActor;
typedef struct GsTestBed GsTestBed;

/* What became of one operation. Instants are -1 until they come. */
typedef struct {
	GsTestActor *actor;
	GsTestOp op;
	int64_t began_ns;    /* SRCU entered, its request paid for */
	int64_t ended_ns;
	int64_t callback_ns; /* of a call: when the callback ran, */
	int callback_cpu;    /* where, */
	int callback_count;  /* and how often */
	GsRcuHead head;
} GsTestRecord;

/* A thread that does one operation after the other. At most this many readers nest. */
#define GS_TEST_READERS_MAX 4

struct GsTestActor {
	GsThread thread;
	GsTestBed *bed;
	size_t count, next;
	GsTestRecord *records; /* one an operation */
	GsSrcuSync sync;
	GsSrcuBarrier barrier;
	int reader_idx[GS_TEST_READERS_MAX];
	int reader_count;
};

/* For properties: called when it happens. */
typedef struct {
	void (*began)(GsTestRecord *record, void *user_data);
	void (*ended)(GsTestRecord *record, void *user_data);
	void (*called_back)(GsTestRecord *record, void *user_data);
	void *user_data;
} GsTestObserver;

struct GsTestBed {
	GsKernelParams params;    /* fixed by gs_test_bed_new() */
	GsSrcuParams srcu_params; /* may be changed until gs_test_bed_start() */
	GsSrcuPolicy policy;      /* likewise */
	GsTestObserver observer;  /* likewise */
	GsEngine engine;
	GsKernel kernel;
	GsSrcuStruct srcu;
	GPtrArray *actors;        /* owned: GsTestActor */
	unsigned int outstanding; /* actors still playing, callbacks not yet run */
};

/* Run until exactly @until_ns, even if nothing is left to happen before. */
void gs_test_run_until(GsEngine *engine, int64_t until_ns);

/* A machine whose work costs nothing, idle, its ticks stopped, CPU 0 the timekeeper. */
void gs_test_params_init(GsKernelParams *params, int hz, int cpus);

/* A different prime for every cost, so that a sum names its parts. */
void gs_test_costs_init(GsCosts *costs);

GsTestBed *gs_test_bed_new(const GsKernelParams *params);
void gs_test_bed_free(GsTestBed *bed);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsTestBed, gs_test_bed_free)

/* Begin at E_J0 with everything idle. Run @seed, run 0. */
void gs_test_bed_start(GsTestBed *bed, uint64_t seed);

/* A machine as gs_test_params_init() makes it, started. */
GsTestBed *gs_test_bed_new_simple(int hz, int cpus);

/* An actor on @cpu, bound to it, that begins now. Owned by the bed. */
GsTestActor *gs_test_actor_new(GsTestBed *bed, int cpu, const GsTestOp *ops, size_t count);

#define GS_TEST_ACTOR(bed, cpu, ...) \
	gs_test_actor_new((bed), (cpu), (const GsTestOp[]){ __VA_ARGS__ }, \
			  sizeof((const GsTestOp[]){ __VA_ARGS__ }) / sizeof(GsTestOp))

/* Run until every actor is through and every callback has run: false if not within @limit_ns. */
bool gs_test_bed_run(GsTestBed *bed, int64_t limit_ns);

/* How long the operation took that @actor did @index-th. */
int64_t gs_test_took_ns(const GsTestActor *actor, size_t index);

/* The instant @phase_permille of a jiffy after edge J0 + @edge. */
int64_t gs_test_edge_ns(const GsTestBed *bed, int64_t edge, int phase_permille);

/* The number of the last edge before now, counted from J0. */
int64_t gs_test_now_edge(const GsTestBed *bed);

/*
 * Check @property on @count cases. Each draws all it needs from @rand, whose
 * seed is printed; GS_PROP_SEED=N in the environment repeats the case of seed N
 * alone.
 */
void gs_test_property(unsigned int count, void (*property)(GRand *rand));

#endif
