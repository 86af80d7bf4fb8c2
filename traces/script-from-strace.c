/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/script-from-strace.h"

#include "traces/eventfd-watch.h"
#include "traces/kvm-args.h"
#include "traces/kvm-follow.h"
#include "traces/script-link.h"
#include "traces/script-vms.h"
#include "traces/steady-time.h"
#include "traces/thread-history.h"
#include "traces/trace-coverage.h"
#include "traces/vm-ends.h"

#define NS_PER_SECOND INT64_C(1000000000)
#define NS_PER_US INT64_C(1000)

/* The VM of a call that comes before its KVM_CREATE_VM. */
#define VM_NEXT UINT32_MAX

/* GsScriptCall.after of a probe of the kernel, while the script is built. */
#define AFTER_PROBE (-2)

/* A call the kernel was about to issue again. */
typedef struct {
	unsigned int call; /* index */
	int32_t fd;
} Restart;

/* A call whose VM is VM_NEXT. */
typedef struct {
	unsigned int call; /* index */
	uint32_t group, series;
} Waiting;

/* While it is built, GsScriptCall.thread holds a tid and calls are in the log's order. */
typedef struct {
	GsScript *script; /* owned */
	uint32_t series;
	GsIoeventfdMode ioeventfd;
	GsKvmFollow *follow;
	GsVmEnds *ends;
	GsSteadyTime *steady;
	GsThreadHistory *history;
	GsEventfdWatch *eventfds; /* NULL: what it would tell is given */
	GArray *waiting;          /* Waiting */
	uint32_t latest_vm;       /* VM_NEXT: none yet */
	GHashTable *restarts;     /* tid -> Restart, owned */
	GHashTable *callers;      /* set of tids with an ioctl of KVM's */
	int64_t clock_ns;         /* end of the last call, for those without a stamp */
	int64_t resolution_ns;    /* the coarsest stamp */
	unsigned int unstamped, untimed;
	uint32_t ordinal; /* of the record at hand */
} Builder;

/* A VM begins; the calls of its recording that waited for one are its. */
static void adopt_waiting(Builder *builder, const GsTraceRecord *record, uint32_t vm)
{
	unsigned int kept = 0;

	for (unsigned int i = 0; i < builder->waiting->len; i++) {
		const Waiting *waiting = &g_array_index(builder->waiting, Waiting, i);

		if (record &&
		    (waiting->group != record->group || waiting->series != record->series))
			g_array_index(builder->waiting, Waiting, kept++) = *waiting;
		else
			g_array_index(builder->script->calls, GsScriptCall, waiting->call).vm = vm;
	}
	g_array_set_size(builder->waiting, kept);
	builder->latest_vm = vm;
}

/* How long a call took: as measured, else between the stamps of its two halves. */
static int64_t recorded_ns(const GsTraceRecord *record)
{
	if (record->duration_ns >= 0)
		return record->duration_ns;
	if (record->start_ns >= 0 && record->end_ns >= record->start_ns &&
	    record->resolution_ns < NS_PER_SECOND)
		return record->end_ns - record->start_ns;
	return -1;
}

static int64_t sum_ns(int64_t a, int64_t b)
{
	return MIN(a + b, GS_TRACE_TIME_MAX_NS);
}

/* When a call began; without stamps, when the one before it in the log ended. */
static int64_t start_ns(Builder *builder, const GsTraceRecord *record, int64_t duration_ns)
{
	int64_t start = record->start_ns;

	if (start < 0) {
		builder->unstamped++;
		start = builder->clock_ns;
	}
	builder->resolution_ns = MAX(builder->resolution_ns, record->resolution_ns);
	builder->clock_ns = sum_ns(start, MAX(duration_ns, 0));
	return start;
}

/*
 * The second half of a call that a signal interrupted and the kernel issued
 * again: one call to whoever made it. Returns whether it was that.
 */
static bool join_restart(Builder *builder, const GsTraceRecord *record, const GsKvmCall *kvm)
{
	gpointer key = GINT_TO_POINTER(record->tid);
	Restart *restart = g_hash_table_lookup(builder->restarts, key);
	int64_t duration_ns = recorded_ns(record);
	GsScriptCall *call;

	if (!restart)
		return false;
	call = &g_array_index(builder->script->calls, GsScriptCall, restart->call);
	if (call->name != kvm->name || restart->fd != kvm->fd) {
		g_hash_table_remove(builder->restarts, key);
		return false;
	}
	call->recorded_ns =
		call->recorded_ns < 0 || duration_ns < 0
			? -1
			: sum_ns(MAX(record->start_ns - call->start_ns, call->recorded_ns),
				 duration_ns);
	call->failed = record->status == GS_CALL_ERROR;
	call->ret = record->has_ret ? record->ret : -1;
	if (record->status != GS_CALL_RESTARTED)
		g_hash_table_remove(builder->restarts, key);
	return true;
}

/* A call of the script, of @vm or of the VM to come. */
static void append_call(Builder *builder, const GsTraceRecord *record, GsScriptCall *call,
			int32_t vm)
{
	const Waiting waiting = { builder->script->calls->len, record->group, record->series };

	call->vm = vm == GS_VM_NONE ? VM_NEXT : (uint32_t)vm;
	call->thread = (uint32_t)record->tid;
	call->failed = record->status == GS_CALL_ERROR;
	call->ret = record->has_ret ? record->ret : -1;
	call->recorded_ns = recorded_ns(record);
	call->start_ns = start_ns(builder, record, call->recorded_ns);
	call->ordinal = builder->ordinal;
	call->line = (uint32_t)MIN(record->line, UINT32_MAX);
	if (call->recorded_ns < 0 && record->status != GS_CALL_UNFINISHED)
		builder->untimed++;
	if (call->vm == VM_NEXT)
		g_array_append_val(builder->waiting, waiting);
	g_array_append_val(builder->script->calls, *call);
}

static void take_ioctl(Builder *builder, const GsTraceRecord *record, const GsKvmCall *kvm)
{
	GsScriptCall call = { .name = kvm->name, .role = kvm->role, .after = -1 };
	const unsigned int index = builder->script->calls->len;

	if (join_restart(builder, record, kvm))
		return;
	gs_kvm_args_parse(kvm->known, kvm->argument, &call.args);
	if (kvm->has_device_type && !call.args.has_device_type) {
		call.args.has_device_type = true;
		call.args.device_type = kvm->device_type;
	}
	append_call(builder, record, &call, kvm->vm);
	g_hash_table_add(builder->callers, GINT_TO_POINTER(record->tid));
	if (builder->eventfds)
		gs_eventfd_watch_request(builder->eventfds, builder->script, index);
	if (record->status == GS_CALL_RESTARTED) {
		Restart *restart = g_new(Restart, 1);

		*restart = (Restart){ .call = index, .fd = kvm->fd };
		g_hash_table_replace(builder->restarts, GINT_TO_POINTER(record->tid), restart);
	}
}

/* A close() that may be a VM's end. */
static void take_close(Builder *builder, const GsTraceRecord *record, const GsKvmCall *kvm)
{
	GsScriptCall call = { .role = GS_FD_VM, .after = -1 };

	if (record->status != GS_CALL_OK || kvm->role <= GS_FD_KVM || kvm->vm == GS_VM_NONE ||
	    kvm->inherited)
		return;
	call.name = g_intern_static_string(GS_SCRIPT_CLOSE);
	call.vm = (uint32_t)kvm->vm;
	call.thread = (uint32_t)record->tid;
	call.recorded_ns = recorded_ns(record);
	call.start_ns = record->start_ns >= 0 ? record->start_ns : builder->clock_ns;
	call.ordinal = builder->ordinal;
	call.line = (uint32_t)MIN(record->line, UINT32_MAX);
	gs_vm_ends_closed(builder->ends, call.vm, builder->script->calls->len, kvm->role);
	g_array_append_val(builder->script->calls, call);
}

/*
 * A probe of a function inside the kernel (perf script) stands for the ioctl that
 * called it. It does not say of which VM.
 */
static void take_probe(Builder *builder, const GsTraceRecord *record)
{
	GsScriptCall call = { .role = GS_FD_VM, .after = AFTER_PROBE };

	if (gs_span_equals(record->name, "kvm_io_bus_register_dev")) {
		call.name = g_intern_static_string("KVM_IOEVENTFD");
		call.args.has_flags = true;
	} else if (gs_span_equals(record->name, "kvm_vm_ioctl_create_vcpu")) {
		call.name = g_intern_static_string("KVM_CREATE_VCPU");
	} else {
		return;
	}
	append_call(builder, record, &call,
		    builder->latest_vm == VM_NEXT ? GS_VM_NONE : (int32_t)builder->latest_vm);
}

static void take_record(Builder *builder, const GsTraceRecord *record)
{
	GsKvmCall kvm;

	gs_kvm_follow_record(builder->follow, record, &kvm);
	if (kvm.vm_begun != GS_VM_NONE)
		adopt_waiting(builder, record, (uint32_t)kvm.vm_begun);
	if (kvm.vm_replaced != GS_VM_NONE)
		gs_vm_ends_reused(builder->ends, (uint32_t)kvm.vm_replaced);
	if (kvm.name && kvm.fd >= 0) {
		take_ioctl(builder, record, &kvm);
		return;
	}
	if (builder->eventfds)
		gs_eventfd_watch_call(builder->eventfds, builder->script, record);
	if (gs_span_equals(record->name, "close"))
		take_close(builder, record, &kvm);
	else if (!kvm.is_ioctl)
		take_probe(builder, record);
}

/* Probes of a thread whose ioctls are in the log say nothing new. */
static void settle_probes(Builder *builder)
{
	GsScript *script = builder->script;
	unsigned int kept = 0, register_count = 0, vcpu_count = 0;

	for (unsigned int i = 0; i < script->calls->len; i++) {
		GsScriptCall *call = &g_array_index(script->calls, GsScriptCall, i);

		if (call->after == AFTER_PROBE) {
			if (g_hash_table_contains(builder->callers, GUINT_TO_POINTER(call->thread)))
				continue;
			call->after = -1;
			if (g_str_equal(call->name, "KVM_CREATE_VCPU"))
				vcpu_count++;
			else
				register_count++;
		}
		g_array_index(script->calls, GsScriptCall, kept++) = *call;
	}
	g_array_set_size(script->calls, kept);
	if (register_count + vcpu_count > 0)
		gs_script_note(script,
			       "%s: %u kvm_io_bus_register_dev and %u kvm_vm_ioctl_create_vcpu are "
			       "taken for as many KVM_IOEVENTFD and KVM_CREATE_VCPU of one VM",
			       script->source, register_count, vcpu_count);
}

/* All calls are taken: what is still open about them is settled. */
static void settle(Builder *builder)
{
	builder->script->vm_count = gs_kvm_follow_vm_count(builder->follow);
	/* /dev/kvm was asked, but no VM followed */
	if (builder->waiting->len)
		adopt_waiting(builder, NULL,
			      builder->latest_vm == VM_NEXT ? builder->script->vm_count++
							    : builder->latest_vm);
	gs_vm_ends_apply(builder->ends, builder->script);
	settle_probes(builder);
}

static int compare_starts(const void *a, const void *b)
{
	const GsScriptCall *left = a, *right = b;

	return (left->start_ns > right->start_ns) - (left->start_ns < right->start_ns);
}

/*
 * Bring the calls into start order. A thread's own calls keep the log's order
 * whatever the clock says: how many it would have had in another is returned.
 */
static unsigned int sort_calls(Builder *builder)
{
	g_autoptr(GHashTable) latest = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	GArray *calls = builder->script->calls;
	unsigned int set_back = 0;

	for (unsigned int i = 0; i < calls->len; i++) {
		GsScriptCall *call = &g_array_index(calls, GsScriptCall, i);
		int64_t *last_ns = g_hash_table_lookup(latest, GUINT_TO_POINTER(call->thread));

		if (!last_ns) {
			last_ns = g_new(int64_t, 1);
			*last_ns = call->start_ns;
			g_hash_table_insert(latest, GUINT_TO_POINTER(call->thread), last_ns);
		}
		if (call->start_ns < *last_ns) {
			set_back++;
			call->start_ns = *last_ns;
		}
		*last_ns = call->start_ns;
	}
	g_array_sort(calls, compare_starts); /* stable */
	return set_back;
}

/* Number threads and VMs in the order of their first call, and count from it. */
static void number_all(Builder *builder, int32_t main_tid)
{
	g_autoptr(GHashTable) threads = g_hash_table_new(NULL, NULL);
	g_autofree uint32_t *vms = g_new(uint32_t, builder->script->vm_count);
	GsScript *script = builder->script;
	int64_t epoch_ns = gs_script_call(script, 0)->start_ns;
	uint32_t vm_count = 0;

	memset(vms, 0xff, script->vm_count * sizeof(*vms));
	for (unsigned int i = 0; i < script->calls->len; i++) {
		GsScriptCall *call = &g_array_index(script->calls, GsScriptCall, i);
		int32_t tid = call->thread ? (int32_t)call->thread : main_tid;
		gpointer index;

		if (!g_hash_table_lookup_extended(threads, GINT_TO_POINTER(tid), NULL, &index)) {
			GsScriptThread thread = { .tid = tid };

			index = GUINT_TO_POINTER(script->threads->len);
			g_array_append_val(script->threads, thread);
			g_hash_table_insert(threads, GINT_TO_POINTER(tid), index);
		}
		call->thread = GPOINTER_TO_UINT(index);
		if (vms[call->vm] == UINT32_MAX)
			vms[call->vm] = vm_count++;
		call->vm = vms[call->vm];
		call->start_ns -= epoch_ns;
	}
	script->vm_count = vm_count;
	gs_script_number_calls(script);
	gs_thread_history_settle(builder->history, epoch_ns, main_tid);
}

/* @astray calls begin before others of their thread for another reason than a clock's steps. */
static void add_clock_notes(Builder *builder, const GsTraceStats *stats, unsigned int astray)
{
	const GsClockSteps *steps = gs_steady_time_steps(builder->steady);
	const char *source = builder->script->source;

	if (steps->back + astray)
		gs_script_note(builder->script,
			       "%s: the clock was set back before %u of %" G_GUINT64_FORMAT
			       " calls; these are taken to follow the call before them after their "
			       "thread's usual gap, or at once if it made too few calls to tell",
			       source, steps->back + astray, stats->records);
	if (steps->forward)
		gs_script_note(builder->script,
			       "%s: the clock was set forward during %u of %" G_GUINT64_FORMAT
			       " calls, as their durations say; what comes later is moved back",
			       source, steps->forward, stats->records);
}

static void add_notes(Builder *builder, const GsTraceStats *stats)
{
	GsScript *script = builder->script;

	if (builder->unstamped)
		gs_script_note(script,
			       "%s: %u calls have no time stamp (strace -ttt); they are taken to "
			       "follow each other in the log's order, after gaps that are drawn",
			       script->source, builder->unstamped);
	else if (stats->gaps_only)
		gs_script_note(script,
			       "%s: time stamps are relative (strace -r); starts are their sums",
			       script->source);
	if (builder->resolution_ns >= NS_PER_SECOND)
		gs_script_note(script,
			       "%s: time stamps are whole seconds; think time under a second is "
			       "taken as none",
			       script->source);
	else if (builder->resolution_ns > NS_PER_US)
		gs_script_note(script,
			       "%s: time stamps, and think times with them, are only exact "
			       "to a millisecond",
			       script->source);
	if (builder->untimed)
		gs_script_note(
			script,
			"%s: %u of %u calls have no duration (strace -T); think time is then "
			"from start to start",
			script->source, builder->untimed, script->calls->len);
}

static void builder_free(Builder *builder)
{
	g_clear_pointer(&builder->script, gs_script_free);
	gs_kvm_follow_free(builder->follow);
	gs_steady_time_free(builder->steady);
	gs_thread_history_free(builder->history);
	g_clear_pointer(&builder->eventfds, gs_eventfd_watch_free);
	gs_vm_ends_free(builder->ends);
	g_array_unref(builder->waiting);
	g_hash_table_unref(builder->restarts);
	g_hash_table_unref(builder->callers);
	g_free(builder);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Builder, builder_free)

static Builder *builder_new(const char *source, uint32_t series, GsIoeventfdMode ioeventfd)
{
	Builder *builder = g_new(Builder, 1);

	*builder = (Builder){
		.script = gs_script_new(source),
		.series = series,
		.ioeventfd = ioeventfd,
		.follow = gs_kvm_follow_new(),
		.steady = gs_steady_time_new(),
		.history = gs_thread_history_new(),
		.ends = gs_vm_ends_new(),
		.eventfds = ioeventfd == GS_IOEVENTFD_INFER ? gs_eventfd_watch_new() : NULL,
		.waiting = g_array_new(FALSE, FALSE, sizeof(Waiting)),
		.latest_vm = VM_NEXT,
		.restarts = g_hash_table_new_full(NULL, NULL, NULL, g_free),
		.callers = g_hash_table_new(NULL, NULL),
	};
	return builder;
}

/* What reports call the script of a series that is not the only one. */
static void add_label(GsScript *script, const GsTraceReader *reader, uint32_t series)
{
	const char *title = gs_trace_reader_series_title(reader, series);

	g_free(script->label);
	script->label = *title ? g_strdup_printf("%s (%s)", script->source, title)
			       : g_strdup_printf("%s (series %u)", script->source, series + 1);
}

/* The script that is built; NULL: there is no KVM ioctl in it. */
static GsScript *finish(Builder *builder, const GsTraceReader *reader)
{
	const GsTraceStats stats = gs_trace_reader_stats(reader);
	GsScript *script = builder->script;
	unsigned int astray;

	settle(builder);
	if (script->calls->len == 0)
		return NULL;
	astray = sort_calls(builder);
	number_all(builder, gs_trace_reader_main_tid(reader, 0));
	/* a clock of whole seconds cannot tell a second's gap from none */
	for (unsigned int i = 0; builder->unstamped && i < script->calls->len; i++)
		g_array_index(script->calls, GsScriptCall, i).think_unknown = true;
	gs_script_link(script, builder->resolution_ns >= NS_PER_SECOND ? builder->resolution_ns : 0,
		       builder->history);
	add_notes(builder, &stats);
	add_clock_notes(builder, &stats, astray);
	gs_script_note_vms(script);
	gs_script_infer_ioeventfds(script, builder->ioeventfd);
	return g_steal_pointer(&builder->script);
}

/* The scripts of a trace while it is read, series by series. */
typedef struct {
	GsTraceReader *reader;
	GPtrArray *scripts;
	Builder *builder; /* of the series at hand; NULL: none */
	GArray *series;   /* uint32_t: which of them each script is */
} Scripts;

static void finish_series(Scripts *scripts)
{
	g_autoptr(Builder) builder = g_steal_pointer(&scripts->builder);
	GsScript *script = builder ? finish(builder, scripts->reader) : NULL;

	if (!script)
		return;
	g_ptr_array_add(scripts->scripts, script);
	g_array_append_val(scripts->series, builder->series);
}

static bool read_series(Scripts *scripts, const char *source, const GsScriptOptions *options,
			GError **error)
{
	g_autoptr(GError) failure = NULL;
	GsTraceRecord record;

	while (gs_trace_reader_next(scripts->reader, &record, &failure)) {
		if (options->series && record.series != options->series - 1)
			continue;
		if (scripts->builder && scripts->builder->series != record.series)
			finish_series(scripts);
		if (!scripts->builder)
			scripts->builder = builder_new(source, record.series, options->ioeventfd);
		gs_steady_time_apply(scripts->builder->steady, &record);
		scripts->builder->ordinal =
			gs_thread_history_take(scripts->builder->history, &record);
		take_record(scripts->builder, &record);
	}
	if (failure) {
		g_clear_pointer(&scripts->builder, builder_free);
		g_propagate_error(error, g_steal_pointer(&failure));
		return false;
	}
	finish_series(scripts);
	return true;
}

GPtrArray *gs_scripts_from_reader(GsTraceReader *reader, const char *source,
				  const GsScriptOptions *options, GError **error)
{
	static const GsScriptOptions defaults = { 0 };
	g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func((GDestroyNotify)gs_script_free);
	g_autoptr(GArray) series = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	Scripts scripts = { .reader = reader, .scripts = found, .series = series };

	if (!options)
		options = &defaults;
	if (!read_series(&scripts, source, options, error))
		return NULL;
	if (!gs_trace_coverage_check(reader, source, options->series, error))
		return NULL;
	if (found->len == 0) {
		g_set_error(error, GS_TRACE_ERROR, GS_TRACE_ERROR_NO_KVM,
			    "no KVM ioctl in '%s' (%" G_GUINT64_FORMAT " system calls)", source,
			    gs_trace_reader_stats(reader).records);
		return NULL;
	}
	for (unsigned int i = 0; gs_trace_reader_series_count(reader) > 1 && i < found->len; i++)
		add_label(g_ptr_array_index(found, i), reader, g_array_index(series, uint32_t, i));
	gs_trace_coverage_add_notes(reader, ((GsScript *)g_ptr_array_index(found, 0))->notes);
	return g_steal_pointer(&found);
}

GsScript *gs_script_from_strace_reader(GsTraceReader *reader, const char *source,
				       const GsScriptOptions *options, GError **error)
{
	g_autoptr(GPtrArray) scripts = gs_scripts_from_reader(reader, source, options, error);

	return scripts ? g_ptr_array_steal_index(scripts, 0) : NULL;
}
