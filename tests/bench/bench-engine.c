/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How fast the engine is, beside a plain one and beside those a user can
 * install: what bench-loads.h says, with 16 to 2^20 events pending.
 *
 * Machines differ: compare the ratios. Each figure is the median of the rounds,
 * in which all take turns. The environment may ask for less: BENCH_ROUNDS=1,
 * BENCH_PENDING=4096 (at most), BENCH_LOADS=hold,timer.
 */
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "tests/bench/bench-loads.h"
#include "tests/bench/bench-subject.h"

#define EVENTS_PER_ROUND 1000000
#define MOST_ROUNDS 99
#define HUGE_PAGE_BYTES ((size_t)2 << 20)

static const size_t pendings[] = { 16, 256, 4096, 65536, 1048576 };

/* ---- who takes part ---- */

typedef struct {
	const char *name;
	const GsBenchKind *kind;
	const char *argument;
	const char *package; /* what to install where it is missing; NULL: it is part of this */
	unsigned int slower; /* so many times fewer events are run */
	size_t most_pending; /* 0: any */
	bool moves;          /* a timer, instead of cancelling and scheduling it */
} Row;

static const Row rows[] = {
	{ .name = "gracesim", .kind = &gs_bench_engine, .slower = 1 },
	{ .name = "gracesim, timer moved", .kind = &gs_bench_engine, .slower = 1, .moves = true },
	{ .name = "plain 4-ary heap", .kind = &gs_bench_heap, .slower = 1 },
	{ .name = "plain 4-ary heap, timer moved", .kind = &gs_bench_heap, .slower = 1,
	  .moves = true },
	{ .name = "boost d_ary_heap, bare", .kind = &gs_bench_peer,
	  .argument = "peer-boost boost", .package = "g++ libboost-dev", .slower = 1 },
	{ .name = "std::priority_queue, bare", .kind = &gs_bench_peer,
	  .argument = "peer-boost std", .package = "g++ libboost-dev", .slower = 1 },
	{ .name = "ns-3, map", .kind = &gs_bench_peer,
	  .argument = "peer-ns3 ns3::MapScheduler", .package = "g++ libns3-dev", .slower = 5 },
	{ .name = "ns-3, heap", .kind = &gs_bench_peer,
	  .argument = "peer-ns3 ns3::HeapScheduler", .package = "g++ libns3-dev", .slower = 5 },
	{ .name = "ns-3, priority queue", .kind = &gs_bench_peer,
	  .argument = "peer-ns3 ns3::PriorityQueueScheduler", .package = "g++ libns3-dev",
	  .slower = 5 },
	{ .name = "SimGrid, kernel timers", .kind = &gs_bench_peer,
	  .argument = "peer-simgrid", .package = "g++ libsimgrid-dev", .slower = 10,
	  .most_pending = 65536 },
	{ .name = "SimPy", .kind = &gs_bench_peer,
	  .argument = "peer-simpy.py", .package = "python3-simpy3", .slower = 50 },
};

void *gs_bench_alloc(size_t size)
{
	void *memory = NULL;

	size = (size + HUGE_PAGE_BYTES) & ~(HUGE_PAGE_BYTES - 1);
	if (posix_memalign(&memory, HUGE_PAGE_BYTES, size))
		g_error("out of memory");
#ifdef MADV_HUGEPAGE
	(void)madvise(memory, size, MADV_HUGEPAGE);
#endif
	return memset(memory, 0, size);
}

/* ---- measuring ---- */

static int compare_doubles(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static bool takes_part(const Row *row, GsLoad load, size_t pending)
{
	if (row->most_pending && pending > row->most_pending)
		return false;
	if (load == GS_LOAD_CHURN)
		return row->kind != &gs_bench_peer && !row->moves;
	return !row->moves || load == GS_LOAD_TIMER;
}

/* The median of the rounds into @ret_ns, per row; 0: it did not take part. */
static void measure(GsLoad load, size_t pending, unsigned int rounds, double *ret_ns)
{
	double ns[G_N_ELEMENTS(rows)][MOST_ROUNDS];
	void *states[G_N_ELEMENTS(rows)] = { NULL };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const GsLoad its_load = rows[i].moves ? GS_LOAD_REARM : load;

		if (takes_part(&rows[i], load, pending))
			states[i] = rows[i].kind->start(rows[i].argument, its_load, pending);
	}
	/* The first round only warms up. */
	for (unsigned int round = 0; round <= rounds; round++)
		for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
			if (states[i])
				ns[i][round ? round - 1 : 0] = rows[i].kind->round_ns(
					states[i], EVENTS_PER_ROUND / rows[i].slower);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		ret_ns[i] = 0;
		if (!states[i])
			continue;
		rows[i].kind->stop(states[i]);
		qsort(ns[i], rounds, sizeof(**ns), compare_doubles);
		ret_ns[i] = ns[i][rounds / 2];
	}
}

/* ---- the tables ---- */

static const char *const load_names[] = {
	[GS_LOAD_HOLD] = "hold",
	[GS_LOAD_BIMODAL] = "bimodal",
	[GS_LOAD_TIMER] = "timer",
	[GS_LOAD_CHURN] = "churn",
};

static void print_table(GsLoad load, unsigned int rounds, size_t most_pending, bool *seen)
{
	double ns[G_N_ELEMENTS(pendings)][G_N_ELEMENTS(rows)];
	size_t columns = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(pendings) && pendings[i] <= most_pending; i++) {
		const size_t pending = load == GS_LOAD_CHURN ? CHURN_PENDING : pendings[i];

		measure(load, pending, rounds, ns[columns++]);
		if (load == GS_LOAD_CHURN)
			break;
	}
	printf("%-34s", load_names[load]);
	for (size_t i = 0; i < columns; i++)
		printf("  N = %-10zu", load == GS_LOAD_CHURN ? CHURN_PENDING : pendings[i]);
	printf("\n");
	for (size_t row = 0; row < G_N_ELEMENTS(rows); row++) {
		bool any = false;

		for (size_t i = 0; i < columns; i++)
			any |= ns[i][row] > 0;
		seen[row] |= any;
		if (!any)
			continue;
		printf("  %-32s", rows[row].name);
		for (size_t i = 0; i < columns; i++)
			if (ns[i][row] > 0)
				printf("%8.1f %6.1f", ns[i][row], ns[i][row] / ns[i][0]);
			else
				printf("%8s %6s", "-", "");
		printf("\n");
	}
	fflush(stdout);
}

static double delay_ns(void)
{
	const double start_ns = cpu_ns();
	int64_t sum_ns = 0;

	for (int i = 0; i < 10 * EVENTS_PER_ROUND; i++)
		sum_ns += delay_exponential_ns();
	/* The sum has to be wanted, or nothing is drawn. */
	return (cpu_ns() - start_ns) / (10 * EVENTS_PER_ROUND) + (sum_ns < 0);
}

static uint64_t wish(const char *name, uint64_t otherwise)
{
	const char *text = g_getenv(name);

	return text ? g_ascii_strtoull(text, NULL, 10) : otherwise;
}

int main(void)
{
	static const GsLoad loads[] = { GS_LOAD_HOLD, GS_LOAD_BIMODAL, GS_LOAD_TIMER,
					GS_LOAD_CHURN };
	const unsigned int rounds = (unsigned int)CLAMP(wish("BENCH_ROUNDS", 5), 1, MOST_ROUNDS);
	const char *wished_loads = g_getenv("BENCH_LOADS");
	bool seen[G_N_ELEMENTS(rows)] = { false };

	delays_init();
	printf("CPU time per event in ns, and how many times gracesim's; %.1f of it draw a delay\n",
	       delay_ns());
	for (size_t i = 0; i < G_N_ELEMENTS(loads); i++)
		if (!wished_loads || strstr(wished_loads, load_names[loads[i]]))
			print_table(loads[i], rounds, wish("BENCH_PENDING", SIZE_MAX), seen);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		if (!seen[i] && rows[i].package)
			printf("absent: %s (%s)\n", rows[i].name, rows[i].package);
	return 0;
}
