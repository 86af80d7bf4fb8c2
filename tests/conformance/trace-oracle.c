/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/conformance/trace-oracle.h"

#include <string.h>

/*
 * How much earlier than in the run a thing may have been in the trace, and how far
 * a switch may be off either way. What is further off is something else.
 */
#define STALE_NS (30 * GS_NSEC_PER_USEC)

/* No step of a kworker takes longer. */
#define STEP_MAX_NS (35 * GS_NSEC_PER_USEC)

static int64_t now_ns_of(const GsThread *thread)
{
	return gs_engine_now_ns(thread->kernel->engine);
}

/* The index of VMM thread @name; -1: it is a kernel thread. */
static int vmm_thread(const GsTraceOracle *oracle, const char *name)
{
	for (unsigned int i = 0; i < oracle->script->threads->len; i++) {
		if (g_array_index(oracle->script->threads, GsScriptThread, i).tid == atoi(name))
			return (int)i;
	}
	return -1;
}

/* The next wake-up of thread @name in the trace, or past the last. */
static unsigned int next_wake(const GsTraceOracle *oracle, const char *name, int64_t now_ns)
{
	const GArray *wakes = oracle->pin->wakes;
	unsigned int i;

	for (i = 0; i < wakes->len; i++) {
		const GsPinnedWake *wake = &g_array_index(wakes, GsPinnedWake, i);

		if (!oracle->woken[i] && wake->at_ns >= now_ns - STALE_NS &&
		    strcmp(wake->name, name) == 0)
			break;
	}
	return i;
}

/* The next switch of @cpu to thread @name, likewise. */
static unsigned int next_switch(const GsTraceOracle *oracle, int cpu, const char *name,
				int64_t now_ns)
{
	const GArray *switches = oracle->pin->switches;
	unsigned int i;

	for (i = 0; i < switches->len; i++) {
		const GsPinnedSwitch *to = &g_array_index(switches, GsPinnedSwitch, i);

		if (!oracle->switched[i] && to->cpu == cpu &&
		    ABS(to->at_ns - now_ns) <= STALE_NS && strcmp(to->name, name) == 0)
			break;
	}
	return i;
}

/* The next instant up to which the trace shows @thread computing; NULL: there is none. */
static const GsPinnedMark *next_mark(GsTraceOracle *oracle, int thread, int64_t now_ns)
{
	const GArray *marks = oracle->pin->threads[thread].marks;
	unsigned int *next = &oracle->threads[thread].mark;

	for (; *next < marks->len; (*next)++) {
		const GsPinnedMark *mark = &g_array_index(marks, GsPinnedMark, *next);

		switch (mark->kind) {
		case GS_PIN_REQUEST:
			return mark;
		case GS_PIN_SLEEP:
			if (mark->at_ns > now_ns)
				return mark;
			break;
		case GS_PIN_END:
			if (mark->call >= oracle->threads[thread].call)
				return mark;
			break;
		}
	}
	return NULL;
}

static void note_request(GsTraceOracle *oracle, const GsThread *thread)
{
	const int index = thread ? vmm_thread(oracle, thread->task.name) : -1;
	const GsPinnedMark *mark =
		index >= 0 ? next_mark(oracle, index, now_ns_of(thread)) : NULL;

	if (mark && mark->kind == GS_PIN_REQUEST)
		oracle->threads[index].mark++;
}

static void note_wake(GsTraceOracle *oracle, const GsProbe *probe)
{
	const unsigned int i = next_wake(oracle, probe->subject, probe->at_ns);

	oracle->wake = NULL;
	if (oracle->placing || i == oracle->pin->wakes->len)
		return;
	oracle->woken[i] = true;
	oracle->wake = &g_array_index(oracle->pin->wakes, GsPinnedWake, i);
}

/* What the CPU switched to in the trace before this has no counterpart any more. */
static void note_switch(GsTraceOracle *oracle, const GsProbe *probe)
{
	const GArray *switches = oracle->pin->switches;
	const unsigned int next = next_switch(oracle, probe->cpu, probe->subject, probe->at_ns);

	for (unsigned int i = 0; next < switches->len && i <= next; i++) {
		if (g_array_index(switches, GsPinnedSwitch, i).cpu == probe->cpu)
			oracle->switched[i] = true;
	}
}

void gs_trace_oracle_probe(GsTraceOracle *oracle, const GsKernel *kernel, const GsProbe *probe)
{
	if (strcmp(probe->name, "srcu_gp_start_if_needed") == 0)
		note_request(oracle, kernel->cpus[probe->cpu].current);
	else if (strcmp(probe->name, "sched_wakeup") == 0)
		note_wake(oracle, probe);
	else if (strcmp(probe->name, "sched_switch") == 0)
		note_switch(oracle, probe);
}

static int64_t tick_late_ns(void *data, const GsCpu *cpu, int64_t edge_ns)
{
	const GsTraceOracle *oracle = data;

	return gs_pin_tick_late_ns(oracle->pin, cpu->id, edge_ns);
}

static bool needs_tick(void *data, const GsCpu *cpu)
{
	const GsTraceOracle *oracle = data;

	return gs_pin_keeps_tick(oracle->pin, cpu->id, gs_engine_now_ns(cpu->kernel->engine));
}

/* The next thing but a tick that the trace shows on @cpu; NULL: there is none. */
static const GsSequenceEvent *next_event(const GsTraceOracle *oracle, int cpu)
{
	const GArray *traced = oracle->traced->cpus[cpu];

	for (unsigned int i = oracle->simulated->cpus[cpu]->len; i < traced->len; i++) {
		const GsSequenceEvent *event = &g_array_index(traced, GsSequenceEvent, i);

		if (!g_str_has_prefix(event->what, "tick_"))
			return event;
	}
	return NULL;
}

/*
 * Steps take as long as they took in the trace: a thread of the VMM computes
 * until its next request, or until it sleeps for something else, or its call is
 * over; a kworker until what happens next on its CPU.
 */
static int64_t spend_ns(void *data, const GsThread *thread, int64_t ns)
{
	GsTraceOracle *oracle = data;
	const int index = vmm_thread(oracle, thread->task.name), cpu = thread->cpu->id;
	const int64_t now_ns = now_ns_of(thread);

	if (ns == 0 || thread->user)
		return ns;
	if (index >= 0) {
		const GsPinnedMark *mark = next_mark(oracle, index, now_ns);

		return mark ? gs_pin_computing_ns(oracle->pin, cpu, now_ns, mark->at_ns) : ns;
	}
	if (strcmp(thread->task.name, "kthreadd") == 0)
		return oracle->pin->fork_ns;

	const GsSequenceEvent *event = next_event(oracle, cpu);
	const int64_t left_ns =
		event ? gs_pin_computing_ns(oracle->pin, cpu, now_ns, event->at_ns) : ns;

	return left_ns <= STEP_MAX_NS ? left_ns : ns;
}

static int wake_cpu(void *data, const GsThread *thread, int chosen)
{
	GsTraceOracle *oracle = data;
	const unsigned int i = next_wake(oracle, thread->task.name, now_ns_of(thread));

	if (oracle->placing || i == oracle->pin->wakes->len)
		return chosen;

	const int cpu = g_array_index(oracle->pin->wakes, GsPinnedWake, i).cpu;

	oracle->placed++;
	oracle->moved += cpu != chosen;
	return cpu;
}

static bool preempts(void *data, const GsCpu *cpu, const GsThread *thread)
{
	const GsTraceOracle *oracle = data;

	(void)cpu;
	(void)thread;
	return oracle->wake && oracle->wake->preempts;
}

static bool precedes(void *data, const GsCpu *cpu, const GsThread *a, const GsThread *b)
{
	const int64_t now_ns = gs_engine_now_ns(cpu->kernel->engine);

	/* What is not simulated comes when it is due. */
	if (strcmp(a->task.name, GS_PIN_OTHER) == 0)
		return true;
	return next_switch(data, cpu->id, a->task.name, now_ns) <
	       next_switch(data, cpu->id, b->task.name, now_ns);
}

void gs_trace_oracle_init(GsTraceOracle *oracle, const GsPin *pin, const GsScript *script,
			  const GsSequence *traced, const GsSequence *simulated)
{
	*oracle = (GsTraceOracle){
		.oracle = {
			.tick_late_ns = tick_late_ns,
			.needs_tick = needs_tick,
			.spend_ns = spend_ns,
			.wake_cpu = wake_cpu,
			.preempts = preempts,
			.precedes = precedes,
			.data = oracle,
		},
		.pin = pin,
		.traced = traced,
		.simulated = simulated,
		.script = script,
		.woken = g_new0(bool, pin->wakes->len),
		.switched = g_new0(bool, pin->switches->len),
	};
	oracle->threads = g_malloc0_n(pin->thread_count, sizeof(*oracle->threads));
}

void gs_trace_oracle_clear(GsTraceOracle *oracle)
{
	g_free(oracle->threads);
	g_free(oracle->woken);
	g_free(oracle->switched);
}
