/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/script-from-strace.h"

#include "traces/fd-table.h"
#include "traces/ioeventfd-probe.h"
#include "traces/kvm-args.h"
#include "traces/kvm-request.h"
#include "traces/script-link.h"
#include "traces/trace-reader.h"
#include "traces/strace-scan.h"
#include "traces/strace-text.h"
#include "traces/vm-ends.h"

#define NS_PER_SECOND INT64_C(1000000000)
#define NS_PER_US INT64_C(1000)

/* The VM of a call that comes before its KVM_CREATE_VM. */
#define VM_NEXT UINT32_MAX

/* A call the kernel was about to issue again. */
typedef struct {
	unsigned int call; /* index */
	int32_t fd;
} Restart;

/* While it is built, GsScriptCall.thread holds a tid and calls are in the log's order. */
typedef struct {
	GsScript *script;
	GsFdTables *fds;
	GsVmEnds *ends;
	GArray *waiting;       /* unsigned int: calls whose VM is VM_NEXT */
	int32_t latest_vm;     /* GS_VM_NONE: none yet */
	bool latest_has_fd;    /* its VM descriptor is known */
	GHashTable *restarts;  /* tid -> Restart, owned */
	int64_t clock_ns;      /* end of the last call, for those without a stamp */
	int64_t resolution_ns; /* the coarsest stamp */
	unsigned int unstamped, untimed;
} Builder;

/* The parts of an ioctl's argument list. */
typedef struct {
	int32_t fd;
	GsFdRole printed_role; /* from the decoration of -y */
	GsSpan request, argument;
} IoctlArgs;

static bool split_ioctl(GsSpan list, IoctlArgs *ioctl)
{
	GsSpan fd, name, value;

	*ioctl = (IoctlArgs){ .argument = gs_span_string("") };
	if (!gs_strace_next_item(&list, &fd) ||
	    !gs_fd_parse(fd, &ioctl->fd, &ioctl->printed_role) ||
	    !gs_strace_next_item(&list, &ioctl->request))
		return false;
	/* strace -N: "op=KVM_CREATE_VCPU" */
	if (gs_strace_split_member(ioctl->request, &name, &value))
		ioctl->request = value;
	gs_strace_next_item(&list, &ioctl->argument);
	return true;
}

static void adopt_waiting(Builder *builder, int32_t vm)
{
	for (unsigned int i = 0; i < builder->waiting->len; i++) {
		unsigned int call = g_array_index(builder->waiting, unsigned int, i);

		g_array_index(builder->script->calls, GsScriptCall, call).vm = (uint32_t)vm;
	}
	g_array_set_size(builder->waiting, 0);
}

/* A VM begins; the calls that waited for one are its. */
static int32_t open_vm(Builder *builder)
{
	int32_t vm = (int32_t)builder->script->vm_count++;

	adopt_waiting(builder, vm);
	builder->latest_vm = vm;
	builder->latest_has_fd = false;
	return vm;
}

/* The role of a descriptor the log does not explain, from what is asked of it. */
static GsFdRole guess_role(const GsKvmRequest *request)
{
	static const GsFdRole by_likelihood[] = { GS_FD_DEVICE, GS_FD_KVM, GS_FD_VM, GS_FD_VCPU };

	for (size_t i = 0; request && i < G_N_ELEMENTS(by_likelihood); i++) {
		if (request->roles & GS_ROLE_BIT(by_likelihood[i]))
			return by_likelihood[i];
	}
	return GS_FD_UNKNOWN;
}

/* Whether @descriptor cannot be what the call went to: its number was used again unseen. */
static bool is_stale(const GsDescriptor *descriptor, const IoctlArgs *ioctl,
		     const GsKvmRequest *request, bool failed)
{
	if (ioctl->printed_role != GS_FD_UNKNOWN)
		return ioctl->printed_role != descriptor->role;
	return request && !failed && descriptor->role != GS_FD_UNKNOWN &&
	       !(request->roles & GS_ROLE_BIT(descriptor->role));
}

static const GsDescriptor *explain(Builder *builder, int32_t tid, const IoctlArgs *ioctl,
				   const GsKvmRequest *request, bool failed)
{
	GsDescriptor *known = gs_fd_tables_lookup(builder->fds, tid, ioctl->fd), found;

	if (known && !is_stale(known, ioctl, request, failed))
		return known;
	found = (GsDescriptor){ .role = ioctl->printed_role, .vm = builder->latest_vm };
	if (found.role == GS_FD_UNKNOWN)
		found.role = guess_role(request);
	if (found.vm == GS_VM_NONE ? found.role != GS_FD_KVM
				   : found.role == GS_FD_VM && builder->latest_has_fd)
		found.vm = open_vm(builder);
	if (found.role == GS_FD_VM)
		builder->latest_has_fd = true;
	return gs_fd_tables_set(builder->fds, tid, ioctl->fd, &found);
}

/* The descriptors a call makes. */
static void follow_ioctl(Builder *builder, const GsTraceRecord *record, const IoctlArgs *ioctl,
			 const GsScriptCall *call)
{
	GsDescriptor made = { .vm = (int32_t)call->vm };
	int32_t fd = (int32_t)record->ret;

	if (record->status != GS_CALL_OK || !record->has_ret || record->ret < 0 ||
	    record->ret > INT32_MAX)
		return;
	if (g_str_equal(call->name, "KVM_CREATE_VM")) {
		const GsDescriptor *before = gs_fd_tables_lookup(builder->fds, record->tid, fd);
		GsDescriptor *maker;

		if (before && before->role == GS_FD_VM)
			gs_vm_ends_reused(builder->ends, (uint32_t)before->vm);
		gs_fd_tables_forget(builder->fds, record->tid, fd);
		maker = gs_fd_tables_lookup(builder->fds, record->tid, ioctl->fd);
		made.role = GS_FD_VM;
		made.vm = open_vm(builder);
		builder->latest_has_fd = true;
		if (maker)
			maker->vm = made.vm;
	} else if (g_str_equal(call->name, "KVM_CREATE_VCPU")) {
		made.role = GS_FD_VCPU;
	} else if (g_str_equal(call->name, "KVM_CREATE_DEVICE")) {
		fd = gs_kvm_args_device_fd(ioctl->argument);
		/* KVM_CREATE_DEVICE_TEST makes none */
		if (fd < 0 || (call->args.has_flags && (call->args.flags & 1)))
			return;
		made.role = GS_FD_DEVICE;
		made.has_device_type = call->args.has_device_type;
		made.device_type = call->args.device_type;
	} else if (g_str_equal(call->name, "KVM_GET_STATS_FD") ||
		   g_str_equal(call->name, "KVM_CREATE_GUEST_MEMFD")) {
		gs_fd_tables_forget(builder->fds, record->tid, fd);
		return;
	} else {
		return;
	}
	gs_fd_tables_set(builder->fds, record->tid, fd, &made);
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
static bool join_restart(Builder *builder, const GsTraceRecord *record, const IoctlArgs *ioctl,
			 const char *name)
{
	gpointer key = GINT_TO_POINTER(record->tid);
	Restart *restart = g_hash_table_lookup(builder->restarts, key);
	int64_t duration_ns = recorded_ns(record);
	GsScriptCall *call;

	if (!restart)
		return false;
	call = &g_array_index(builder->script->calls, GsScriptCall, restart->call);
	if (call->name != name || restart->fd != ioctl->fd) {
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

static void take_ioctl(Builder *builder, const GsTraceRecord *record)
{
	GsScriptCall call = { .after = -1 };
	const GsDescriptor *descriptor;
	const GsKvmRequest *request;
	GsFdRole expected;
	IoctlArgs ioctl;
	unsigned int index = builder->script->calls->len;

	if (!split_ioctl(record->args, &ioctl))
		return;
	descriptor = gs_fd_tables_lookup(builder->fds, record->tid, ioctl.fd);
	expected = ioctl.printed_role != GS_FD_UNKNOWN || !descriptor ? ioctl.printed_role
								      : descriptor->role;
	call.name = gs_kvm_request_parse(ioctl.request, expected, &request);
	if (!call.name || join_restart(builder, record, &ioctl, call.name))
		return;
	call.failed = record->status == GS_CALL_ERROR;
	descriptor = explain(builder, record->tid, &ioctl, request, call.failed);
	call.role = descriptor->role;
	call.vm = descriptor->vm == GS_VM_NONE || g_str_equal(call.name, "KVM_CREATE_VM")
			  ? VM_NEXT
			  : (uint32_t)descriptor->vm;
	call.thread = (uint32_t)record->tid;
	gs_kvm_args_parse(request, ioctl.argument, &call.args);
	if (descriptor->has_device_type && !call.args.has_device_type) {
		call.args.has_device_type = true;
		call.args.device_type = descriptor->device_type;
	}
	call.ret = record->has_ret ? record->ret : -1;
	call.recorded_ns = recorded_ns(record);
	call.start_ns = start_ns(builder, record, call.recorded_ns);
	call.line = (uint32_t)MIN(record->line, UINT32_MAX);
	if (call.recorded_ns < 0 && record->status != GS_CALL_UNFINISHED)
		builder->untimed++;
	if (call.vm == VM_NEXT)
		g_array_append_val(builder->waiting, index);
	g_array_append_val(builder->script->calls, call);
	if (record->status == GS_CALL_RESTARTED) {
		Restart *restart = g_new(Restart, 1);

		*restart = (Restart){ .call = index, .fd = ioctl.fd };
		g_hash_table_replace(builder->restarts, GINT_TO_POINTER(record->tid), restart);
	}
	follow_ioctl(builder, record, &ioctl, &call);
}

/* A close() that may be a VM's end; the descriptor is still in its table. */
static void take_close(Builder *builder, const GsTraceRecord *record)
{
	GsScriptCall call = { .role = GS_FD_VM, .after = -1 };
	GsSpan list = record->args, item;
	const GsDescriptor *descriptor;
	GsFdRole printed;
	int32_t fd;

	if (record->status != GS_CALL_OK || !gs_strace_next_item(&list, &item) ||
	    !gs_fd_parse(item, &fd, &printed))
		return;
	descriptor = gs_fd_tables_lookup(builder->fds, record->tid, fd);
	if (!descriptor || descriptor->role <= GS_FD_KVM || descriptor->inherited ||
	    (printed != GS_FD_UNKNOWN && printed != descriptor->role))
		return;
	call.name = g_intern_static_string(GS_SCRIPT_CLOSE);
	call.vm = (uint32_t)descriptor->vm;
	call.thread = (uint32_t)record->tid;
	call.recorded_ns = recorded_ns(record);
	call.start_ns = record->start_ns >= 0 ? record->start_ns : builder->clock_ns;
	call.line = (uint32_t)MIN(record->line, UINT32_MAX);
	gs_vm_ends_closed(builder->ends, call.vm, builder->script->calls->len, descriptor->role);
	g_array_append_val(builder->script->calls, call);
}

static bool read_calls(Builder *builder, GsTraceReader *reader, GError **error)
{
	g_autoptr(GError) failure = NULL;
	GsTraceRecord record;

	while (gs_trace_reader_next(reader, &record, &failure)) {
		if (gs_span_equals(record.name, "ioctl")) {
			take_ioctl(builder, &record);
			continue;
		}
		if (gs_span_equals(record.name, "close"))
			take_close(builder, &record);
		gs_fd_tables_follow(builder->fds, &record);
	}
	if (failure) {
		g_propagate_error(error, g_steal_pointer(&failure));
		return false;
	}
	/* /dev/kvm was asked, but no VM followed */
	if (builder->waiting->len)
		adopt_waiting(builder, builder->latest_vm == GS_VM_NONE ? open_vm(builder)
									: builder->latest_vm);
	gs_vm_ends_apply(builder->ends, builder->script);
	return true;
}

static int compare_starts(const void *a, const void *b)
{
	const GsScriptCall *left = a, *right = b;

	return (left->start_ns > right->start_ns) - (left->start_ns < right->start_ns);
}

/*
 * Bring the calls into start order. A thread's own calls keep the log's order
 * whatever the clock says: it may have been set back between them.
 */
static void sort_calls(Builder *builder)
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
	if (set_back)
		gs_script_note(
			builder->script,
			"%s: the clock was set back before %u of %u calls; these are taken to "
			"follow the call before them at once",
			builder->script->source, set_back, calls->len);
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
}

static void add_notes(Builder *builder, const GsTraceStats *stats)
{
	GsScript *script = builder->script;

	if (stats->skipped)
		gs_script_note(script,
			       "%s:%" G_GUINT64_FORMAT ": %" G_GUINT64_FORMAT
			       " of %" G_GUINT64_FORMAT " lines are not understood and were "
			       "skipped, the first is this one",
			       script->source, stats->first_skipped, stats->skipped, stats->lines);
	if (stats->cut)
		gs_script_note(script, "%s:%" G_GUINT64_FORMAT ": the log ends inside a call",
			       script->source, stats->lines);
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

/* Why a log that was read to its end is of no use. */
static bool check_read(const GsScript *script, const GsTraceStats *stats, GError **error)
{
	if (stats->lines == 0)
		g_set_error(error, GS_TRACE_ERROR, GS_TRACE_ERROR_EMPTY, "empty log: '%s'",
			    script->source);
	else if (stats->records == 0 && stats->skipped)
		g_set_error(error, GS_TRACE_ERROR, GS_TRACE_ERROR_SYNTAX,
			    "%s:%" G_GUINT64_FORMAT ": not strace output, and no other line is",
			    script->source, stats->first_skipped);
	else if (script->calls->len == 0)
		g_set_error(error, GS_TRACE_ERROR, GS_TRACE_ERROR_NO_KVM,
			    "no KVM ioctl in '%s' (%" G_GUINT64_FORMAT " system calls)",
			    script->source, stats->records);
	else
		return true;
	return false;
}

static void builder_clear(Builder *builder)
{
	gs_fd_tables_free(builder->fds);
	gs_vm_ends_free(builder->ends);
	g_array_unref(builder->waiting);
	g_hash_table_unref(builder->restarts);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Builder, builder_clear)

GsScript *gs_script_from_strace_reader(GsTraceReader *reader, const char *source, GError **error)
{
	g_autoptr(GsScript) script = gs_script_new(source);
	g_auto(Builder) builder = {
		.script = script,
		.fds = gs_fd_tables_new(),
		.ends = gs_vm_ends_new(),
		.waiting = g_array_new(FALSE, FALSE, sizeof(unsigned int)),
		.latest_vm = GS_VM_NONE,
		.restarts = g_hash_table_new_full(NULL, NULL, NULL, g_free),
	};

	if (!read_calls(&builder, reader, error) ||
	    !check_read(script, gs_trace_reader_stats(reader), error))
		return NULL;
	sort_calls(&builder);
	number_all(&builder, gs_trace_reader_main_tid(reader));
	/* a clock of whole seconds cannot tell a second's gap from none */
	for (unsigned int i = 0; builder.unstamped && i < script->calls->len; i++)
		g_array_index(script->calls, GsScriptCall, i).think_unknown = true;
	gs_script_link(script, builder.resolution_ns >= NS_PER_SECOND ? builder.resolution_ns : 0);
	add_notes(&builder, gs_trace_reader_stats(reader));
	gs_script_find_ioeventfd_probes(script);
	return g_steal_pointer(&script);
}

GsScript *gs_script_from_strace(const char *path, GError **error)
{
	g_autoptr(GsTraceReader) reader = gs_trace_reader_new(path, error);

	return reader ? gs_script_from_strace_reader(reader, path, error) : NULL;
}
