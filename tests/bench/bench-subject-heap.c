/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/bench-subject.h"

#include <glib.h>
#include <stdlib.h>

#include "sim/engine/engine.h"
#include "tests/bench/bench-loads.h"

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

typedef struct {
	HeapEvent event, timeout;
} Process;

struct Heap {
	HeapNode *nodes; /* owned */
	size_t length;
	int64_t now_ns;
	uint64_t next_seq;
	GsLoad load;
	HeapEvent *events;  /* owned */
	Process *processes; /* owned */
};

static inline bool before(const HeapNode *a, const HeapNode *b)
{
	return a->at_ns < b->at_ns || (a->at_ns == b->at_ns && a->seq < b->seq);
}

static inline void put(Heap *heap, size_t position, HeapNode node)
{
	heap->nodes[position] = node;
	node.event->position = position;
}

static void sift(Heap *heap, size_t position, HeapNode node)
{
	while (position && before(&node, &heap->nodes[(position - 1) / 4])) {
		put(heap, position, heap->nodes[(position - 1) / 4]);
		position = (position - 1) / 4;
	}
	for (;;) {
		size_t child = 4 * position + 1, end = MIN(child + 4, heap->length), best = child;

		if (child >= heap->length)
			break;
		for (child++; child < end; child++)
			if (before(&heap->nodes[child], &heap->nodes[best]))
				best = child;
		if (!before(&heap->nodes[best], &node))
			break;
		put(heap, position, heap->nodes[best]);
		position = best;
	}
	put(heap, position, node);
}

__attribute__((noinline)) static void schedule(Heap *heap, HeapEvent *event, int64_t at_ns)
{
	HeapNode node = { .at_ns = at_ns, .seq = heap->next_seq++, .event = event };

	sift(heap, event->position != SIZE_MAX ? event->position : heap->length++, node);
}

__attribute__((noinline)) static void cancel(Heap *heap, HeapEvent *event)
{
	const size_t position = event->position;

	event->position = SIZE_MAX;
	if (position != --heap->length)
		sift(heap, position, heap->nodes[heap->length]);
}

static HeapEvent *pop(Heap *heap)
{
	HeapEvent *event = heap->nodes[0].event;

	heap->now_ns = heap->nodes[0].at_ns;
	cancel(heap, event);
	return event;
}

static void run(Heap *heap, uint64_t events)
{
	while (heap->length && events--) {
		HeapEvent *event = pop(heap);

		event->func(heap, event);
	}
}

static void on_hold(Heap *heap, HeapEvent *event)
{
	schedule(heap, event, heap->now_ns + delay_exponential_ns());
}

static void on_bimodal(Heap *heap, HeapEvent *event)
{
	schedule(heap, event, heap->now_ns + delay_bimodal_ns());
}

static void on_timer(Heap *heap, HeapEvent *event)
{
	Process *process = GS_CONTAINER_OF(event, Process, event);
	const int64_t at_ns = heap->now_ns + delay_exponential_ns();

	if (heap->load == GS_LOAD_TIMER)
		cancel(heap, &process->timeout);
	schedule(heap, &process->timeout, at_ns + 1 + delay_exponential_ns());
	schedule(heap, event, at_ns);
}

static void on_timeout(Heap *heap, HeapEvent *event)
{
	(void)heap;
	(void)event;
	g_error("a timeout of the heap fired");
}

static void start_events(Heap *heap, size_t count)
{
	for (size_t i = 0; i < count; i++)
		schedule(heap, &heap->events[i], delay_exponential_ns());
}

static void reset(Heap *heap)
{
	for (size_t i = 0; i < heap->length; i++)
		heap->nodes[i].event->position = SIZE_MAX;
	heap->length = 0;
	heap->now_ns = 0;
}

static void *bench_start(const char *argument, GsLoad load, size_t pending)
{
	Heap *heap = g_new0(Heap, 1);

	(void)argument;
	delays_init();
	heap->load = load;
	heap->nodes = gs_bench_alloc(pending * sizeof(*heap->nodes));
	if (load == GS_LOAD_TIMER || load == GS_LOAD_REARM) {
		heap->processes = gs_bench_alloc(pending / 2 * sizeof(*heap->processes));
		for (size_t i = 0; i < pending / 2; i++) {
			Process *process = &heap->processes[i];
			const int64_t at_ns = delay_exponential_ns();

			*process = (Process){ { on_timer, SIZE_MAX }, { on_timeout, SIZE_MAX } };
			schedule(heap, &process->event, at_ns);
			schedule(heap, &process->timeout, at_ns + 1);
		}
		return heap;
	}
	heap->events = gs_bench_alloc(pending * sizeof(*heap->events));
	for (size_t i = 0; i < pending; i++)
		heap->events[i] = (HeapEvent){ load == GS_LOAD_BIMODAL ? on_bimodal : on_hold,
					       SIZE_MAX };
	if (load != GS_LOAD_CHURN)
		start_events(heap, pending);
	return heap;
}

static double bench_round_ns(void *state, uint64_t events)
{
	Heap *heap = state;
	const double start_ns = cpu_ns();

	if (heap->load != GS_LOAD_CHURN)
		run(heap, events);
	else
		for (uint64_t left = events; left >= CHURN_EVENTS; left -= CHURN_EVENTS) {
			reset(heap);
			start_events(heap, CHURN_PENDING);
			run(heap, CHURN_EVENTS);
		}
	return (cpu_ns() - start_ns) / (double)events;
}

static void bench_stop(void *state)
{
	Heap *heap = state;

	free(heap->nodes);
	free(heap->events);
	free(heap->processes);
	g_free(heap);
}

const GsBenchKind gs_bench_heap = { bench_start, bench_round_ns, bench_stop };
