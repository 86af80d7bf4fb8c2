/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a trace fixes and no model could know: the phase of the tick, when and
 * where the calls were made, how late each CPU's tick came at each edge, what
 * else ran, and what the host and the scheduler chose. Read once, then constant.
 *
 * The simulated clock shows what the trace's does, less the phase: edges are
 * whole jiffies there.
 */
#ifndef GS_PIN_H
#define GS_PIN_H

#include "sim/kernel/kernel.h"
#include "tests/conformance/ftrace.h"

#define GS_PIN_CPUS 2

/* A call. */
typedef struct {
	int64_t start_ns, end_ns;
	int cpu; /* it begins on */
} GsPinnedCall;

/* An instant up to which a thread is seen to compute within its calls. */
typedef struct {
	int64_t at_ns;
	enum {
		GS_PIN_REQUEST, /* srcu_gp_start_if_needed() */
		GS_PIN_SLEEP,   /* off the CPU, not for SRCU */
		GS_PIN_END,     /* of a call */
	} kind;
	unsigned int call; /* END: which */
} GsPinnedMark;

/* A thread of the VMM. */
typedef struct {
	int64_t begin_ns; /* it is there, on @cpu */
	int cpu;
	int64_t end_ns;   /* it has nothing more to do; INT64_MAX: not in the trace */
	GArray *marks;    /* owned: GsPinnedMark, in order */
} GsPinnedThread;

/*
 * A thread is woken, or, if it is new, first switched to. @name is as in the
 * simulation: "kworker/0", "kthreadd", "kthread", or a VMM thread's tid.
 */
typedef struct {
	int64_t at_ns;
	int cpu;
	const char *name; /* interned */
	bool preempts;    /* what runs there */
} GsPinnedWake;

/* A CPU switches to a thread, named likewise. */
typedef struct {
	int64_t at_ns;
	int cpu;
	const char *name; /* interned */
} GsPinnedSwitch;

/* The name of a thread that is not one of the simulated kernel's. */
#define GS_PIN_OTHER "other"

/* Something that is not simulated runs on a CPU, or (0 ns) only gets it out of idleness. */
typedef struct {
	int64_t at_ns;
	int cpu;
	int64_t ns;
} GsPinnedOther;

/* The host lets a CPU stand still in the middle of something, and runs the other. */
typedef struct {
	int cpu;
	int64_t from_ns, to_ns;
} GsPinnedHole;

/* Something that shows whether a CPU's tick is stopped. */
typedef struct {
	int64_t at_ns;
	int cpu;
	bool stopped; /* up to here */
} GsPinnedTickState;

typedef struct {
	int64_t tick_nsec;
	int64_t phase_ns;        /* of the edges, on the trace's clock */
	int64_t first_edge;      /* the jiffy the trace begins in */
	int64_t jiffies_base;    /* the kernel's jiffies in jiffy 0 */
	int64_t end_ns;          /* the VM start is over: its teardown begins */
	int timekeeper;          /* when the trace begins; -1: nobody is, or it does not show */
	bool ticking[GS_PIN_CPUS]; /* likewise */
	GHashTable *ticks;       /* owned: (CPU, edge) -> how late, plus 1 ns */
	GArray *tick_states;     /* owned: GsPinnedTickState, in order */
	GsPinnedCall *calls;     /* owned: as many as the script has */
	GsPinnedThread *threads; /* owned: likewise */
	unsigned int thread_count;
	int64_t fork_ns;         /* kthreadd's time to make a kthread */
	GArray *wakes;           /* owned: GsPinnedWake, in order */
	GArray *switches;        /* owned: GsPinnedSwitch, in order */
	GArray *others;          /* owned: GsPinnedOther */
	GArray *holes;           /* owned: GsPinnedHole */
} GsPin;

GsPin *gs_pin_new(const GsFtrace *ftrace, int hz);
void gs_pin_free(GsPin *pin);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsPin, gs_pin_free)

static inline int64_t gs_pin_simulated_ns(const GsPin *pin, int64_t trace_ns)
{
	return trace_ns - pin->phase_ns;
}

/* How late @cpu's tick of the edge at @edge_ns is; 0 if there is none. */
int64_t gs_pin_tick_late_ns(const GsPin *pin, int cpu, int64_t edge_ns);

/* Does @cpu, idle at @now_ns, go on ticking up to the next edge? */
bool gs_pin_keeps_tick(const GsPin *pin, int cpu, int64_t now_ns);

/* What @cpu can compute from @now_ns until @until_ns, given when it stands still. */
int64_t gs_pin_computing_ns(const GsPin *pin, int cpu, int64_t now_ns, int64_t until_ns);

#endif
