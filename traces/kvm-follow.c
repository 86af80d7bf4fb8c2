/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traces/kvm-follow.h"

#include "traces/fd-calls.h"
#include "traces/fd-text.h"
#include "traces/kvm-args.h"
#include "traces/strace-text.h"

/* One recording: its processes and descriptors have numbers of their own. */
typedef struct {
	GsFdTables *fds;
	int32_t latest_vm;  /* GS_VM_NONE: none yet */
	bool latest_has_fd; /* its VM descriptor is known */
} Recording;

struct GsKvmFollow {
	GHashTable *recordings; /* group and series -> Recording */
	GHashTable *others;     /* owned: requests that KVM does not have */
	uint32_t vm_count;
};

static void recording_free(gpointer data)
{
	Recording *recording = data;

	gs_fd_tables_free(recording->fds);
	g_free(recording);
}

GsKvmFollow *gs_kvm_follow_new(void)
{
	GsKvmFollow *follow = g_new0(GsKvmFollow, 1);

	follow->recordings =
		g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, recording_free);
	follow->others = g_hash_table_new(g_str_hash, g_str_equal);
	return follow;
}

void gs_kvm_follow_free(GsKvmFollow *follow)
{
	g_hash_table_unref(follow->recordings);
	g_hash_table_unref(follow->others);
	g_free(follow);
}

uint32_t gs_kvm_follow_vm_count(const GsKvmFollow *follow)
{
	return follow->vm_count;
}

static Recording *recording_of(GsKvmFollow *follow, const GsTraceRecord *record)
{
	const gint64 key = (gint64)((uint64_t)record->group << 32 | record->series);
	Recording *recording = g_hash_table_lookup(follow->recordings, &key);
	gint64 *copy;

	if (recording)
		return recording;
	recording = g_new(Recording, 1);
	*recording = (Recording){ .fds = gs_fd_tables_new(record->tid), .latest_vm = GS_VM_NONE };
	copy = g_new(gint64, 1);
	*copy = key;
	g_hash_table_insert(follow->recordings, copy, recording);
	return recording;
}

GsSpan gs_kvm_call_request(const GsKvmCall *call)
{
	const bool named = call->name && g_str_has_prefix(call->name, "KVM_") &&
			   !g_str_equal(call->name, GS_KVM_REQUEST_OTHER);

	return named ? gs_span_string(call->name) : call->request;
}

/* Fill in the parts of an ioctl's argument list; false: its descriptor is not there. */
static bool split_ioctl(GsSpan list, GsKvmCall *call, GsFdText *fd)
{
	GsSpan item, name, value;
	bool has_fd;

	if (!gs_strace_next_item(&list, &item))
		return false;
	has_fd = gs_fd_text_parse(item, fd);
	/* "???": what came first is lost, so what comes next may be anything */
	if (!has_fd && !gs_span_has_prefix(item, "-") && !gs_span_has_prefix(item, "fd=-"))
		return false;
	if (!gs_strace_next_item(&list, &call->request))
		return false;
	/* strace -N: "op=KVM_CREATE_VCPU" */
	if (gs_strace_split_member(call->request, &name, &value))
		call->request = value;
	gs_strace_next_item(&list, &call->argument);
	return has_fd;
}

/* A VM begins. */
static int32_t begin_vm(GsKvmFollow *follow, Recording *recording, GsKvmCall *call)
{
	call->vm_begun = (int32_t)follow->vm_count++;
	recording->latest_vm = call->vm_begun;
	recording->latest_has_fd = false;
	return call->vm_begun;
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
static bool is_stale(const GsDescriptor *descriptor, const GsFdText *fd,
		     const GsKvmRequest *request, bool failed)
{
	if (fd->decorated)
		return fd->role != descriptor->role;
	if (descriptor->role == GS_FD_UNKNOWN)
		return guess_role(request) != GS_FD_UNKNOWN;
	return request && !failed && !(request->roles & GS_ROLE_BIT(descriptor->role));
}

/* What the descriptor of a request of KVM's is. */
static const GsDescriptor *explain(GsKvmFollow *follow, Recording *recording,
				   const GsTraceRecord *record, const GsFdText *fd, GsKvmCall *call)
{
	const GsDescriptor *known = gs_fd_tables_lookup(recording->fds, record->tid, fd->number);
	GsDescriptor found = { .role = fd->role, .vm = recording->latest_vm };

	if (known && !is_stale(known, fd, call->known, record->status == GS_CALL_ERROR))
		return known;
	if (found.role == GS_FD_UNKNOWN)
		found.role = guess_role(call->known);
	if (found.vm == GS_VM_NONE ? found.role != GS_FD_KVM
				   : found.role == GS_FD_VM && recording->latest_has_fd)
		found.vm = begin_vm(follow, recording, call);
	if (found.role == GS_FD_VM)
		recording->latest_has_fd = true;
	return gs_fd_tables_set(recording->fds, record->tid, fd->number, &found);
}

static void follow_create_vm(GsKvmFollow *follow, Recording *recording, const GsTraceRecord *record,
			     GsKvmCall *call)
{
	const int32_t fd = (int32_t)record->ret;
	const GsDescriptor *before = gs_fd_tables_lookup(recording->fds, record->tid, fd);
	GsDescriptor made = { .role = GS_FD_VM }, *maker;

	if (before && before->role == GS_FD_VM)
		call->vm_replaced = before->vm;
	gs_fd_tables_forget(recording->fds, record->tid, fd);
	maker = gs_fd_tables_lookup(recording->fds, record->tid, call->fd);
	made.vm = begin_vm(follow, recording, call);
	recording->latest_has_fd = true;
	if (maker)
		maker->vm = made.vm;
	call->vm = made.vm;
	gs_fd_tables_set(recording->fds, record->tid, fd, &made);
}

static void follow_create_device(Recording *recording, const GsTraceRecord *record,
				 const GsKvmCall *call)
{
	GsDescriptor made = { .role = GS_FD_DEVICE, .vm = call->vm };
	const int32_t fd = gs_kvm_args_device_fd(call->argument);
	GsCallArgs args;

	gs_kvm_args_parse(call->known, call->argument, &args);
	/* KVM_CREATE_DEVICE_TEST makes none */
	if (fd < 0 || (args.has_flags && (args.flags & 1)))
		return;
	made.has_device_type = args.has_device_type;
	made.device_type = args.device_type;
	gs_fd_tables_set(recording->fds, record->tid, fd, &made);
}

/* The descriptors a request makes. */
static void follow_request(GsKvmFollow *follow, Recording *recording, const GsTraceRecord *record,
			   GsKvmCall *call)
{
	static const char *const others[] = {
		"KVM_ALLOCATE_RMA",        "KVM_CREATE_GUEST_MEMFD", "KVM_CREATE_SPAPR_TCE",
		"KVM_CREATE_SPAPR_TCE_64", "KVM_GET_STATS_FD",       "KVM_PPC_GET_HTAB_FD",
	};
	const GsDescriptor vcpu = { .role = GS_FD_VCPU, .vm = call->vm };

	if (record->status != GS_CALL_OK || !record->has_ret || record->ret < 0 ||
	    record->ret > INT32_MAX)
		return;
	if (g_str_equal(call->name, "KVM_CREATE_VM")) {
		follow_create_vm(follow, recording, record, call);
	} else if (g_str_equal(call->name, "KVM_CREATE_VCPU")) {
		gs_fd_tables_set(recording->fds, record->tid, (int32_t)record->ret, &vcpu);
	} else if (g_str_equal(call->name, "KVM_CREATE_DEVICE")) {
		follow_create_device(recording, record, call);
	} else {
		for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
			if (g_str_equal(call->name, others[i]))
				gs_fd_tables_forget(recording->fds, record->tid,
						    (int32_t)record->ret);
		}
	}
}

/* Say in @call what is known of its descriptor; the decoration is right. */
static void describe(const GsDescriptor *descriptor, const GsFdText *fd, GsKvmCall *call)
{
	call->role = fd->role;
	if (!descriptor || (fd->decorated && descriptor->role != fd->role))
		return;
	call->role = descriptor->role;
	call->vm = descriptor->vm;
	call->inherited = descriptor->inherited;
	call->has_device_type = descriptor->has_device_type;
	call->device_type = descriptor->device_type;
}

static void take_ioctl(GsKvmFollow *follow, Recording *recording, const GsTraceRecord *record,
		       GsKvmCall *call)
{
	const GsDescriptor *descriptor;
	GsFdText fd;

	if (!split_ioctl(record->args, call, &fd)) {
		call->name = gs_kvm_request_parse(call->request, GS_FD_UNKNOWN, follow->others,
						  &call->known);
		return;
	}
	call->fd = fd.number;
	descriptor = gs_fd_tables_lookup(recording->fds, record->tid, fd.number);
	describe(descriptor, &fd, call);
	call->name = gs_kvm_request_parse(call->request, call->role, follow->others, &call->known);
	if (!call->name)
		return;
	descriptor = explain(follow, recording, record, &fd, call);
	describe(descriptor, &(GsFdText){ 0 }, call);
	if (g_str_equal(call->name, "KVM_CREATE_VM"))
		call->vm = GS_VM_NONE;
	follow_request(follow, recording, record, call);
}

/* Whether the first argument is a descriptor, decorated or not. */
static bool takes_descriptor(GsSpan call)
{
	static const char *const names[] = { "close", "dup", "dup2", "dup3", "fcntl", "fcntl64" };

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		if (gs_span_equals(call, names[i]))
			return true;
	}
	return false;
}

static void take_other(Recording *recording, const GsTraceRecord *record, GsKvmCall *call)
{
	GsSpan list = record->args, item;
	const GsDescriptor *descriptor;
	GsFdText fd;

	if (!gs_strace_next_item(&list, &item) || !gs_fd_text_parse(item, &fd) ||
	    (fd.role == GS_FD_UNKNOWN && !takes_descriptor(record->name)))
		return;
	descriptor = gs_fd_tables_lookup(recording->fds, record->tid, fd.number);
	call->fd = fd.number;
	describe(descriptor, &fd, call);
}

void gs_kvm_follow_record(GsKvmFollow *follow, const GsTraceRecord *record, GsKvmCall *call)
{
	Recording *recording = recording_of(follow, record);

	*call = (GsKvmCall){
		.is_ioctl = gs_span_equals(record->name, "ioctl"),
		.request = gs_span_string(""),
		.argument = gs_span_string(""),
		.fd = -1,
		.vm = GS_VM_NONE,
		.vm_begun = GS_VM_NONE,
		.vm_replaced = GS_VM_NONE,
	};
	if (call->is_ioctl)
		take_ioctl(follow, recording, record, call);
	else
		take_other(recording, record, call);
	if (!call->name)
		gs_fd_calls_follow(recording->fds, record);
}
