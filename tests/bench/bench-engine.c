/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How fast the engine is, beside a plain one in the same run: the same
 * callbacks on a 4-ary heap that knows each event's position.
 *
 *   hold   N pending; every event schedules its successor an exponential delay
 *          from now. Time per event.
 *   timer  N/2 processes with a timeout each; every event re-arms its timeout,
 *          which never fires, and schedules the next. Time per event, of one
 *          pop, one push and one move.
 *   churn  a run after the other on one engine: reset, 32 pending, 256 events.
 *          Time per event.
 *
 * Machines differ: compare the ratios. Each time is the median of the rounds,
 * in which the two engines take turns.
 */
#include <glib.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "sim/engine/engine.h"

#define ROUNDS 9
#define EVENTS_PER_ROUND 1000000
#define MEAN_DELAY_NS 1000000
#define CHURN_PENDING 32
#define CHURN_EVENTS 256

/* ---- exponential delays, cheap enough not to drown the queue ---- */

#define QUANTILES 1024

typedef struct {
	uint64_t state;
	int64_t quantiles_ns[QUANTILES + 1];
} Delays;

static void delays_init(Delays *delays)
{
	delays->state = 1;
	for (int i = 0; i < QUANTILES; i++)
		delays->quantiles_ns[i] = (int64_t)(-log1p(-(double)i / QUANTILES) * MEAN_DELAY_NS);
	delays->quantiles_ns[QUANTILES] = (int64_t)(log(8.0 * QUANTILES) * MEAN_DELAY_NS);
}

/* A quantile picked by the upper bits and interpolated by the next. */
static inline int64_t next_delay_ns(Delays *delays)
{
	uint64_t draw;
	const int64_t *quantile;

	delays->state = delays->state * UINT64_C(6364136223846793005) + 1;
	draw = delays->state;
	quantile = &delays->quantiles_ns[draw >> 54];
	return quantile[0] + ((quantile[1] - quantile[0]) * (int64_t)(draw >> 34 & 0xfffff) >> 20);
}

/* ---- the baseline: a 4-ary heap with positions ---- */

typedef struct Heap Heap;
typedef struct HeapEvent HeapEvent;

struct HeapEvent {
	void (*func)(Heap *heap, HeapEvent *event);
	size_t position; /* SIZE_MAX: not pending */
};

typedef struct {
	int64_t at_ns;
	uint64_t seq;
	HeapEvent *event;
} HeapNode;

struct Heap {
	HeapNode *nodes; /* owned */
	size_t length;
	int64_t now_ns;
	uint64_t next_seq;
	bool stop_asked;
};

static inline bool heap_before(const HeapNode *a, const HeapNode *b)
{
	return a->at_ns < b->at_ns || (a->at_ns == b->at_ns && a->seq < b->seq);
}

static inline void heap_put(Heap *heap, size_t position, HeapNode node)
{
	heap->nodes[position] = node;
	node.event->position = position;
}

static void heap_sift(Heap *heap, size_t position, HeapNode node)
{
	while (position && heap_before(&node, &heap->nodes[(position - 1) / 4])) {
		heap_put(heap, position, heap->nodes[(position - 1) / 4]);
		position = (position - 1) / 4;
	}
	for (;;) {
		size_t child = 4 * position + 1, end = MIN(child + 4, heap->length), best = child;

		if (child >= heap->length)
			break;
		for (child++; child < end; child++)
			if (heap_before(&heap->nodes[child], &heap->nodes[best]))
				best = child;
		if (!heap_before(&heap->nodes[best], &node))
			break;
		heap_put(heap, position, heap->nodes[best]);
		position = best;
	}
	heap_put(heap, position, node);
}

__attribute__((noinline)) static void heap_schedule(Heap *heap, HeapEvent *event, int64_t at_ns)
{
	HeapNode node = { .at_ns = at_ns, .seq = heap->next_seq++, .event = event };

	heap_sift(heap, event->position != SIZE_MAX ? event->position : heap->length++, node);
}

__attribute__((noinline)) static HeapEvent *heap_pop(Heap *heap)
{
	HeapEvent *event = heap->nodes[0].event;

	heap->now_ns = heap->nodes[0].at_ns;
	event->position = SIZE_MAX;
	if (--heap->length)
		heap_sift(heap, 0, heap->nodes[heap->length]);
	return event;
}

static void heap_run(Heap *heap)
{
	heap->stop_asked = false;
	while (heap->length && !heap->stop_asked) {
		HeapEvent *event = heap_pop(heap);

		event->func(heap, event);
	}
}

static void heap_reset(Heap *heap)
{
	for (size_t i = 0; i < heap->length; i++)
		heap->nodes[i].event->position = SIZE_MAX;
	heap->length = 0;
	heap->now_ns = 0;
}

/* ---- the workloads, once per engine ---- */

/* A process on either engine. */
typedef struct {
	GsEvent event, timeout;
	HeapEvent heap_event, heap_timeout;
} Process;

typedef struct {
	GsEngine engine;
	Heap heap;
	Delays delays;
	Process *processes; /* owned */
	size_t process_count;
	uint64_t events_left;
} Workload;

static void on_hold(GsEngine *engine, GsEvent *event)
{
	Workload *workload = GS_CONTAINER_OF(engine, Workload, engine);

	if (!--workload->events_left)
		gs_engine_stop(engine);
	gs_engine_schedule_after(engine, event, next_delay_ns(&workload->delays));
}

static void on_hold_heap(Heap *heap, HeapEvent *event)
{
	Workload *workload = GS_CONTAINER_OF(heap, Workload, heap);

	if (!--workload->events_left)
		heap->stop_asked = true;
	heap_schedule(heap, event, heap->now_ns + next_delay_ns(&workload->delays));
}

static void on_timer(GsEngine *engine, GsEvent *event)
{
	Process *process = GS_CONTAINER_OF(event, Process, event);
	Workload *workload = GS_CONTAINER_OF(engine, Workload, engine);
	int64_t at_ns = engine->now_ns + next_delay_ns(&workload->delays);

	if (!--workload->events_left)
		gs_engine_stop(engine);
	gs_engine_reschedule(engine, &process->timeout,
			     at_ns + 1 + next_delay_ns(&workload->delays));
	gs_engine_schedule(engine, event, at_ns);
}

static void on_timer_heap(Heap *heap, HeapEvent *event)
{
	Process *process = GS_CONTAINER_OF(event, Process, heap_event);
	Workload *workload = GS_CONTAINER_OF(heap, Workload, heap);
	int64_t at_ns = heap->now_ns + next_delay_ns(&workload->delays);

	if (!--workload->events_left)
		heap->stop_asked = true;
	heap_schedule(heap, &process->heap_timeout, at_ns + 1 + next_delay_ns(&workload->delays));
	heap_schedule(heap, event, at_ns);
}

static void on_timeout(GsEngine *engine, GsEvent *event)
{
	(void)engine;
	g_error("timeout '%s' fired", event->name);
}

static void on_timeout_heap(Heap *heap, HeapEvent *event)
{
	(void)heap;
	(void)event;
	g_error("a timeout of the heap fired");
}

static void workload_init(Workload *workload, size_t process_count, bool timers)
{
	*workload = (Workload){ .process_count = process_count };
	delays_init(&workload->delays);
	gs_engine_init(&workload->engine);
	workload->heap.nodes = g_new(HeapNode, 2 * process_count);
	workload->processes = g_new(Process, process_count);
	for (size_t i = 0; i < process_count; i++) {
		Process *process = &workload->processes[i];

		gs_event_init(&process->event, "event", GS_EVENT_TASK, timers ? on_timer : on_hold);
		gs_event_init(&process->timeout, "timeout", GS_EVENT_INTERRUPT, on_timeout);
		process->heap_event =
			(HeapEvent){ timers ? on_timer_heap : on_hold_heap, SIZE_MAX };
		process->heap_timeout = (HeapEvent){ on_timeout_heap, SIZE_MAX };
	}
}

static void workload_clear(Workload *workload)
{
	gs_engine_clear(&workload->engine);
	g_free(workload->heap.nodes);
	g_free(workload->processes);
}

static void start_engine(Workload *workload, bool timers)
{
	gs_engine_reset(&workload->engine, 0, 1, 0);
	for (size_t i = 0; i < workload->process_count; i++) {
		Process *process = &workload->processes[i];
		int64_t at_ns = next_delay_ns(&workload->delays);

		gs_engine_schedule(&workload->engine, &process->event, at_ns);
		if (timers)
			gs_engine_schedule(&workload->engine, &process->timeout, at_ns + 1);
	}
}

static void start_heap(Workload *workload, bool timers)
{
	heap_reset(&workload->heap);
	for (size_t i = 0; i < workload->process_count; i++) {
		Process *process = &workload->processes[i];
		int64_t at_ns = next_delay_ns(&workload->delays);

		heap_schedule(&workload->heap, &process->heap_event, at_ns);
		if (timers)
			heap_schedule(&workload->heap, &process->heap_timeout, at_ns + 1);
	}
}

static void run_engine(Workload *workload, uint64_t events)
{
	workload->events_left = events;
	gs_engine_run(&workload->engine, GS_TIME_NEVER_NS, UINT64_MAX);
}

static void run_heap(Workload *workload, uint64_t events)
{
	workload->events_left = events;
	heap_run(&workload->heap);
}

static void churn_engine(Workload *workload, uint64_t events)
{
	for (; events >= CHURN_EVENTS; events -= CHURN_EVENTS) {
		start_engine(workload, false);
		run_engine(workload, CHURN_EVENTS);
	}
}

static void churn_heap(Workload *workload, uint64_t events)
{
	for (; events >= CHURN_EVENTS; events -= CHURN_EVENTS) {
		start_heap(workload, false);
		run_heap(workload, CHURN_EVENTS);
	}
}

/* ---- measuring ---- */

static double cpu_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static double time_per_event_ns(void (*run)(Workload *, uint64_t), Workload *workload)
{
	double start_ns = cpu_ns();

	run(workload, EVENTS_PER_ROUND);
	return (cpu_ns() - start_ns) / EVENTS_PER_ROUND;
}

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void measure(const char *name, size_t pending, Workload *workload,
		    void (*engine_func)(Workload *, uint64_t),
		    void (*heap_func)(Workload *, uint64_t))
{
	double engine_ns[ROUNDS], heap_ns[ROUNDS];

	for (int round = 0; round < ROUNDS; round++) {
		engine_ns[round] = time_per_event_ns(engine_func, workload);
		heap_ns[round] = time_per_event_ns(heap_func, workload);
	}
	qsort(engine_ns, ROUNDS, sizeof(*engine_ns), compare_doubles);
	qsort(heap_ns, ROUNDS, sizeof(*heap_ns), compare_doubles);
	printf("%-6s %6zu %10.1f %10.1f %9.2fx\n", name, pending, engine_ns[ROUNDS / 2],
	       heap_ns[ROUNDS / 2], heap_ns[ROUNDS / 2] / engine_ns[ROUNDS / 2]);
}

int main(void)
{
	static const size_t pending[] = { 16, 256, 4096 };

	printf("%-6s %6s %10s %10s %10s\n", "load", "N", "ns/event", "heap", "faster");
	for (int timers = 0; timers < 2; timers++)
		for (size_t i = 0; i < G_N_ELEMENTS(pending); i++) {
			Workload workload;

			workload_init(&workload, timers ? pending[i] / 2 : pending[i], timers);
			start_engine(&workload, timers);
			start_heap(&workload, timers);
			measure(timers ? "timer" : "hold", pending[i], &workload, run_engine,
				run_heap);
			workload_clear(&workload);
		}

	Workload churn;

	workload_init(&churn, CHURN_PENDING, false);
	measure("churn", CHURN_PENDING, &churn, churn_engine, churn_heap);
	workload_clear(&churn);
	return 0;
}
