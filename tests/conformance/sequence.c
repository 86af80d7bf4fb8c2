/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/conformance/sequence.h"

#include <stdio.h>
#include <string.h>

/* How many events before the first difference are shown. */
#define CONTEXT 6

enum { KVM_SRCU, KVM_IRQ_SRCU, NO_DOMAIN, DOMAIN_COUNT };
static const char *const domains[] = { "kvm->srcu", "kvm->irq_srcu", "?" };

/* Function, and jiffies from the one the trace begins in. */
#define TIMER_START "timer_start %s expires=%" G_GINT64_FORMAT " bucket=%" G_GINT64_FORMAT

static void clear_event(void *data)
{
	g_free(((GsSequenceEvent *)data)->what);
}

GsSequence *gs_sequence_new(void)
{
	GsSequence *sequence = g_new0(GsSequence, 1);

	for (int i = 0; i < GS_SEQUENCE_CPUS; i++) {
		sequence->cpus[i] = g_array_new(FALSE, FALSE, sizeof(GsSequenceEvent));
		g_array_set_clear_func(sequence->cpus[i], clear_event);
	}
	return sequence;
}

void gs_sequence_free(GsSequence *sequence)
{
	for (int i = 0; i < GS_SEQUENCE_CPUS; i++)
		g_array_unref(sequence->cpus[i]);
	g_free(sequence);
}

static void add(GsSequence *sequence, const GsPin *pin, int64_t at_ns, int cpu, const char *format,
		...) G_GNUC_PRINTF(5, 6);

static void add(GsSequence *sequence, const GsPin *pin, int64_t at_ns, int cpu, const char *format,
		...)
{
	GsSequenceEvent event = {
		.at_ns = at_ns,
		.edge = at_ns / pin->tick_nsec - pin->first_edge,
	};
	va_list args;

	va_start(args, format);
	event.what = g_strdup_vprintf(format, args);
	va_end(args);
	g_array_append_val(sequence->cpus[cpu], event);
}

/* What is known of the trace so far, beyond what a line says itself. */
typedef struct {
	GsSequence *sequence;
	const GsPin *pin;
	GHashTable *domain_of;  /* owned: address of a work item or timer -> domain + 1 */
	int64_t begun[DOMAIN_COUNT], ended[DOMAIN_COUNT]; /* grace periods */
	int scans[DOMAIN_COUNT];  /* try_check_zero()s of the one that runs */
	struct {
		int domain;       /* of the request, timer or work item the CPU is busy with */
		const char *last; /* the name of its last event */
	} cpus[GS_SEQUENCE_CPUS];
} Reading;

static int domain_of_caller(const GsFtraceEvent *event)
{
	return strstr(event->args, "irq") ? KVM_IRQ_SRCU : KVM_SRCU;
}

/* The domain of the work item or timer at the address behind @key. */
static int domain_of(Reading *reading, const GsFtraceEvent *event, const char *key)
{
	size_t length;
	const char *word = gs_ftrace_word(event, key, &length);
	g_autofree char *address = g_strndup(word ? word : "", length);

	const int domain = GPOINTER_TO_INT(g_hash_table_lookup(reading->domain_of, address)) - 1;
	return domain < 0 ? NO_DOMAIN : domain;
}

/* It is that of what its CPU is busy with. */
static void learn_domain(Reading *reading, const GsFtraceEvent *event, const char *key)
{
	const int domain = reading->cpus[event->cpu].domain;
	size_t length;
	const char *word = gs_ftrace_word(event, key, &length);

	if (word)
		g_hash_table_insert(reading->domain_of, g_strndup(word, length),
				    GINT_TO_POINTER(domain + 1));
}

static bool word_is(const GsFtraceEvent *event, const char *key, const char *expected)
{
	size_t length;
	const char *word = gs_ftrace_word(event, key, &length);

	return word && length == strlen(expected) && strncmp(word, expected, length) == 0;
}

/* Timers and work items of others are not compared. */
static const char *timer_function(const GsFtraceEvent *event)
{
	if (word_is(event, "function=", "delayed_work_timer_fn"))
		return "delayed_work_timer_fn";
	return word_is(event, "function=", "srcu_delay_timer") ? "srcu_delay_timer" : NULL;
}

static const char *work_function(const GsFtraceEvent *event, const char *key)
{
	if (word_is(event, key, "process_srcu"))
		return "process_srcu";
	return word_is(event, key, "srcu_invoke_callbacks") ? "srcu_invoke_callbacks" : NULL;
}

static void read_timer(Reading *reading, const GsFtraceEvent *event, int64_t at_ns)
{
	const GsPin *pin = reading->pin;
	const int64_t base = pin->jiffies_base + pin->first_edge;
	const char *function = timer_function(event);
	const char *last = reading->cpus[event->cpu].last;

	if (!function)
		return;
	if (gs_ftrace_is(event, "timer_start")) {
		/* Of the works that are delayed, one of ours is when SRCU has just run. */
		const bool ours = strcmp(function, "srcu_delay_timer") == 0 ||
				  strcmp(last, "srcu_irq_work") == 0 ||
				  strcmp(last, "srcu_reschedule") == 0;

		if (ours)
			learn_domain(reading, event, "timer=");
		if (domain_of(reading, event, "timer=") != NO_DOMAIN)
			add(reading->sequence, pin, at_ns, event->cpu, TIMER_START, function,
			    gs_ftrace_number(event, " expires=") - base,
			    gs_ftrace_number(event, "bucket_expiry=") - base);
		return;
	}

	const int domain = domain_of(reading, event, "timer=");

	if (domain == NO_DOMAIN)
		return;
	reading->cpus[event->cpu].domain = domain;
	add(reading->sequence, pin, at_ns, event->cpu, "timer_expire_entry %s", function);
}

static void read_work(Reading *reading, const GsFtraceEvent *event, int64_t at_ns)
{
	int *busy = &reading->cpus[event->cpu].domain;

	if (gs_ftrace_is(event, "workqueue_queue_work")) {
		const char *function = work_function(event, "function=");

		if (!function)
			return;
		learn_domain(reading, event, "work struct=");
		add(reading->sequence, reading->pin, at_ns, event->cpu,
		    "workqueue_queue_work %s pool=%d", function,
		    (int)gs_ftrace_number(event, " cpu="));
	} else {
		const char *function = work_function(event, "function ");

		if (!function)
			return;
		*busy = domain_of(reading, event, "work struct ");
		add(reading->sequence, reading->pin, at_ns, event->cpu,
		    "workqueue_execute_start %s", function);
	}
}

/* A request: its domain shows in the caller, or in that of the synchronize it is part of. */
static void read_request(Reading *reading, const GsFtraceEvent *event, int64_t at_ns)
{
	int *busy = &reading->cpus[event->cpu].domain;

	if (g_str_has_prefix(event->name, "synchronize_srcu")) {
		*busy = domain_of_caller(event);
		add(reading->sequence, reading->pin, at_ns, event->cpu, "%s %s", event->name,
		    domains[*busy]);
		return;
	}
	if (strcmp(event->args, "<-__synchronize_srcu") != 0)
		*busy = KVM_SRCU;
	add(reading->sequence, reading->pin, at_ns, event->cpu, "srcu_gp_start_if_needed %s %s",
	    domains[*busy], event->args);
}

/*
 * The number of a grace period is not in the trace: it is that of the domain's
 * first, second, ... that process_srcu() scans for, which ends with the second
 * of its scans since no pass is in vain while nobody reads.
 */
static void read_srcu(Reading *reading, const GsFtraceEvent *event, int64_t at_ns)
{
	const int busy = reading->cpus[event->cpu].domain;
	const char *domain = domains[busy];

	if (gs_ftrace_is(event, "process_srcu")) {
		reading->scans[busy] = 0;
		add(reading->sequence, reading->pin, at_ns, event->cpu,
		    "process_srcu %s gp=%" G_GINT64_FORMAT, domain, ++reading->begun[busy]);
	} else if (gs_ftrace_is(event, "srcu_invoke_callbacks")) {
		add(reading->sequence, reading->pin, at_ns, event->cpu,
		    "srcu_invoke_callbacks %s gp=%" G_GINT64_FORMAT, domain, reading->ended[busy]);
	} else {
		if (gs_ftrace_is(event, "try_check_zero") && ++reading->scans[busy] == 2)
			reading->ended[busy]++;
		add(reading->sequence, reading->pin, at_ns, event->cpu, "%s %s", event->name,
		    domain);
	}
}

static bool is_any(const char *name, const char *const *names)
{
	return g_strv_contains(names, name);
}

GsSequence *gs_sequence_from_ftrace(const GsFtrace *ftrace, const GsPin *pin)
{
	static const char *const srcu[] = {
		"srcu_irq_work", "process_srcu", "try_check_zero", "srcu_reschedule",
		"srcu_invoke_callbacks", "__free_bus", "wakeme_after_rcu", NULL,
	};
	static const char *const requests[] = {
		"synchronize_srcu", "synchronize_srcu_expedited", "srcu_gp_start_if_needed", NULL,
	};
	Reading reading = {
		.sequence = gs_sequence_new(),
		.pin = pin,
		.domain_of = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
		.cpus = { { NO_DOMAIN, "" }, { NO_DOMAIN, "" } },
	};

	for (unsigned int i = 0; i < ftrace->events->len; i++) {
		const GsFtraceEvent *event = gs_ftrace_event(ftrace, i);
		const int64_t at_ns = gs_pin_simulated_ns(pin, event->at_ns);

		if (at_ns >= pin->end_ns)
			break;
		if (is_any(event->name, requests))
			read_request(&reading, event, at_ns);
		else if (is_any(event->name, srcu))
			read_srcu(&reading, event, at_ns);
		else if (g_str_has_prefix(event->name, "timer_"))
			read_timer(&reading, event, at_ns);
		else if (g_str_has_prefix(event->name, "workqueue_"))
			read_work(&reading, event, at_ns);
		else if (gs_ftrace_is(event, "tick_nohz_handler") ||
			 gs_ftrace_is_called(event, "tick_do_update_jiffies64",
					     "tick_nohz_handler"))
			add(reading.sequence, pin, at_ns, event->cpu, "%s", event->name);
		reading.cpus[event->cpu].last = event->name;
	}
	g_hash_table_unref(reading.domain_of);
	return reading.sequence;
}

/* The last event of @cpu, NULL if there is none. */
static GsSequenceEvent *last_event(GsSequence *sequence, int cpu)
{
	GArray *events = sequence->cpus[cpu];

	return events->len > 0 ? &g_array_index(events, GsSequenceEvent, events->len - 1) : NULL;
}

void gs_sequence_probe(GsSequence *sequence, const GsPin *pin, const GsProbe *probe)
{
	static const char *const with_domain[] = {
		"srcu_irq_work", "try_check_zero", "srcu_reschedule", "__free_bus",
		"wakeme_after_rcu", "synchronize_srcu", NULL,
	};
	const char *name = probe->name, *subject = probe->subject;
	const int64_t at_ns = probe->at_ns, gp = probe->a >> GS_RCU_SEQ_CTR_SHIFT;
	const int cpu = probe->cpu;
	const GsSequenceEvent *last = last_event(sequence, cpu);

	if (is_any(name, with_domain)) {
		add(sequence, pin, at_ns, cpu, "%s %s", name, subject);
	} else if (strcmp(name, "synchronize_srcu_expedited") == 0) {
		/* synchronize_srcu() that goes expedited: the trace does not show that call. */
		if (!last || last->at_ns != at_ns || !g_str_has_prefix(last->what, "synchronize"))
			add(sequence, pin, at_ns, cpu, "%s %s", name, subject);
	} else if (strcmp(name, "srcu_gp_start_if_needed") == 0) {
		/* Who calls it fired right before. */
		const char *caller = sequence->caller ? sequence->caller : "__synchronize_srcu";

		add(sequence, pin, at_ns, cpu, "%s %s <-%s", name, subject, caller);
	} else if (strcmp(name, "process_srcu") == 0) {
		add(sequence, pin, at_ns, cpu, "%s %s gp=%" G_GINT64_FORMAT, name, subject, gp + 1);
	} else if (strcmp(name, "srcu_invoke_callbacks") == 0) {
		add(sequence, pin, at_ns, cpu, "%s %s gp=%" G_GINT64_FORMAT, name, subject, gp);
	} else if (strcmp(name, "timer_start") == 0) {
		add(sequence, pin, at_ns, cpu, TIMER_START, subject, probe->a - pin->first_edge,
		    probe->b - pin->first_edge);
	} else if (strcmp(name, "workqueue_queue_work") == 0) {
		add(sequence, pin, at_ns, cpu, "%s %s pool=%d", name, subject, (int)probe->a);
	} else if (strcmp(name, "workqueue_execute_start") == 0 ||
		   strcmp(name, "timer_expire_entry") == 0) {
		add(sequence, pin, at_ns, cpu, "%s %s", name, subject);
	} else if (strcmp(name, "tick_nohz_handler") == 0) {
		if (at_ns / pin->tick_nsec > pin->first_edge)
			add(sequence, pin, at_ns, cpu, "%s", name);
	} else if (strcmp(name, "tick_do_update_jiffies64") == 0) {
		/* By the tick, which has just fired; not by whoever else finds jiffies late. */
		if (last && last->at_ns == at_ns && strcmp(last->what, "tick_nohz_handler") == 0)
			add(sequence, pin, at_ns, cpu, "%s", name);
	}
	if (g_str_has_prefix(name, "call_srcu"))
		sequence->caller = name;
	else
		sequence->caller = NULL;
}

static void append_event(GString *text, const char *mark, const GsSequenceEvent *event)
{
	g_string_append_printf(text, "  %s %10.3f us  jiffy %-3" G_GINT64_FORMAT " %s\n", mark,
			       (double)event->at_ns / 1000, event->edge, event->what);
}

static char *cpu_difference(int cpu, const GArray *traced, const GArray *simulated)
{
	const unsigned int len = MAX(traced->len, simulated->len);
	GString *text = NULL;

	for (unsigned int i = 0; i < len; i++) {
		const GsSequenceEvent *t = i < traced->len ?
			&g_array_index(traced, GsSequenceEvent, i) : NULL;
		const GsSequenceEvent *s = i < simulated->len ?
			&g_array_index(simulated, GsSequenceEvent, i) : NULL;

		if (t && s && t->edge == s->edge && strcmp(t->what, s->what) == 0)
			continue;
		text = g_string_new(NULL);
		g_string_append_printf(text, "CPU %d, event %u:\n", cpu, i);
		for (unsigned int j = i > CONTEXT ? i - CONTEXT : 0; j < i; j++)
			append_event(text, "both     ", &g_array_index(traced, GsSequenceEvent, j));
		for (unsigned int j = i; j < MIN(i + CONTEXT, traced->len); j++)
			append_event(text, "traced   ", &g_array_index(traced, GsSequenceEvent, j));
		for (unsigned int j = i; j < MIN(i + CONTEXT, simulated->len); j++)
			append_event(text, "simulated",
				     &g_array_index(simulated, GsSequenceEvent, j));
		return g_string_free(text, FALSE);
	}
	return NULL;
}

char *gs_sequence_difference(const GsSequence *traced, const GsSequence *simulated)
{
	char *earliest = NULL;

	for (int cpu = 0; cpu < GS_SEQUENCE_CPUS; cpu++) {
		g_autofree char *difference =
			cpu_difference(cpu, traced->cpus[cpu], simulated->cpus[cpu]);

		if (!difference)
			continue;
		g_autofree char *before = earliest;
		earliest = g_strconcat(before ? before : "", difference, NULL);
	}
	return earliest;
}
