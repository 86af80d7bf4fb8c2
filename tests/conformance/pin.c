/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/conformance/pin.h"

#include <string.h>

/* From the timer interrupt to the entry of tick_nohz_handler(). */
#define IRQ_ENTRY_NS 1500

/* From the interrupt that wakes an idle CPU to the first that is traced of it. */
#define WAKE_NS (3 * GS_NSEC_PER_USEC)

/* A thread is there for at least so long before it first runs. */
#define CLONE_NS (10 * GS_NSEC_PER_USEC)

/* From the entry of KVM_CREATE_IRQCHIP to its first registration. */
#define FIRST_REGISTRATION_NS (2 * GS_NSEC_PER_USEC)

static int32_t tid_of(const GsFtrace *ftrace, unsigned int thread)
{
	return g_array_index(ftrace->script->threads, GsScriptThread, thread).tid;
}

static int64_t edge_of(const GsPin *pin, int64_t trace_ns)
{
	return gs_pin_simulated_ns(pin, trace_ns) / pin->tick_nsec;
}

static gpointer tick_key(int cpu, int64_t edge)
{
	return GSIZE_TO_POINTER((gsize)(edge * GS_PIN_CPUS + cpu));
}

/* All ticks are due at one instant of a jiffy; the earliest ever seen shows it. */
static void find_phase(GsPin *pin, const GsFtrace *ftrace)
{
	pin->phase_ns = pin->tick_nsec - 1;
	for (unsigned int i = 0; i < ftrace->events->len; i++) {
		const GsFtraceEvent *event = gs_ftrace_event(ftrace, i);

		if (gs_ftrace_is(event, "tick_nohz_handler"))
			pin->phase_ns = MIN(pin->phase_ns, event->at_ns % pin->tick_nsec);
	}
	pin->phase_ns -= IRQ_ENTRY_NS;
}

/* A VM start ends where the kernel takes down what it has set up. */
static bool is_teardown(const GsFtraceEvent *event)
{
	return gs_ftrace_is(event, "kvm_io_bus_unregister_dev") ||
	       gs_ftrace_is_called(event, "synchronize_srcu", "mmu_notifier_unregister");
}

static void find_end(GsPin *pin, const GsFtrace *ftrace)
{
	unsigned int i = 0;

	while (i + 1 < ftrace->events->len && !is_teardown(gs_ftrace_event(ftrace, i)))
		i++;
	pin->end_ns = gs_pin_simulated_ns(pin, gs_ftrace_event(ftrace, i)->at_ns);
}

/* jiffies is never early, so the largest difference to the edges seen is the true one. */
static void find_jiffies_base(GsPin *pin, const GsFtrace *ftrace)
{
	pin->jiffies_base = INT64_MIN;
	for (unsigned int i = 0; i < ftrace->events->len; i++) {
		const GsFtraceEvent *event = gs_ftrace_event(ftrace, i);
		int64_t jiffies;

		if (gs_ftrace_is(event, "timer_expire_entry"))
			jiffies = gs_ftrace_number(event, "now=");
		else if (gs_ftrace_is(event, "timer_start"))
			jiffies = gs_ftrace_number(event, "expires=") -
				  gs_ftrace_number(event, "timeout=");
		else
			continue;
		pin->jiffies_base =
			MAX(pin->jiffies_base, jiffies - edge_of(pin, event->at_ns));
	}
}

static void find_tick(GsPin *pin, int cpu, int64_t handler_ns)
{
	const int64_t at_ns = handler_ns - IRQ_ENTRY_NS;
	const GsPinnedTickState state = { .at_ns = at_ns, .cpu = cpu };

	g_array_append_val(pin->tick_states, state);
	g_hash_table_insert(pin->ticks, tick_key(cpu, at_ns / pin->tick_nsec),
			    GSIZE_TO_POINTER((gsize)(at_ns % pin->tick_nsec + 1)));
}

/* Which CPU ticks at which edge, and how late; who advances jiffies. */
static void find_ticks(GsPin *pin, const GsFtrace *ftrace)
{
	bool seen[GS_PIN_CPUS] = { false, false }, kept = false;

	for (unsigned int i = 0; i < ftrace->events->len; i++) {
		const GsFtraceEvent *event = gs_ftrace_event(ftrace, i);
		const bool updates = gs_ftrace_is(event, "tick_do_update_jiffies64");
		const bool by_tick = updates && strstr(event->args, "tick_nohz_handler");
		const int64_t at_ns = gs_pin_simulated_ns(pin, event->at_ns);

		/* Only where the tick was stopped does anything else refresh jiffies. */
		if (!seen[event->cpu])
			pin->ticking[event->cpu] = !updates;
		seen[event->cpu] = true;
		if (gs_ftrace_is(event, "tick_nohz_handler"))
			find_tick(pin, event->cpu, at_ns);
		if (updates && !by_tick) {
			const GsPinnedTickState state = { at_ns, event->cpu, true };

			g_array_append_val(pin->tick_states, state);
		}
		/* A CPU that had stopped its tick had given the duty up: it was nobody's. */
		if (by_tick && !kept && pin->ticking[event->cpu])
			pin->timekeeper = event->cpu;
		kept |= by_tick;
	}
}

/* Where @pid is at @at_ns of the trace: on the CPU of its last event, or of its first. */
static int cpu_at(const GsFtrace *ftrace, int32_t pid, int64_t at_ns)
{
	int cpu = -1;

	for (unsigned int i = 0; i < ftrace->events->len; i++) {
		const GsFtraceEvent *event = gs_ftrace_event(ftrace, i);
		const bool to = gs_ftrace_is(event, "sched_switch") &&
				gs_ftrace_number(event, "next_pid=") == pid;

		if (event->at_ns > at_ns && cpu >= 0)
			break;
		if (event->pid == pid || to)
			cpu = event->cpu;
	}
	return cpu;
}

static int compare_marks(gconstpointer a, gconstpointer b)
{
	const GsPinnedMark *x = a, *y = b;

	return x->at_ns < y->at_ns ? -1 : x->at_ns > y->at_ns;
}

/* What a thread does within its calls. */
static GArray *find_marks(const GsPin *pin, const GsFtrace *ftrace, unsigned int thread)
{
	GArray *marks = g_array_new(FALSE, FALSE, sizeof(GsPinnedMark));
	bool synchronizes = false;

	for (unsigned int i = 0; i < ftrace->events->len; i++) {
		const GsFtraceEvent *event = gs_ftrace_event(ftrace, i);
		GsPinnedMark mark = { .at_ns = gs_pin_simulated_ns(pin, event->at_ns) };

		if (event->pid != tid_of(ftrace, thread))
			continue;
		if (g_str_has_prefix(event->name, "synchronize_srcu")) {
			synchronizes = true;
		} else if (gs_ftrace_is(event, "srcu_gp_start_if_needed")) {
			mark.kind = GS_PIN_REQUEST;
			g_array_append_val(marks, mark);
		} else if (gs_ftrace_is(event, "sched_switch")) {
			mark.kind = GS_PIN_SLEEP;
			if (!synchronizes)
				g_array_append_val(marks, mark);
			synchronizes = false;
		}
	}
	for (unsigned int i = 0; i < ftrace->script->calls->len; i++) {
		const GsPinnedMark mark = { pin->calls[i].end_ns, GS_PIN_END, i };

		if (gs_script_call(ftrace->script, i)->thread == thread)
			g_array_append_val(marks, mark);
	}
	g_array_sort(marks, compare_marks);
	return marks;
}

/* The threads the simulation has too, by their names there; NULL: it is none of them. */
static const char *thread_name(const GsFtraceEvent *event, const char *comm_key,
			       const char *pid_key)
{
	const char *comm = strstr(event->args, comm_key);

	if (!comm)
		return NULL;
	comm += strlen(comm_key);
	if (g_str_has_prefix(comm, "kworker/")) {
		g_autofree char *name = g_strndup(comm, strcspn(comm, ":"));

		return g_intern_string(name);
	}
	if (g_str_has_prefix(comm, "kthreadd"))
		return "kthreadd";
	if (g_str_has_prefix(comm, "kvm-pit"))
		return "kthread";
	if (!g_str_has_prefix(comm, "kvmseq"))
		return NULL;

	g_autofree char *tid = g_strdup_printf("%d", (int)gs_ftrace_number(event, pid_key));

	return g_intern_string(tid);
}

static void find_wakes(GsPin *pin, const GsFtrace *ftrace)
{
	int64_t kthreadd_ns = 0;

	for (unsigned int i = 0; i < ftrace->events->len; i++) {
		const GsFtraceEvent *event = gs_ftrace_event(ftrace, i);
		GsPinnedWake wake = {
			.at_ns = gs_pin_simulated_ns(pin, event->at_ns),
			.cpu = event->cpu,
		};

		if (gs_ftrace_is(event, "sched_wakeup")) {
			wake.name = thread_name(event, "comm=", " pid=");
			wake.cpu = (int)gs_ftrace_number(event, "target_cpu=");
			wake.preempts = event->need_resched;
		} else if (gs_ftrace_is(event, "sched_switch")) {
			const GsPinnedSwitch to = {
				.at_ns = wake.at_ns,
				.cpu = event->cpu,
				.name = thread_name(event, "next_comm=", "next_pid="),
			};

			if (to.name)
				g_array_append_val(pin->switches, to);
			/* A new thread is switched to without having been woken. */
			if (strstr(event->args, "next_comm=kvm-pit") && kthreadd_ns > 0)
				wake.name = "kthread";
			if (strstr(event->args, "next_comm=kthreadd"))
				kthreadd_ns = event->at_ns;
			if (strstr(event->args, "prev_comm=kthreadd"))
				pin->fork_ns = event->at_ns - kthreadd_ns;
		}
		if (wake.name)
			g_array_append_val(pin->wakes, wake);
	}
}

/* The thread an event switches to is none of those simulated, but for where it is made. */
static bool is_other(const GsFtraceEvent *event)
{
	return strstr(event->args, "next_comm=kvm-pit") ||
	       strstr(event->args, "next_comm=kworker/u");
}

/*
 * A CPU that leaves the idle loop with its tick stopped, but not for a thread,
 * was kicked by RCU or the load balancer: it ticks again.
 */
static void find_others(GsPin *pin, const GsFtrace *ftrace)
{
	GsPinnedOther runs[GS_PIN_CPUS] = { { .ns = -1 }, { .ns = -1 } };
	bool kicked[GS_PIN_CPUS] = { false, false }, made = false;

	for (unsigned int i = 0; i < ftrace->events->len; i++) {
		const GsFtraceEvent *event = gs_ftrace_event(ftrace, i);
		GsPinnedOther *run = &runs[event->cpu];
		const int64_t at_ns = gs_pin_simulated_ns(pin, event->at_ns);
		const bool is_switch = gs_ftrace_is(event, "sched_switch");

		if (kicked[event->cpu] && !is_switch)
			g_array_append_val(pin->others, *run);
		kicked[event->cpu] = gs_ftrace_is_called(event, "tick_do_update_jiffies64",
							 "tick_nohz_idle_exit");
		if (kicked[event->cpu])
			*run = (GsPinnedOther){ .at_ns = at_ns, .cpu = event->cpu };
		if (!is_switch)
			continue;
		if (event->pid != 0 && run->ns > 0) {
			run->ns = at_ns - run->at_ns;
			g_array_append_val(pin->others, *run);
		}
		*run = (GsPinnedOther){ .at_ns = at_ns, .cpu = event->cpu, .ns = -1 };
		if (is_other(event)) {
			/* Its first run is part of its making. */
			run->ns = made || !strstr(event->args, "next_comm=kvm-pit") ? 1 : -1;
			made = true;
		}
	}
}

/*
 * The host runs its CPUs in turn. One that is stopped in the middle shows as a
 * hole in its events that the other's are in.
 */
static void find_holes(GsPin *pin, const GsFtrace *ftrace)
{
	GsPinnedHole holes[GS_PIN_CPUS] = { { .from_ns = -1 }, { .from_ns = -1 } };
	int64_t last_ns[GS_PIN_CPUS] = { 0, 0 };
	bool busy[GS_PIN_CPUS] = { false, false };

	for (unsigned int i = 0; i < ftrace->events->len; i++) {
		const GsFtraceEvent *event = gs_ftrace_event(ftrace, i);
		const int64_t at_ns = gs_pin_simulated_ns(pin, event->at_ns);
		GsPinnedHole *hole = &holes[event->cpu], *other = &holes[1 - event->cpu];

		if (busy[event->cpu] && hole->from_ns >= 0) {
			hole->cpu = event->cpu;
			hole->from_ns = MAX(hole->from_ns - WAKE_NS, last_ns[event->cpu]);
			g_array_append_val(pin->holes, *hole);
		}
		hole->from_ns = -1;
		if (other->from_ns < 0)
			other->from_ns = at_ns;
		other->to_ns = at_ns;
		last_ns[event->cpu] = at_ns;
		if (gs_ftrace_is(event, "sched_switch"))
			busy[event->cpu] = gs_ftrace_number(event, "next_pid=") != 0;
	}
}

/* The calls' stamps are of another clock; where the trace begins shows how far it is off. */
static int64_t find_offset_ns(const GsFtrace *ftrace)
{
	for (unsigned int i = 0; i < ftrace->script->calls->len; i++) {
		const GsScriptCall *call = gs_script_call(ftrace->script, i);

		if (strcmp(call->name, "KVM_CREATE_IRQCHIP") == 0)
			return gs_ftrace_event(ftrace, 0)->at_ns - FIRST_REGISTRATION_NS -
			       call->start_ns;
	}
	return 0;
}

static void pin_calls(GsPin *pin, const GsFtrace *ftrace)
{
	const int64_t offset_ns = find_offset_ns(ftrace);

	for (unsigned int i = 0; i < ftrace->script->calls->len; i++) {
		const GsScriptCall *call = gs_script_call(ftrace->script, i);
		const int64_t start_ns = call->start_ns + offset_ns;

		pin->calls[i] = (GsPinnedCall){
			.start_ns = gs_pin_simulated_ns(pin, start_ns),
			.end_ns = gs_pin_simulated_ns(pin, start_ns + call->recorded_ns),
			.cpu = cpu_at(ftrace, tid_of(ftrace, call->thread), start_ns),
		};
	}
}

/* A thread begins before it is first switched to, or, if it was there before, with its calls. */
static void pin_thread(GsPin *pin, const GsFtrace *ftrace, unsigned int thread)
{
	GsPinnedThread *pinned = &pin->threads[thread];
	const GsPinnedCall *last = NULL;
	int64_t first_switch_ns = INT64_MAX;

	*pinned = (GsPinnedThread){ .begin_ns = INT64_MAX, .end_ns = INT64_MAX };
	for (unsigned int i = 0; i < ftrace->script->calls->len; i++) {
		if (gs_script_call(ftrace->script, i)->thread != thread)
			continue;
		last = &pin->calls[i];
		if (last->start_ns >= pinned->begin_ns)
			continue;
		pinned->begin_ns = last->start_ns;
		pinned->cpu = last->cpu;
	}
	for (unsigned int i = 0; i < ftrace->events->len; i++) {
		const GsFtraceEvent *event = gs_ftrace_event(ftrace, i);
		const int64_t at_ns = gs_pin_simulated_ns(pin, event->at_ns);

		if (!gs_ftrace_is(event, "sched_switch"))
			continue;
		if (gs_ftrace_number(event, "next_pid=") == tid_of(ftrace, thread))
			first_switch_ns = MIN(first_switch_ns, at_ns - CLONE_NS);
		/* Off the CPU for the first time after its last call: asleep, or gone. */
		if (event->pid == tid_of(ftrace, thread) && last && at_ns >= last->end_ns)
			pinned->end_ns = MIN(pinned->end_ns, at_ns);
	}
	pinned->begin_ns = MIN(pinned->begin_ns, first_switch_ns);
	pinned->marks = find_marks(pin, ftrace, thread);
}

static GArray *array_of(guint element_size)
{
	return g_array_new(FALSE, FALSE, element_size);
}

GsPin *gs_pin_new(const GsFtrace *ftrace, int hz)
{
	GsPin *pin = g_new(GsPin, 1);

	*pin = (GsPin){
		.tick_nsec = gs_tick_nsec(hz),
		.timekeeper = -1,
		.ticks = g_hash_table_new(NULL, NULL),
		.tick_states = array_of(sizeof(GsPinnedTickState)),
		.calls = g_new0(GsPinnedCall, ftrace->script->calls->len),
		.threads = g_new0(GsPinnedThread, ftrace->script->threads->len),
		.thread_count = ftrace->script->threads->len,
		.wakes = array_of(sizeof(GsPinnedWake)),
		.switches = array_of(sizeof(GsPinnedSwitch)),
		.others = array_of(sizeof(GsPinnedOther)),
		.holes = array_of(sizeof(GsPinnedHole)),
	};
	find_phase(pin, ftrace);
	pin->first_edge = edge_of(pin, gs_ftrace_event(ftrace, 0)->at_ns);
	find_end(pin, ftrace);
	find_jiffies_base(pin, ftrace);
	find_ticks(pin, ftrace);
	pin_calls(pin, ftrace);
	for (unsigned int i = 0; i < pin->thread_count; i++)
		pin_thread(pin, ftrace, i);
	find_wakes(pin, ftrace);
	find_others(pin, ftrace);
	find_holes(pin, ftrace);
	return pin;
}

void gs_pin_free(GsPin *pin)
{
	for (unsigned int i = 0; i < pin->thread_count; i++)
		g_array_unref(pin->threads[i].marks);
	g_hash_table_unref(pin->ticks);
	g_array_unref(pin->tick_states);
	g_array_unref(pin->wakes);
	g_array_unref(pin->switches);
	g_array_unref(pin->others);
	g_array_unref(pin->holes);
	g_free(pin->calls);
	g_free(pin->threads);
	g_free(pin);
}

int64_t gs_pin_tick_late_ns(const GsPin *pin, int cpu, int64_t edge_ns)
{
	const gpointer late =
		g_hash_table_lookup(pin->ticks, tick_key(cpu, edge_ns / pin->tick_nsec));

	return late ? (int64_t)GPOINTER_TO_SIZE(late) - 1 : 0;
}

bool gs_pin_keeps_tick(const GsPin *pin, int cpu, int64_t now_ns)
{
	const int64_t next_edge = now_ns / pin->tick_nsec + 1;

	if (next_edge <= pin->first_edge)
		return pin->ticking[cpu];
	for (unsigned int i = 0; i < pin->tick_states->len; i++) {
		const GsPinnedTickState *state =
			&g_array_index(pin->tick_states, GsPinnedTickState, i);

		if (state->cpu == cpu && state->at_ns > now_ns)
			return !state->stopped && state->at_ns / pin->tick_nsec == next_edge;
	}
	return false;
}

int64_t gs_pin_computing_ns(const GsPin *pin, int cpu, int64_t now_ns, int64_t until_ns)
{
	int64_t left_ns = until_ns - now_ns;

	for (unsigned int i = 0; i < pin->holes->len; i++) {
		const GsPinnedHole *hole = &g_array_index(pin->holes, GsPinnedHole, i);

		if (hole->cpu == cpu)
			left_ns -= MAX(MIN(hole->to_ns, until_ns) - MAX(hole->from_ns, now_ns), 0);
	}
	return MAX(left_ns, 0);
}
